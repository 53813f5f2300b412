# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where an S3 store is, and a client of botocore for it that takes nothing from the environment but the proxies."""

from __future__ import annotations

import base64
import hashlib
import os
import re
import ssl
from dataclasses import dataclass
from datetime import datetime
from math import inf
from pathlib import Path
from typing import Any, Callable, Mapping, cast
from urllib.parse import unquote, urlsplit

from ansible_collections.manuela.event_streaming.plugins.module_utils._deadline import RequestTimeout, within
from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import (
    Failure,
    missing_library,
    require_version,
)
from ansible_collections.manuela.event_streaming.plugins.module_utils._proxies import proxy_of

_MINIMUM = "1.29"
_PURPOSE = "Talking to an S3 store"


@dataclass(frozen=True)
class Endpoint:
    """Where the store is and who asks."""

    url: str
    access_key: str
    secret_key: str
    region: str = "us-east-1"
    validate_certs: bool = True
    ca_cert: str = ""
    addressing_style: str = "path"
    timeout: float = 15.0
    https_assumed: bool = False
    session_token: str | None = None

    @classmethod
    def of(cls, params: Mapping[str, Any]) -> Endpoint:
        """Return the endpoint that a module's options describe."""
        given = (params.get("endpoint_url") or "").strip().rstrip("/")
        if not (params.get("access_key") and params.get("secret_key")):
            raise Failure("invalid_option", "access_key and secret_key are needed, as options or in the environment "
                          "variables AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY. Give both")  # fmt: skip
        for name in ("access_key", "secret_key", "session_token"):
            if re.search(r"[\x00-\x20\x7f]", params.get(name) or ""):  # the library would show it, in other characters
                raise Failure("invalid_option", f"{name}: it holds a blank or a line break. Take it out")
        region = params.get("region") or "us-east-1"
        if not re.fullmatch(r"[\w.-]{1,63}", region, re.ASCII):
            raise Failure(
                "invalid_option", f"region: {region!r} is no name of a region. Use letters, digits and hyphens"
            )
        bare = bool(given) and "://" not in given
        url = f"https://{given}" if bare else given or f"https://s3.{region}.amazonaws.com"
        _check_url(url, given)
        ca_cert = params.get("ca_cert") or ""
        if ca_cert:
            _check_certificates(ca_cert)
        return cls(url, params["access_key"], params["secret_key"], region, bool(params.get("validate_certs", True)),
                   ca_cert, params.get("addressing_style") or "path",
                   _seconds(params.get("request_timeout")), bare, params.get("session_token") or None)  # fmt: skip


def _check_url(url: str, given: str) -> None:
    """Raise for what leads to no store; a password in it is not shown."""
    try:
        parts = urlsplit(url)
        names_a_host = bool(parts.hostname) and (parts.port is None or parts.port > 0)
        password = parts.password or ""
    except ValueError:
        names_a_host, password = False, url.partition("@")[0].rpartition(":")[2] if "@" in url else ""
    if not names_a_host or password or not re.fullmatch(r"https?://[^/\s@?#]+(/[^\s?#]*)?", url):
        shown = given.replace(password, "***") if password else given
        raise Failure("invalid_option", f"endpoint_url: {shown!r} is no URL of a store. Give http(s)://host:port",
                      secrets=(password, unquote(password)))  # fmt: skip


def _check_certificates(path: str) -> None:
    if not Path(path).is_file():
        raise Failure("invalid_option", f"ca_cert: there is no file {path}. Check the path")
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(path)
    except (OSError, ValueError) as error:
        raise Failure(
            "invalid_option", f"ca_cert: {path} cannot be read as certificates: {error}. Give a PEM file"
        ) from error


def _seconds(given: float | None) -> float:
    if given is not None and not 0 < given < inf:
        raise Failure("invalid_option", f"request_timeout: no answer comes within {given:g} s. Give more than 0")
    return float(given or 15)


def load() -> Any:
    """Return the library, or say that it is missing."""
    try:
        import botocore

        require_version("botocore", str(botocore.__version__), _MINIMUM, _PURPOSE)
        import botocore.config
        import botocore.exceptions
        import botocore.parsers
        import botocore.session
        import botocore.utils
    except ImportError as error:
        raise missing_library("botocore", _PURPOSE, _MINIMUM) from error
    return botocore


def client(library: Any, endpoint: Endpoint, connections: int) -> Any:
    """Return a client that takes nothing from the environment but the proxies."""
    config = library.config.Config
    options: dict[str, Any] = {
        "region_name": endpoint.region,
        "connect_timeout": endpoint.timeout,
        "read_timeout": endpoint.timeout,
        "max_pool_connections": connections,
        "retries": {"mode": "standard", "total_max_attempts": 1},  # Patience asks again
        "s3": {"addressing_style": endpoint.addressing_style, "us_east_1_regional_endpoint": "regional"},
        "signature_version": "s3v4",
        # Older stores refuse the checksums that newer libraries send and expect by default.
        "request_checksum_calculation": "when_required",
        "response_checksum_validation": "when_required",
        "ignore_configured_endpoint_urls": True,
        "proxies": _proxies(endpoint.url),
    }
    known = {name: value for name, value in options.items() if name in config.OPTION_DEFAULTS}
    session = library.session.Session(
        session_vars={"profile": (None, [], None, None), "config_file": (None, None, "", None),
                      "credentials_file": (None, None, "", None), "ca_bundle": (None, None, None, None)}
    )  # fmt: skip
    session.get_component("response_parser_factory").set_parser_defaults(timestamp_parser=_quick(library))
    made = session.create_client(
        "s3", endpoint_url=endpoint.url, aws_access_key_id=endpoint.access_key,
        aws_secret_access_key=endpoint.secret_key, aws_session_token=endpoint.session_token,
        verify=endpoint.ca_cert or endpoint.validate_certs, config=config(**known))  # fmt: skip
    made.meta.events.register("before-sign.s3.DeleteObjects", _with_md5)
    made.meta.events.register("before-call.s3", _without_redirect)
    _limit(library, made, endpoint)
    return made


def _limit(library: Any, made: Any, endpoint: Endpoint) -> None:
    """Give each request an end: the library's own limit is about each read of an answer."""
    session = made._endpoint.http_session
    send = session.send

    def limited(request: Any) -> Any:
        try:
            return within(endpoint.timeout, lambda: send(request))
        except RequestTimeout as error:
            raise library.exceptions.ReadTimeoutError(endpoint_url=endpoint.url, error=error) from error

    session.send = limited


def _proxies(url: str) -> dict[str, str]:
    """Return the proxy as the library wants it; an empty mapping keeps it from looking for one itself."""
    proxy = proxy_of(url, os.environ)
    return {url.partition("://")[0]: proxy} if proxy else {}


def _quick(library: Any) -> Callable[[Any], datetime]:
    """Return a parser of times; the library's own takes most of the seconds that listing a large bucket takes."""

    def parse(value: Any) -> datetime:
        try:
            when = datetime.fromisoformat(value)
        except (TypeError, ValueError):
            when = None
        if when is None or when.tzinfo is None:
            return cast(datetime, library.utils.parse_timestamp(value))
        return when

    return parse


def _without_redirect(context: dict[str, Any], **_: Any) -> None:
    """Let a redirect be an answer: following it asks for the region again and again where a store names none."""
    context.setdefault("s3_redirect", {})["redirected"] = True


def _with_md5(request: Any, **_: Any) -> None:
    """Send the digest that every store knows in place of the newer one."""
    for name in [name for name in request.headers if name.lower().startswith(("x-amz-checksum", "x-amz-sdk-checksum"))]:
        del request.headers[name]
    body = request.body.encode() if isinstance(request.body, str) else request.body
    digest = hashlib.md5(body, usedforsecurity=False).digest()
    del request.headers["Content-MD5"]
    request.headers["Content-MD5"] = base64.b64encode(digest).decode()

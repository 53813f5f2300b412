# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The API of a Git host over HTTP: one JSON answer, or one failure with the host's own words."""

from __future__ import annotations

import json
import os
import ssl
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.client import HTTPException
from math import inf
from typing import Any, Mapping
from urllib.error import HTTPError
from urllib.parse import urljoin, urlsplit

from ansible.module_utils.urls import ConnectionError as UrlsError  # the base of what open_url itself raises
from ansible.module_utils.urls import open_url
from ansible_collections.manuela.event_streaming.plugins.module_utils._deadline import RequestTimeout, within
from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import Code, Failure
from ansible_collections.manuela.event_streaming.plugins.module_utils._proxies import is_excepted
from ansible_collections.manuela.event_streaming.plugins.module_utils._strict_certificates import advice_on
from ansible_collections.manuela.event_streaming.plugins.module_utils._wait import Clock

_MOVED = (301, 302, 303, 307, 308)
_MOST_MOVES = 3
_PASSING = (502, 503, 504)
_ATTEMPTS = 3
_PAUSE = 0.5
_LONGEST_PAUSE = 10.0
_TELLING = ("message", "error", "error_description", "errors")
_KINDS: dict[int, tuple[Code, str]] = {
    401: ("unauthorized", "Give a token that this host knows and that has not expired"),
    403: ("unauthorized", "Give the token the right to open pull requests in this repository"),
    404: ("not_found", "Check the URL; a host also says so when the token may not see the repository"),
}


@dataclass(frozen=True)
class Reply:
    """What the host answered; ``value`` is its JSON, none where it sent something else."""

    status: int
    value: Any
    text: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def location(self) -> str:
        """Where the host leads to."""
        return self.headers.get("location", "")

    @property
    def has_more(self) -> bool:
        """Say whether a list goes on on another page."""
        return 'rel="next"' in self.headers.get("link", "")

    @property
    def is_limited(self) -> bool:
        """Say whether the host refuses for having had too many requests; GitHub says 403 for that too."""
        spent = self.headers.get("x-ratelimit-remaining") == "0" or "retry-after" in self.headers
        return self.status == 429 or (self.status == 403 and spent)

    @property
    def wait(self) -> float:
        """How many seconds the host asks to wait; when it names a time only, longer than anybody waits here."""
        asked = self.headers.get("retry-after", "")
        return float(asked) if asked.isdigit() else inf if self.until else _PAUSE

    @property
    def until(self) -> str:
        """The time from which the host takes requests again, where it names one."""
        named = self.headers.get("x-ratelimit-reset") or self.headers.get("ratelimit-reset") or ""
        return f"{datetime.fromtimestamp(int(named), UTC):%Y-%m-%dT%H:%M:%SZ}" if named.isdigit() else ""


@dataclass(frozen=True)
class Api:
    """One host's API."""

    root: str
    scheme: str = ""
    token: str = ""
    ca_cert: str = ""
    validate_certs: bool = True
    timeout: float = 15.0
    clock: Clock | None = None
    pauses: list[float] = field(default_factory=list)
    """How long was waited before each request that was sent again, in seconds."""

    def get(self, path: str) -> Any:
        """Return what is at ``path``."""
        return self._value(self.ask("GET", path), path)

    def page(self, path: str) -> tuple[Any, bool]:
        """Return what is at ``path``, and whether it goes on on another page."""
        reply = self.ask("GET", path)
        return self._value(reply, path), reply.has_more

    def post(self, path: str, body: Mapping[str, str]) -> Any:
        """Send ``body`` to ``path`` and return the answer."""
        return self._value(self.ask("POST", path, body), path)

    def ask(self, method: str, path: str, body: Mapping[str, str] | None = None) -> Reply:
        """Send a request, and again after trouble that passes, unless the host may have heard it already."""
        for left in range(_ATTEMPTS if self.clock else 1, 0, -1):
            pause = _PAUSE
            try:
                reply = self._follow(method, path, body)
                pause = reply.wait
                passing = reply.is_limited or (method == "GET" and reply.status in _PASSING)
                if left == 1 or not passing or pause > _LONGEST_PAUSE:
                    return reply
            except Failure as failure:
                if left == 1 or method != "GET" or not failure.details.get("transient"):
                    raise
            if self.clock:
                self.pauses.append(pause)
                self.clock.sleep(pause)
        raise AssertionError("the last attempt returns or raises")

    def _follow(self, method: str, path: str, body: Mapping[str, str] | None) -> Reply:
        """Send a request, and again where the same host says that the repository has another name now."""
        url = f"{self.root}{path}"
        for _move in range(_MOST_MOVES):
            reply = self._once(method, url, body)
            if reply.status not in _MOVED:
                return reply
            target = urljoin(url, reply.location)
            if urlsplit(target)[:2] != urlsplit(url)[:2]:
                break
            url = target
        raise Failure("refused", f"{url} leads to {reply.location or 'nowhere'}, and a token goes to one host only. "
                      "Give the address as it is now")  # fmt: skip

    def _once(self, method: str, url: str, body: Mapping[str, str] | None) -> Reply:
        try:
            return within(self.timeout, lambda: self._send(method, url, body))
        except (TimeoutError, RequestTimeout) as error:
            raise self._late(url) from error
        except (OSError, HTTPException, UrlsError) as error:
            reason = getattr(error, "reason", None) or error
            if isinstance(reason, TimeoutError):
                raise self._late(url) from error
            passing = not isinstance(reason, ssl.SSLError) and not advice_on(str(reason))
            raise self._away(url, self.redact(" ".join(str(reason).split())), passing) from error

    def _send(self, method: str, url: str, body: Mapping[str, str] | None) -> Reply:
        headers = {"Accept": "application/json"}
        if self.token:
            headers["Authorization"] = f"{self.scheme} {self.token}"
        if body is not None:
            headers["Content-Type"] = "application/json"
        try:
            answer = open_url(
                url, data=None if body is None else json.dumps(body), headers=headers, method=method,
                timeout=self.timeout, use_proxy=not is_excepted(url, os.environ), use_netrc=False,
                validate_certs=self.validate_certs, ca_path=self.ca_cert or None, follow_redirects="none",
                http_agent="manuela.event_streaming",
            )  # fmt: skip
        except HTTPError as error:  # an answer too
            answer = error
        with answer:
            text = answer.read().decode("utf-8", "replace")
            return Reply(answer.code, _json(text), text, {name.lower(): told for name, told in answer.headers.items()})

    def _value(self, reply: Reply, path: str) -> Any:
        if reply.status >= 400:
            raise self._refused(reply, path)
        if reply.value is None:
            raise Failure("corrupt_input", f"{self.root}{path.partition('?')[0]} did not answer in JSON: "
                          f"{self.redact(' '.join(reply.text.split()))[:120]!r}. "
                          "Check the address of the API, and what stands in front of it")  # fmt: skip
        return reply.value

    def _refused(self, reply: Reply, path: str) -> Failure:
        code, advice = _KINDS.get(reply.status, ("refused", "Do what it says, then run again"))
        if reply.is_limited:
            when = f"at {reply.until}" if reply.until else f"after {reply.wait:g} s"
            code, advice = "unreachable", f"The host has had too many requests: try again {when}"
        if reply.status >= 500:
            code, advice = "unreachable", "Check the host's state, then run again"
        said = self.redact(words_of(reply.value) or f"HTTP {reply.status}")
        where = f"{self.root}{path.partition('?')[0]}"
        return Failure(code, f"{where} answered {reply.status}: {said}. {advice}", retryable=code == "unreachable",
                       details={"status": reply.status, "said": said})  # fmt: skip

    def _late(self, url: str) -> Failure:
        return Failure("timeout", f"{url.partition('?')[0]} did not answer within {self.timeout:g} s. "
                       "Check the network and the proxy variables", retryable=True)  # fmt: skip

    def _away(self, url: str, reason: str, passing: bool) -> Failure:
        advice = advice_on(reason) or "Check the name, the network, the proxies and, for its certificate, ca_cert"
        return Failure("unreachable", f"{url.partition('?')[0]} cannot be reached: {reason}. {advice}", retryable=True,
                       details={"transient": passing})  # fmt: skip

    def redact(self, text: str) -> str:
        """Return ``text`` without the token."""
        return text.replace(self.token, "********") if self.token else text


def words_of(value: Any) -> str:
    """Return what a host's error says, in one line: the message, and what stands below ``errors``."""
    if isinstance(value, dict):
        named = [value[name] for name in _TELLING if name in value] or list(value.values())
        return "; ".join(dict.fromkeys(text for one in named if (text := words_of(one))))
    if isinstance(value, list):
        return "; ".join(text for one in value if (text := words_of(one)))
    return " ".join(str(value or "").split())[:400]


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None

# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How an API server is reached, as plain values, and the connections that come of them."""

from __future__ import annotations

import atexit
import base64
import os
import tempfile
from dataclasses import dataclass, field
from typing import Any, Callable, Mapping
from urllib.parse import unquote, urlsplit

from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import missing_library, require_version

_MINIMUM = "1.26"
_PURPOSE = "Talking to a Kubernetes API server"
Credentials = Callable[[], Mapping[str, str]]


def no_credentials() -> Mapping[str, str]:
    """Return no header."""
    return {}


@dataclass(frozen=True, slots=True)
class Access:
    """One server.

    ``where`` names it in messages.  ``credentials`` returns the headers of the next request: a token may be renewed
    while a wait lasts.  ``acting`` are the headers that say as whom we act.  ``trust`` are certificate authorities as
    PEM text, ``ca_cert`` is a file of them.
    """

    server: str
    where: str
    credentials: Credentials = no_credentials
    trust: str = ""
    ca_cert: str = ""
    cert_file: str = ""
    key_file: str = ""
    verify: bool = True
    server_name: str = ""
    proxy: str = ""
    acting: Mapping[str, str] = field(default_factory=dict)


def load() -> Any:
    """Return the library, imported only when a module runs."""
    try:
        import urllib3
    except ImportError as error:
        raise missing_library("urllib3", _PURPOSE, _MINIMUM) from error
    library: Any = urllib3
    require_version("urllib3", str(library.__version__), _MINIMUM, _PURPOSE)
    return library


def pool(library: Any, access: Access) -> Any:
    """Return urllib3's pool of connections; nothing is asked of the server yet."""
    chosen: dict[str, Any] = {
        "cert_reqs": "CERT_REQUIRED" if access.verify else "CERT_NONE",
        "ca_certs": access.ca_cert or None,
        "ca_cert_data": access.trust or None,
        "cert_file": access.cert_file or None,
        "key_file": access.key_file or None,
    }
    if access.server_name:
        chosen["server_hostname"] = access.server_name
    if not access.verify:
        # Whoever switched the check of certificates off has heard of it; a warning per request would hide others.
        library.disable_warnings(library.exceptions.InsecureRequestWarning)
    if not access.proxy:
        return library.PoolManager(**chosen)
    if access.proxy.startswith("socks"):
        return _over_socks(access.proxy, chosen)
    login = urlsplit(access.proxy)
    if login.username:
        said = f"{unquote(login.username)}:{unquote(login.password or '')}"
        chosen["proxy_headers"] = library.make_headers(proxy_basic_auth=said)
    return library.ProxyManager(access.proxy, **chosen)


def _over_socks(proxy: str, chosen: Mapping[str, Any]) -> Any:
    try:
        from urllib3.contrib.socks import SOCKSProxyManager
    except ImportError as error:
        raise missing_library("PySocks", f"The proxy {proxy.split('://')[0]}") from error
    return SOCKSProxyManager(proxy, **chosen)


def decoded(encoded: str) -> bytes:
    """Return what stands base64 encoded in a kubeconfig file.

    :raises ValueError: when it is not base64.
    """
    return base64.b64decode("".join(encoded.split()), validate=True)


def held(data: bytes) -> str:
    """Return a path where this process finds ``data``: the library of TLS takes certificates and keys from files only.

    Where the system has files in memory, none on a disk is left behind by a kill.
    """
    if hasattr(os, "memfd_create"):
        handle = os.memfd_create("login")
        with open(handle, "wb", closefd=False) as file:
            file.write(data)
        return f"/proc/self/fd/{handle}"
    with tempfile.NamedTemporaryFile(delete=False) as written:
        written.write(data)
    atexit.register(os.unlink, written.name)
    return written.name

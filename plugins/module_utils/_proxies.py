# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Through which proxy of the environment a server is reached: one answer for the API, S3 and Git.  Pure.

The libraries disagree on NO_PROXY: some know networks such as 10.0.0.0/8, some do not, and only the clients in Go never
ask a proxy for this host itself, as ``oc`` does not.
"""

from __future__ import annotations

import ipaddress
from typing import Mapping
from urllib.parse import urlsplit

VARIABLES = ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")


def proxy_of(url: str, environment: Mapping[str, str]) -> str:
    """Return the URL of the proxy, empty when there is none or NO_PROXY names the server."""
    found = _variable(environment, f"{urlsplit(url).scheme}_proxy")
    if not found or is_excepted(url, environment):
        return ""
    return found if "://" in found else f"http://{found}"


def _variable(environment: Mapping[str, str], name: str) -> str:
    return environment.get(name) or environment.get(name.upper()) or ""


def is_excepted(url: str, environment: Mapping[str, str]) -> bool:
    """Say whether a server is reached without a proxy whatever else is set: this host, or one that NO_PROXY names."""
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    address = _address(host)
    if host == "localhost" or (address is not None and address.is_loopback):
        return True
    rules = [rule.strip().lower() for rule in _variable(environment, "no_proxy").split(",")]
    return any(_matches(rule, host, parts.port, address) for rule in rules if rule)


def _matches(
    rule: str, host: str, port: int | None, address: ipaddress.IPv4Address | ipaddress.IPv6Address | None
) -> bool:
    if rule == "*":
        return True
    if "/" in rule and address is not None:
        try:
            return address in ipaddress.ip_network(rule, strict=False)
        except ValueError:
            return False
    name, _colon, wanted = rule.partition(":") if rule.count(":") == 1 else (rule, "", "")
    if wanted and wanted != str(port):
        return False
    name = name.removeprefix("*").removeprefix(".")
    return host == name or host.endswith(f".{name}")


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None

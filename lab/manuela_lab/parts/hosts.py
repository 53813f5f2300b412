# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names of the lab for Python programs: the same hosts file that the JVMs get."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

ROUTER_PORTS = (80, 443)
MQTT_PORT = 1883


def parse(text: str) -> dict[str, str]:
    """Name → address of a hosts file; as in every resolver, the first line that has a name wins."""
    addresses: dict[str, str] = {}
    for line in text.splitlines():
        address, *names = line.partition("#")[0].split() or [""]
        for name in names:
            addresses.setdefault(name.lower(), address)
    return addresses


def resolve(name: str, hosts_file: Path | None) -> str:
    """The address of a name, or the name itself where the file is silent.

    The file is read at every call: the operator rewrites it while programs run.
    """
    return addresses_in(hosts_file).get(name.lower().rstrip("."), name)


def endpoint(name: str, port: int, hosts_file: Path | None) -> tuple[str, int]:
    """Where an MQTT client finds the broker that it knows by the host and port of a route.

    A repository may have been made for other clusters: then its routes are known by their first label, which holds
    namespace and service.  MQTT over a router's port 80 or 443 needs a router that speaks HTTP, so the broker's own
    port stands in.
    """
    known = addresses_in(hosts_file)
    wanted = name.lower().rstrip(".")
    label, routed, _ = wanted.partition(".apps.")
    if routed and wanted not in known:
        wanted = next((host for host in known if host.startswith(f"{label}.apps.")), wanted)
    return known.get(wanted, name), MQTT_PORT if routed and port in ROUTER_PORTS else port


def addresses_in(hosts_file: Path | None) -> Mapping[str, str]:
    """What the file says now; a file that is not there yet says nothing."""
    if hosts_file is None:
        return {}
    try:
        return parse(hosts_file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}

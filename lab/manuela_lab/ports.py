# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ports that somebody else has: found before anything starts, and named with their owner."""

from __future__ import annotations

import errno
import socket
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import psutil

from manuela_lab.errors import LabError
from manuela_lab.network import Endpoint, Network, candidates
from manuela_lab.profile import Profile

HTTPS = 443
UNPRIVILEGED_HTTPS = 8443


@dataclass(frozen=True)
class Conflict:
    """An endpoint that cannot be had, and who has it."""

    endpoint: Endpoint
    owner: str

    def __str__(self) -> str:
        return f"port {self.endpoint.port} on {self.endpoint.host} ({self.endpoint.what}) is taken by {self.owner}"


Look = Callable[[Endpoint], str | None]


def owner_of(endpoint: Endpoint) -> str | None:
    """Who listens there, or nothing when it is free."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((endpoint.host, endpoint.port))
            probe.listen(1)  # two sockets may be bound to one address, but only one of them listens
        except OSError as error:
            if error.errno not in (errno.EADDRINUSE, errno.EACCES):
                raise LabError(f"cannot listen on {endpoint} ({endpoint.what}): {error.strerror}") from error
            return _listener(endpoint) if error.errno == errno.EADDRINUSE else "the system (not allowed to this user)"
    return None


def _listener(endpoint: Endpoint) -> str:
    for connection in psutil.net_connections("tcp"):
        address = connection.laddr
        if connection.status != psutil.CONN_LISTEN or not address or address.port != endpoint.port:
            continue
        if address.ip not in (endpoint.host, "0.0.0.0", "::"):
            continue
        if connection.pid is None:
            return f"a process of another user, listening on {address.ip}"
        return f"{_name(connection.pid)} (pid {connection.pid}), listening on {address.ip}"
    return "a process that does not show itself"


def _name(pid: int) -> str:
    try:
        return psutil.Process(pid).name()
    except psutil.Error:
        return "a process"


def first_conflict(endpoints: Iterable[Endpoint], look: Look = owner_of) -> Conflict | None:
    """The first endpoint that somebody has."""
    for endpoint in endpoints:
        owner = look(endpoint)
        if owner is not None:
            return Conflict(endpoint, owner)
    return None


def route_port() -> int:
    """443 where this user may bind it."""
    probe = Endpoint("https", "127.0.0.1", HTTPS)
    with socket.socket() as attempt:
        try:
            attempt.bind((probe.host, probe.port))
        except PermissionError:
            return UNPRIVILEGED_HTTPS
        except OSError:
            return HTTPS
    return HTTPS


def choose_network(profile: Profile, seed: str, port: int, look: Look = owner_of) -> Network:
    """A subnet where every port is free.  A port that somebody has on all addresses is free in none."""
    conflict = None
    for subnet in candidates(seed):
        network = Network(subnet, port)
        conflict = first_conflict(network.endpoints(profile), look)
        if conflict is None:
            return network
    raise LabError(f"{conflict}, and no other loopback address is free either; stop that process and try again")


def ensure_free(network: Network, profile: Profile, look: Look = owner_of) -> None:
    """Refuse to start over somebody else's port."""
    conflict = first_conflict(network.endpoints(profile), look)
    if conflict is not None:
        raise LabError(f"{conflict}; stop that process, or run 'lab down' to have the next 'lab up' choose others")

# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab's name service: one hosts file per namespace, with every name that a process there may ask for."""

from __future__ import annotations

import json
import os
import socket
from pathlib import Path
from typing import Iterable, Mapping, NamedTuple

from manuela_lab.operator import resources
from manuela_lab.operator.broker_config import REPLICATION_PORT
from manuela_lab.operator.containers import ADDRESS_ANNOTATION
from manuela_lab.operator.resources import Resource
from manuela_lab.operator.settings import ADDRESS_NOBODY, Settings
from manuela_lab.operator.view import View

ROUTES_FILE = "routes.json"
HTTPS = 443


def service_address(service: Resource, view: View, nobody: str) -> str:
    """Return the address that a Service's name stands for."""
    fixed = resources.notes(service).get(ADDRESS_ANNOTATION)
    if fixed:
        return fixed
    selector = service.get("spec", {}).get("selector") or {}
    pods = view.selected("Pod", resources.key(service).namespace, selector)
    addresses = [str((pod.get("status") or {}).get("podIP") or "") for pod in pods if not resources.deleting(pod)]
    return next((address for address in addresses if address), nobody)


def service_names(service: Resource, namespace: str) -> list[str]:
    """Return the names of a Service as a pod of ``namespace`` may write them."""
    where = resources.key(service)
    full = f"{where.name}.{where.namespace}"
    return [*([where.name] if where.namespace == namespace else []), full, f"{full}.svc", f"{full}.svc.cluster.local"]


def pod_names(pod: Resource) -> list[str]:
    """Return the names of a pod: its own, and the one under its headless service."""
    where = resources.key(pod)
    subdomain = pod["spec"].get("subdomain")
    under = [f"{where.name}.{subdomain}.{where.namespace}.svc"] if subdomain else []
    return [where.name, *under, *(f"{name}.cluster.local" for name in under)]


def route_host(route: Resource) -> str:
    """Return the host of a Route."""
    return str((route.get("spec") or {}).get("host") or "")


class Destination(NamedTuple):
    """Where a route leads: what its host resolves to, and the service's own address behind it."""

    address: str
    backend: str


def destinations(view: View, router: str, nobody: str) -> dict[str, Destination]:
    """Return host → destination of all Routes: the router for TLS passed through, else the service itself."""
    result = {}
    for route in view.all("Route"):
        host, target = route_host(route), str((route["spec"].get("to") or {}).get("name") or "")
        service = view.get("Service", resources.key(route).namespace, target)
        backend = service_address(service, view, nobody) if service else nobody
        passed_through = (route["spec"].get("tls") or {}).get("termination") == "passthrough"
        if host:
            result[host] = Destination(router if passed_through else backend, backend)
    return result


def render(entries: Mapping[str, str]) -> str:
    """Return the text of a hosts file, one line an address."""
    by_address: dict[str, list[str]] = {}
    for name, address in entries.items():
        by_address.setdefault(address, []).append(name)
    return "".join(f"{address} {' '.join(sorted(names))}\n" for address, names in sorted(by_address.items()))


def entries_of(namespace: str, view: View, fixed: Mapping[str, str], nobody: str) -> dict[str, str]:
    """Return name → address for the processes of one namespace."""
    entries = {"localhost": "127.0.0.1", socket.gethostname(): "127.0.0.1", **fixed}
    for service in view.all("Service"):
        address = service_address(service, view, nobody)
        entries.update(dict.fromkeys(service_names(service, namespace), address))
    for pod in view.all("Pod", namespace):
        address = str((pod.get("status") or {}).get("podIP") or nobody)
        entries.update(dict.fromkeys(pod_names(pod), address))
    return entries


class Hosts:
    """Keeps the hosts files up to date; a file is replaced whole, and only when it says something else."""

    def __init__(self, settings: Settings, view: View) -> None:
        self._settings = settings
        self._view = view
        self._directory = settings.home / "hosts"
        self._nobody = settings.address(ADDRESS_NOBODY)
        self._domains = tuple(f".{domain}" for domain in settings.domains.values())
        self._mentioned: set[str] = set()
        self._written: dict[Path, str] = {}
        self._used: set[str] = set()

    def file(self, namespace: str) -> Path:
        """Return the hosts file of a namespace, which from now on is kept up to date."""
        self._used.add(namespace)
        self.refresh([namespace])
        return self._directory / namespace

    def refresh(self, namespaces: Iterable[str] | None = None) -> None:
        """Write what has changed."""
        own = self._own_routes()
        self._write(self._settings.home / ROUTES_FILE, json.dumps(own, indent=1, sort_keys=True) + "\n")
        routes = {**self._foreign_routes(), **own}
        fixed = self._wildcard() | {host: found.address for host, found in routes.items()}
        for namespace in list(self._used if namespaces is None else namespaces):
            entries = entries_of(namespace, self._view, fixed, self._nobody)
            self._write(self._directory / namespace, render(entries))

    def mention(self, host: str) -> None:
        """Take note of a name that a manifest uses: a cluster's domain is a wildcard, with or without a route."""
        if host not in self._mentioned and host.endswith(self._domains):
            self._mentioned.add(host)
            self.refresh()

    def _wildcard(self) -> dict[str, str]:
        return dict.fromkeys(self._mentioned, self._settings.route[0])

    def endpoint(self, host: str, port: int) -> tuple[str, int]:
        """Return where a host and port of a manifest are: a route's 443 may be another port in the lab."""
        return (host, self._settings.route[1]) if port == HTTPS and host.endswith(self._domains) else (host, port)

    def backend(self, host: str, namespace: str) -> str | None:
        """Return the operators' own way to the Kafka behind a name, past the router; None while it is unknown."""
        routes = {**self._foreign_routes(), **self._own_routes()}
        address = routes[host].backend if host in routes else None
        if address is None:
            address = entries_of(namespace, self._view, {}, self._nobody).get(host)
        return None if address in (None, self._nobody) else f"{address}:{REPLICATION_PORT}"

    def _own_routes(self) -> dict[str, Destination]:
        return destinations(self._view, self._settings.route[0], self._nobody)

    def _foreign_routes(self) -> dict[str, Destination]:
        """Return the routes that the operators of the other clusters have published."""
        result: dict[str, Destination] = {}
        for home in self._settings.other_homes:
            try:
                found = json.loads((home / ROUTES_FILE).read_text(encoding="utf-8"))
            except FileNotFoundError:
                continue
            result.update({host: Destination(*where) for host, where in found.items()})
        return result

    def foreign_stamp(self) -> tuple[int, ...]:
        """Return something that changes when another cluster's routes do."""
        files = [home / ROUTES_FILE for home in self._settings.other_homes]
        return tuple(path.stat().st_mtime_ns if path.exists() else 0 for path in files)

    def _write(self, path: Path, text: str) -> None:
        if self._written.get(path) == text and path.exists():
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        arriving = path.with_name(f".{path.name}.new")
        arriving.write_text(text, encoding="utf-8")
        os.replace(arriving, path)
        self._written[path] = text

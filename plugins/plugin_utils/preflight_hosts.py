# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where host names stand in the manifests, in the API generations that are about; pure."""

from __future__ import annotations

import re
from typing import Any, Iterator, Mapping

_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?\Z")
_LONGEST = 63
_PORT = re.compile(r":\d+\Z")

Manifest = Mapping[str, Any]


def at(item: Any, *path: str) -> Any:
    """Return what is found by following ``path``, or none where it ends early."""
    for key in path:
        item = item.get(key) if isinstance(item, Mapping) else None
    return item


def mappings(item: Any) -> list[Manifest]:
    """Return the mappings of what may be a list."""
    return [entry for entry in item if isinstance(entry, Mapping)] if isinstance(item, list) else []


def of_kind(manifests: list[Manifest], kind: str) -> Manifest:
    """Return the first manifest of a kind, or an empty one."""
    return next((one for one in manifests if one.get("kind") == kind), {})


def kafka_host(kafka: Manifest) -> str:
    """Return the host of the listener that a route serves: in a list of listeners, or in a map of them."""
    listener = _routed(kafka)
    settings = listener.get("overrides") or listener.get("configuration")
    return str(at(settings, "bootstrap", "host") or "")


def _routed(kafka: Manifest) -> Manifest:
    listeners = at(kafka, "spec", "kafka", "listeners")
    if isinstance(listeners, Mapping):
        external = listeners.get("external")
        return external if isinstance(external, Mapping) else {}
    return next((one for one in mappings(listeners) if one.get("type") == "route"), {})


def mirror_servers(mirror: Manifest) -> tuple[str, str]:
    """Return the bootstrap servers of MirrorMaker's target and source."""
    if at(mirror, "spec", "target"):
        source = next(iter(mappings(at(mirror, "spec", "mirrors"))), {})
        return _servers(at(mirror, "spec", "target")), _servers(source.get("source") or {})
    target = at(mirror, "spec", "connectCluster")
    clusters = mappings(at(mirror, "spec", "clusters"))
    found = {str(one.get("alias")): _servers(one) for one in clusters}
    sources = [servers for alias, servers in found.items() if alias != target]
    return found.get(str(target), ""), sources[0] if sources else ""


def _servers(cluster: Manifest) -> str:
    return str(cluster.get("bootstrapServers") or "")


def host_of(server: str) -> str:
    """Return the host of a server, of a URL or of ``host:port``."""
    return _PORT.sub("", server.partition("://")[2].partition("/")[0] or server.partition("/")[0])


def domain_of(host: str) -> str:
    """Return what follows the first label."""
    return host.partition(".")[2]


def broker_hosts(manifests: list[Manifest], namespace: str) -> Iterator[str]:
    """Return the hosts that Strimzi makes up for the routes of single brokers."""
    kafka = of_kind(manifests, "Kafka")
    domain = domain_of(kafka_host(kafka))
    cluster = at(kafka, "metadata", "name")
    if not domain or at(_routed(kafka), "configuration", "brokers") or at(_routed(kafka), "overrides", "brokers"):
        return
    pools = [one for one in manifests if one.get("kind") == "KafkaNodePool" and "broker" in (_roles(one))]
    names = [str(at(pool, "metadata", "name")) for pool in pools] or ["kafka"]
    for name in names:
        yield f"{cluster}-{name}-0-{namespace}.{domain}"


def _roles(pool: Manifest) -> list[Any]:
    roles = at(pool, "spec", "roles")
    return roles if isinstance(roles, list) else []


def route_hosts(manifests: list[Manifest]) -> list[str]:
    """Return the hosts of routes."""
    hosts = [at(one, "spec", "host") for one in manifests if one.get("kind") == "Route"]
    return [str(host) for host in hosts if host]


def wrong_label(host: str) -> str:
    """Return why no router would serve a host, nothing when it is well."""
    for label in host.split("."):
        if len(label) > _LONGEST:
            return f"its label {label} has {len(label)} characters, {_LONGEST} are allowed"
        if not _LABEL.match(label):
            return f"its label {label or '(empty)'} is not made of small letters, digits and hyphens"
    return ""

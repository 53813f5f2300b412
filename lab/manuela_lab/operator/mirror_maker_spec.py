# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A KafkaMirrorMaker2 resource, of any API generation, as one value."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Mapping

from manuela_lab.operator import resources
from manuela_lab.operator.kafka_spec import generation
from manuela_lab.operator.resources import Resource


class Invalid(Exception):
    """What Strimzi would not take (InvalidResourceException)."""


@dataclass(frozen=True)
class Trusted:
    """Certificates of one Secret: one key, or all that match a pattern."""

    secret: str
    certificate: str
    pattern: str = ""


@dataclass(frozen=True)
class Cluster:
    """One Kafka that is mirrored from or to."""

    alias: str
    bootstrap: tuple[tuple[str, int], ...]
    tls: bool
    trusted: tuple[Trusted, ...]
    config: Mapping[str, Any]


@dataclass(frozen=True)
class Mirror:
    """One direction; a connector that the resource does not have is None."""

    source: Cluster
    topics: str
    groups: str
    tasks: int
    source_connector: Mapping[str, Any]
    checkpoint_connector: Mapping[str, Any] | None
    heartbeat_connector: Mapping[str, Any] | None


@dataclass(frozen=True)
class MirrorMakerSpec:
    """What a KafkaMirrorMaker2 asks for."""

    namespace: str
    name: str
    uid: str
    version: str
    replicas: int
    target: Cluster
    mirrors: tuple[Mirror, ...] = field(default_factory=tuple)

    @property
    def component(self) -> str:
        """Return the name that all its objects have."""
        return f"{self.name}-mirrormaker2"

    @property
    def pod(self) -> str:
        """Return the name of the one pod."""
        return f"{self.component}-0"

    @property
    def clusters(self) -> tuple[Cluster, ...]:
        """Return all clusters, the target first."""
        return (self.target, *(mirror.source for mirror in self.mirrors))


def parse(resource: Resource) -> MirrorMakerSpec:
    """Read a KafkaMirrorMaker2; raise Invalid in Strimzi's words."""
    where, spec = resources.key(resource), resource["spec"]
    known = {entry["alias"]: _cluster(entry) for entry in spec.get("clusters") or ()}
    if "target" in spec:
        target = _cluster(spec["target"])
    elif spec.get("connectCluster") in known:
        target = known[spec["connectCluster"]]
    else:
        raise Invalid(
            f"connectCluster with alias {spec.get('connectCluster')} cannot be found in the list of clusters at "
            f"spec.clusters"
        )
    return MirrorMakerSpec(
        where.namespace,
        where.name,
        resources.uid(resource),
        str(spec.get("version") or generation(resource).newest),
        int(spec["replicas"]) if "replicas" in spec else 1,
        target,
        tuple(_mirror(entry, known, target) for entry in spec.get("mirrors") or ()),
    )


def _mirror(entry: Mapping[str, Any], known: Mapping[str, Cluster], target: Cluster) -> Mirror:
    problems = []
    for side in ("source", "target"):
        alias = entry.get(f"{side}Cluster")
        if alias is not None and alias not in known:
            problems.append(f"{side.capitalize()} cluster alias {alias} cannot be found in the list of clusters")
    if problems:
        raise Invalid(f"KafkaMirrorMaker2 resource validation failed: [{', '.join(problems)}]")
    if entry.get("targetCluster", target.alias) != target.alias:
        raise Invalid(
            f"Connect cluster alias (currently set to {target.alias}) has to be the same as the target cluster "
            f"alias {entry['targetCluster']}"
        )
    source = _cluster(entry["source"]) if "source" in entry else known[entry["sourceCluster"]]
    connector = entry.get("sourceConnector") or {}
    return Mirror(
        source,
        str(entry.get("topicsPattern") or entry.get("topicsWhitelistPattern") or ".*"),
        str(entry.get("groupsPattern") or entry.get("groupsWhitelistPattern") or ".*"),
        int(connector.get("tasksMax") or 1),
        dict(connector.get("config") or {}),
        _connector(entry, "checkpointConnector"),
        _connector(entry, "heartbeatConnector"),
    )


def _connector(entry: Mapping[str, Any], name: str) -> Mapping[str, Any] | None:
    return dict((entry[name] or {}).get("config") or {}) if name in entry else None


def _cluster(entry: Mapping[str, Any]) -> Cluster:
    tls = entry.get("tls")
    found = (tls or {}).get("trustedCertificates") or ()
    trusted = [
        Trusted(str(one["secretName"]), str(one.get("certificate") or ""), str(one.get("pattern") or ""))
        for one in found
    ]
    servers = [text.strip().rpartition(":") for text in str(entry["bootstrapServers"]).split(",")]
    return Cluster(
        str(entry["alias"]),
        tuple((host, int(port)) for host, _, port in servers),
        tls is not None,
        tuple(trusted),
        dict(entry.get("config") or {}),
    )

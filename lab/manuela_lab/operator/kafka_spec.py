# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A Kafka resource and its node pools, of any API generation, as one value."""

from __future__ import annotations

import base64
import uuid
from dataclasses import dataclass
from typing import Any, Mapping, Sequence

from manuela_lab.operator import resources
from manuela_lab.operator.resources import Resource

CLUSTER_LABEL = "strimzi.io/cluster"
OLD_PORTS = {"plain": 9092, "tls": 9093, "external": 9094}


@dataclass(frozen=True)
class Generation:
    """What the Strimzi of one API version supports and calls itself."""

    strimzi: str
    versions: tuple[str, ...]

    @property
    def newest(self) -> str:
        """Return the version of a resource that names none."""
        return self.versions[-1]

    def image(self, version: str) -> str:
        """Return the image of the brokers."""
        return f"quay.io/strimzi/kafka:{self.strimzi}-kafka-{version}"


#: The real tables, and the one Kafka that this lab runs whatever version is asked for.
GENERATIONS: Mapping[str, Generation] = {
    "v1beta1": Generation("0.20.1", ("2.5.0", "2.5.1", "2.6.0")),
    "v1beta2": Generation("0.51.0", ("4.1.0", "4.1.1", "4.2.0", "4.3.1")),
    "v1": Generation("1.1.0", ("4.2.0", "4.2.1", "4.3.0", "4.3.1")),
}


def generation(resource: Resource) -> Generation:
    """Return the generation of a Strimzi resource.  Only old ones have ZooKeeper, whatever version is asked for."""
    if "zookeeper" in (resource.get("spec") or {}):
        return GENERATIONS["v1beta1"]
    return GENERATIONS.get(_written_version(resource), GENERATIONS["v1beta1"])


def _written_version(resource: Resource) -> str:
    """Return the version in which the spec was written: what is watched comes in the one that the API server keeps."""
    entries = resource["metadata"].get("managedFields") or ()
    written = [str(entry["apiVersion"]) for entry in entries if "f:spec" in (entry.get("fieldsV1") or {})]
    return (written or [str(resource["apiVersion"])])[-1].rpartition("/")[2]


@dataclass(frozen=True)
class Listener:
    """One listener of a Kafka resource."""

    name: str
    port: int
    tls: bool
    kind: str
    secret: str = ""
    certificate_key: str = "tls.crt"
    private_key_key: str = "tls.key"
    bootstrap_host: str = ""
    broker_host: str = ""

    @property
    def identifier(self) -> str:
        """Return the listener's name in the broker's own configuration."""
        return f"{self.name.upper()}-{self.port}"

    @property
    def store(self) -> str:
        """Return the name of the listener's key store."""
        return f"custom-{self.name}-{self.port}-certs"


@dataclass(frozen=True)
class KafkaSpec:
    """What a Kafka resource asks for."""

    namespace: str
    name: str
    uid: str
    version: str
    pool: str
    replicas: int
    listeners: tuple[Listener, ...]
    config: Mapping[str, Any]
    topic_operator: bool

    @property
    def pod(self) -> str:
        """Return the name of the one broker's pod."""
        return f"{self.name}-{self.pool}-0"

    @property
    def bootstrap_service(self) -> str:
        """Return the name of the internal bootstrap service."""
        return f"{self.name}-kafka-bootstrap"

    @property
    def external(self) -> Listener | None:
        """Return the first listener that is reached by a route."""
        return next((listener for listener in self.listeners if listener.kind == "route"), None)

    @property
    def cluster_id(self) -> str:
        """Return the cluster id: new for every new resource, as every new Kafka has a new one."""
        return base64.urlsafe_b64encode(uuid.UUID(self.uid).bytes).decode().rstrip("=")


def parse(kafka: Resource, pools: Sequence[Resource]) -> KafkaSpec:
    """Read a Kafka resource; ``pools`` are the node pools labelled with its name."""
    where, spec = resources.key(kafka), kafka["spec"]
    brokers = [pool for pool in pools if "broker" in (pool["spec"].get("roles") or ())]
    body = spec["kafka"]
    declared = sum(int(pool["spec"].get("replicas") or 0) for pool in brokers) or int(body.get("replicas") or 1)
    operator = (spec.get("entityOperator") or {}).get("topicOperator")
    return KafkaSpec(
        where.namespace,
        where.name,
        resources.uid(kafka),
        str(body.get("version") or generation(kafka).newest),
        resources.key(brokers[0]).name if brokers else "kafka",
        declared,
        tuple(_listeners(body.get("listeners") or ())),
        dict(body.get("config") or {}),
        operator is not None,
    )


def _listeners(found: Any) -> list[Listener]:
    if isinstance(found, Mapping):
        return [_old_listener(name, dict(entry or {})) for name, entry in found.items()]
    return [_listener(dict(entry)) for entry in found]


def _old_listener(name: str, entry: dict[str, Any]) -> Listener:
    """Return a listener of the map form: its name decides port and encryption."""
    overrides = entry.pop("overrides", {}) or {}
    configuration = {**(entry.pop("configuration", {}) or {})}
    for part in ("bootstrap", "brokers"):
        if part in overrides:
            configuration[part] = overrides[part]
    kind = entry.get("type") or "internal"
    encrypted = name != "plain" and entry.get("tls", True)
    return _listener(
        {"name": name, "port": OLD_PORTS[name], "tls": encrypted, "type": kind, "configuration": configuration}
    )


def _listener(entry: Mapping[str, Any]) -> Listener:
    configuration = entry.get("configuration") or {}
    pair = configuration.get("brokerCertChainAndKey") or {}
    bootstrap = configuration.get("bootstrap") or {}
    brokers = configuration.get("brokers") or [{}]
    return Listener(
        str(entry["name"]),
        int(entry["port"]),
        bool(entry.get("tls")),
        str(entry.get("type") or "internal"),
        str(pair.get("secretName") or ""),
        str(pair.get("certificate") or "tls.crt"),
        str(pair.get("key") or "tls.key"),
        str(bootstrap.get("host") or bootstrap.get("address") or ""),
        str(brokers[0].get("host") or brokers[0].get("advertisedHost") or ""),
    )

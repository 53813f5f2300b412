# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From a KafkaMirrorMaker2 resource to the properties of MirrorMaker's dedicated process."""

from __future__ import annotations

from typing import Any, Callable, Mapping

from manuela_lab.operator.mirror_maker_spec import Cluster, Mirror, MirrorMakerSpec

Endpoint = Callable[[str, int], tuple[str, int]]
"""A host and port of the resource → where it is in the lab."""

#: One broker on each side, and a start in seconds: a search for plugins on the class path would cost half a minute.
WORKER: Mapping[str, Any] = {
    "plugin.discovery": "service_load",
    "dedicated.mode.enable.internal.rest": "false",
    "replication.factor": 1,
    "offset-syncs.topic.replication.factor": 1,
    "heartbeats.topic.replication.factor": 1,
    "checkpoints.topic.replication.factor": 1,
    "config.storage.replication.factor": 1,
    "offset.storage.replication.factor": 1,
    "status.storage.replication.factor": 1,
    "sync.topic.acls.enabled": "false",
}
SMALL: Mapping[str, Any] = {
    "plugin.discovery": "service_load",
    "offset.storage.partitions": 1,
    "status.storage.partitions": 1,
    "offset.flush.interval.ms": 5000,
    "reconnect.backoff.max.ms": 500,
    "producer.buffer.memory": 8388608,
    "producer.batch.size": 131072,
    "producer.linger.ms": 5,
    "consumer.max.poll.records": 2000,
    "consumer.fetch.max.bytes": 4194304,
}


def connectors(mirror: Mirror) -> list[str]:
    """Return the connectors of a mirror that its resource has."""
    found = ["MirrorSourceConnector"]
    if mirror.checkpoint_connector is not None:
        found.append("MirrorCheckpointConnector")
    if mirror.heartbeat_connector is not None:
        found.append("MirrorHeartbeatConnector")
    return found


def render(spec: MirrorMakerSpec, endpoint: Endpoint) -> str:
    """Return the text of the properties file; trust stores are where the image puts them."""
    properties: dict[str, Any] = {
        "clusters": ",".join(dict.fromkeys(cluster.alias for cluster in spec.clusters)),
        **WORKER,
    }
    for cluster in spec.clusters:
        properties.update(_cluster(cluster, endpoint))
    for mirror in spec.mirrors:
        properties.update(_mirror(mirror, spec.target))
    return "".join(f"{key}={_text(value)}\n" for key, value in properties.items())


def _cluster(cluster: Cluster, endpoint: Endpoint) -> dict[str, Any]:
    servers = ["{}:{}".format(*endpoint(host, port)) for host, port in cluster.bootstrap]
    properties: dict[str, Any] = {"bootstrap.servers": ",".join(servers), **SMALL}
    if cluster.tls:
        properties["security.protocol"] = "SSL"
    if cluster.trusted:
        properties["ssl.truststore.type"] = "PEM"
        properties["ssl.truststore.location"] = f"/tmp/{cluster.alias}.truststore.pem"
    properties.update(cluster.config)
    return {f"{cluster.alias}.{key}": value for key, value in properties.items()}


def _mirror(mirror: Mirror, target: Cluster) -> dict[str, Any]:
    there, back = f"{mirror.source.alias}->{target.alias}", f"{target.alias}->{mirror.source.alias}"
    checkpoints, heartbeats = mirror.checkpoint_connector, mirror.heartbeat_connector
    flow: dict[str, Any] = {
        "enabled": True,
        "topics": mirror.topics,
        "groups": mirror.groups,
        "tasks.max": mirror.tasks,
        "consumer.auto.offset.reset": "earliest",
        "emit.checkpoints.enabled": checkpoints is not None,
        "emit.heartbeats.enabled": heartbeats is not None,
        **(heartbeats or {}),
        **(checkpoints or {}),
        **mirror.source_connector,
    }
    return {f"{there}.{key}": value for key, value in flow.items()} | {
        f"{back}.enabled": False,
        f"{back}.emit.heartbeats.enabled": False,
    }


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)

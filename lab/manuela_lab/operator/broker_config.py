# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From a Kafka resource to the broker's own configuration: a small single-node KRaft broker."""

from __future__ import annotations

from typing import Any, Mapping

from manuela_lab.operator.kafka_spec import KafkaSpec, Listener

CONTROLLER_PORT = 9090
REPLICATION_PORT = 9091
DATA = "/var/lib/kafka/data-0/kafka-log0"

#: What keeps one idle broker small and quick to start; the resource's own configuration cannot change these.
SMALL: Mapping[str, Any] = {
    "num.network.threads": 1,
    "num.io.threads": 2,
    "background.threads": 2,
    "num.recovery.threads.per.data.dir": 1,
    "offsets.topic.num.partitions": 1,
    "transaction.state.log.num.partitions": 1,
    "share.coordinator.state.topic.num.partitions": 1,
    "share.coordinator.state.topic.replication.factor": 1,
    "share.coordinator.state.topic.min.isr": 1,
    "group.initial.rebalance.delay.ms": 0,
    "log.cleaner.dedupe.buffer.size": 2097152,
    "log.cleaner.io.buffer.size": 65536,
    "log.index.size.max.bytes": 1048576,
    "controller.quorum.election.timeout.ms": 200,
    "controller.quorum.election.backoff.max.ms": 200,
    # A broker that was killed may register again only when its old session is over.
    "broker.session.timeout.ms": 3000,
    "broker.heartbeat.interval.ms": 500,
}
#: Settings that presume several brokers, and what they become with one.
SINGLE: Mapping[str, Any] = {
    "offsets.topic.replication.factor": 1,
    "transaction.state.log.replication.factor": 1,
    "transaction.state.log.min.isr": 1,
    "default.replication.factor": 1,
    "min.insync.replicas": 1,
}
#: Keys of old Kafkas that today's broker no longer reads.
GONE = frozenset({"log.message.format.version", "inter.broker.protocol.version", "delete.topic.enable"})


def advertised(listener: Listener, address: str, route_port: int) -> tuple[str, int]:
    """Return the host and port under which clients find the broker after the first contact."""
    if listener.kind == "route":
        return listener.broker_host, route_port
    return address, listener.port


def render(spec: KafkaSpec, address: str, route_port: int) -> str:
    """Return the text of the broker's properties file."""
    found = [f"{listener.identifier}://{address}:{listener.port}" for listener in spec.listeners]
    public = [
        "{}://{}:{}".format(listener.identifier, *advertised(listener, address, route_port))
        for listener in spec.listeners
    ]
    kinds = {listener.identifier: "SSL" if listener.tls else "PLAINTEXT" for listener in spec.listeners}
    kinds.update({"CONTROLPLANE-9090": "PLAINTEXT", "REPLICATION-9091": "PLAINTEXT"})
    properties: dict[str, Any] = {
        "process.roles": "broker,controller",
        "node.id": 0,
        "controller.quorum.voters": f"0@{address}:{CONTROLLER_PORT}",
        "controller.listener.names": "CONTROLPLANE-9090",
        "inter.broker.listener.name": "REPLICATION-9091",
        "listeners": ",".join(
            [f"CONTROLPLANE-9090://{address}:9090", f"REPLICATION-9091://{address}:{REPLICATION_PORT}", *found]
        ),
        "advertised.listeners": ",".join([f"REPLICATION-9091://{address}:{REPLICATION_PORT}", *public]),
        "listener.security.protocol.map": ",".join(f"{name}:{kind}" for name, kind in kinds.items()),
        "log.dirs": DATA,
        "num.partitions": 1,
        **{key: value for key, value in spec.config.items() if key not in GONE},
        **SMALL,
        **SINGLE,
    }
    for listener in spec.listeners:
        if listener.tls:
            prefix = f"listener.name.{listener.identifier.lower()}.ssl.keystore"
            properties[f"{prefix}.type"] = "PEM"
            properties[f"{prefix}.location"] = f"/tmp/{listener.store}.pem"
    return "".join(f"{key}={_text(value)}\n" for key, value in properties.items())


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)

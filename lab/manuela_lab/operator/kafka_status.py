# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The status of Kafka and KafkaNodePool resources, in Strimzi's words."""

from __future__ import annotations

from typing import Mapping

from manuela_lab.operator import conditions
from manuela_lab.operator.broker_config import advertised
from manuela_lab.operator.conditions import Condition
from manuela_lab.operator.kafka_spec import CLUSTER_LABEL, KafkaSpec, Listener, generation
from manuela_lab.operator.resources import Resource

BROKER_ID = 0


def not_ready(resource: Resource, entry: Condition, now: str) -> Resource:
    """Return the status of a resource that is not deployed, all else as it was."""
    old = resource.get("status") or {}
    return {
        **old,
        "observedGeneration": resource["metadata"].get("generation"),
        "conditions": conditions.carried([entry], old.get("conditions"), now),
    }


def _conditions(spec: KafkaSpec, ready: bool, was_ready: bool) -> list[Condition]:
    if not ready:
        if was_ready:
            return [conditions.condition("Ready", True)]
        return [conditions.condition("NotReady", True, "Creating", "Kafka cluster is being deployed")]
    found = [conditions.condition("Ready", True)]
    if spec.replicas > 1:
        found.insert(
            0,
            conditions.condition(
                "Warning",
                True,
                "SingleBroker",
                f"{spec.replicas} brokers are declared; this lab runs one broker for each Kafka resource",
            ),
        )
    return found


def render(
    kafka: Resource, spec: KafkaSpec, ready: bool, certificates: Mapping[str, str], route_port: int, now: str
) -> Resource:
    """Return the status of a Kafka resource that is deployed; ``spec`` has the hosts of its routes."""
    old = kafka.get("status") or {}
    was_ready = conditions.ready(kafka) and old.get("clusterId") == spec.cluster_id
    supported = generation(kafka)
    status: Resource = {
        "observedGeneration": kafka["metadata"].get("generation"),
        "conditions": conditions.carried(_conditions(spec, ready, was_ready), old.get("conditions"), now),
        "clusterId": spec.cluster_id,
        "kafkaVersion": spec.version,
        "kafkaMetadataVersion": f"{spec.version.rpartition('.')[0]}-IV0",
        "operatorLastSuccessfulVersion": supported.strimzi,
    }
    if ready or was_ready:
        status["listeners"] = [
            _listener(spec, listener, certificates.get(listener.name, ""), route_port) for listener in spec.listeners
        ]
        status["registeredNodeIds"] = [BROKER_ID]
        status["kafkaMetadataState"] = "KRaft"
        if spec.pool != "kafka":
            status["kafkaNodePools"] = [{"name": spec.pool}]
    return status


def _listener(spec: KafkaSpec, listener: Listener, certificate: str, route_port: int) -> Resource:
    host, port = f"{spec.bootstrap_service}.{spec.namespace}.svc", listener.port
    if listener.kind == "route":
        host, port = listener.bootstrap_host, advertised(listener, "", route_port)[1]
    entry: Resource = {
        "name": listener.name,
        "type": listener.name,
        "addresses": [{"host": host, "port": port}],
        "bootstrapServers": f"{host}:{port}",
    }
    if certificate:
        entry["certificates"] = [certificate]
    return entry


def node_pool(pool: Resource, kafka: Resource, spec: KafkaSpec, now: str) -> Resource:
    """Return the status of a node pool; it says how many brokers there are, not how many were asked for."""
    old = pool.get("status") or {}
    runs = pool["metadata"]["name"] == spec.pool
    return {
        "observedGeneration": pool["metadata"].get("generation"),
        "conditions": conditions.carried([], old.get("conditions"), now),
        "clusterId": spec.cluster_id,
        "nodeIds": [BROKER_ID] if runs else [],
        "replicas": 1 if runs else 0,
        "roles": pool["spec"].get("roles") or [],
        "labelSelector": f"{CLUSTER_LABEL}={spec.name},strimzi.io/pool-name={pool['metadata']['name']}",
    }

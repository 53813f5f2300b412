# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A Kafka resource becomes the configuration of one small broker, and says so."""

from __future__ import annotations

from typing import Any

import pytest

from manuela_lab.operator import broker_config, kafka_status, listener_routes
from manuela_lab.operator.kafka_spec import KafkaSpec, generation, parse
from manuela_lab.operator.resources import Resource
from manuela_lab.operator.settings import Settings

NOW = "2026-01-02T03:04:05Z"


def properties(spec: KafkaSpec, route_port: int = 443) -> dict[str, str]:
    lines = broker_config.render(spec, "127.9.8.20", route_port).splitlines()
    return dict(line.split("=", 1) for line in lines)


@pytest.fixture
def spec(kafka: Resource, pool: Resource, settings: Settings) -> KafkaSpec:
    return listener_routes.hosts(parse(kafka, [pool]), settings)


def test_listeners_are_on_the_brokers_address_and_the_route_is_advertised(spec: KafkaSpec) -> None:
    found = properties(spec, 8443)
    assert "EXTERNAL-9094://127.9.8.20:9094" in found["listeners"].split(",")
    advertised = found["advertised.listeners"].split(",")
    assert "PLAIN-9092://127.9.8.20:9092" in advertised
    assert "EXTERNAL-9094://kafka-cluster-kafka-0-lake.apps.central.lab.example:8443" in advertised
    assert found["listener.name.external-9094.ssl.keystore.type"] == "PEM"


def test_own_settings_stay_but_what_needs_three_brokers_becomes_one(spec: KafkaSpec) -> None:
    found = properties(spec)
    assert found["auto.create.topics.enable"] == "false"
    assert found["min.insync.replicas"] == "1"


def test_a_listener_without_a_certificate_of_its_own_uses_none(kafka: Resource, pool: Resource) -> None:
    kafka["spec"]["kafka"]["listeners"] = [{"name": "plain", "port": 9092, "type": "internal", "tls": False}]
    assert not [key for key in properties(parse(kafka, [pool])) if "keystore" in key]


def test_the_map_form_of_old_resources_is_read() -> None:
    old: Resource = {
        "apiVersion": "kafka.strimzi.io/v1beta2",
        "kind": "Kafka",
        "metadata": {"name": "k", "namespace": "n", "uid": "b7a1c9a0-5d3e-4b52-9d6a-0d7f5f1f2a11"},
        "spec": {
            "zookeeper": {"replicas": 3},
            "kafka": {
                "version": "2.6.0",
                "replicas": 3,
                "listeners": {
                    "plain": {},
                    "external": {
                        "type": "route",
                        "overrides": {"bootstrap": {"host": "b.apps.example"}},
                        "configuration": {"brokerCertChainAndKey": {"secretName": "pair"}},
                    },
                },
            },
        },
    }
    spec = parse(old, [])
    plain, external = spec.listeners
    assert (plain.port, plain.tls, plain.kind) == (9092, False, "internal")
    assert (external.port, external.tls, external.bootstrap_host, external.secret) == (
        9094,
        True,
        "b.apps.example",
        "pair",
    )
    assert spec.version in generation(old).versions
    assert spec.pod == "k-kafka-0"


def test_a_new_resource_is_a_new_cluster(kafka: Resource, pool: Resource) -> None:
    first = parse(kafka, [pool]).cluster_id
    kafka["metadata"]["uid"] = "0e0e0e0e-5d3e-4b52-9d6a-0d7f5f1f2a11"
    assert first != parse(kafka, [pool]).cluster_id
    assert len(first) == 22


@pytest.mark.parametrize(
    ("host", "refused"),
    [("a" * 63 + ".apps.example", ""), ("a" * 64 + ".apps.example", "63"), ("under_score.apps.example", "DNS")],
)
def test_hosts_that_a_router_refuses(host: str, refused: str) -> None:
    problem = listener_routes.host_problem(host)
    assert bool(problem) == bool(refused) and refused in problem


def test_the_status_tells_one_broker_from_three(kafka: Resource, pool: Resource, spec: KafkaSpec) -> None:
    status = kafka_status.render(kafka, spec, True, {"external": "PEM"}, 443, NOW)
    warning, ready = status["conditions"]
    assert (warning["type"], warning["reason"]) == ("Warning", "SingleBroker")
    assert (ready["type"], ready["status"], ready["lastTransitionTime"]) == ("Ready", "True", NOW)
    external = status["listeners"][1]
    assert external["bootstrapServers"] == "bootstrap.apps.central.lab.example:443"
    assert external["certificates"] == ["PEM"]
    assert kafka_status.node_pool(pool, kafka, spec, NOW)["replicas"] == 1


def test_a_broker_that_rolls_does_not_take_ready_back(kafka: Resource, spec: KafkaSpec) -> None:
    starting: dict[str, Any] = kafka_status.render(kafka, spec, False, {}, 443, NOW)
    assert starting["conditions"][0]["type"] == "NotReady" and starting["conditions"][0]["reason"] == "Creating"
    kafka["status"] = kafka_status.render(kafka, spec, True, {}, 443, NOW)
    rolling = kafka_status.render(kafka, spec, False, {}, 443, "2026-02-02T00:00:00Z")
    assert [entry["type"] for entry in rolling["conditions"]] == ["Ready"]
    assert rolling["conditions"][0]["lastTransitionTime"] == NOW

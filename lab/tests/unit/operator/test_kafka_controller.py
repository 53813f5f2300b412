# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the Kafka operator makes, when it rolls the broker, and what it refuses in Strimzi's words."""

from __future__ import annotations

import asyncio
import base64
import datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from memory_cluster import MemoryCluster

from manuela_lab.operator import resources
from manuela_lab.operator.addresses import Addresses
from manuela_lab.operator.kafka import KafkaController
from manuela_lab.operator.resources import Key, Resource
from manuela_lab.operator.settings import Settings

KEY = Key("lake", "kafka-cluster")
POD = ("Pod", "lake", "kafka-cluster-kafka-0")


def pair(name: str = "pair") -> Resource:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "*.apps.central.lab.example")])
    now = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + datetime.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )
    data = {"tls.crt": certificate.public_bytes(serialization.Encoding.PEM), "tls.key": secret}
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": name, "namespace": "lake"},
        "data": {entry: base64.b64encode(text).decode() for entry, text in data.items()},
    }


@pytest.fixture
def controller(cluster: MemoryCluster, settings: Settings) -> KafkaController:
    return KafkaController(settings, cluster, cluster.view, Addresses(settings))  # type: ignore[arg-type]


def reconcile(controller: KafkaController) -> None:
    asyncio.run(controller.reconcile(KEY))


def refusal(cluster: MemoryCluster) -> tuple[str, str, str]:
    (entry,) = cluster.status("Kafka", *KEY)["conditions"]
    return entry["type"], entry["reason"], entry["message"]


def become_ready(cluster: MemoryCluster) -> None:
    pod = cluster.view.get(*POD)
    assert pod is not None
    cluster.has({**pod, "status": {"conditions": [{"type": "Ready", "status": "True"}]}})


def test_ready_only_when_the_broker_is(
    cluster: MemoryCluster, controller: KafkaController, kafka: Resource, pool: Resource
) -> None:
    cluster.has(kafka, pool, pair())
    reconcile(controller)
    assert refusal(cluster)[1] == "Creating"
    become_ready(cluster)
    reconcile(controller)
    assert {entry["type"] for entry in cluster.status("Kafka", *KEY)["conditions"]} == {"Warning", "Ready"}
    pod = cluster.view.get(*POD)
    assert pod is not None and pod["spec"]["containers"][0]["image"] == "quay.io/strimzi/kafka:0.51.0-kafka-4.3.1"
    assert resources.labels(pod)["strimzi.io/cluster"] == "kafka-cluster"
    hosts = {route["spec"]["host"] for route in cluster.view.all("Route")}
    assert "bootstrap.apps.central.lab.example" in hosts


def test_a_second_look_writes_nothing(
    cluster: MemoryCluster, controller: KafkaController, kafka: Resource, pool: Resource
) -> None:
    cluster.has(kafka, pool, pair())
    reconcile(controller)
    become_ready(cluster)
    reconcile(controller)
    cluster.journal.clear()
    reconcile(controller)
    assert cluster.journal == []


def test_another_certificate_rolls_the_broker(
    cluster: MemoryCluster, controller: KafkaController, kafka: Resource, pool: Resource
) -> None:
    cluster.has(kafka, pool, pair())
    reconcile(controller)
    cluster.has(pair())
    reconcile(controller)
    assert ("delete", "Pod", POD[2]) in cluster.journal
    reconcile(controller)
    assert cluster.view.get(*POD) is not None


def test_an_unsupported_version(
    cluster: MemoryCluster, controller: KafkaController, kafka: Resource, pool: Resource
) -> None:
    kafka["spec"]["kafka"]["version"] = "2.4.0"
    cluster.has(kafka, pool, pair())
    reconcile(controller)
    kind, reason, message = refusal(cluster)
    assert (kind, reason) == ("NotReady", "UnsupportedKafkaVersionException")
    assert message.startswith("Unsupported Kafka.spec.kafka.version: 2.4.0. Supported versions are: [")
    assert cluster.view.get(*POD) is None


def test_a_listener_whose_secret_is_missing(
    cluster: MemoryCluster, controller: KafkaController, kafka: Resource, pool: Resource
) -> None:
    cluster.has(kafka, pool)
    reconcile(controller)
    assert refusal(cluster)[1:] == (
        "InvalidResourceException",
        "Failed to process Secrets with custom certificates: [Secret pair with custom TLS certificate does not exist.]",
    )


def test_a_secret_without_a_certificate_in_it(
    cluster: MemoryCluster, controller: KafkaController, kafka: Resource, pool: Resource
) -> None:
    empty = pair()
    empty["data"]["tls.crt"] = base64.b64encode(b"nothing").decode()
    cluster.has(kafka, pool, empty)
    reconcile(controller)
    assert "no readable certificate" in refusal(cluster)[2]


def test_node_pools_that_are_not_there(cluster: MemoryCluster, controller: KafkaController, kafka: Resource) -> None:
    cluster.has(kafka, pair())
    reconcile(controller)
    assert refusal(cluster)[2].startswith("KafkaNodePools are enabled, but")


def test_a_broker_that_does_not_come_up_in_time(
    cluster: MemoryCluster, controller: KafkaController, kafka: Resource, pool: Resource
) -> None:
    cluster.has(kafka, pool, pair())
    reconcile(controller)
    pod = cluster.view.get(*POD)
    assert pod is not None
    unready = {"type": "Ready", "status": "False", "lastTransitionTime": "2026-01-01T00:00:00Z"}
    cluster.has({**pod, "status": {"conditions": [unready]}})
    reconcile(controller)
    assert refusal(cluster)[1:] == (
        "TimeoutException",
        "Exceeded timeout of 60000ms while waiting for Pods resource kafka-cluster-kafka-0 in namespace lake to be "
        "ready",
    )
    become_ready(cluster)
    reconcile(controller)
    assert "Ready" in {entry["type"] for entry in cluster.status("Kafka", *KEY)["conditions"]}

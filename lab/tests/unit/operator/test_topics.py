# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The topic operator changes what Kafka can change, and is gone with its Kafka."""

from __future__ import annotations

import asyncio

import pytest
from memory_cluster import MemoryCluster

from manuela_lab.operator.kafka_admin import Topic
from manuela_lab.operator.resources import Key, Resource
from manuela_lab.operator.topic_plan import NotSupported, TopicPlan, TopicSpec, parse, plan
from manuela_lab.operator.topics import FINALIZER, TopicController

SPEC = TopicSpec("t", 2, 1, {"retention.ms": "7200000"})


def found(partitions: int = 2, replication_factor: int = 1, **config: str) -> Topic:
    return Topic(
        "t", partitions, replication_factor, "id", {key.replace("_", "."): text for key, text in config.items()}
    )


def test_steps() -> None:
    assert plan(SPEC, None) == TopicPlan(create=True)
    assert plan(SPEC, found(retention_ms="7200000")) == TopicPlan()
    assert plan(SPEC, found(1, retention_ms="7200000")).add_partitions == 2
    changed = plan(SPEC, found(retention_ms="1", segment_bytes="9"))
    assert (changed.set_config, changed.surplus) == ({"retention.ms": "7200000"}, ["segment.bytes"])


@pytest.mark.parametrize(
    ("topic", "said"),
    [(found(3), "Decreasing partitions not supported"), (found(2, 3), "required for partitions \\[0, 1\\]")],
)
def test_what_kafka_cannot_do(topic: Topic, said: str) -> None:
    with pytest.raises(NotSupported, match=said):
        plan(SPEC, topic)


def topic(**metadata: object) -> Resource:
    labels = {"strimzi.io/cluster": "kafka-cluster"}
    return {
        "apiVersion": "kafka.strimzi.io/v1beta2",
        "kind": "KafkaTopic",
        "metadata": {"name": "t", "namespace": "lake", "labels": labels, **metadata},
        "spec": {"replicas": 3, "config": {"cleanup.policy": "compact", "preallocate": True}},
    }


def test_replicas_that_the_declared_brokers_could_hold() -> None:
    assert parse(topic(), declared_brokers=3).replication_factor == 1
    assert parse(topic(), declared_brokers=1).replication_factor == 3
    assert parse(topic(), 3).config == {"cleanup.policy": "compact", "preallocate": "true"}


@pytest.mark.parametrize("kafka_is", ["absent", "deleting", "not ready", "without a topic operator"])
def test_without_its_kafka_a_deleted_topic_hangs(cluster: MemoryCluster, kafka: Resource, kafka_is: str) -> None:
    kafka["status"] = {"conditions": [{"type": "Ready", "status": "False" if kafka_is == "not ready" else "True"}]}
    if kafka_is == "deleting":
        kafka["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z"
    if kafka_is == "without a topic operator":
        kafka["spec"].pop("entityOperator")
    if kafka_is != "absent":
        cluster.has(kafka)
    cluster.has(topic(finalizers=[FINALIZER], deletionTimestamp="2026-01-01T00:00:00Z"))
    controller = TopicController(cluster, cluster.view, lambda _: "127.9.8.20:1")  # type: ignore[arg-type]
    asyncio.run(controller.reconcile(Key("lake", "t")))
    assert cluster.journal == []


def test_a_topic_is_looked_at_again_when_its_kafka_changes(cluster: MemoryCluster, kafka: Resource) -> None:
    cluster.has(kafka, topic())
    controller = TopicController(cluster, cluster.view, lambda _: "")  # type: ignore[arg-type]
    assert list(controller.concerned(kafka)) == [Key("lake", "t")]

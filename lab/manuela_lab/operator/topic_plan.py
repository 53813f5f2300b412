# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the topic operator does about one KafkaTopic resource; nothing here touches a Kafka."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Mapping

from manuela_lab.operator import conditions, resources
from manuela_lab.operator.conditions import Condition
from manuela_lab.operator.kafka_admin import Topic
from manuela_lab.operator.resources import Resource


class NotSupported(Exception):
    """A change that Kafka cannot make to an existing topic."""


@dataclass(frozen=True)
class TopicSpec:
    """What a KafkaTopic asks for."""

    name: str
    partitions: int
    replication_factor: int
    config: Mapping[str, str]


@dataclass(frozen=True)
class TopicPlan:
    """The calls that bring a topic to what is asked for."""

    create: bool = False
    add_partitions: int = 0
    set_config: Mapping[str, str] = field(default_factory=dict)
    surplus: list[str] = field(default_factory=list)


def parse(topic: Resource, declared_brokers: int) -> TopicSpec:
    """Read a KafkaTopic.  Replicas that the declared brokers could hold become one: there is one broker."""
    spec = topic.get("spec") or {}
    replicas = int(spec.get("replicas") or 1)
    return TopicSpec(
        str(spec.get("topicName") or resources.key(topic).name),
        int(spec.get("partitions") or 1),
        1 if replicas <= declared_brokers else replicas,
        {key: _text(value) for key, value in (spec.get("config") or {}).items()},
    )


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def plan(spec: TopicSpec, found: Topic | None) -> TopicPlan:
    """Return what to do; raise NotSupported for what cannot be done."""
    if found is None:
        return TopicPlan(create=True)
    if spec.partitions < found.partitions:
        raise NotSupported("Decreasing partitions not supported")
    if spec.replication_factor != found.replication_factor:
        every = ", ".join(str(number) for number in range(found.partitions))
        raise NotSupported(f"Replication factor change not supported, but required for partitions [{every}]")
    return TopicPlan(
        add_partitions=spec.partitions if spec.partitions > found.partitions else 0,
        set_config={key: value for key, value in spec.config.items() if found.config.get(key) != value},
        surplus=sorted(set(found.config) - set(spec.config)),
    )


def status(topic: Resource, spec: TopicSpec, topic_id: str, entry: Condition, now: str) -> Resource:
    """Return the status of a KafkaTopic."""
    old = topic.get("status") or {}
    found: Resource = {
        "observedGeneration": topic["metadata"].get("generation"),
        "topicName": spec.name,
        "conditions": conditions.carried([entry], old.get("conditions"), now),
    }
    if topic_id:
        found["topicId"] = topic_id
    return found

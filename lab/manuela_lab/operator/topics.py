# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Strimzi's topic operator: KafkaTopic resources become topics, held by a finalizer until the topic is deleted."""

from __future__ import annotations

import asyncio
import time
from typing import Callable, Iterable

from manuela_lab.operator import conditions, resources, topic_plan
from manuela_lab.operator.cluster_api import ClusterApi
from manuela_lab.operator.kafka_admin import KafkaAdmin, KafkaRefused, Topic
from manuela_lab.operator.kafka_spec import CLUSTER_LABEL, KafkaSpec, parse
from manuela_lab.operator.resources import Key, Resource
from manuela_lab.operator.topic_plan import NotSupported, TopicPlan, TopicSpec
from manuela_lab.operator.view import View

FINALIZER = "strimzi.io/topic-operator"
LOOK_AGAIN, TRY_AGAIN = 120.0, 10.0


class TopicController:
    """Reconciles KafkaTopics.  It lives in the Kafka's entity operator: without a ready Kafka nothing happens."""

    name = "topic"

    def __init__(self, api: ClusterApi, view: View, bootstrap: Callable[[KafkaSpec], str]) -> None:
        self._api = api
        self._view = view
        self._bootstrap = bootstrap

    def concerned(self, resource: Resource) -> Iterable[Key]:
        """Return the topics that an observed object concerns: itself, or all of a Kafka."""
        where = resources.key(resource)
        if resource["kind"] == "KafkaTopic":
            return [where]
        if resource["kind"] == "Kafka":
            topics = self._view.selected("KafkaTopic", where.namespace, {CLUSTER_LABEL: where.name})
            return [resources.key(topic) for topic in topics]
        return []

    async def reconcile(self, key: Key) -> float | None:
        """Bring one topic to what its resource asks for."""
        topic = self._view.get("KafkaTopic", *key)
        kafka = self._kafka_of(topic) if topic else None
        if topic is None or kafka is None:
            return None
        spec = topic_plan.parse(topic, kafka.replicas)
        if resources.deleting(topic):
            await self._delete(topic, spec, kafka)
            return None
        if FINALIZER not in (topic["metadata"].get("finalizers") or ()):
            found = [*(topic["metadata"].get("finalizers") or ()), FINALIZER]
            await self._api.merge(topic, {"metadata": {"finalizers": found}})
        topic_id = str((topic.get("status") or {}).get("topicId") or "")
        try:
            topic_id = await asyncio.to_thread(_bring_about, self._bootstrap(kafka), spec)
            entry = conditions.condition("Ready", True)
        except (NotSupported, KafkaRefused) as error:
            reason = "NotSupported" if isinstance(error, NotSupported) else "KafkaError"
            entry = conditions.condition("Ready", False, reason, str(error))
        now = resources.timestamp(time.time())
        await self._api.set_status(topic, topic_plan.status(topic, spec, topic_id, entry, now))
        return LOOK_AGAIN if entry["status"] == "True" else TRY_AGAIN

    def _kafka_of(self, topic: Resource) -> KafkaSpec | None:
        """Return the topic's Kafka when its entity operator is there to look after the topic."""
        where, cluster = resources.key(topic), resources.labels(topic).get(CLUSTER_LABEL, "")
        if resources.notes(topic).get("strimzi.io/managed") == "false":
            return None
        kafka = self._view.get("Kafka", where.namespace, cluster)
        if kafka is None or resources.deleting(kafka) or not conditions.ready(kafka):
            return None
        pools = self._view.selected("KafkaNodePool", where.namespace, {CLUSTER_LABEL: cluster})
        spec = parse(kafka, pools)
        return spec if spec.topic_operator else None

    async def _delete(self, topic: Resource, spec: TopicSpec, kafka: KafkaSpec) -> None:
        finalizers = list(topic["metadata"].get("finalizers") or ())
        if FINALIZER not in finalizers:
            return
        await asyncio.to_thread(lambda: KafkaAdmin(self._bootstrap(kafka)).delete(spec.name))
        finalizers.remove(FINALIZER)
        await self._api.merge(topic, {"metadata": {"finalizers": finalizers}})


def _bring_about(bootstrap: str, spec: TopicSpec) -> str:
    """Make the topic what the resource asks for; return its id."""
    admin = KafkaAdmin(bootstrap)
    found = admin.find(spec.name)
    _apply(admin, spec, topic_plan.plan(spec, found))
    settled: Topic | None = found or admin.find(spec.name)
    return settled.topic_id if settled else ""


def _apply(admin: KafkaAdmin, spec: TopicSpec, steps: TopicPlan) -> None:
    if steps.create:
        admin.create(spec.name, spec.partitions, spec.replication_factor, spec.config)
    if steps.add_partitions:
        admin.add_partitions(spec.name, steps.add_partitions)
    if steps.set_config or steps.surplus:
        admin.set_config(spec.name, steps.set_config, steps.surplus)

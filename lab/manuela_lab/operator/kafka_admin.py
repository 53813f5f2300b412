# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Looks at and changes of a running Kafka, by a client that lives only as long as one question."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, Mapping

TIMEOUT = 10.0
QUIET = {"log_level": 2, "socket.connection.setup.timeout.ms": 5000}


class KafkaRefused(Exception):
    """What Kafka answered; ``kind`` is the error's name there."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


@dataclass(frozen=True)
class Topic:
    """A topic as it is."""

    name: str
    partitions: int
    replication_factor: int
    topic_id: str
    config: Mapping[str, str] = field(default_factory=dict)
    """Only what was set for this topic."""


class KafkaAdmin:
    """Topics of one Kafka.  All calls block: run them in a thread."""

    def __init__(self, bootstrap: str) -> None:
        from confluent_kafka.admin import AdminClient

        self._bootstrap = bootstrap
        self._client = AdminClient({"bootstrap.servers": bootstrap, **QUIET})

    def find(self, name: str) -> Topic | None:
        """Return a topic, or None; raise KafkaRefused, also when no broker answers."""
        from confluent_kafka import KafkaException, TopicCollection

        try:
            found = self._client.describe_topics(TopicCollection([name]), request_timeout=TIMEOUT)[name].result(TIMEOUT)
        except KafkaException as error:
            if error.args[0].name() == "UNKNOWN_TOPIC_OR_PART":
                return None
            raise _refused(error) from error
        except TimeoutError as error:
            raise KafkaRefused("TIMED_OUT", f"no answer from {self._bootstrap} within {TIMEOUT:.0f} s") from error
        partitions = found.partitions
        return Topic(name, len(partitions), len(partitions[0].replicas), str(found.topic_id), self._config(name))

    def _config(self, name: str) -> dict[str, str]:
        from confluent_kafka.admin import ConfigResource, ConfigSource  # type: ignore[attr-defined]

        resource = ConfigResource(ConfigResource.Type.TOPIC, name)
        entries = self._client.describe_configs([resource], request_timeout=TIMEOUT)[resource].result(TIMEOUT)
        dynamic = ConfigSource.DYNAMIC_TOPIC_CONFIG.value
        return {key: str(entry.value) for key, entry in entries.items() if entry.source == dynamic}

    def create(self, name: str, partitions: int, replication_factor: int, config: Mapping[str, str]) -> None:
        """Create a topic."""
        from confluent_kafka.admin import NewTopic  # type: ignore[attr-defined]

        topic = NewTopic(name, partitions, replication_factor, config=dict(config))
        self._settle(self._client.create_topics([topic], request_timeout=TIMEOUT)[name])

    def add_partitions(self, name: str, total: int) -> None:
        """Give a topic more partitions."""
        from confluent_kafka.admin import NewPartitions  # type: ignore[attr-defined]

        self._settle(self._client.create_partitions([NewPartitions(name, total)], request_timeout=TIMEOUT)[name])

    def set_config(self, name: str, wanted: Mapping[str, str], surplus: list[str]) -> None:
        """Set some entries of a topic's configuration and take others back."""
        from confluent_kafka.admin import AlterConfigOpType, ConfigEntry, ConfigResource  # type: ignore[attr-defined]

        entries = [
            ConfigEntry(key, value, incremental_operation=AlterConfigOpType.SET) for key, value in wanted.items()
        ]
        entries += [ConfigEntry(key, None, incremental_operation=AlterConfigOpType.DELETE) for key in surplus]
        resource = ConfigResource(ConfigResource.Type.TOPIC, name, incremental_configs=entries)
        self._settle(self._client.incremental_alter_configs([resource], request_timeout=TIMEOUT)[resource])

    def delete(self, name: str) -> None:
        """Delete a topic; one that is not there is no error."""
        try:
            self._settle(self._client.delete_topics([name], request_timeout=TIMEOUT)[name])
        except KafkaRefused as error:
            if error.kind != "UNKNOWN_TOPIC_OR_PART":
                raise

    def _settle(self, future: Any) -> None:
        from confluent_kafka import KafkaException

        try:
            future.result(TIMEOUT)
        except KafkaException as error:
            raise _refused(error) from error


def _refused(error: Any) -> KafkaRefused:
    return KafkaRefused(error.args[0].name(), error.args[0].str())


def latest_values(bootstrap: str, topic: str, since: float) -> dict[str, dict[str, Any]]:
    """Return key → newest JSON value of a small compacted topic, of records not older than ``since`` (epoch)."""
    from confluent_kafka import Consumer, KafkaError, TopicPartition

    consumer = Consumer(
        {"bootstrap.servers": bootstrap, "group.id": "lab-look", "enable.auto.commit": False, **QUIET}
        | {"enable.partition.eof": True, "auto.offset.reset": "earliest"}
    )
    found: dict[str, dict[str, Any]] = {}
    try:
        partitions = consumer.list_topics(topic, TIMEOUT).topics[topic].partitions
        consumer.assign([TopicPartition(topic, number, 0) for number in partitions])
        open_ends = len(partitions)
        while open_ends:
            message = consumer.poll(TIMEOUT)
            if message is None:
                break
            error, value, key = message.error(), message.value(), message.key()
            if error is not None:
                if error.code() != KafkaError._PARTITION_EOF:
                    raise KafkaRefused(error.name(), error.str())
                open_ends -= 1
            elif value and key and message.timestamp()[1] >= since * 1000:
                found[key.decode()] = json.loads(value)
    finally:
        consumer.close()
    return found

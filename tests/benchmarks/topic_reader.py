# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One read of a topic in a process of its own: topic_reader.py WAY JSON prints what it cost, imports excluded, as JSON.

The ways ``bare-…`` are loops over confluent-kafka as one writes them by hand, the others are our own connection.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Mapping
from typing import Any

import confluent_kafka
import confluent_kafka.admin
from ansible_collections.manuela.event_streaming.plugins.module_utils._kafka_topic.direct import DirectConnection
from ansible_collections.manuela.event_streaming.plugins.module_utils._kafka_topic.wanted import wanted_of
from ansible_collections.manuela.event_streaming.plugins.module_utils._module import SystemClock

PAUSE = 0.5  # between two looks, as the module has it
DEFAULTS = {"wait": False, "wait_for": "none", "connection": "direct", "max_age": 30, "sample": 0, "quiet_seconds": 0,
            "pod_name": "kafka-consumer", "request_timeout": 120}  # fmt: skip


class Counting:
    """The library, with consumers that count their requests."""

    KafkaError = confluent_kafka.KafkaError
    KafkaException = confluent_kafka.KafkaException
    TopicPartition = confluent_kafka.TopicPartition

    def __init__(self) -> None:
        self.statistics: dict[str, Any] = {}

    def Consumer(self, settings: Mapping[str, Any]) -> Any:
        """Return a consumer that tells its statistics now and then."""
        told = {"statistics.interval.ms": 50, "stats_cb": self._keep}
        return confluent_kafka.Consumer({**settings, **told})

    def _keep(self, text: str) -> None:
        self.statistics = json.loads(text)

    def requests(self) -> dict[str, int]:
        """Return how many requests of each kind were sent."""
        found: dict[str, int] = {}
        for broker in self.statistics["brokers"].values():
            for name, count in broker["req"].items():
                found[name] = found.get(name, 0) + count
        return {name: count for name, count in found.items() if count}


def connection(params: Mapping[str, Any], library: Any = confluent_kafka) -> DirectConnection:
    """Return our connection as the module makes it."""
    whole = {**DEFAULTS, **params}
    return DirectConnection(library, wanted_of(whole), whole, SystemClock())


def consumer(params: Mapping[str, Any]) -> Any:
    """Return a consumer as one configures it by hand."""
    return confluent_kafka.Consumer({"bootstrap.servers": params["bootstrap_servers"], "group.id": "bare"})


def newest(params: Mapping[str, Any]) -> dict[str, Any]:
    """Read the newest records."""
    looking = connection(params)
    looking.look()
    return {"records": len(looking._seen.records)}


def bare_newest(params: Mapping[str, Any]) -> dict[str, Any]:
    """Read the newest records of partition 0."""
    reading, topic, count = consumer(params), params["topics"][0], params["sample"]
    _low, high = reading.get_watermark_offsets(confluent_kafka.TopicPartition(topic, 0))
    return {"records": _read(reading, topic, high - count, count)}


def window(params: Mapping[str, Any]) -> dict[str, Any]:
    """Read a window of offsets, and make the digests that the module returns."""
    looking = connection(params)
    looking.look()
    return {"records": len(looking._seen.sections[0].as_result()["digests"])}


def bare_window(params: Mapping[str, Any]) -> dict[str, Any]:
    """Read as many records from the same offset."""
    asked = params["windows"][0]
    count = asked["to_offset"] - asked["from_offset"]
    return {"records": _read(consumer(params), asked["topic"], asked["from_offset"], count)}


def state(params: Mapping[str, Any]) -> dict[str, Any]:
    """Learn offsets, rate and age: two looks."""
    library = Counting()
    looking = connection(params, library)
    looking.look()
    time.sleep(PAUSE)
    seen = looking.look().seen
    assert seen is not None
    records = sum(sum(ends.values()) for ends in seen.readings[-1].ends.values())
    looking._consumer.poll(0.2)  # for the last statistics
    return {"records": records, "requests": library.requests(), "bytes": library.statistics["rx_bytes"]}


def bare_all(params: Mapping[str, Any]) -> dict[str, Any]:
    """Count every record of the topic by reading it."""
    reading, topic = consumer(params), params["topics"][0]
    places = [confluent_kafka.TopicPartition(topic, one, 0) for one in reading.list_topics().topics[topic].partitions]
    ends = [reading.get_watermark_offsets(place)[1] for place in places]
    reading.assign(places)
    seen = 0
    while seen < sum(ends):
        seen += sum(1 for message in reading.consume(1000, 1.0) if not message.error())
    return {"records": seen}


def _read(reading: Any, topic: str, offset: int, count: int) -> int:
    reading.assign([confluent_kafka.TopicPartition(topic, 0, offset)])
    return _consumed(reading, count)


def _consumed(reading: Any, count: int) -> int:
    """Keep of each record what ours keeps; a loop that looks at nothing would not have read anything."""
    seen: list[tuple[Any, ...]] = []
    while len(seen) < count:
        for message in reading.consume(min(count - len(seen), 1000), 1.0):
            if not message.error():
                seen.append((message.offset(), message.timestamp(), message.key(), message.value()))
    return len(seen)


WAYS: dict[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = {
    "newest": newest,
    "bare-newest": bare_newest,
    "window": window,
    "bare-window": bare_window,
    "state": state,
    "bare-all": bare_all,
}

if __name__ == "__main__":
    begin, used = time.perf_counter(), time.process_time()
    found = WAYS[sys.argv[1]](json.loads(sys.argv[2]))
    print(json.dumps({**found, "wall": time.perf_counter() - begin, "cpu": time.process_time() - used}))

# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading records of assigned partitions with the client library; what is no record is passed over."""

from __future__ import annotations

from typing import Any, Iterator, Mapping

from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import Failure
from ansible_collections.manuela.event_streaming.plugins.module_utils._kafka_topic.flow import Record, age_order
from ansible_collections.manuela.event_streaming.plugins.module_utils._kube import Clock

Place = tuple[str, int]
Spans = Mapping[Place, tuple[int, int]]
_POLL_SECONDS = 0.2
_BATCH = 1000
# An offset may hold the mark of a transaction, or nothing any more: so much further back is looked each time.
_FURTHER = 8


class Reader:
    """Reads spans of offsets: each from its first offset to before its last."""

    def __init__(self, library: Any, consumer: Any, clock: Clock) -> None:
        self._library = library
        self._consumer = consumer
        self._clock = clock

    def read(self, spans: Spans, deadline: float, *, whole: bool = False) -> Iterator[Record]:
        """Read each span until its end is reached, or time is up.

        :raises Failure: when time is up and ``whole`` is asked for: what is missing would look like lost records.
        """
        stops = {place: stop for place, (start, stop) in spans.items() if stop > start}
        self._consumer.assign([self._library.TopicPartition(*place, spans[place][0]) for place in stops])
        while stops and self._clock.now() < deadline:
            for message in self._given():
                if message.error():
                    self._note(message, stops)
                    continue
                record, offset = _record(message), message.offset()
                stop = stops.get(record[:2], 0)
                if offset < stop:
                    yield record
                if stop and offset >= stop - 1:
                    del stops[record[:2]]
        self._consumer.unassign()
        if stops and whole:
            (topic, partition), stop = stops.popitem()
            told = f"topic {topic}, partition {partition} could not be read up to offset {stop} in time"
            raise Failure("timeout", f"{told}. Give a longer request_timeout, or a smaller window", retryable=True)

    def newest(
        self, beginnings: Mapping[Place, int], ends: Mapping[Place, int], count: int, seconds: float
    ) -> list[Record]:
        """Return the newest records of each topic; where a partition's last offsets hold too few, earlier ones too."""
        deadline = self._clock.now() + seconds
        stops, depth, found = dict(ends), count, dict.fromkeys(ends, 0)
        kept: dict[str, list[Record]] = {}
        while stops and self._clock.now() < deadline:
            spans = {place: (max(beginnings[place], stop - depth), stop) for place, stop in stops.items()}
            for record in self.read(spans, deadline):
                found[record.topic, record.partition] += 1
                newest = kept.setdefault(record.topic, [])
                newest.append(record)
                if len(newest) > 2 * count:
                    newest[:] = sorted(newest, key=age_order)[-count:]
            stops = {
                place: start
                for place, (start, _stop) in spans.items()
                if found[place] < count and start > beginnings[place]
            }
            depth *= _FURTHER
        return [record for newest in kept.values() for record in sorted(newest, key=age_order)[-count:]]

    def _given(self) -> list[Any]:
        """Wait for one message, and take what came with it: the library waits for all that it is asked for."""
        first = self._consumer.poll(_POLL_SECONDS)
        return [] if first is None else [first, *self._consumer.consume(num_messages=_BATCH, timeout=0)]

    def _note(self, message: Any, stops: dict[Place, int]) -> None:
        """Take notice of what is no record: the end of a partition, or that we may not read it."""
        code = message.error().code()
        if code == self._library.KafkaError.TOPIC_AUTHORIZATION_FAILED:
            raise forbidden(message.topic(), "read")
        if code == self._library.KafkaError._PARTITION_EOF:
            stops.pop((message.topic(), message.partition()), None)


def forbidden(topic: str, verb: str) -> Failure:
    """Return the failure when an access list does not let us look at a topic."""
    advice = "Allow the user to Describe and to Read it, or give another user"
    return Failure(
        "unauthorized", f"may not {verb} topic {topic}: Kafka refuses it. {advice}", details={"topic": topic}
    )


def _record(message: Any) -> Record:
    stamp = message.timestamp()[1]
    return Record(
        message.topic(),
        message.partition(),
        message.offset(),
        stamp if stamp >= 0 else None,
        _text(message.key()),
        _text(message.value()),
    )


def _text(data: bytes | None) -> str | None:
    return None if data is None else data.decode("utf-8", "replace")

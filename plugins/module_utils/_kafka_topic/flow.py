# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is known of topics, and whether records flow; pure, and the same for every kind of connection."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Mapping

Offsets = Mapping[int, int]

# Seconds over which a rate is measured: the demo's slowest sensor sends one record in five.
_WINDOW = 30


@dataclass(frozen=True, slots=True)
class Record:
    """One record; the key and the value as text."""

    topic: str
    partition: int
    offset: int | None
    timestamp_ms: int | None
    key: str | None
    value: str

    def as_result(self) -> dict[str, Any]:
        """Return the entry of the module's answer."""
        return {
            "partition": self.partition,
            "offset": self.offset,
            "timestamp_ms": self.timestamp_ms,
            "key": self.key,
            "value": self.value,
        }


@dataclass(frozen=True, slots=True)
class Reading:
    """End offsets of all topics at one moment (epoch seconds)."""

    at: float
    ends: Mapping[str, Offsets] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Observation:
    """All that a connection has seen: readings in the order of time, first offsets, and the newest records."""

    readings: tuple[Reading, ...] = ()
    beginnings: Mapping[str, Offsets] = field(default_factory=dict)
    records: tuple[Record, ...] = ()
    error: str = ""


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic.  ``flowing``: its end grew while we looked, and its newest record is young."""

    name: str
    exists: bool
    partitions: tuple[tuple[int, int, int], ...] = ()
    rate_per_second: float | None = None
    newest_age_seconds: float | None = None
    flowing: bool = False
    sample: tuple[Record, ...] = ()

    @property
    def records(self) -> int:
        """Records that are kept now."""
        return sum(end - beginning for _partition, beginning, end in self.partitions)

    def as_result(self) -> dict[str, Any]:
        """Return the entry of the module's answer."""
        return {
            "name": self.name,
            "exists": self.exists,
            "partitions": [
                {"partition": partition, "beginning_offset": beginning, "end_offset": end}
                for partition, beginning, end in self.partitions
            ],
            "records": self.records,
            "rate_per_second": self.rate_per_second,
            "newest_age_seconds": self.newest_age_seconds,
            "flowing": self.flowing,
            "sample": [record.as_result() for record in self.sample],
        }


def topic_of(name: str, seen: Observation, *, max_age: float, sample: int) -> Topic:
    """Return what an observation says of one topic."""
    with_topic = [reading for reading in seen.readings if reading.ends.get(name)]
    if not with_topic:
        return Topic(name, exists=False)
    last = with_topic[-1]
    beginnings = seen.beginnings.get(name, {})
    partitions = tuple(
        (partition, min(beginnings.get(partition, 0), end), end) for partition, end in sorted(last.ends[name].items())
    )
    records = sorted((entry for entry in seen.records if entry.topic == name), key=_age_order)
    age = _age(records[-1], with_topic) if records else None
    grown, seconds = _growth(name, with_topic)
    return Topic(
        name=name,
        exists=True,
        partitions=partitions,
        rate_per_second=round(max(0, grown) / seconds, 2) if seconds > 0 else None,
        newest_age_seconds=age,
        flowing=grown > 0 and age is not None and age <= max_age,
        sample=tuple(records[-sample:]) if sample else (),
    )


def _age(newest: Record, readings: list[Reading]) -> float | None:
    """Return how old the newest record was when the end behind it was read, and not when its text had arrived."""
    if newest.timestamp_ms is None:
        return None
    at = readings[-1].at
    if newest.offset is not None:
        ends = [(reading.at, reading.ends[newest.topic].get(newest.partition, 0)) for reading in readings]
        still = [moment for moment, end in ends if end == newest.offset + 1]
        at = still[-1] if still else next((moment for moment, end in ends if end > newest.offset), at)
    return round(max(0.0, at - newest.timestamp_ms / 1000), 1)


def _age_order(record: Record) -> tuple[int, int, int]:
    return record.timestamp_ms or 0, record.partition, record.offset or 0


def _growth(name: str, readings: list[Reading]) -> tuple[int, float]:
    last = readings[-1]
    recent = [entry for entry in readings[:-1] if last.at - entry.at <= _WINDOW] or readings[-2:]
    first = recent[0]
    grown = sum(end - first.ends[name].get(partition, end) for partition, end in last.ends[name].items())
    return grown, last.at - first.at


def met(topics: tuple[Topic, ...], wait_for: str) -> bool:
    """Say whether every topic is as wanted."""
    if wait_for == "none":
        return True
    wanted = {"exists": _exists, "records": _has_records, "flowing": _flows}[wait_for]
    return all(wanted(topic) for topic in topics)


def _exists(topic: Topic) -> bool:
    return topic.exists


def _has_records(topic: Topic) -> bool:
    return topic.records > 0


def _flows(topic: Topic) -> bool:
    return topic.flowing


def progress(topics: tuple[Topic, ...]) -> str:
    """Return one line on the topics."""
    return " | ".join(map(_said, topics))


def _said(topic: Topic) -> str:
    if not topic.exists:
        return f"topic {topic.name} absent"
    text = f"topic {topic.name} {topic.records} records"
    if topic.rate_per_second is not None:
        text += f", {topic.rate_per_second:g}/s"
    if topic.newest_age_seconds is not None:
        text += f", newest {topic.newest_age_seconds:.0f} s old"
    return text

# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is known of topics, and whether records flow; pure, and the same for every kind of connection."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any, Mapping, NamedTuple

from ansible_collections.manuela.event_streaming.plugins.module_utils._kafka_topic.wanted import Wanted

Offsets = Mapping[int, int]

# Seconds over which a rate is measured: the demo's slowest sensor sends one record in five.
_WINDOW = 30
_WORTH_SAYING = 5


class Record(NamedTuple):
    """One record; the key and the value as text.  A window has many: a tuple is made in a third of the time."""

    topic: str
    partition: int
    offset: int | None
    timestamp_ms: int | None
    key: str | None
    value: str | None

    @property
    def digest(self) -> str:
        """What stays the same when a record is mirrored: time, key and value, but not its offset."""
        # Kafka's own tools print null for none.
        key = "null" if self.key is None else self.key
        value = "null" if self.value is None else self.value
        text = f"{self.timestamp_ms}\t{key}\t{value}"
        return hashlib.sha256(text.encode()).hexdigest()[:16]

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
class Section:
    """The records of one partition from one offset to before another."""

    topic: str
    partition: int
    start: int
    stop: int
    records: tuple[Record, ...] = ()

    def as_result(self) -> dict[str, Any]:
        """Return the entry of the module's answer."""
        inside = [record for record in self.records if record.offset is None or record.offset < self.stop]
        return {
            "partition": self.partition,
            "from_offset": self.start,
            "to_offset": self.stop,
            "digests": [record.digest for record in inside],
        }


@dataclass(frozen=True, slots=True)
class Observation:
    """All that a connection has seen: readings in the order of time, first offsets, and the newest records."""

    readings: tuple[Reading, ...] = ()
    beginnings: Mapping[str, Offsets] = field(default_factory=dict)
    records: tuple[Record, ...] = ()
    sections: tuple[Section, ...] = ()
    error: str = ""
    leaderless: Mapping[str, tuple[int, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic.  ``flowing``: its end grew while we looked, and its newest record is young."""

    name: str
    exists: bool
    partitions: tuple[tuple[int, int, int], ...] = ()
    leaderless: tuple[int, ...] = ()
    rate_per_second: float | None = None
    newest_age_seconds: float | None = None
    flowing: bool = False
    sample: tuple[Record, ...] = ()
    still_seconds: float = 0.0
    longest_gap_seconds: float = 0.0
    newest_timestamp_ms: int | None = None
    sections: tuple[Section, ...] = ()

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
                for partition, beginning, end in sorted(
                    [*self.partitions, *((partition, None, None) for partition in self.leaderless)]
                )
            ],
            "records": self.records,
            "rate_per_second": self.rate_per_second,
            "newest_age_seconds": self.newest_age_seconds,
            "flowing": self.flowing,
            "still_seconds": self.still_seconds,
            "longest_gap_seconds": self.longest_gap_seconds,
            "windows": [section.as_result() for section in self.sections],
            "sample": [record.as_result() for record in self.sample],
        }


def topic_of(name: str, seen: Observation, *, max_age: float, sample: int) -> Topic:
    """Return what an observation says of one topic."""
    leaderless = seen.leaderless.get(name, ())
    with_topic = _of_this_topic(name, seen.readings)
    if not with_topic:
        return Topic(name, exists=bool(leaderless), leaderless=leaderless)
    last = with_topic[-1]
    beginnings = seen.beginnings.get(name, {})
    partitions = tuple(
        (partition, min(beginnings.get(partition, 0), end), end) for partition, end in sorted(last.ends[name].items())
    )
    records = sorted((entry for entry in seen.records if _is_kept(entry, name, last.ends[name])), key=age_order)
    age = _age(records[-1], with_topic) if records else None
    grown, seconds = _growth(name, with_topic)
    return Topic(
        name=name,
        exists=True,
        partitions=partitions,
        leaderless=leaderless,
        rate_per_second=round(max(0, grown) / seconds, 2) if seconds > 0 else None,
        newest_age_seconds=age,
        flowing=grown > 0 and age is not None and age <= max_age,
        sample=tuple(records[-sample:]) if sample else (),
        still_seconds=_still(name, with_topic),
        longest_gap_seconds=_longest_gap(name, with_topic),
        newest_timestamp_ms=records[-1].timestamp_ms if records else None,
        sections=tuple(section for section in seen.sections if section.topic == name),
    )


def _is_kept(record: Record, name: str, ends: Offsets) -> bool:
    """Say whether a record is of this topic, and not of one that had this name before."""
    return record.topic == name and (record.offset is None or record.offset < ends.get(record.partition, 0))


def _of_this_topic(name: str, readings: tuple[Reading, ...]) -> list[Reading]:
    """Return the readings since the topic was made: offsets that fall are those of another one of that name."""
    found: list[Reading] = []
    for reading in readings:
        ends = reading.ends.get(name, {})
        if not ends or (found and any(end < found[-1].ends[name].get(place, 0) for place, end in ends.items())):
            found = []
        found += [reading] if ends else []
    return found


def _longest_gap(name: str, readings: list[Reading]) -> float:
    """Return the longest time in which no new record was seen."""
    longest, since, end = 0.0, readings[0].at, sum(readings[0].ends[name].values())
    for reading in readings[1:]:
        longest = max(longest, reading.at - since)
        if (now := sum(reading.ends[name].values())) != end:
            since, end = reading.at, now
    return round(longest, 1)


def _still(name: str, readings: list[Reading]) -> float:
    """Return for how long the end was seen where it is now."""
    last = since = readings[-1]
    for reading in reversed(readings):
        if reading.ends[name] != last.ends[name]:
            break
        since = reading
    return round(last.at - since.at, 1)


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


def age_order(record: Record) -> tuple[int, int, int]:
    """Return what sorts records from the oldest to the newest."""
    return record.timestamp_ms or 0, record.partition, record.offset or 0


def _growth(name: str, readings: list[Reading]) -> tuple[int, float]:
    """Return by how many records the topic grew, and in how many seconds, since the first reading that is recent.

    A partition that is new since then counts from where it was seen first.
    """
    last = readings[-1]
    recent = [entry for entry in readings[:-1] if last.at - entry.at <= _WINDOW] or readings[-2:]
    first = recent[0]
    grown = sum(end - first.ends[name].get(partition, end) for partition, end in last.ends[name].items())
    return grown, last.at - first.at


def met(topics: tuple[Topic, ...], wanted: Wanted) -> bool:
    """Say whether every topic is as wanted."""
    return all(_is(topic, wanted) and _is_new(topic, wanted.produced_after) for topic in topics)


def _is(topic: Topic, wanted: Wanted) -> bool:
    return {
        "none": True,
        "exists": topic.exists,
        "records": topic.records > 0,
        "flowing": topic.flowing,
        "still": topic.exists and topic.still_seconds >= wanted.quiet_seconds,
    }[wanted.wait_for]


def _is_new(topic: Topic, produced_after: float | None) -> bool:
    return produced_after is None or (topic.newest_timestamp_ms or 0) / 1000 >= produced_after


def progress(topics: tuple[Topic, ...]) -> str:
    """Return one line on the topics."""
    return " | ".join(map(_said, topics))


def _said(topic: Topic) -> str:
    if not topic.exists:
        return f"topic {topic.name} absent"
    text = f"topic {topic.name} {topic.records} records"
    if topic.leaderless:
        text += f", no leader of {len(topic.leaderless)} of {len(topic.partitions) + len(topic.leaderless)} partitions"
    if topic.rate_per_second is not None:
        text += f", {topic.rate_per_second:g}/s"
    if topic.newest_age_seconds is not None:
        text += f", newest {topic.newest_age_seconds:.0f} s old"
    if topic.still_seconds >= _WORTH_SAYING:
        text += f", no new one for {topic.still_seconds:.0f} s"
    return text

# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The connection ``direct``: a client library on the host that runs the module.

Partitions are assigned with an offset: no group is joined, nothing is committed, no topic comes into being by asking.
"""

from __future__ import annotations

import re
from typing import Any, Mapping

from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import Failure
from ansible_collections.manuela.event_streaming.plugins.module_utils._kafka_topic.direct_reader import (
    Place,
    Reader,
    forbidden,
)
from ansible_collections.manuela.event_streaming.plugins.module_utils._kafka_topic.direct_settings import settings
from ansible_collections.manuela.event_streaming.plugins.module_utils._kafka_topic.flow import (
    Observation,
    Offsets,
    Reading,
    Record,
    Section,
)
from ansible_collections.manuela.event_streaming.plugins.module_utils._kafka_topic.sight import Sight
from ansible_collections.manuela.event_streaming.plugins.module_utils._kafka_topic.wanted import Wanted
from ansible_collections.manuela.event_streaming.plugins.module_utils._kube import Clock

Places = Mapping[str, Offsets]
_READ_SECONDS = 5.0
_FIRST_PATIENCE = 1.0
_POLL_SECONDS = 0.2
# What the library says once all has failed.
_LATE = "brokers are down"
# A broker that the library was told of, unlike one that it was given: HOST:PORT/NUMBER and no HOST:PORT/bootstrap.
_ADVERTISED = re.compile(r"([a-z_]+://)?[^ /]+:\d+/\d+: ")
# Asked for like a time, these are the first and the last offset; one request asks a broker for all its partitions.
_FIRST, _LAST = -2, -1


class DirectConnection:
    """One consumer for all looks of a task."""

    def __init__(self, library: Any, wanted: Wanted, params: Mapping[str, Any], clock: Clock) -> None:
        self._library = library
        self._wanted = wanted
        self._clock = clock
        self._timeout = float(params["request_timeout"])
        self._errors: list[Any] = []
        try:
            self._consumer = library.Consumer({**settings(params, wanted), "error_cb": self._errors.append})
        except (library.KafkaException, ValueError) as error:
            files = "ca_cert, client_cert and client_key"
            raise Failure("invalid_option", f"cannot connect like that: {_said(error)}. Check {files}") from error
        self._reader = Reader(library, self._consumer, clock)
        self._seen = Observation()
        self._rounds = 0

    def look(self) -> Sight:
        """Read end offsets and the newest records once."""
        self._errors.clear()
        try:
            self._seen = self._observe(self._seen)
        except self._library.KafkaException as error:
            return Sight(seen=Observation(error=self._why(error)), rounds=self._rounds)
        self._rounds += 1
        if len(self._seen.readings) < 2:
            # One reading shows no growth.
            return Sight(said="reading")
        return Sight(seen=self._seen, rounds=self._rounds - 1)

    def remove(self) -> None:
        """Close the connection."""
        self._consumer.close()

    def _observe(self, before: Observation) -> Observation:
        led = {name: self._partitions(name) for name in self._wanted.topics}
        places = [
            (name, partition) for name, found in led.items() for partition, leader in found.items() if leader >= 0
        ]
        first = self._offsets(places, _FIRST)
        last = self._offsets([*first], _LAST)
        reading = Reading(self._clock.epoch(), _by_topic(last))
        records: list[Record] = []
        if self._wanted.sample:
            seconds = min(_READ_SECONDS, self._timeout)
            records = self._reader.newest(first, last, self._wanted.sample, seconds)
        beginnings = _by_topic(first)
        return Observation(
            (*before.readings, reading),
            beginnings,
            tuple(records) or before.records,
            before.sections or self._sections(beginnings, reading.ends),
            leaderless={name: tuple(found.keys() - reading.ends.get(name, {}).keys()) for name, found in led.items()},
        )

    def _partitions(self, topic: str) -> dict[int, int]:
        """Return the leader of each partition of a topic, -1 for none.  Asked by name, it is said what is forbidden."""
        found = self._metadata(topic).topics.get(topic)
        if found and found.error and found.error.code() == self._library.KafkaError.TOPIC_AUTHORIZATION_FAILED:
            raise forbidden(topic, "describe")
        return (
            {number: one.leader for number, one in sorted(found.partitions.items())}
            if found and not found.error
            else {}
        )

    def _metadata(self, topic: str) -> Any:
        """Ask again and again until time is up, but not when the user, or a certificate, is refused."""
        left, patience = self._timeout, _FIRST_PATIENCE
        while True:
            try:
                return self._consumer.list_topics(topic, timeout=min(left, patience))
            except self._library.KafkaException:
                self._consumer.poll(0)  # complaints are handed over while it polls only
                self._raise_refusal()
                if left <= patience or self._complained(self._library.KafkaError._SSL):
                    raise
            left, patience = left - patience, patience * 2

    def _raise_refusal(self) -> None:
        refusals = self._complained(self._library.KafkaError._AUTHENTICATION)
        if refusals:
            what = f"{self._wanted.bootstrap_servers} refuses the user: {_said(refusals[0])}"
            raise Failure("unauthorized", f"{what}. Check username, password and sasl_mechanism")

    def _complained(self, code: int) -> list[Any]:
        return [error for error in self._errors if error.code() == code]

    def _offsets(self, places: list[Place], which: int) -> dict[Place, int]:
        """Return an offset of each partition, but of those that have none to tell."""
        asked = [self._library.TopicPartition(*place, which) for place in places]
        told = self._consumer.offsets_for_times(asked, timeout=self._timeout) if asked else []
        return {(one.topic, one.partition): one.offset for one in told if not one.error and one.offset >= 0}

    def _sections(self, beginnings: Places, ends: Places) -> tuple[Section, ...]:
        """Read the windows, each up to the end that was seen just now."""
        found = []
        for window in self._wanted.windows:
            end = ends.get(window.topic, {}).get(window.partition, 0)
            stop = end if window.stop is None else min(window.stop, end)
            start = min(max(window.start, beginnings.get(window.topic, {}).get(window.partition, 0)), stop)
            spans = {(window.topic, window.partition): (start, stop)}
            records = tuple(self._reader.read(spans, self._clock.now() + self._timeout))
            found.append(Section(window.topic, window.partition, start, stop, records))
        return tuple(found)

    def _why(self, error: Any) -> str:
        """The library's first complaint is more telling than "all brokers down" or "timed out" at the end."""
        self._consumer.poll(_POLL_SECONDS)
        complaints = [_said(one) for one in self._errors]
        telling = [text for text in complaints if _LATE not in text]
        if not telling:
            closed = "; whoever listens there closes connections: is security_protocol right?" if complaints else ""
            return f"{_said(error)}{closed}"
        if _ADVERTISED.match(telling[0]):
            return f"{telling[0]} (the cluster advertises this listener; it must be reachable from here too)"
        return telling[0]


def _by_topic(offsets: Mapping[Place, int]) -> dict[str, dict[int, int]]:
    found: dict[str, dict[int, int]] = {}
    for (topic, partition), offset in offsets.items():
        found.setdefault(topic, {})[partition] = offset
    return found


def _said(error: Any) -> str:
    """Return the text of the library's error, or of an exception that holds one."""
    inner = error.args[0] if getattr(error, "args", None) else error
    return str(inner.str()) if hasattr(inner, "str") else str(inner)

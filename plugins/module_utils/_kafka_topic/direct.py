# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The connection ``direct``: a client library on the host that runs the module.

Partitions are assigned with an offset: no group is joined, nothing is committed, no topic comes into being by asking.
"""

from __future__ import annotations

import re
from typing import Any, Iterator, Mapping

from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import Failure
from ansible_collections.manuela.event_streaming.plugins.module_utils._kafka_topic.direct_reader import (
    Place,
    Reader,
    forbidden,
)
from ansible_collections.manuela.event_streaming.plugins.module_utils._kafka_topic.direct_settings import CALM, settings
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
_FIRST_PATIENCE = 0.5
_LONG_ENOUGH = 2.0
_POLL_SECONDS = 0.2
# What the library says once all has failed.
_LATE = "brokers are down"
# A connection that was taken and closed again: by a listener of another protocol, or by a proxy with nothing behind it.
_CLOSED = re.compile("Disconnected|Broken pipe|Connection reset")
_NO_SASL = "Request not valid in current SASL state"
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
        self._settings = settings(params, wanted)
        self._consumer = self._connected()
        self._is_calm = False
        self._seen = Observation()
        self._rounds = 0
        self.again = 0

    def _connected(self) -> Any:
        library = self._library
        try:
            return library.Consumer({**self._settings, "error_cb": self._errors.append})
        except (library.KafkaException, ValueError) as error:
            files = "ca_cert, client_cert and client_key"
            raise Failure("invalid_option", f"cannot connect like that: {_said(error)}. Check {files}") from error

    @property
    def _reader(self) -> Reader:
        return Reader(self._library, self._consumer, self._clock)

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
            (*_of_other_topics(before.records, records), *records),
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
        """Ask again and again until time is up, but not when the user, or a certificate, is refused.

        Whoever closes each connection is given up early: that is what a wrong security_protocol looks like.
        """
        end, patience = self._clock.now() + self._timeout, _FIRST_PATIENCE
        while True:
            left = max(_POLL_SECONDS, end - self._clock.now())  # less than nothing would be for ever
            until = self._clock.now() + min(left, patience)
            try:
                return self._consumer.list_topics(topic, timeout=min(left, patience))
            except self._library.KafkaException:
                self._consumer.poll(0)  # complaints are handed over while it polls only
                self._raise_refusal()
                is_closed = patience >= _LONG_ENOUGH and self._is_closed()
                if left <= patience or is_closed or self._complained(self._library.KafkaError._SSL):
                    raise
            self._calm_down()
            self._clock.sleep(max(0.0, until - self._clock.now()))  # it may have failed at once
            self.again += 1
            patience *= 2

    def _calm_down(self) -> None:
        """Connect anew, and seldom: the library goes on eighty times in a second where connections are closed."""
        if self._errors and not self._is_calm:
            self._is_calm = True
            self._consumer.close()
            self._settings |= CALM
            self._consumer = self._connected()

    def _is_closed(self) -> bool:
        """Say whether nothing is known but that somebody takes connections and closes them."""
        return bool(self._errors) and all(_LATE in text or _CLOSED.search(text) for text in map(_said, self._errors))

    def _raise_refusal(self) -> None:
        refusals = self._complained(self._library.KafkaError._AUTHENTICATION)
        if refusals and _NO_SASL in _said(refusals[0]):
            what = f"{self._wanted.bootstrap_servers} knows no users: {_said(refusals[0])}"
            raise Failure("invalid_option", f"{what}. Give the address of another listener, or no username")
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
            records = tuple(self._reader.read(spans, self._clock.now() + self._timeout, whole=True))
            found.append(Section(window.topic, window.partition, start, stop, records))
        return tuple(found)

    def _why(self, error: Any) -> str:
        """The library's first complaint is more telling than "all brokers down" or "timed out" at the end."""
        self._consumer.poll(_POLL_SECONDS)
        complaints = [_said(one) for one in self._errors]
        telling = [text for text in complaints if _LATE not in text]
        doubt = f"is {self._wanted.protocol} right as security_protocol, and is a broker behind that address?"
        if not telling:
            return f"{_said(error)}; whoever listens there closes connections: {doubt}" if complaints else _said(error)
        if _CLOSED.search(telling[0]) and not _ADVERTISED.match(telling[0]):
            return f"{telling[0]}; {doubt}"
        if _ADVERTISED.match(telling[0]):
            return f"{telling[0]} (the cluster advertises this listener; it must be reachable from here too)"
        return telling[0]


def _of_other_topics(before: tuple[Record, ...], now: list[Record]) -> Iterator[Record]:
    """Return the records of an earlier look at topics of which this one brought none."""
    seen = {record.topic for record in now}
    return (record for record in before if record.topic not in seen)


def _by_topic(offsets: Mapping[Place, int]) -> dict[str, dict[int, int]]:
    found: dict[str, dict[int, int]] = {}
    for (topic, partition), offset in offsets.items():
        found.setdefault(topic, {})[partition] = offset
    return found


def _said(error: Any) -> str:
    """Return the text of the library's error, or of an exception that holds one."""
    inner = error.args[0] if getattr(error, "args", None) else error
    return str(inner.str()) if hasattr(inner, "str") else str(inner)

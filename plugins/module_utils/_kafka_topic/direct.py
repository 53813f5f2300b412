# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The connection ``direct``: a client library on the host that runs the module.

Partitions are assigned with an offset: no group is joined, nothing is committed, no topic comes into being by asking.
"""

from __future__ import annotations

from typing import Any, Mapping

from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import (
    Failure,
    missing_library,
    require_version,
)
from ansible_collections.manuela.event_streaming.plugins.module_utils._kafka_topic.flow import (
    Observation,
    Reading,
    Record,
    Section,
)
from ansible_collections.manuela.event_streaming.plugins.module_utils._kafka_topic.sight import Sight
from ansible_collections.manuela.event_streaming.plugins.module_utils._kafka_topic.wanted import Wanted
from ansible_collections.manuela.event_streaming.plugins.module_utils._kube import Clock

Places = Mapping[str, Mapping[int, int]]
_READ_SECONDS = 5.0
_POLL_SECONDS = 0.2
_BATCH = 1000  # records that one call may bring; more of them make the library wait
_MINIMUM = "2.3"
_PURPOSE = "connection direct"
# What the library says once everything has failed.
_LATE = ("brokers are down", "imed out")


def load() -> Any:
    """Return the library, imported only for this connection."""
    try:
        import confluent_kafka
    except ImportError as error:
        raise missing_library("confluent-kafka", _PURPOSE, _MINIMUM) from error
    require_version("confluent-kafka", str(confluent_kafka.__version__), _MINIMUM, _PURPOSE)
    return confluent_kafka


def settings(params: Mapping[str, Any], wanted: Wanted) -> dict[str, Any]:
    """Return the library's settings."""
    protocol = "ssl" if wanted.tls else "plaintext"
    chosen: dict[str, Any] = {
        "bootstrap.servers": wanted.bootstrap_servers,
        "security.protocol": protocol,
        "group.id": "manuela-event-streaming-looks",  # the library wants a name; without a subscription it is not used
        "enable.auto.commit": False,
        "enable.auto.offset.store": False,
        "allow.auto.create.topics": False,
        "socket.connection.setup.timeout.ms": 4000,
        "reconnect.backoff.ms": 20,  # the library lets half of it pass before it goes on from the first broker
        "reconnect.backoff.max.ms": 1000,
        "fetch.wait.max.ms": 20,  # a broker answers in order: the next question waits for a fetch with nothing to bring
        "log_level": 0,
    }
    if protocol == "ssl":
        if params.get("ca_cert"):
            chosen["ssl.ca.location"] = str(params["ca_cert"])
        if wanted.trusted_certificates:
            chosen["ssl.ca.pem"] = wanted.trusted_certificates
        if params.get("validate_certs") is False:
            chosen["enable.ssl.certificate.verification"] = False
    return chosen


class DirectConnection:
    """One consumer for all looks of a task."""

    def __init__(self, library: Any, wanted: Wanted, params: Mapping[str, Any], clock: Clock) -> None:
        self._library = library
        self._wanted = wanted
        self._clock = clock
        self._timeout = float(params["request_timeout"])
        self._errors: list[str] = []
        chosen = {
            **settings(params, wanted),
            "error_cb": lambda error: self._errors.append(_said(error)),
        }
        try:
            self._consumer = library.Consumer(chosen)
        except (library.KafkaException, ValueError) as error:
            raise Failure("invalid_option", f"cannot connect like that: {error}. Check ca_cert") from error
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
        known = self._consumer.list_topics(timeout=self._timeout).topics
        ends: dict[str, dict[int, int]] = {}
        beginnings: dict[str, dict[int, int]] = {}
        for name in self._wanted.topics:
            found = known.get(name)
            for partition in sorted(found.partitions) if found and not found.error else ():
                place = self._library.TopicPartition(name, partition)
                low, high = self._consumer.get_watermark_offsets(place, timeout=self._timeout)
                beginnings.setdefault(name, {})[partition] = low
                ends.setdefault(name, {})[partition] = high
        reading = Reading(self._clock.epoch(), ends)
        records = self._newest(beginnings, ends) if self._wanted.sample else ()
        sections = before.sections or self._sections(beginnings, ends)
        return Observation((*before.readings, reading), beginnings, records or before.records, sections)

    def _newest(self, beginnings: Places, ends: Places) -> tuple[Record, ...]:
        wanted = {}
        for name, partitions in ends.items():
            for partition, end in partitions.items():
                wanted[name, partition] = (max(beginnings[name][partition], end - self._wanted.sample), end)
        return tuple(self._read(wanted, min(_READ_SECONDS, self._timeout)))

    def _sections(self, beginnings: Places, ends: Places) -> tuple[Section, ...]:
        """Read the windows, each up to the end that was seen just now."""
        found = []
        for window in self._wanted.windows:
            end = ends.get(window.topic, {}).get(window.partition, 0)
            stop = end if window.stop is None else min(window.stop, end)
            start = min(max(window.start, beginnings.get(window.topic, {}).get(window.partition, 0)), stop)
            records = self._read({(window.topic, window.partition): (start, stop)}, self._timeout)
            found.append(Section(window.topic, window.partition, start, stop, tuple(records)))
        return tuple(found)

    def _read(self, wanted: Mapping[tuple[str, int], tuple[int, int]], seconds: float) -> list[Record]:
        """Read each partition from its first offset up to its last, or until time is up."""
        ahead = {place: start for place, (start, stop) in wanted.items() if stop > start}
        self._consumer.assign([self._library.TopicPartition(*place, start) for place, start in ahead.items()])
        found: list[Record] = []
        deadline = self._clock.now() + seconds
        while ahead and self._clock.now() < deadline:
            # As many as are missing and no more: the library waits for the last one it is asked for.
            missing = sum(wanted[place][1] - offset for place, offset in ahead.items())
            given = self._consumer.consume(num_messages=min(missing, _BATCH), timeout=_POLL_SECONDS)
            messages = [message for message in given if not message.error()]
            found += map(_record, messages)
            ahead |= {place: offset for place, offset in map(_behind, messages) if place in ahead}
            ahead = {place: offset for place, offset in ahead.items() if offset < wanted[place][1]}
        self._consumer.unassign()
        return found

    def _why(self, error: Any) -> str:
        """The library's first complaint is more telling than "all brokers down" or "timed out" at the end."""
        # Complaints are handed over while it polls only.
        self._consumer.poll(_POLL_SECONDS)
        telling = [text for text in self._errors if not any(word in text for word in _LATE)]
        said = (telling or [_said(error.args[0] if error.args else error)])[0]
        if self._wanted.bootstrap_servers.split(",")[0] not in said and "://" in said:
            return f"{said} (the cluster advertises this listener; it must be reachable from here too)"
        return said


def _said(error: Any) -> str:
    return str(error.str()) if hasattr(error, "str") else str(error)


def _behind(message: Any) -> tuple[tuple[str, int], int]:
    return (message.topic(), message.partition()), message.offset() + 1


def _record(message: Any) -> Record:
    stamp = message.timestamp()[1]
    return Record(
        message.topic(),
        message.partition(),
        message.offset(),
        stamp if stamp >= 0 else None,
        _text(message.key()),
        _text(message.value()) or "",
    )


def _text(data: bytes | None) -> str | None:
    return None if data is None else data.decode("utf-8", "replace")

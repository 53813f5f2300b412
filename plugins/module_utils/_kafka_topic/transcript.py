# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading what the script in the consumer pod wrote; pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Iterable

from ansible_collections.manuela.event_streaming.plugins.module_utils._kafka_topic.flow import (
    Observation,
    Reading,
    Record,
    Section,
)
from ansible_collections.manuela.event_streaming.plugins.module_utils._kafka_topic.script import MARK

_OFFSET = re.compile(r"^(?P<topic>[\w.-]+):(?P<partition>\d+):(?P<offset>-?\d+)$")
# CreateTime:1700000000000<tab>Partition:0<tab>Offset:12<tab>key<tab>value; older tools cannot print all of it.
_RECORD = re.compile(
    r"^(?:CreateTime|LogAppendTime|NoTimestampType):(?P<stamp>-?\d+)"
    r"(?:\t(?:Partition:)?(?P<partition>\d+))?(?:\t(?:Offset:)(?P<offset>\d+))?\t(?P<key>[^\t]*)\t(?P<value>.*)$"
)
# What the tool says, as an error, when the cluster answers and has none of the topics.
_NO_TOPIC = "Could not match any topic-partitions"
# Of a Java exception, the call stack; its lines say where in the tool, and not what is wrong.
_FRAME = re.compile(r"\s+(at |\.\.\. \d+ more)")
_USELESS = re.compile(r"^(?:Error occurred: |java\.util\.concurrent\.ExecutionException: |Caused by: )+")


@dataclass(frozen=True, slots=True)
class Transcript:
    """What was seen, and how many rounds are complete."""

    seen: Observation
    rounds: int


def transcript_of(log: str, run: str) -> Transcript:
    """Return the observation that a pod's log holds; an unfinished round at its end is left out."""
    pending = Observation()
    result = Transcript(pending, 0)
    for words, body in _sections(log, f"{MARK}{run} "):
        name = words[0] if words else ""
        if name == "beginnings":
            pending = replace(pending, beginnings=_offsets(body))
        elif name == "ends" and len(words) == 2:
            reading = Reading(float(words[1]), _offsets(body))
            # The records of a round belong to the reading at its end.
            pending = replace(pending, readings=(*pending.readings, reading), error="")
        elif name == "error":
            reason = _reason(body)
            pending = replace(pending, error="" if _NO_TOPIC in reason else reason)
        elif name == "records" and len(words) == 3:
            place = (words[1], int(words[2]))
            kept = tuple(entry for entry in pending.records if (entry.topic, entry.partition) != place)
            pending = replace(pending, records=(*kept, *_records(body, *place)))
        elif name == "window" and len(words) == 5:
            topic, partition, start, stop = words[1], int(words[2]), int(words[3]), int(words[4])
            section = Section(topic, partition, start, stop, tuple(_records(body, topic, partition)))
            pending = replace(pending, sections=(*pending.sections, section))
        elif name == "done":
            result = Transcript(pending, result.rounds + 1)
    return result


def _sections(log: str, mark: str) -> Iterable[tuple[list[str], list[str]]]:
    words: list[str] | None = None
    body: list[str] = []
    for line in log.removesuffix("\n").split("\n"):  # and nowhere else: a value may hold other separators
        if line.startswith(mark):
            if words is not None:
                yield words, body
            words, body = line[len(mark) :].split(), []
        else:
            body.append(line)
    if words is not None:
        yield words, body


def _offsets(body: list[str]) -> dict[str, dict[int, int]]:
    found: dict[str, dict[int, int]] = {}
    for match in filter(None, map(_OFFSET.match, body)):
        offsets = found.setdefault(match["topic"], {})
        if int(match["offset"]) >= 0:  # a partition without a leader has none to tell
            offsets[int(match["partition"])] = int(match["offset"])
    return found


def _records(body: list[str], topic: str, partition: int) -> list[Record]:
    found: list[Record] = []
    for line in body:
        match = _RECORD.match(line)
        if match:
            stamp = int(match["stamp"])
            found.append(
                Record(
                    topic=topic,
                    partition=int(match["partition"] or partition),
                    offset=int(match["offset"]) if match["offset"] else None,
                    timestamp_ms=stamp if stamp >= 0 else None,
                    key=None if match["key"] == "null" else match["key"],
                    value=None if match["value"] == "null" else match["value"],
                )
            )
        elif found:
            # The value went on behind a line break.
            found[-1] = found[-1]._replace(value=f"{'null' if found[-1].value is None else found[-1].value}\n{line}")
    return found


def _reason(body: list[str]) -> str:
    lines = [_USELESS.sub("", line.strip()) for line in body if line.strip() and not _FRAME.match(line)]
    return lines[-1][:300] if lines else "the tools gave no reason"

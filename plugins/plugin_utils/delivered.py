# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the records of one topic are in its mirror, each at least once and in order; pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any


def delivered(source: Sequence[Mapping[str, Any]], target: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Compare windows of a topic with windows of its mirror, partition by partition; offsets mean nothing here."""
    sent, received = _by_partition(source), _by_partition(target)
    parts = [_partition(number, sent[number], received.get(number, [])) for number in sorted(sent)]
    return {
        **{key: sum(part[key] for part in parts) for key in ("produced", "arrived", "missing", "duplicates")},
        "in_order": all(part["in_order"] for part in parts),
        "partitions": parts,
    }


def _by_partition(windows: Sequence[Mapping[str, Any]]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for window in windows:
        found.setdefault(int(window["partition"]), []).extend(window["digests"])
    return found


def _partition(number: int, sent: Sequence[str], received: Sequence[str]) -> dict[str, Any]:
    wanted, there = Counter(sent), Counter(received)
    missing = wanted - there
    more = {digest: there[digest] - count for digest, count in wanted.items() if there[digest] > count}
    return {
        "partition": number,
        "produced": len(sent),
        "arrived": len(sent) - missing.total(),
        "missing": missing.total(),
        "duplicates": sum(more.values()),
        "in_order": _is_in(_without(sent, missing), received),
    }


def _without(sent: Sequence[str], missing: Counter[str]) -> list[str]:
    left = Counter(missing)
    found = []
    for digest in sent:
        if left[digest]:
            left[digest] -= 1
        else:
            found.append(digest)
    return found


def _is_in(wanted: Sequence[str], received: Sequence[str]) -> bool:
    """Say whether ``wanted`` comes in this order; what is sent again after a break comes again in between."""
    rest = iter(received)
    return all(any(digest == found for found in rest) for digest in wanted)

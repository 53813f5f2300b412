# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Conditions of a status: a transition time that moves only when the condition does."""

from __future__ import annotations

from typing import Any, Iterable, Mapping, Sequence

Condition = dict[str, Any]


def condition(kind: str, status: bool | str, reason: str = "", message: str = "") -> Condition:
    """Return one condition without its time."""
    text = status if isinstance(status, str) else ("True" if status else "False")
    entry: Condition = {"type": kind, "status": text}
    if reason:
        entry["reason"] = reason
    if message:
        entry["message"] = message
    return entry


def carried(new: Iterable[Condition], old: Sequence[Mapping[str, Any]] | None, now: str) -> list[Condition]:
    """Return ``new`` with times: the old one where type and status are as they were, else ``now``."""
    before = {(entry.get("type"), entry.get("reason")): entry for entry in old or ()}
    by_type = {entry.get("type"): entry for entry in old or ()}
    result = []
    for entry in new:
        known = before.get((entry["type"], entry.get("reason"))) or by_type.get(entry["type"])
        same = known is not None and known.get("status") == entry["status"]
        time = str(known.get("lastTransitionTime") or now) if known is not None and same else now
        result.append({**entry, "lastTransitionTime": time})
    return result


def ready(resource: Mapping[str, Any], kind: str = "Ready") -> bool:
    """Return whether the object's status carries this condition as true."""
    found = (resource.get("status") or {}).get("conditions") or ()
    return any(entry.get("type") == kind and entry.get("status") == "True" for entry in found)

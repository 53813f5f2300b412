# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a resource that no rule knows is ready, by the conventions of the Kubernetes API and by its own words; pure.

The first that speaks decides: a condition that says what is wrong, one that says what is right, words, numbers.
"""

from __future__ import annotations

import re
from typing import Iterable

from ansible_collections.manuela.event_streaming.plugins.module_utils._kube import at, items_at
from ansible_collections.manuela.event_streaming.plugins.module_utils._resource_status.verdict import (
    Object,
    Verdict,
    says,
)

# All of these that are there must be true.
_GOOD = (
    "Ready", "Available", "Succeeded", "Complete", "Completed", "Established", "Deployed", "Healthy", "Synced",
    "Accepted", "Programmed", "ResolvedRefs", "Reconciled", "Installed", "AbleToScale", "ScalingActive",
)  # fmt: skip
# Without a word on the whole, these of its parts must be true.
_PART = re.compile(r".+(Ready|Healthy|Available|Applied|Success|Succeeded|Synced)(?<!NotReady)")
# None of these may be true, nor a type that ends like them.
_BAD = re.compile(
    r"(Reconciling|Stalled|NonStructuralSchema|NotReady|Invalid|Degraded|.*(Fail(ed|ing|ure)|Errors?|ErrorOccurred))"
)
_ENDED = ("Stalled",)
_LATE = "ProgressDeadlineExceeded"
_WORD = re.compile(r"health|(?!desired).*(phase|state|status)", re.IGNORECASE)
_FINE = (
    "ready", "running", "active", "bound", "succeeded", "success", "successful", "complete", "completed",
    "healthy", "available", "deployed", "established", "installed", "ok", "green", "valid", "provisioned",
    "exists", "accepted", "synced", "synchronized", "online", "enabled", "initialized", "true",
)  # fmt: skip
# What ends is not done while it runs.
_ENDING = re.compile(r".*(Run|Job|Workflow|Backup|Restore|Experiment|Build)")
# In a field that is no phase, words that nobody knows are no trouble; these are.
_TROUBLE = re.compile(
    r"(error|fail|degraded|pending|progress|unknown|invalid|not|warning|reject|red$|yellow$|pause|suspend|wait|"
    r"\w*(?<!runn)(?<!match)ing\b)",
    re.IGNORECASE,
)


def judge_by_conventions(item: Object) -> Verdict:
    """Return the verdict on a resource of any kind."""
    for rule in (_bad, _good, _marks, _words, _numbers):
        verdict = rule(item)
        if verdict:
            return verdict
    return Verdict(True, "exists")


def _conditions(item: Object) -> Iterable[Object]:
    """Return the conditions of a resource, and those that it has for each of its parents, ancestors or listeners."""
    yield from items_at(item, "status", "conditions")
    status = at(item, "status")
    for name in status if isinstance(status, dict) else ():
        for part in items_at(status, name):
            yield from items_at(part, "conditions")


def _bad(item: Object) -> Verdict | None:
    for entry in _conditions(item):
        kind = str(entry.get("type"))
        if entry.get("reason") == _LATE and entry.get("status") == "False":
            return Verdict(False, f"{kind}: {says(entry)}", True)
        if entry.get("status") == "True" and _BAD.fullmatch(kind):
            return Verdict(False, f"{kind}: {says(entry, 'no reason given')}", kind in _ENDED)
    return None


def _good(item: Object) -> Verdict | None:
    known = [entry for entry in _conditions(item) if entry.get("type") in _GOOD]
    known.sort(key=lambda entry: _GOOD.index(str(entry["type"])))
    if not any(entry["type"] == "Ready" for entry in known):  # which speaks for all parts
        known += [entry for entry in _conditions(item) if _PART.fullmatch(str(entry.get("type")))]
    generation = at(item, "metadata", "generation")
    for entry in known:
        seen = entry.get("observedGeneration")
        if isinstance(seen, int) and isinstance(generation, int) and seen < generation:
            return Verdict(False, f"its controller has seen generation {seen} of {generation}")
        if entry.get("status") != "True":
            return Verdict(False, f"not {entry['type']}: {says(entry, 'no reason given')}")
    short = _numbers(item) if known else None
    return short or (Verdict(True, str(known[0]["type"])) if known else None)


def _words(item: Object) -> Verdict | None:
    first = ""
    for name, word in _said(at(item, "status")):
        runs = word.casefold() == "running" and _ENDING.fullmatch(str(item.get("kind")))
        fine = word.casefold() in _FINE and not runs
        if not fine and (name == "phase" or runs or _TROUBLE.search(word)):
            why = at(item, "status", "message") or at(item, "status", "reason") or ""
            return Verdict(False, f"{word}: {' '.join(why.split())}" if isinstance(why, str) and why else word)
        first = first or word
    return Verdict(True, first) if first else None


def _said(status: object) -> Iterable[tuple[str, str]]:
    """Return the fields of a status, and of its parts, that are called like a phase or a state."""
    parts = [part for part in status.values() if isinstance(part, dict)] if isinstance(status, dict) else []
    deeper = [value for part in parts for value in part.values()]
    for place in [status, *parts, *deeper]:
        for name, word in place.items() if isinstance(place, dict) else ():
            if isinstance(word, str) and word and _WORD.fullmatch(name):
                yield name, word


def _marks(item: Object) -> Verdict | None:
    """Judge what is said by an error, by yes or no, or not at all."""
    status = at(item, "status")
    status = status if isinstance(status, dict) else {}
    for name in ("error", "errorMessage", "failureMessage"):
        text = at(status, name, "message") or status.get(name)
        if isinstance(text, str) and text:
            return Verdict(False, f"{name}: {' '.join(text.split())}")
    no = next((name for name in ("ready", "healthy", "readyToUse") if status.get(name) is False), "")
    if no:
        return Verdict(False, f"not {no}")
    silent = status.get("conditions") == []
    return Verdict(False, "its controller has said nothing of it yet") if silent else None


def _numbers(item: Object) -> Verdict | None:
    """Judge what has replicas as far as these go."""
    wanted, ready = at(item, "spec", "replicas"), at(item, "status", "readyReplicas")
    if isinstance(wanted, int) and isinstance(ready, int) and ready < wanted:
        return Verdict(False, f"{ready} of {wanted} replicas ready")
    return None

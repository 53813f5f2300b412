# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a resource that no rule knows is ready, by the conventions of the Kubernetes API and by its own words; pure.

The first that speaks decides: a condition that says what is wrong, one that says what is right, words, numbers; but
beside a condition that is right, words and numbers of trouble count.
"""

from __future__ import annotations

import re
from datetime import datetime
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
    "Accepted", "Programmed", "ResolvedRefs", "Reconciled", "Installed", "AbleToScale", "ScalingActive", "Valid",
    "Compliant",
)  # fmt: skip
# Without a word on the whole, these of its parts must be true.
_PART = re.compile(
    r"(?!Partially).+(Ready|Healthy|Available|Applied|Success|Succeeded|Synced|Synchronized)(?<!NotReady)"
)
# None of these may be true, nor a type that begins or ends like them.
_BAD = re.compile(
    r"Reconciling|Stalled|NonStructuralSchema|NotReady|Degraded|Terminating|Orphan(ed)?|Fallback|In-?[Pp]rogress|"
    r"Invalid.*|.+(Progressing|Updating)|.*(Fail(ed|ing|ure)|Errors?|ErrorOccurred)"
)
# So says what is ready in part, unless it is ready on the whole.
_IN_PART = "Partially"
# What is not so for one of these reasons should be so, whatever it is.
_FAILED = re.compile(r"(?!No|Without).*(Error|Fail|Abort)")
_ENDED = ("Stalled",)
_LATE = "ProgressDeadlineExceeded"
_WORD = re.compile(r"health|compliant|(?!desired).*(phase|state|status)", re.IGNORECASE)
_FINE = (
    "ready", "running", "active", "bound", "succeeded", "success", "successful", "complete", "completed",
    "healthy", "available", "deployed", "established", "installed", "ok", "green", "valid", "provisioned",
    "exists", "accepted", "synced", "synchronized", "online", "enabled", "initialized", "true", "compliant",
)  # fmt: skip
# What ends is not done while it runs.
_ENDING = re.compile(r".*(Run|Job|Workflow|Backup|Restore|Experiment|Build)")
# In a field that is no phase, words that nobody knows are no trouble; these are.
_TROUBLE = re.compile(
    r"(error|fail|degraded|pending|progress|unknown|unhealthy|invalid|not|non-?compliant|warn|reject|abort|cancel|"
    r"block|red$|yellow$|pause|suspend|wait|new$|\w*(?<!runn)(?<!match)ing\b)",
    re.IGNORECASE,
)
# Words that somebody may have wanted so, and what parts say that nobody looks at: no trouble beside good news.
_BESIDE = re.compile(r"unknown|pause|suspend", re.IGNORECASE)
# Lists of what was before.
_PAST = re.compile(r".*(history|transition|previous|last).*", re.IGNORECASE)
_ERROR = re.compile(r"err(or)?(msg|message|description)?|failureMessage", re.IGNORECASE)
_SHARE = re.compile(r"(\d+)/(\d+)")
# How long a custom resource may be without a status: one that is meant to get one, and any other.
_REPORT_SECONDS = 60
_FIRST_WORD_SECONDS = 10
# How many there shall be, and how many there are; of the first that is said.
_COUNTS = (
    (("spec", "replicas"), ("status", "readyReplicas")),
    (("status", "replicas"), ("status", "readyReplicas")),
    (("status", "desiredNumberScheduled"), ("status", "numberReady")),
)


def judge_by_conventions(item: Object) -> Verdict:
    """Return the verdict on a resource of any kind."""
    for rule in (_bad, _good, _marks, _words, _numbers):
        verdict = rule(item)
        if verdict:
            return verdict
    return Verdict(True, "exists")


def unseen(item: Object) -> Verdict | None:
    """Say that the controller has not seen the object as it is now; some write the number as a text."""
    wanted, seen = at(item, "metadata", "generation"), at(item, "status", "observedGeneration")
    return _behind(wanted, seen)


def unheard_of(item: Object, now: float | None, *, reports: bool) -> Verdict | None:
    """Give the controller of a custom resource time for its first word; some kinds have no controller at all.

    With ``reports`` objects of its kind are meant to get a status.
    """
    made, group = at(item, "metadata", "creationTimestamp"), str(item.get("apiVersion", "")).rpartition("/")[0]
    if now is None or not made or at(item, "status") or "." not in group or group.endswith(".k8s.io"):
        return None
    age = now - datetime.fromisoformat(str(made).replace("Z", "+00:00")).timestamp()
    patience = _REPORT_SECONDS if reports else _FIRST_WORD_SECONDS
    return Verdict(False, "new: its controller has not looked at it yet") if age < patience else None


def _behind(wanted: object, seen: object) -> Verdict | None:
    seen = int(seen) if isinstance(seen, str) and seen.isdecimal() else seen
    if isinstance(seen, int) and isinstance(wanted, int) and seen < wanted:
        return Verdict(False, f"its controller has seen generation {seen} of {wanted}")
    return None


def _conditions(item: Object) -> Iterable[Object]:
    """Return the conditions of a resource, and those of its parts: of each parent, ancestor or listener."""
    yield from items_at(item, "status", "conditions")
    for _name, part in _parts(at(item, "status")):
        yield from items_at(part, "conditions")


def _parts(status: object) -> Iterable[tuple[str, Object]]:
    """Return what a status says of parts, one by one, with the name of the field."""
    for name, value in status.items() if isinstance(status, dict) else ():
        for part in value if isinstance(value, list) else [value]:
            if isinstance(part, dict):
                yield name, part


def _is_true(entry: Object) -> bool:
    return str(entry.get("status")) == "True"


def _bad(item: Object) -> Verdict | None:
    for entry in _conditions(item):
        kind, is_bad = str(entry.get("type")), _BAD.fullmatch(str(entry.get("type")))
        if entry.get("reason") == _LATE and entry.get("status") == "False":
            return Verdict(False, f"{kind}: {says(entry)}", True)
        if _is_true(entry) and is_bad:
            return Verdict(False, f"{kind}: {says(entry, 'no reason given')}", kind in _ENDED)
        if entry.get("status") == "False" and not is_bad and _FAILED.match(str(entry.get("reason"))):
            return Verdict(False, f"not {kind}: {says(entry)}")
    return None


def _good(item: Object) -> Verdict | None:
    known = [entry for entry in _conditions(item) if entry.get("type") in _GOOD]
    known.sort(key=lambda entry: _GOOD.index(str(entry["type"])))
    if not any(entry["type"] == "Ready" for entry in known):  # which speaks for all parts
        known += [entry for entry in _conditions(item) if _PART.fullmatch(str(entry.get("type")))]
        for entry in _conditions(item):
            if _is_true(entry) and str(entry.get("type")).startswith(_IN_PART):
                return Verdict(False, f"{entry['type']}: {says(entry, 'no reason given')}")
    for entry in known:
        late = _behind(at(item, "metadata", "generation"), entry.get("observedGeneration"))
        if late:
            return late
        if not _is_true(entry):
            return Verdict(False, f"not {entry['type']}: {says(entry, 'no reason given')}")
    if not known:
        return None
    return _numbers(item) or _trouble(item, beside=_BESIDE) or Verdict(True, str(known[0]["type"]))


def _words(item: Object) -> Verdict | None:
    first = ""
    for name, word in _said(item):
        if word.casefold() not in _FINE and name == "phase":
            return _told(item, word)
        first = first or word
    return _trouble(item) or (Verdict(True, first) if first else None)


def _trouble(item: Object, beside: re.Pattern[str] | None = None) -> Verdict | None:
    """Return the first word that stands for trouble, but for those that are none ``beside`` what else was said."""
    for _name, word in _said(item):
        if beside and beside.match(word):
            continue
        runs = word.casefold() == "running" and _ENDING.fullmatch(str(item.get("kind")))
        if runs or (word.casefold() not in _FINE and _TROUBLE.search(word)):
            return _told(item, word)
    return None


def _told(item: Object, word: str) -> Verdict:
    why = at(item, "status", "message") or at(item, "status", "reason") or ""
    return Verdict(False, f"{word}: {' '.join(why.split())}" if isinstance(why, str) and why else word)


def _said(item: Object) -> Iterable[tuple[str, str]]:
    """Return the fields of a status, and of its parts, that are called like a phase or a state."""
    status = at(item, "status")
    parts = [part for name, part in _parts(status) if name != "conditions" and not _PAST.fullmatch(name)]
    deeper = [value for part in parts for value in part.values()]
    for place in [status, *parts, *deeper]:
        for name, word in place.items() if isinstance(place, dict) else ():
            if isinstance(word, str) and word and _WORD.fullmatch(name):
                yield name, word


def _marks(item: Object) -> Verdict | None:
    """Judge what is said by an error, by yes or no, or not at all."""
    status = at(item, "status")
    status = status if isinstance(status, dict) else {}
    for name in filter(_ERROR.fullmatch, status):
        text = at(status, name, "message") or status.get(name)
        if isinstance(text, str) and text:
            return Verdict(False, f"{name}: {' '.join(text.split())}")
    no = next((name for name in ("ready", "healthy", "readyToUse") if status.get(name) is False), "")
    if no:
        return Verdict(False, f"not {no}")
    # A number says nothing to us; a reason beside it is given for trouble.
    if isinstance(status.get("state"), int) and isinstance(status.get("reason"), str) and status["reason"]:
        return Verdict(False, f"state {status['state']}: {' '.join(status['reason'].split())}")
    silent = status.get("conditions") == []
    return Verdict(False, "its controller has said nothing of it yet") if silent else None


def _numbers(item: Object) -> Verdict | None:
    """Judge what has replicas as far as these go."""
    for most, least in _COUNTS:
        wanted, ready = at(item, *most), at(item, *least)
        if isinstance(wanted, int) and isinstance(ready, int) and ready < wanted:
            return Verdict(False, f"{ready} of {wanted} replicas ready")
    for place in [at(item, "status"), *(part for _name, part in _parts(at(item, "status")))]:
        for name, text in place.items() if isinstance(place, dict) else ():
            share = _SHARE.fullmatch(text) if isinstance(text, str) and "eplicas" in name else None
            if share and int(share[1]) < int(share[2]):
                return Verdict(False, f"{share[1]} of {share[2]} replicas ready")
    return None

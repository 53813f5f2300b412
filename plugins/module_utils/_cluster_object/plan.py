# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is to be deleted, patched or scaled; pure."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any, Iterable, Mapping

from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import Failure
from ansible_collections.manuela.event_streaming.plugins.module_utils._kube import (
    Kind,
    at,
    name_of,
    namespace_of,
    selection_of,
    terminating,
)
from ansible_collections.manuela.event_streaming.plugins.module_utils._plan import Plan

_SHORTEST_SECRET = 6


@dataclass(frozen=True, slots=True)
class Wanted:
    """One entry of the option ``objects``."""

    kind: str
    group: str = ""
    version: str = ""
    namespace: str = ""
    name: str = ""
    labels: str = ""

    @property
    def title(self) -> str:
        """The kind, the name or labels, and the namespace."""
        place = f" in {self.namespace}" if self.namespace else ""
        return f"{self.kind} {self.name or self.labels}{place}"


@dataclass(frozen=True, slots=True)
class Goal:
    """What they shall be: ``patch`` is the merge patch for patched and scaled."""

    state: str
    patch: Mapping[str, Any]
    replicas: int | None = None

    @property
    def creates(self) -> bool:
        """Whether a missing object is made."""
        return self.state == "present"


@dataclass(frozen=True, slots=True)
class Found:
    """One object, or the absence of the one that was named; ``kind`` is none when it is not served."""

    wanted: Wanted
    kind: Kind | None
    item: Mapping[str, Any] | None

    @property
    def title(self) -> str:
        """The kind, name and namespace, as the object has them."""
        if self.item is None or self.kind is None:
            return self.wanted.title
        place = f" in {namespace_of(self.item)}" if namespace_of(self.item) else ""
        return f"{self.kind.kind} {name_of(self.item)}{place}"


@dataclass(frozen=True, slots=True)
class Step:
    """One write."""

    verb: str
    kind: Kind
    namespace: str
    name: str
    patch: Mapping[str, Any] | None = None


def wanted_of(entry: Mapping[str, Any]) -> Wanted:
    """Return an entry of the option, checked: without a name or labels it would mean a whole kind."""
    wanted = Wanted(**selection_of(entry))
    if bool(wanted.name) == bool(wanted.labels):
        raise Failure("invalid_option", f"objects: {wanted.kind} needs a name or a label_selector. Give one of them")
    return wanted


def goal_of(params: Mapping[str, Any]) -> Goal:
    """Return what the options ask for."""
    state, replicas = params["state"], params.get("replicas")
    if state == "scaled":
        if replicas is None or replicas < 0:
            raise Failure("invalid_option", "state scaled needs replicas of 0 or more. Give replicas")
        return Goal(state, {"spec": {"replicas": replicas}}, replicas)
    if state in ("patched", "present") and not params.get("patch"):
        raise Failure("invalid_option", f"state {state} needs a patch. Give patch")
    if state == "present" and any(entry.get("label_selector") for entry in params["objects"]):
        raise Failure("invalid_option", "state present needs to know what to create. Give name, not label_selector")
    return Goal(state, params.get("patch") or {})


def plan(found: tuple[Found, ...], goal: Goal) -> Plan:
    """Return the writes, with what differs before and after by object."""
    steps, before, after, reasons = [], {}, {}, []
    for entry in found:
        step = _step(entry, goal)
        if step:
            steps.append(step)
            before[entry.title], after[entry.title] = shown(entry, goal), shown(entry, goal, done=True)
            reasons.append(f"{entry.title} {_why(entry, goal)}")
    return Plan(tuple(steps), before, after, tuple(reasons))


def _why(entry: Found, goal: Goal) -> str:
    if goal.creates and entry.item is None:
        return "does not exist"
    return {"absent": "exists", "scaled": f"has not {goal.replicas} replicas"}.get(goal.state, "differs from the patch")


def _step(entry: Found, goal: Goal) -> Step | None:
    if goal.state == "absent":
        if entry.item is None or entry.kind is None or terminating(entry.item):
            return None
        return Step("delete", entry.kind, namespace_of(entry.item), name_of(entry.item))
    if entry.item is None or entry.kind is None:
        if goal.creates and entry.kind:
            return Step("create", entry.kind, entry.wanted.namespace, entry.wanted.name, goal.patch)
        if entry.wanted.labels and entry.kind:
            return None
        raise Failure("not_found", f"there is no {entry.title} to be {goal.state}. Check the kind, name and namespace")
    if merged(entry.item, goal.patch) == entry.item:
        return None
    return Step("patch", entry.kind, namespace_of(entry.item), name_of(entry.item), goal.patch)


def manifest_of(step: Step) -> dict[str, Any]:
    """Return the object that a step creates."""
    metadata = {"name": step.name, **({"namespace": step.namespace} if step.namespace else {})}
    named = {"apiVersion": step.kind.api_version, "kind": step.kind.kind, "metadata": metadata}
    return dict(merged(step.patch or {}, named))


def merged(item: Any, patch: Any) -> Any:
    """Return what a JSON merge patch (RFC 7386) makes of a value."""
    if not isinstance(patch, Mapping):
        return patch
    result = dict(item) if isinstance(item, Mapping) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
            continue
        inner = merged(result.get(key), value)
        # Taking away what is not there leaves nothing behind: the API server keeps no empty map for it.
        if key in result or not _only_removes(value):
            result[key] = inner
    return result


def _only_removes(patch: Any) -> bool:
    return (
        isinstance(patch, Mapping)
        and bool(patch)
        and all(value is None or _only_removes(value) for value in patch.values())
    )


def shown(entry: Found, goal: Goal, *, done: bool = False) -> Any:
    """Return of an object what this task is about; values of a Secret by fingerprint."""
    if goal.state == "absent":
        return {"exists": entry.item is not None and not done}
    item = merged(entry.item, goal.patch) if done else entry.item
    part = _projected(item, goal.patch)
    return _masked(part) if entry.kind and entry.kind.resource == "secrets" else part


def _projected(item: Any, patch: Any) -> Any:
    if not isinstance(patch, Mapping):
        return item
    return {key: _projected(at(item, key), value) for key, value in patch.items()}


def _masked(part: Any) -> Any:
    result = dict(part)
    for key in ("data", "stringData"):
        if isinstance(result.get(key), Mapping):
            result[key] = {name: _fingerprint(value) for name, value in result[key].items()}
    return result


def secrets_in(wanted: Iterable[Wanted], patch: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the values that a patch gives to Secrets, which are masked wherever the module would show them.

    Ansible returns the options too.  Very short values are left out: masking them would blank parts of other words.
    """
    if not any(entry.kind.lower() in ("secret", "secrets") for entry in wanted):
        return ()
    parts = [patch.get(key) for key in ("data", "stringData")]
    values = [value for part in parts if isinstance(part, Mapping) for value in part.values()]
    return tuple(value for value in values if isinstance(value, str) and len(value) >= _SHORTEST_SECRET)


def _fingerprint(value: Any) -> str | None:
    if value is None:
        return None
    return f"sha256:{hashlib.sha256(json.dumps(value).encode()).hexdigest()[:16]}"


def arrived(entry: Found, goal: Goal) -> bool:
    """Say whether the cluster has done what the object says."""
    if goal.state == "absent":
        return entry.item is None
    if goal.state != "scaled" or entry.item is None:
        return True
    seen, generation = at(entry.item, "status", "observedGeneration"), at(entry.item, "metadata", "generation")
    if isinstance(seen, int) and isinstance(generation, int) and seen < generation:
        return False
    status = at(entry.item, "status") or {}
    counts = [status[key] for key in ("replicas", "availableReplicas", "readyReplicas") if status.get(key) is not None]
    return all(count == goal.replicas for count in counts) and (not goal.replicas or bool(counts))

# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects of a cluster made absent, patched or scaled, and waiting until it is so."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Mapping

from ansible_collections.manuela.event_streaming.plugins.module_utils._cluster_object.plan import (
    Found,
    Goal,
    Wanted,
    arrived,
    goal_of,
    manifest_of,
    plan,
    secrets_in,
    shown,
    wanted_of,
)
from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import Failure
from ansible_collections.manuela.event_streaming.plugins.module_utils._kube import (
    Clock,
    Kube,
    Propagation,
    at,
    name_of,
    namespace_of,
    terminating,
)
from ansible_collections.manuela.event_streaming.plugins.module_utils._kube_client import connect
from ansible_collections.manuela.event_streaming.plugins.module_utils._plan import Plan, Result, converge
from ansible_collections.manuela.event_streaming.plugins.module_utils._wait import Look, wait_until


def execute(params: Mapping[str, Any], check_mode: bool, clock: Clock) -> Result:
    """Converge, with a connection of our own."""
    return carry_out(params, check_mode, clock, connect(params, clock))


def carry_out(params: Mapping[str, Any], check_mode: bool, clock: Clock, kube: Kube) -> Result:
    """Converge over ``kube``, then wait."""
    wanted, goal = [wanted_of(entry) for entry in params["objects"]], goal_of(params)
    objects = Objects(kube, wanted, goal, params["propagation"])
    secrets = secrets_in(wanted, goal.patch)
    try:
        result = converge(objects, check_mode=check_mode)
        looks = _wait(objects, params, clock, result) if params["wait"] and not check_mode else 1
    except Failure as failure:
        failure.secrets += secrets
        raise
    return replace(result, state={**result.state, "attempts": looks + kube.again}, secrets=secrets)


class Objects:
    """The objects of one task, as ``converge`` wants them."""

    def __init__(self, kube: Kube, wanted: list[Wanted], goal: Goal, propagation: Propagation) -> None:
        self._kube = kube
        self._wanted = wanted
        self.goal = goal
        self._propagation = propagation
        self._before: tuple[Found, ...] | None = None

    def observe(self) -> tuple[Found, ...]:
        """Look; the first look is kept as what was before."""
        found = tuple(entry for wanted in self._wanted for entry in self._look_for(wanted))
        if self._before is None:
            self._before = found
        return found

    def _look_for(self, wanted: Wanted) -> list[Found]:
        kind = self._kube.find(wanted.kind, group=wanted.group, version=wanted.version)
        if kind is None:
            return [Found(wanted, None, None)]
        if kind.namespaced and not wanted.namespace:
            raise Failure("invalid_option", f"objects: {wanted.title} needs a namespace. Give namespace")
        if wanted.name:
            return [Found(wanted, kind, self._kube.get(kind, wanted.namespace, wanted.name))]
        items = self._kube.list(kind, wanted.namespace, wanted.labels)
        return [Found(wanted, kind, item) for item in items] or [Found(wanted, kind, None)]

    def plan(self, current: tuple[Found, ...]) -> Plan:
        """Compare.  What was being deleted may be gone once a patch has taken its finalizers off."""
        leaving = [entry.wanted for entry in self._before or () if entry.item and terminating(entry.item)]
        return plan(tuple(entry for entry in current if entry.item or entry.wanted not in leaving), self.goal)

    def apply(self, plan: Plan) -> None:
        """Write, in the order of the option: topics before their operator, for instance."""
        for step in plan.steps:
            if step.verb == "delete":
                self._kube.delete(step.kind, step.namespace, step.name, self._propagation)
            elif step.verb == "create":
                self._kube.create(step.kind, step.namespace, manifest_of(step))
            elif self._kube.patch(step.kind, step.namespace, step.name, step.patch) is None:
                raise Failure(
                    "conflict", f"{step.kind.kind} {step.name} was deleted meanwhile. Run again", retryable=True
                )

    def describe(self, current: tuple[Found, ...], pending: Plan) -> Mapping[str, Any]:
        """Return the state; with a pending plan, the predicted one."""
        before = self._before or current
        planned = {(step.kind.kind, step.namespace, step.name) for step in pending.steps}
        entries = []
        for entry in before:
            changes = _key(entry) in planned or bool(
                plan((entry,), self.goal) if entry.item or self.goal.creates else False
            )
            entries.append(
                {
                    "kind": entry.kind.kind if entry.kind else entry.wanted.kind,
                    "namespace": namespace_of(entry.item or {}) or entry.wanted.namespace or None,
                    "name": name_of(entry.item or {}) or entry.wanted.name or None,
                    "before": shown(entry, self.goal),
                    "after": shown(entry, self.goal, done=changes),
                }
            )
        absent = self.goal.state == "absent"
        deleted = [entry.title for entry in before if absent and entry.item and plan((entry,), self.goal)]
        return {"objects": entries, "deleted": deleted}


def _key(entry: Found) -> tuple[str, str, str]:
    item = entry.item or {}
    kind = entry.kind.kind if entry.kind else ""
    return kind, namespace_of(item) or entry.wanted.namespace, name_of(item) or entry.wanted.name


def _wait(objects: Objects, params: Mapping[str, Any], clock: Clock, result: Result) -> int:
    """Return how often it was looked."""

    def once() -> Look[str]:
        late = [entry for entry in objects.observe() if not arrived(entry, objects.goal)]
        progress = " | ".join(map(_said, late)) or f"{len(params['objects'])} asked for, all {objects.goal.state}"
        return Look(progress, not late, progress)

    try:
        waited = wait_until(
            once,
            what=", ".join(wanted_of(entry).title for entry in params["objects"]) + f" to be {objects.goal.state}",
            clock=clock,
            timeout=params["wait_timeout"],
            interval=params["wait_sleep"],
        )
    except Failure as failure:
        # Whoever goes on waiting finds the writes done already, and shall not forget them.
        done = {
            "changed": result.changed,
            "reasons": list(result.reasons),
            "cluster_object": dict(result.state),
            "diff": {"before": result.before, "after": result.after},
        }
        if result.changed:
            failure.details["so_far"] = done
        raise
    return waited.attempts


def _said(entry: Found) -> str:
    finalizers = at(entry.item or {}, "metadata", "finalizers") or []
    kept = f", held by the finalizer {', '.join(map(str, finalizers))}" if finalizers else ""
    status = at(entry.item or {}, "status") or {}
    if at(entry.item or {}, "metadata", "deletionTimestamp"):
        return f"{entry.title} being deleted{kept}"
    ready = status.get("readyReplicas", status.get("replicas"))
    return f"{entry.title} has {ready if ready is not None else 0} replicas ready"

# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When an Application is done; pure.

Argo CD says Synced and Healthy about the revision that it knows, so an answer counts only when it was made after our
refresh and about our revision or one that includes it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable, Mapping

from ansible_collections.manuela.event_streaming.plugins.module_utils._argocd_application.application import (
    Application,
    epoch,
)
from ansible_collections.manuela.event_streaming.plugins.module_utils._argocd_application.wanted import Goal

# True: it is ours or includes it.  None: the work copy does not know.
Accepts = Callable[[str], "bool | None"]

# The clocks of the API server and of Argo CD's controller may differ by so much.
_SKEW = 2.0
_SPEC_ERRORS = ("InvalidSpecError", "ComparisonError")
# A repo server that restarts or a remote that stumbles is over in a moment.
_PASSING = (
    "connection refused",
    "connection reset",
    "connection error",
    "context deadline exceeded",
    "i/o timeout",
    "code = Unavailable",
    "code = Canceled",
    "TLS handshake timeout",
    "unexpected EOF",
    "the server is currently unable to handle the request",
)
SHORT = 7


@dataclass(frozen=True, slots=True)
class Verdict:
    """``said``: one line for the screen.  ``terminal``: a sentence when waiting cannot help.

    ``pending``: what somebody has to do first; all Applications wait for the same.
    """

    met: bool
    said: str
    terminal: str = ""
    pending: str = ""


def judge(app: Application, goal: Goal, accepts: Accepts) -> Verdict:
    """Say whether an Application is what it shall be."""
    said = describe(app)
    if goal.state == "none":
        return Verdict(True, said)
    if goal.state == "absent":
        return Verdict(not app.exists, said)
    if goal.state == "operation":
        return Verdict(not app.operation.underway or app.sync_status == "Synced", said)
    if not app.exists:
        return Verdict(False, said)
    if app.deleting:
        return Verdict(False, said)
    if not compared(app, goal):
        return Verdict(False, f"{said}, not compared since the refresh", _spec_error(app, goal))
    spec_error = _spec_error(app, goal)
    if spec_error:
        return Verdict(False, said, spec_error)
    ours = accepts(app.revision) if goal.revision else True
    if not ours:
        unknown = ours is None and app.revision
        if goal.merge_of and not unknown:
            return Verdict(False, said, pending=f"the merge of {goal.merge_of}")
        note = ", a revision that the work copy does not know" if unknown else f", waiting for {goal.revision[:SHORT]}"
        return Verdict(False, said + note)
    return _judge_revision(app, goal, accepts, said)


def _judge_revision(app: Application, goal: Goal, accepts: Accepts, said: str) -> Verdict:
    if goal.state == "compared":
        return Verdict(True, said)
    operation = app.operation
    about_ours = not goal.revision or bool(accepts(operation.revision))
    if app.sync_status != "Synced":
        if about_ours and operation.phase in ("Failed", "Error"):
            why = "; ".join(operation.failures) or operation.message or "no reason given"
            return Verdict(
                False,
                said,
                f"the sync of {_title(app)} at {operation.revision[:SHORT]} {operation.phase}: {why}. "
                "Argo CD does not try the same revision again: correct it and push, or sync it by hand",
            )
        return Verdict(False, said if app.automated else f"{said}, and automated sync is off: sync it by hand")
    if about_ours and operation.phase in ("Running", "Terminating"):
        return Verdict(False, said)
    return Verdict(goal.state == "synced" or app.health_status == "Healthy", said)


def compared(app: Application, goal: Goal) -> bool:
    """Say whether Argo CD has compared after the refresh; it takes the annotation away with the answer."""
    if app.outdated:
        return False
    if not goal.since:
        return True
    return not app.refreshing and epoch(app.reconciled_at) >= goal.since - _SKEW


def _spec_error(app: Application, goal: Goal) -> str:
    if app.outdated or (goal.since and app.refreshing):
        return ""
    for entry in app.conditions:
        text = " ".join(str(entry.get("message") or "").split())
        if entry.get("type") in _SPEC_ERRORS and not any(word in text for word in _PASSING):
            # With an invalid spec Argo CD compares nothing: the time of the last comparison stays.
            fresh = compared(app, goal) or epoch(entry.get("lastTransitionTime")) >= goal.since - _SKEW
            if fresh or entry.get("type") == "InvalidSpecError":
                return f"{_title(app)} cannot be deployed: {entry.get('type')}: {text}. Correct that and push"
    return ""


def settled(app: Application, goal: Goal, now: float) -> bool:
    """Say whether it has been so for long enough already; when Argo CD does not say since when, it has not."""
    if not goal.settle_seconds or goal.state != "healthy":
        return True
    latest = max(app.healthy_since, epoch(app.operation.finished_at))
    return bool(app.healthy_since) and now - latest >= goal.settle_seconds + 1


def _title(app: Application) -> str:
    return f"Application {app.name}"


def describe(app: Application) -> str:
    """Return one line on an Application."""
    if not app.exists:
        return f"App {app.wanted.title} absent"
    if app.deleting:
        kept = f", held by {', '.join(app.finalizers)}" if app.finalizers else ""
        return f"App {app.name} being deleted{kept}"
    text = f"App {app.name} {app.sync_status}@{app.revision[:SHORT] or '?'} {app.health_status}"
    operation = app.operation
    if operation.phase in ("Running", "Failed", "Error"):
        other = operation.revision and operation.revision != app.revision
        text += ", sync" + (f" of {operation.revision[:SHORT]}" if other else "") + f" {operation.phase}"
        return text + (f": {operation.message}" if operation.message else "")
    problems = [_problem(entry) for entry in app.unhealthy[:2]]
    rest = f" and {len(app.unhealthy) - 2} more" if len(app.unhealthy) > 2 else ""
    return text + (f" ({', '.join(problems)}{rest})" if problems else "")


def _problem(entry: Mapping[str, object]) -> str:
    state = entry.get("health_status") or entry.get("sync_status")
    text = f"{entry.get('kind')}/{entry.get('name')} {state}"
    return f"{text}: {entry['message']}" if entry.get("message") else text

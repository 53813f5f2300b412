# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Argo CD Applications over the Kubernetes API: look, refresh, and wait for a revision."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Mapping

from ansible_collections.manuela.event_streaming.plugins.module_utils._argocd_application.application import (
    epoch,
    stamp,
)
from ansible_collections.manuela.event_streaming.plugins.module_utils._argocd_application.history import (
    History,
    NoHistory,
    WorkCopy,
)
from ansible_collections.manuela.event_streaming.plugins.module_utils._argocd_application.wanted import Goal, wanted_of
from ansible_collections.manuela.event_streaming.plugins.module_utils._argocd_application.watch import Watch
from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import Failure
from ansible_collections.manuela.event_streaming.plugins.module_utils._git import Access
from ansible_collections.manuela.event_streaming.plugins.module_utils._kube import Clock, Kube
from ansible_collections.manuela.event_streaming.plugins.module_utils._kube_client import connect
from ansible_collections.manuela.event_streaming.plugins.module_utils._plan import Result


def execute(params: Mapping[str, Any], check_mode: bool, clock: Clock) -> Result:
    """Look, or wait, with a connection of our own."""
    work_tree = params.get("work_tree")
    access = Access.of({**(params.get("git_access") or {}), "request_timeout": params["request_timeout"]})
    history = WorkCopy(Path(work_tree), access) if work_tree else NoHistory()
    return observe(params, check_mode, clock, connect(params, clock), history)


def observe(params: Mapping[str, Any], check_mode: bool, clock: Clock, kube: Kube, history: History) -> Result:
    """Look, or wait, over ``kube``."""
    goal = _goal(params)
    watch = Watch(kube, history, clock, [wanted_of(entry) for entry in params["applications"]], goal)
    if params["refresh"] != "none" and not check_mode:
        watch.refresh(params["refresh"])
    view = watch.wait(params["wait_timeout"], params["wait_sleep"], once=check_mode or not params["wait"])
    reason = ""
    if check_mode and params["refresh"] != "none":
        reason = "check mode: no refresh was asked for, so this is what Argo CD said before"
    state = {**view.as_result(reason), "attempts": watch.looks + kube.again}
    return Result(changed=False, state=state, reasons=(reason,) if reason else ())


def _goal(params: Mapping[str, Any]) -> Goal:
    state = params["wait_for"]
    if params["wait"] and state == "none":
        raise Failure(
            "invalid_option",
            "wait needs something to wait for. Give wait_for: compared, synced, healthy, operation or absent",
        )
    since = epoch(params.get("refreshed_after"))
    if params.get("refreshed_after") and not since:
        raise Failure(
            "invalid_option", f"refreshed_after is not a time: {params['refreshed_after']}. Give one like {stamp(0)}"
        )
    return Goal(
        state,
        str(params.get("revision") or ""),
        since,
        float(params["settle_seconds"]),
        str(params.get("merge_of") or ""),
    )

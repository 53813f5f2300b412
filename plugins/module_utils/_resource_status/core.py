# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""States of any resources, waiting for them, and the evidence when they are stuck."""

from __future__ import annotations

from typing import Any, Mapping

from ansible_collections.manuela.event_streaming.plugins.module_utils._kube import Clock, Kube
from ansible_collections.manuela.event_streaming.plugins.module_utils._kube_client import connect
from ansible_collections.manuela.event_streaming.plugins.module_utils._plan import Result
from ansible_collections.manuela.event_streaming.plugins.module_utils._resource_status.evidence import gather
from ansible_collections.manuela.event_streaming.plugins.module_utils._resource_status.wanted import wanted_of
from ansible_collections.manuela.event_streaming.plugins.module_utils._resource_status.world import View, look
from ansible_collections.manuela.event_streaming.plugins.module_utils._wait import Look, wait_until


def execute(params: Mapping[str, Any], check_mode: bool, clock: Clock) -> Result:
    """Look, or wait, with a connection of our own."""
    return observe(params, check_mode, clock, connect(params, clock))


def observe(params: Mapping[str, Any], check_mode: bool, clock: Clock, kube: Kube) -> Result:
    """Look, or wait, over ``kube``."""
    wanted = [wanted_of(entry) for entry in params["resources"]]

    def once() -> Look[View]:
        view = look(kube, wanted)
        return Look(view, view.met, view.progress, view.terminal)

    waited = wait_until(
        once,
        what=", ".join(f"{entry.title} to be {entry.state}" for entry in wanted),
        clock=clock,
        timeout=params["wait_timeout"],
        interval=params["wait_sleep"],
        once=check_mode or not params["wait"],
        describe=lambda view: _state(kube, view, params.get("logs", "stuck")),
    )
    state = _state(kube, waited.value, params.get("logs", "stuck"))
    return Result(changed=False, state={**state, "attempts": waited.attempts + kube.again})


def _state(kube: Kube, view: View, logs: str) -> dict[str, Any]:
    return {
        "observed": True,
        "met": view.met,
        "resources": [entry.as_result() for entry in view.seen],
        "evidence": [entry.as_result() for entry in gather(kube, view, logs)],
        "progress": view.progress,
    }

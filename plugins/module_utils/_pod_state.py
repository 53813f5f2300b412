# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a Pod object says about its containers, in the words that kubectl shows; pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Mapping

from ansible_collections.manuela.event_streaming.plugins.module_utils._kube import (
    at,
    condition,
    items_at,
    name_of,
    terminating,
)

# Waiting longer does not cure these.
HOPELESS = ("ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull")
_CRASHES = 5


@dataclass(frozen=True, slots=True)
class PodState:
    """``ready``: all containers are, or it ended well.  ``reason``: one word.  ``terminal``: it will stay so."""

    name: str
    phase: str
    ready: bool
    reason: str = ""
    message: str = ""
    terminal: bool = False

    def __str__(self) -> str:
        said = self.reason or self.phase
        return f"pod {self.name} {said}" + (f": {self.message}" if self.message else "")


def pod_state(pod: Mapping[str, Any]) -> PodState:
    """Return the state of a pod, with the first container that is in trouble."""
    phase = str(at(pod, "status", "phase") or "Pending")
    name = name_of(pod)
    if terminating(pod):
        return PodState(name, phase, ready=False, reason="Terminating")
    if phase == "Succeeded":
        return PodState(name, phase, ready=True)
    trouble = _container_trouble(pod)
    if trouble:
        reason, message, terminal = trouble
        return PodState(
            name, phase, ready=False, reason=reason, message=message, terminal=terminal or phase == "Failed"
        )
    if phase == "Failed":
        reason, message = at(pod, "status", "reason"), at(pod, "status", "message")
        return PodState(name, phase, ready=False, reason=str(reason or "Failed"), message=_line(message), terminal=True)
    scheduled = condition(pod, "PodScheduled")
    if phase == "Pending" and scheduled and scheduled.get("status") == "False":
        return PodState(name, phase, False, str(scheduled.get("reason") or "Pending"), _line(scheduled.get("message")))
    ready = at(condition(pod, "Ready") or {}, "status") == "True"
    return PodState(name, phase, ready=ready, reason="" if ready or phase != "Running" else "NotReady")


def _container_trouble(pod: Mapping[str, Any]) -> tuple[str, str, bool] | None:
    for status in items_at(pod, "status", "initContainerStatuses") + items_at(pod, "status", "containerStatuses"):
        waiting = at(status, "state", "waiting") or {}
        ended = at(status, "state", "terminated") or {}
        reason = str(waiting.get("reason") or "")
        if reason and reason not in ("ContainerCreating", "PodInitializing"):
            before = at(status, "lastState", "terminated") or {}
            crashed = reason == "CrashLoopBackOff" and int(status.get("restartCount") or 0) >= _CRASHES
            message = _line(before.get("message") or waiting.get("message"))
            if before.get("reason") == "OOMKilled":
                message = "it ran out of memory (OOMKilled)"
            return reason, message, reason in HOPELESS or crashed
        if ended.get("exitCode"):
            return (
                str(ended.get("reason") or "Error"),
                _line(ended.get("message") or f"exit code {ended['exitCode']}"),
                False,
            )
    return None


def images_of(item: Mapping[str, Any]) -> list[str]:
    """Return the images of a pod's, or a pod template's, containers."""
    spec = at(item, "spec", "template", "spec") or at(item, "spec", "jobTemplate", "spec", "template", "spec")
    containers = items_at(spec or at(item, "spec") or {}, "initContainers") + items_at(
        spec or at(item, "spec") or {}, "containers"
    )
    return list(dict.fromkeys(str(entry["image"]) for entry in containers if entry.get("image")))


def _line(text: Any) -> str:
    return " ".join(str(text or "").split())[:400]

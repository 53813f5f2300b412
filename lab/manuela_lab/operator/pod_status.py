# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A pod's status as a kubelet reports it, from what is known of its containers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Sequence

from manuela_lab.operator import conditions, resources
from manuela_lab.operator.resources import Resource


@dataclass
class ContainerState:
    """What is known of one container; ``state`` is one of waiting, running, terminated as the API nests them."""

    name: str
    image: str
    state: dict[str, Any] = field(default_factory=lambda: {"waiting": {"reason": "ContainerCreating"}})
    last_state: dict[str, Any] = field(default_factory=dict)
    restarts: int = 0
    ready: bool = False
    container_id: str = ""

    def waiting(self, reason: str, message: str = "") -> None:
        """The container is not running and will be tried (again)."""
        self.ready = False
        self.state = {"waiting": {"reason": reason, **({"message": message} if message else {})}}

    def running(self, started: str, container_id: str) -> None:
        """The container has been started."""
        self.container_id = container_id
        self.state = {"running": {"startedAt": started}}

    def terminated(self, code: int, started: str, finished: str, reason: str = "", message: str = "") -> None:
        """The container has ended."""
        self.ready = False
        self.state = {
            "terminated": {
                "exitCode": code,
                "reason": reason or ("Completed" if code == 0 else "Error"),
                "startedAt": started,
                "finishedAt": finished,
                "containerID": self.container_id,
                **({"message": message} if message else {}),
            }
        }

    def restarting(self) -> None:
        """What has been is kept as the last state, and the count goes up."""
        if "terminated" in self.state:
            self.last_state = self.state
        self.restarts += 1

    @property
    def exit_code(self) -> int | None:
        """Return the exit code of a container that has ended."""
        ended = self.state.get("terminated")
        return int(ended["exitCode"]) if ended else None

    def report(self) -> dict[str, Any]:
        """Return the entry of ``status.containerStatuses``."""
        return {
            "name": self.name,
            "image": self.image,
            "imageID": self.image if self.container_id else "",
            "containerID": self.container_id,
            "state": self.state,
            "lastState": self.last_state,
            "restartCount": self.restarts,
            "ready": self.ready,
            "started": "running" in self.state,
        }


def restored(container: Resource, found: Sequence[Resource]) -> ContainerState:
    """Return the state of a container as an earlier kubelet left it in the pod's status."""
    state = ContainerState(str(container["name"]), str(container["image"]))
    for entry in found:
        if entry.get("name") == state.name:
            state.restarts = int(entry.get("restartCount") or 0)
            state.last_state = dict(entry.get("lastState") or {})
            state.container_id = str(entry.get("containerID") or "")
            if entry.get("state"):
                state.state = dict(entry["state"])
    return state


def phase(policy: str, states: Sequence[ContainerState], initialized: bool) -> str:
    """Return the pod's phase."""
    codes = [state.exit_code for state in states]
    if initialized and all(code is not None for code in codes) and policy != "Always":
        if all(code == 0 for code in codes):
            return "Succeeded"
        if policy == "Never":
            return "Failed"
    begun = any("running" in state.state or state.exit_code is not None or state.restarts for state in states)
    return "Running" if initialized and begun else "Pending"


def render(
    pod: Resource,
    states: Sequence[ContainerState],
    init: Sequence[ContainerState],
    addresses: tuple[str, str],
    now: float,
    failure: tuple[str, str] = ("", ""),
) -> Resource:
    """Return the whole status.  ``addresses`` are the host's and the pod's; ``failure`` is a reason that ends it."""
    old = pod.get("status") or {}
    moment = resources.timestamp(now)
    initialized = all(state.exit_code == 0 for state in init)
    policy = str(pod["spec"].get("restartPolicy") or "Always")
    found = "Failed" if failure[0] else phase(policy, states, initialized)
    unready = [state.name for state in states if not state.ready]
    status: Resource = {
        "phase": found,
        "hostIP": addresses[0],
        "hostIPs": [{"ip": addresses[0]}],
        "podIP": addresses[1],
        "podIPs": [{"ip": addresses[1]}],
        "startTime": old.get("startTime") or moment,
        "conditions": conditions.carried(
            _conditions(found, unready, [state.name for state in init if state.exit_code != 0]),
            old.get("conditions"),
            moment,
        ),
        "containerStatuses": [state.report() for state in states],
    }
    if init:
        status["initContainerStatuses"] = [state.report() for state in init]
    if failure[0]:
        status["reason"], status["message"] = failure
    return status


def _conditions(found: str, unready: list[str], uninitialized: list[str]) -> list[conditions.Condition]:
    completed = "PodCompleted" if found == "Succeeded" else "PodFailed" if found == "Failed" else ""
    ready = not unready and not completed
    reason = completed or ("" if ready else "ContainersNotReady")
    message = "" if ready or completed else f"containers with unready status: [{' '.join(unready)}]"
    waiting = f"containers with incomplete status: [{' '.join(uninitialized)}]" if uninitialized else ""
    return [
        conditions.condition("PodReadyToStartContainers", not completed),
        conditions.condition(
            "Initialized", not uninitialized, "ContainersNotInitialized" if uninitialized else completed, waiting
        ),
        conditions.condition("Ready", ready, reason, message),
        conditions.condition("ContainersReady", ready, reason, message),
        conditions.condition("PodScheduled", True),
    ]

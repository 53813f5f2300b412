# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Why an operator does not deploy, or gives up waiting for, what a resource asks for."""

from __future__ import annotations

import time

from manuela_lab.operator import resources
from manuela_lab.operator.conditions import Condition, condition
from manuela_lab.operator.resources import Resource

OPERATION_TIMEOUT = 60.0
"""Seconds after which a pod or a mirror that does not come up is reported (Strimzi's own default is 300)."""


class Refused(Exception):
    """A resource that Strimzi would not deploy; ``reason`` is the exception's name there."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason

    @property
    def condition(self) -> Condition:
        """Return the condition that reports it."""
        return condition("NotReady", True, self.reason, str(self))


def timed_out(what: str) -> Condition:
    """Return the condition of a resource that was waited for in vain."""
    text = f"Exceeded timeout of {OPERATION_TIMEOUT * 1000:.0f}ms while waiting for {what}"
    return condition("NotReady", True, "TimeoutException", text)


def seconds_left(waiting_since: str | None) -> float:
    """Return how long one may still wait; nothing to wait for means: all of it."""
    return OPERATION_TIMEOUT - (time.time() - resources.seconds(waiting_since)) if waiting_since else OPERATION_TIMEOUT


def has_timed_out(resource: Resource) -> bool:
    """Return whether the resource's status says so already."""
    found = (resource.get("status") or {}).get("conditions") or ()
    return any(entry.get("reason") == "TimeoutException" for entry in found)

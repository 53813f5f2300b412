# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A little trouble on the way to a Git host is not noticed: what only reads is asked again."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Callable, TypeVar

from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import Failure
from ansible_collections.manuela.event_streaming.plugins.module_utils._wait import Clock

ValueT = TypeVar("ValueT")
RETRIES = 2
"""How often a connection that broke is made again; losing a race has an option of its own."""
_LONGEST_PAUSE = 3.0


def pause(attempt: int) -> float:
    """Return a random pause, so that two that met once do not meet again; longer with every attempt."""
    return random.uniform(0.02, min(_LONGEST_PAUSE, 0.1 * 2 ** min(attempt, 6)))  # noqa: S311 - no secret


@dataclass
class Patience:
    """Asks again when a connection broke; ``again`` says how often it has."""

    clock: Clock
    again: int = 0

    def ask(self, ask: Callable[[], ValueT]) -> ValueT:
        """Return what ``ask`` returns; the failure says how often it was asked."""
        for attempt in range(1, RETRIES + 1):
            try:
                return ask()
            except Failure as failure:
                if not failure.details.get("transient"):
                    raise
                self.clock.sleep(pause(attempt))
                self.again += 1
        try:
            return ask()
        except Failure as failure:
            failure.details["attempts"] = RETRIES + 1
            raise

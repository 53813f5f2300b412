# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Waiting with a deadline, on a clock that is passed in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Callable, Generic, Protocol, TypeVar

from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import Failure

ValueT = TypeVar("ValueT")


class Clock(Protocol):
    """Monotonic seconds and a sleep; ``_module.SystemClock`` is the real one."""

    def now(self) -> float:
        """Return monotonic seconds."""

    def sleep(self, seconds: float) -> None:
        """Pause."""


@dataclass(frozen=True)
class Look(Generic[ValueT]):
    """One observation.

    ``met``: the condition holds.  ``progress``: one line on what each part last said, without blanks at its ends.
    ``terminal``: a sentence when waiting longer cannot help; it ends the wait with the code ``failed``.
    """

    value: ValueT
    met: bool
    progress: str = ""
    terminal: str = ""


@dataclass(frozen=True)
class Waited(Generic[ValueT]):
    """The last observation, with seconds spent and the number of looks."""

    look: Look[ValueT]
    elapsed: float
    attempts: int

    @property
    def value(self) -> ValueT:
        """The last observed value."""
        return self.look.value


def wait_until(
    look: Callable[[], Look[ValueT]],
    *,
    what: str,
    clock: Clock,
    timeout: float,
    interval: float,
    once: bool = False,
    describe: Callable[[ValueT], Any] = lambda value: value,
) -> Waited[ValueT]:
    """Look until the condition is met, a terminal state is seen, or ``timeout`` seconds have passed.

    ``once`` looks one time and returns whatever it saw (check mode, or no waiting asked).  ``what`` completes the
    sentence "timed out waiting for ...".  ``describe`` turns the last value into JSON data for ``last_seen``.
    """
    start = clock.now()
    attempts = 0
    while True:
        attempts += 1
        seen = look()
        elapsed = clock.now() - start
        if seen.met or once:
            return Waited(seen, elapsed, attempts)
        if seen.terminal:
            raise _ended("failed", seen.terminal, seen, describe, elapsed, attempts)
        left = timeout - elapsed
        if left <= 0:
            sentence = (
                f"timed out after {elapsed:.0f} s waiting for {what}; last seen: {seen.progress or 'nothing'}. "
                "Look at what is named there, or give a longer wait_timeout"
            )
            raise _ended("timeout", sentence, seen, describe, elapsed, attempts)
        clock.sleep(min(interval, left))


def _ended(
    code: Any, sentence: str, seen: Look[ValueT], describe: Callable[[ValueT], Any], elapsed: float, attempts: int
) -> Failure:
    details = {
        "last_seen": describe(seen.value),
        "progress": seen.progress,
        "elapsed": round(elapsed, 1),
        "attempts": attempts,
    }
    return Failure(code, sentence, retryable=code == "timeout", details=details)

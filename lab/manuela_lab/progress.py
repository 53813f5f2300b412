# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lines on the terminal: what happens now and how long it has taken, so that long work never looks dead."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from typing import TextIO

from manuela_lab.errors import LabError

HEARTBEAT = 10.0
PAUSE = 0.1


class Progress:
    """Prints lines with the time since the command began; several threads may speak."""

    def __init__(self, stream: TextIO | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream = sys.stderr if stream is None else stream
        self._clock = clock
        self._begin = clock()
        self._lock = threading.Lock()
        self.stopped = threading.Event()

    @property
    def elapsed(self) -> float:
        """Seconds since the command began."""
        return self._clock() - self._begin

    def say(self, text: str) -> None:
        """One line."""
        with self._lock:
            print(f"[{minutes(self.elapsed)}] {text}", file=self._stream, flush=True)

    def wait(self, what: str, probe: Callable[[], str | None], timeout: float, hint: str) -> None:
        """Until ``probe`` has nothing more to say; speaks every ten seconds and ends at the deadline."""
        begin = said = self._clock()
        while True:
            seen = probe()
            now = self._clock()
            if seen is None:
                return
            if self.stopped.is_set():
                raise LabError(f"stopped while waiting for {what}")
            if now - begin > timeout:
                raise LabError(f"{what}: not after {timeout:.0f} s; last seen: {seen}; {hint}")
            if now - said >= HEARTBEAT:
                said = now
                self.say(f"waiting for {what} ({now - begin:.0f} s): {seen}")
            self.stopped.wait(PAUSE)


def minutes(seconds: float) -> str:
    """mm:ss."""
    return f"{int(seconds) // 60:02d}:{int(seconds) % 60:02d}"

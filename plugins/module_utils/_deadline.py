# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An end for calls of libraries that limit each read, but not how long an answer that drips may take."""

from __future__ import annotations

import threading
from typing import Callable, Generic, TypeVar

ValueT = TypeVar("ValueT")
_MARGIN = 1.25  # a library that notices the silence itself knows better what was silent


class RequestTimeout(Exception):
    """The answer did not come to its end in time."""


class _Call(threading.Thread, Generic[ValueT]):
    """One call; a thread that is given up ends with the process."""

    def __init__(self, work: Callable[[], ValueT]) -> None:
        super().__init__(daemon=True)
        self._work = work
        self.values: list[ValueT] = []
        self.error: BaseException | None = None

    def run(self) -> None:
        try:
            self.values.append(self._work())
        except BaseException as error:
            self.error = error


def within(seconds: float, work: Callable[[], ValueT]) -> ValueT:
    """Return what ``work`` returns, or raise what it raises.

    :raises RequestTimeout: when it takes longer than ``seconds`` and a margin.
    """
    call = _Call(work)
    call.start()
    call.join(seconds * _MARGIN)
    if call.error is not None:
        raise call.error
    if not call.values:
        raise RequestTimeout(f"the answer did not come to its end within {seconds:g} s")
    return call.values[0]

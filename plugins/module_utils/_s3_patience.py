# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Asking a store again: what may go well the next time, after which pause, and until when."""

from __future__ import annotations

import threading
from typing import Any, Callable, TypeVar

from ansible_collections.manuela.event_streaming.plugins.module_utils._s3_errors import said_in
from ansible_collections.manuela.event_streaming.plugins.module_utils._wait import Clock

ValueT = TypeVar("ValueT")
_PAUSES = (0.3, 1.0, 3.0)
_LONGEST_PAUSE = 20.0


class Patience:
    """Four attempts; no one begins after ``until``, in the clock's seconds, but the first.

    ``again`` counts, for all threads together, the requests that were sent again.
    """

    def __init__(self, clock: Clock, until: float | None = None) -> None:
        self.clock = clock
        self.until = until
        self.again = 0
        self._counting = threading.Lock()

    def ask(self, library: Any, work: Callable[[], ValueT]) -> ValueT:
        """Return what ``work`` returns; raise what it raised last, or what another attempt would not change."""
        for usual in _PAUSES:
            try:
                return work()
            except (library.exceptions.BotoCoreError, library.exceptions.ClientError,
                    library.parsers.ResponseParserError) as error:  # fmt: skip
                pause = _pause(library, error, usual)
                if pause is None or (self.until is not None and self.clock.now() + pause >= self.until):
                    raise
            self.clock.sleep(pause)
            with self._counting:
                self.again += 1
        return work()


def _pause(library: Any, error: Exception, usual: float) -> float | None:
    """Return the seconds after which to ask again, or none where the answer would be the same."""
    errors = library.exceptions
    if isinstance(error, errors.ClientError):
        wanted = error.response.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("retry-after", "")
        asked_for = min(float(wanted), _LONGEST_PAUSE) if wanted.isdecimal() else 0.0
        return max(usual, asked_for) if said_in(error.response).transient else None
    broken_off = (
        errors.HTTPClientError,
        errors.ConnectionError,
        errors.IncompleteReadError,
        library.parsers.ResponseParserError,
    )
    return usual if isinstance(error, broken_off) and not isinstance(error, errors.SSLError) else None

# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Waiting for real processes, with a deadline and a word about what is missing."""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Callable


def wait_for(what: str, met: Callable[[], object], seconds: float = 60.0) -> None:
    """Until ``met`` says so; a failure says what was waited for."""
    deadline = time.monotonic() + seconds
    while not met():
        assert time.monotonic() < deadline, f"no {what} within {seconds:.0f} s"
        time.sleep(0.2)


def listens(host: str, port: int) -> bool:
    """Whether somebody answers there."""
    with contextlib.suppress(OSError), socket.create_connection((host, port), timeout=1):
        return True
    return False

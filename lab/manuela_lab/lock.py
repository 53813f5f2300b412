# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One command at a time changes a lab."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from manuela_lab.errors import LabError

PATIENCE = 60.0


@contextmanager
def alone(path: Path, patience: float = PATIENCE) -> Iterator[None]:
    """Hold the lab's lock.  The kernel gives it back when the command dies, however it dies."""
    deadline = time.monotonic() + patience
    while True:
        descriptor = _try(path)
        if descriptor is not None:
            break
        if time.monotonic() > deadline:
            holder = _holder(path)
            raise LabError(f"another lab command (pid {holder}) is at work on {path.parent}; wait for it or end it")
        time.sleep(0.2)
    try:
        os.ftruncate(descriptor, 0)
        os.write(descriptor, str(os.getpid()).encode())
        yield
    finally:
        os.close(descriptor)


def _try(path: Path) -> int | None:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.fstat(descriptor).st_ino == path.stat().st_ino:
            return descriptor
    except (BlockingIOError, FileNotFoundError):
        pass  # held, or removed by a 'lab down' between opening and locking
    os.close(descriptor)
    return None


def _holder(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii") or "unknown"
    except OSError:
        return "unknown"

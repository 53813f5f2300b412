# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A directory for the time of one run; those that killed runs left are removed."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PREFIX = "event-streaming-room-"
_LEFTOVER_SECONDS = 86400


@contextmanager
def temporary_room(place: Path | None = None) -> Iterator[Path]:
    """Give an empty directory that only this user can read, in ``place`` when given, and remove it at the end."""
    place = place or Path(tempfile.gettempdir())
    _sweep(place)
    with tempfile.TemporaryDirectory(prefix=PREFIX, dir=place) as room:
        yield Path(room)


def _sweep(directory: Path) -> None:
    """Remove our rooms that nobody has touched for a day."""
    for entry in directory.glob(f"{PREFIX}*"):
        try:
            state = entry.lstat()
        except OSError:
            continue  # another run was quicker
        if state.st_uid == os.geteuid() and time.time() - state.st_mtime > _LEFTOVER_SECONDS:
            shutil.rmtree(entry, ignore_errors=True)

# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which paths of a work copy a run of ours is editing: a record that outlives a kill.

Local changes are somebody's work, unless a run of ours found the paths clean, began to edit them and was killed before
it could publish.  git_worktree writes the record when it has seen the paths clean, git_publish ends it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable
from pathlib import Path

from ansible_collections.manuela.event_streaming.plugins.module_utils._files import write_atomic


class Claim:
    """The record in the work copy's Git directory."""

    def __init__(self, git_dir: Path) -> None:
        self._file = git_dir / "event-streaming-claim"

    def holds(self, path: str) -> bool:
        """Say whether a killed run of ours may have changed ``path``."""
        return any(path == name or path.startswith(f"{name}/") for name in self._paths())

    def take(self, paths: Iterable[str]) -> None:
        """Record that ``paths`` are edited from now on, besides those that an earlier run left."""
        named = sorted({os.path.normpath(path) for path in paths} | set(self._paths()))
        if named and named != self._paths():
            write_atomic(self._file, json.dumps(named).encode())

    def end(self, dirty: Callable[[], Iterable[str]]) -> None:
        """Forget the record, unless changes of that run are still there; ``dirty`` is asked when there is a record."""
        if self._file.exists() and not any(self.holds(path) for path in dirty()):
            self._file.unlink(missing_ok=True)

    def _paths(self) -> list[str]:
        try:
            found = json.loads(self._file.read_bytes())
        except (OSError, ValueError):
            return []
        return [str(path) for path in found] if isinstance(found, list) else []

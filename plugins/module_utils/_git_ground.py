# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What lies where files of another tree are to go: nothing of it is lost."""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath
from typing import Mapping

from ansible_collections.manuela.event_streaming.plugins.module_utils._git_tree import SUBMODULE, Change


class Ground:
    """The places of changes in a work tree, as they are now.

    ``covered`` maps each path where no file can be to the reason: a directory there, or something else than a
    directory above.  ``obstacles`` are those of these that a move would have to destroy.
    """

    def __init__(self, root: Path, changes: Mapping[str, Change]) -> None:
        self._root = root
        self._gone = {path for path, change in changes.items() if change.after is None}
        self._stamps = {path: stamp_of(root / path) for path in changes}
        self._above: dict[str, str] = {}
        covers = {path: self._cover(path, change) for path, change in changes.items()}
        self.covered = {path: cover for path, cover in covers.items() if cover}
        wanted = {cover for path, cover in self.covered.items() if changes[path].after is not None}
        self.obstacles = frozenset(cover for cover in wanted if not self._goes(cover))

    def changed(self) -> str:
        """Return a path that somebody has changed since then, or an empty text."""
        return next((path for path, stamp in self._stamps.items() if stamp_of(self._root / path) != stamp), "")

    def _cover(self, path: str, change: Change) -> str:
        """Return what keeps a file from being at ``path``: a name above it, itself, or nothing."""
        above = str(PurePosixPath(path).parent)
        if above not in self._above:
            self._above[above] = self._no_directory(above)
        if self._above[above]:
            return self._above[above]
        is_module = any(entry and entry.mode == SUBMODULE for entry in (change.before, change.after))
        return path if not is_module and _is_directory(self._root / path) else ""

    def _no_directory(self, folder: str) -> str:
        """Return the first name of ``folder`` that is something else than a directory."""
        for name in (*reversed(PurePosixPath(folder).parents), PurePosixPath(folder)):
            place = self._root / name
            if stamp_of(place) and not _is_directory(place):
                return str(name)
        return ""

    def _goes(self, cover: str) -> bool:
        """Say whether what covers a path is taken away by the same changes, or is nothing but empty directories."""
        place = self._root / cover
        if not _is_directory(place):
            return cover in self._gone
        below = [Path(folder, name) for folder, folders, files in os.walk(place)
                 for name in (*files, *(one for one in folders if Path(folder, one).is_symlink()))]  # fmt: skip
        return all(path.relative_to(self._root).as_posix() in self._gone for path in below)


def stamp_of(path: Path) -> object:
    """Return what tells whether a file was changed; none when there is nothing."""
    try:
        state = path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    return state.st_ino, state.st_size, state.st_mtime_ns


def _is_directory(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()

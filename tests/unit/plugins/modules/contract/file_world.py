# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A work tree on a real file system."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

NOON = 1_800_000_000.0


class Clock:
    """Seconds that pass only by sleeping."""

    def __init__(self, seconds: float = NOON) -> None:
        self.seconds = seconds

    def now(self) -> float:
        return self.seconds

    def epoch(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds


class FileWorld:
    """A directory with files; ``given`` names it as the work tree."""

    secrets: tuple[str, ...] = ()
    monkeypatch: Any

    def __init__(self, root: Path, files: Mapping[str, str]) -> None:
        self.root = root / "tree"
        self.clock = Clock()
        self.given: dict[str, Any] = {"work_tree": str(self.root)}
        for path, text in files.items():
            self.write(path, text)

    def write(self, path: str, text: str) -> None:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, newline="")

    def forget_renames(self) -> None:
        """Be a file system that says yes and does nothing."""
        self.monkeypatch.setattr(os, "replace", lambda source, target: os.unlink(source))

    def forget_links(self) -> None:
        """Say yes to a new link, and make none."""
        self.monkeypatch.setattr(os, "symlink", lambda text, path: None)

    def snapshot(self) -> Any:
        return tree_of(self.root)

    def written(self) -> Any:
        return self.snapshot()

    def kept(self) -> Any:
        return self.snapshot()

    def close(self) -> None:
        pass


def tree_of(root: Path, *, but: str = "") -> dict[str, Any]:
    """Return bytes, mode, inode and time of every file below ``root``, and the text of every link."""
    found = {}
    for path in sorted(root.rglob("*")):
        name = str(path.relative_to(root))
        if but and name.split("/", maxsplit=1)[0] == but:
            continue
        state = path.lstat()
        content = path.readlink() if path.is_symlink() else path.read_bytes() if path.is_file() else None
        found[name] = (content, state.st_mode, state.st_ino, state.st_mtime_ns)
    return found

# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A work tree on a real file system, and a check of everything a module must not touch."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable, Mapping

import pytest
from ansible_collections.manuela.event_streaming.plugins.module_utils._plan import Result

Core = Callable[[Mapping[str, Any], bool, Any], Result]
NOON = 1_800_000_000.0


@dataclass
class Clock:
    """A clock that stands still."""

    seconds: float = NOON

    def now(self) -> float:
        return self.seconds

    def epoch(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds


@dataclass
class Tree:
    """A directory to build files in, and to compare before and after."""

    root: Path

    def clock(self, seconds: float = NOON) -> Clock:
        return Clock(seconds)

    def add(self, path: str, content: str | bytes) -> Path:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return file

    def link(self, path: str, text: str) -> Path:
        link = self.root / path
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(text)
        return link

    def bytes(self, path: str) -> bytes:
        return (self.root / path).read_bytes()

    def snapshot(self) -> dict[str, Any]:
        """Return bytes, mode, inode and time of every file, and the text of every link."""
        return {
            str(path.relative_to(self.root)): (
                path.readlink() if path.is_symlink() else path.read_bytes() if path.is_file() else None,
                path.lstat().st_mode,
                path.lstat().st_ino,
                path.lstat().st_mtime_ns,
            )
            for path in sorted(self.root.rglob("*"))
        }

    def run(self, core: Core, params: Mapping[str, Any], clock: Clock | None = None) -> Result:
        """Run a converging module as its users do: in check mode, for real, and once more.

        Check mode writes nothing and predicts ``changed``, reasons and diff; the third run changes nothing.
        """
        clock = clock or Clock()
        params = {"work_tree": str(self.root), **params}
        before = self.snapshot()
        predicted = core(params, True, clock)
        assert self.snapshot() == before
        done = core(params, False, clock)
        assert (done.changed, done.reasons) == (predicted.changed, predicted.reasons)
        assert (done.before, done.after) == (predicted.before, predicted.after)
        assert set(done.state) == set(predicted.state)
        after = self.snapshot()
        assert not core(params, False, clock).changed
        assert self.snapshot() == after
        if not done.changed:
            assert after == before
        return done


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    root = tmp_path / "tree"
    root.mkdir()
    return Tree(root)

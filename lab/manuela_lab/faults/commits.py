# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults that somebody committed: one commit in the remote, taken back by a commit that reverts it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from manuela_lab.errors import LabError
from manuela_lab.faults.world import World
from manuela_lab.gitremote import git


class Edit(Protocol):
    """One change of a work tree."""

    def apply(self, tree: Path) -> None:
        """Do it."""


@dataclass(frozen=True)
class Replace:
    """Replace what a pattern finds in a file by a text."""

    path: str
    pattern: str
    text: str

    def apply(self, tree: Path) -> None:
        file = tree / self.path
        before = file.read_text(encoding="utf-8")
        after = re.sub(self.pattern, self.text, before, count=1, flags=re.MULTILINE)
        if after == before:
            raise LabError(
                f"{self.path} holds nothing like {self.pattern}: this fault needs the stage that is about it"
            )
        file.write_text(after, encoding="utf-8")


@dataclass(frozen=True)
class Write:
    """Make a file with a text."""

    path: str
    text: str

    def apply(self, tree: Path) -> None:
        (tree / self.path).write_text(self.text, encoding="utf-8")


@dataclass(frozen=True)
class Rewrite:
    """Make a file's text anew from what it is and where the lab is."""

    path: str
    text: Callable[[str], str]

    def apply(self, tree: Path) -> None:
        file = tree / self.path
        file.write_text(self.text(file.read_text(encoding="utf-8")), encoding="utf-8")


@dataclass(frozen=True)
class Link:
    """Make a symbolic link, in the place of another one if there is one."""

    path: str
    target: str

    def apply(self, tree: Path) -> None:
        (tree / self.path).unlink(missing_ok=True)
        (tree / self.path).symlink_to(self.target)


@dataclass(frozen=True)
class Commit:
    """All edits in one commit."""

    edits: tuple[Edit, ...]
    message: str = "A change that nobody reviewed"

    def inject(self, world: World) -> str:
        with world.tree() as tree:
            for edit in self.edits:
                edit.apply(tree)
            git("add", "--all", cwd=tree)
            git("commit", "-q", "-m", self.message, cwd=tree)
            return world.publish(tree)

    def clear(self, world: World, kept: str) -> None:
        with world.tree() as tree:
            if f"This reverts commit {kept}" not in git("log", "--format=%b", f"{kept}..HEAD", cwd=tree):
                git("revert", "--no-edit", kept, cwd=tree)
                world.end_syncs()
                world.publish(tree)


def commit(*edits: Edit) -> Commit:
    """Return one commit of these edits."""
    return Commit(edits)

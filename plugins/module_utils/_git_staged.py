# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the user's index holds, and which files it says are not in the work tree."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ansible_collections.manuela.event_streaming.plugins.module_utils._git import Git
from ansible_collections.manuela.event_streaming.plugins.module_utils._git_tree import Entry

_SKIPPED = "S"


@dataclass(frozen=True)
class Staged:
    """The entries of an index by path, those in conflict, and those that are marked skip-worktree."""

    entries: dict[str, Entry]
    unmerged: tuple[str, ...]
    skipped: frozenset[str]

    def leaves_out(self, path: str, root: Path) -> bool:
        """Say whether the file is missing because a sparse checkout leaves it out: nobody deleted it."""
        return path in self.skipped and not (root / path).is_symlink() and not (root / path).exists()


def staged_in(git: Git) -> Staged:
    """Return what the index of the work copy holds."""
    entries, unmerged, skipped = {}, set(), set()
    for field in git.run("ls-files", "-s", "-v", "-z").fields:
        meta, path = field.split("\t", 1)
        tag, mode, sha, stage = meta.split(" ")
        entries[path] = Entry(mode, sha)
        if stage != "0":
            unmerged.add(path)
        if tag.upper() == _SKIPPED:
            skipped.add(path)
    return Staged(entries, tuple(sorted(unmerged)), frozenset(skipped))

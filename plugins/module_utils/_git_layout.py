# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a work copy keeps what, asked once."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import Failure
from ansible_collections.manuela.event_streaming.plugins.module_utils._git import ANY, Access, Git

_QUESTIONS = ("--is-inside-work-tree", "--show-prefix", "--is-shallow-repository", "--git-dir",
              "--git-path", "objects", "--git-path", "hooks")  # fmt: skip


@dataclass(frozen=True)
class Layout:
    """The places of one work copy, and whether its history ends before the first commit."""

    root: Path
    git_dir: Path
    objects: Path
    hooks: Path
    is_shallow: bool

    @property
    def index(self) -> Path:
        """The user's index."""
        return self.git_dir / "index"

    @property
    def index_lock(self) -> Path:
        """What a git that writes the index makes first, and removes."""
        return self.git_dir / "index.lock"


def layout_of(path: Path, access: Access) -> Layout:
    """Return the layout of the work copy whose root is ``path``."""
    if not path.is_dir():
        raise Failure("not_found", f"there is no work copy at {path}. Run git_worktree first, or correct the path")
    root = path.resolve()
    done = Git(root, access).run("rev-parse", *_QUESTIONS, ok=ANY)
    answers = done.text.split("\n")
    if done.code or answers[:2] != ["true", ""] or len(answers) != 6:
        owner = "it belongs to another user, and git refuses it" if "dubious" in done.err else _why(done.err)
        raise Failure("refused", f"{path} is not the root of a Git work copy: {owner}. Give the root of one")
    git_dir, objects, hooks = ((root / answer).resolve() for answer in answers[3:])
    return Layout(root, git_dir, objects, hooks, answers[2] == "true")


def _why(said: str) -> str:
    if not said or "not a git repository" in said:
        return "it has no .git of its own"
    return " ".join(said.split()).removeprefix("fatal: ")

# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A chain of commits, built one on the other in an index of our own."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Mapping, Sequence

from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import Failure
from ansible_collections.manuela.event_streaming.plugins.module_utils._git_copy import WorkCopy
from ansible_collections.manuela.event_streaming.plugins.module_utils._git_hooks import CommitHooks
from ansible_collections.manuela.event_streaming.plugins.module_utils._git_tree import (
    NAMES_AT_ONCE,
    Change,
    PrivateIndex,
    changes_between,
)


@dataclass(frozen=True)
class Commit:
    """A commit that was built; ``wanted`` is its place in the asked list, None for a local one that was waiting."""

    sha: str
    paths: tuple[str, ...]
    wanted: int | None


@dataclass(frozen=True)
class Built:
    """A chain of commits: its tip, the new ones, and the paths where the remote's changes were merged in."""

    tip: str
    commits: tuple[Commit, ...] = ()
    merged: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()


class Chain:
    """Commits, one on the other, from a base."""

    def __init__(self, copy: WorkCopy, base: str) -> None:
        self._copy = copy
        self._signature: tuple[str, ...] = ()
        self._hooks: CommitHooks | None = None
        if not copy.git.quarantine:  # a check neither signs nor runs programs of the user's
            self._signature = ("-S",) if copy.git.config.is_on("commit.gpgsign") else ()
            self._hooks = CommitHooks(copy.git, copy.layout, copy.room)
        self._git = copy.git
        self._base = base
        self._tip = base
        self._commits: list[Commit] = []
        self._merged: set[str] = set()
        self._conflicts: list[str] = []

    @cached_property
    def _index(self) -> PrivateIndex:
        """The index on which the next commit is built; it begins at the tip."""
        return PrivateIndex(self._git, self._copy.tree(self._tip), self._copy.room)

    @property
    def has_new(self) -> bool:
        """Say whether one of the asked commits was made."""
        return any(commit.wanted is not None for commit in self._commits)

    def start_at(self, head: str, ahead: Sequence[str]) -> None:
        """Continue from local commits that already sit on the base."""
        self._commits = [Commit(sha, (), None) for sha in ahead]
        self._tip = head

    def replay(self, sha: str) -> None:
        """Build a waiting local commit again, here, with its own author, date and message."""
        parents = self._git.text("rev-list", "--parents", "-n", "1", sha).split()[1:]
        if len(parents) > 1:
            raise Failure("refused", f"{self._copy.root} has a local merge commit {sha[:12]} that is not on the "
                          "remote. Push it yourself first; nothing was changed")  # fmt: skip
        changes = changes_between(self._git, self._copy.tree(parents[0] if parents else ""), sha)
        name, email, date = self._git.text("log", "-1", "--format=%an%n%ae%n%ad", "--date=raw", sha).split("\n")
        author = {"GIT_AUTHOR_NAME": name, "GIT_AUTHOR_EMAIL": email, "GIT_AUTHOR_DATE": date,
                  "GIT_COMMITTER_NAME": name, "GIT_COMMITTER_EMAIL": email}  # fmt: skip
        self.add(None, self._git.text("log", "-1", "--format=%B", sha).strip() + "\n", changes, author)

    def add(self, wanted: int | None, message: str, changes: tuple[Change, ...], author: Mapping[str, str]) -> None:
        """Put one commit on top, unless its changes are there already."""
        self._conflicts += self._index.take(changes) if changes else ()
        if not changes or self._conflicts:
            return
        below = self._copy.tree(self._tip)
        made = self._index.changes_from(below)
        if not made:
            return
        if self._hooks and wanted is not None:
            message = self._hooks.run(self._index, message)
            made = self._index.changes_from(below)
        asked = {change.path: change.after for change in changes}
        self._merged |= {change.path for change in made if asked.get(change.path) != change.after}
        parents = ("-p", self._tip) if self._tip else ()
        arguments = (*self._signature, self._index.write(), *parents, "-F", "-")
        self._tip = self._git.text("commit-tree", *arguments, env=author, data=message.encode(errors="surrogateescape"))
        self._commits.append(Commit(self._tip, tuple(change.path for change in made), wanted))

    def finish(self) -> None:
        """Fail when a change met another one at the same place."""
        if self._conflicts:
            names = ", ".join(dict.fromkeys(self._conflicts))
            last = self._git.ask("log", "-1", "--format=%h by %an: %s", self._base, "--",
                                 *self._conflicts[:NAMES_AT_ONCE])  # fmt: skip
            raise Failure(
                "conflict",
                f"the remote changed the same lines of {names} (last in {last or 'an earlier commit'}). Take over that "
                f"change or drop yours in {self._copy.root}, then run again; files, index and HEAD are as they were",
                details={"paths": list(dict.fromkeys(self._conflicts)), "remote_revision": self._base},
            )

    def built(self) -> Built:
        """Return the chain."""
        waiting = sum(1 for commit in self._commits if commit.wanted is None)
        new = len(self._commits) - waiting
        reasons = []
        if waiting:
            reasons.append(f"{waiting} local commit(s) of an earlier run were not on the remote")
        if new:
            reasons.append(f"{new} commit(s) differ from the remote's files")
        if self._merged:
            reasons.append(f"merged with the remote's changes: {', '.join(sorted(self._merged))}")
        return Built(self._tip, tuple(self._commits), tuple(sorted(self._merged)), tuple(reasons))

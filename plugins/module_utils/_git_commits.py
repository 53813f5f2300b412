# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which commits are wanted, by whom, and which local ones wait for a push."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Mapping, Sequence

from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import Failure
from ansible_collections.manuela.event_streaming.plugins.module_utils._git import Git
from ansible_collections.manuela.event_streaming.plugins.module_utils._git_chain import Built, Chain
from ansible_collections.manuela.event_streaming.plugins.module_utils._git_copy import WorkCopy
from ansible_collections.manuela.event_streaming.plugins.module_utils._git_restore import (
    MARK,
    Past,
    Restore,
    past_of,
    restore_of,
)
from ansible_collections.manuela.event_streaming.plugins.module_utils._git_tree import (
    Change,
    PrivateIndex,
    in_parts,
    is_below,
)

DEFAULT_NAME = "manuela event streaming"
DEFAULT_EMAIL = "event-streaming@localhost"


@dataclass(frozen=True)
class Wanted:
    """A commit that is asked for: its whole message, and the paths that it may take."""

    message: str
    paths: tuple[str, ...]
    # The message when this is the first commit that the run makes.
    message_if_first: str
    restore: Restore | None = None
    past: Past | None = None

    def holds(self, path: str) -> bool:
        """Say whether ``path`` is one of the named paths or lies below one."""
        return is_below(path, self._named)

    @cached_property
    def _named(self) -> frozenset[str]:
        return frozenset(self.paths)


@dataclass(frozen=True)
class Author:
    """Who commits."""

    name: str
    email: str

    @classmethod
    def of(cls, git: Git, name: str | None, email: str | None) -> Author:
        """Return the given author, else git's configured identity, else the documented default."""
        known_name, known_email = git.identity()
        return cls(name or known_name or DEFAULT_NAME, email or known_email or DEFAULT_EMAIL)

    def environment(self) -> dict[str, str]:
        """Return the variables that make git commit as this author, now."""
        return {f"GIT_{role}_{part}": value for role in ("AUTHOR", "COMMITTER")
                for part, value in (("NAME", self.name), ("EMAIL", self.email))}  # fmt: skip


def wanted_commits(
    root: Path, commits: Sequence[Mapping[str, Any]], first_trailers: Mapping[str, Any]
) -> tuple[Wanted, ...]:
    """Return the asked commits, with paths relative to the work copy."""
    found = []
    for commit in commits:
        message = commit["subject"].strip()
        if not message:
            raise Failure("invalid_option", "commits: a message is empty. Give every commit a message")
        own = commit.get("trailers") or {}
        found.append(
            Wanted(
                message=_with_trailers(message, own),
                paths=_relative(root, commit["paths"]),
                message_if_first=_with_trailers(message, {**own, **first_trailers}),
                restore=restore_of(commit),
            )
        )
    return tuple(found)


def looked_back(copy: WorkCopy, head: str, wanted: Wanted) -> Wanted:
    """Return a commit that restores with what it restores, which its message says too."""
    if wanted.restore is None:
        return wanted
    past = past_of(copy, head, wanted.restore)
    below = Past(past.revision, tuple(change for change in past.changes if wanted.holds(change.path)))
    return replace(
        wanted,
        message=_marked(wanted.message, past),
        message_if_first=_marked(wanted.message_if_first, past),
        past=below,
    )


def _marked(message: str, past: Past) -> str:
    has_trailers = "\n\n" in message
    return f"{message}{'' if has_trailers else chr(10)}{MARK}: {past.revision}\n"


def _with_trailers(message: str, trailers: Mapping[str, Any]) -> str:
    lines = [f"{key}: {' '.join(str(value).split())}" for key, value in trailers.items()]
    return "\n".join([message, "", *lines]) + "\n" if lines else f"{message}\n"


def _relative(root: Path, paths: Sequence[str]) -> tuple[str, ...]:
    """Return the paths below ``root``; links in their directories are followed, a link at the end is kept."""
    found = []
    for path in paths:
        full = Path(os.path.normpath(root / path))
        real = full.parent.resolve() / full.name
        if real == root or not real.is_relative_to(root) or ".git" in real.relative_to(root).parts:
            raise Failure("invalid_option", f"commits: the path {path!r} is not below {root}. "
                          "Name files or directories inside the work copy")  # fmt: skip
        found.append(real.relative_to(root).as_posix())
    return tuple(dict.fromkeys(found))


@dataclass
class Stack:
    """Builds the same commits on any tip; the work tree is read once."""

    copy: WorkCopy
    head: str
    wanted: tuple[Wanted, ...]
    author: Author
    adopt: bool = False
    _changes: tuple[tuple[Change, ...], ...] | None = field(default=None, init=False)

    def build(self, base: str, ahead: tuple[str, ...], *, recorded: bool) -> Built:
        """Return the chain on ``base``: first the local commits that wait (``ahead``), then the wanted ones.

        ``recorded`` says that an earlier run of ours made the local commits, so that they need no explanation.  While
        HEAD contains ``base``, the local commits stay the very same ones; else each is built again on top of it.

        :raises Failure: ``refused`` for a local commit that nothing explains, ``conflict`` for lines that both sides
            changed.
        """
        if ahead and not (recorded or self.adopt):
            self._check_ours(ahead)
        chain = Chain(self.copy, base)
        if ahead and base and not self.copy.only_in(base, self.head):
            chain.start_at(self.head, ahead)
        else:
            for sha in ahead:
                chain.replay(sha)
        for number, (wanted, changes) in enumerate(zip(self.wanted, self.changes(), strict=True)):
            message = wanted.message if chain.has_new else wanted.message_if_first
            chain.add(number, message, changes, self.author.environment())
        chain.finish()
        return chain.built()

    def changes(self) -> tuple[tuple[Change, ...], ...]:
        """Return what the work tree changes for each wanted commit; a path belongs to the first that names it."""
        if self._changes is None:
            tree = self.copy.tree(self.head)
            index = PrivateIndex(self.copy.git, tree, self.copy.room)
            index.read_work_tree(self._files(index))
            left = list(index.changes_from(tree))
            groups = []
            for wanted in self.wanted:
                if wanted.past is not None:
                    groups.append(wanted.past.changes)
                    continue
                groups.append(tuple(change for change in left if wanted.holds(change.path)))
                left = [change for change in left if not wanted.holds(change.path)]
            self._changes = tuple(groups)
        return self._changes

    def report(self, built: Built) -> list[dict[str, Any]]:
        """Return the ``commits`` of the module's result: one item for each asked one, in order, made or not."""
        made = {commit.wanted: commit for commit in built.commits if commit.wanted is not None}
        return [
            {
                "message": wanted.message.strip(),
                "paths": list(made[number].paths) if number in made else [],
                "revision": made[number].sha if number in made else None,
                "created": number in made,
            }
            for number, wanted in enumerate(self.wanted)
        ]

    def _files(self, index: PrivateIndex) -> list[str]:
        """Return the files that the named paths stand for, present or deleted."""
        taken = [wanted for wanted in self.wanted if wanted.past is None]
        named = list(dict.fromkeys(path for wanted in taken for path in wanted.paths))
        tracked = index.entries(named) if named else {}
        skipped = self.copy.staged.skipped
        files = {path for path in tracked if path not in skipped}
        folders = []
        for path in named:
            full = self.copy.root / path
            if full.is_dir() and not full.is_symlink():
                folders.append(path)
            elif full.is_symlink() or full.exists():  # a name of its own counts for more than a mark
                files.add(path)
        for part in in_parts(folders):
            found = self.copy.git.run("ls-files", "-z", "--others", "--exclude-standard", "--", *part,
                                      env=index.environment)  # fmt: skip
            files.update(found.fields)
        return sorted(files)

    def _check_ours(self, ahead: tuple[str, ...]) -> None:
        """Refuse to push local commits that this run's list does not explain."""
        git = self.copy.git
        for sha in ahead:
            paths = git.run("diff-tree", "-r", "-z", "--root", "--no-commit-id", "--name-only", sha).fields
            if not all(any(wanted.holds(path) for wanted in self.wanted) for path in paths):
                line = git.text("log", "-1", "--format=%h %an: %s", sha)
                raise Failure(
                    "refused",
                    f"{self.copy.root} has a local commit that is not on the remote and touches other files than "
                    f"asked: {line}. Push or drop it yourself, or give adopt: true to push it too; nothing was changed",
                    details={"commits": list(ahead), "paths": paths},
                )

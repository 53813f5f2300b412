# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One Git work copy: what state it is in, where its remote is, and how it moves forward without losing a byte."""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Iterator

from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import Failure
from ansible_collections.manuela.event_streaming.plugins.module_utils._git import ANY, Access, Git
from ansible_collections.manuela.event_streaming.plugins.module_utils._git_tree import (
    Entry,
    PrivateIndex,
    changes_between,
)
from ansible_collections.manuela.event_streaming.plugins.module_utils._temporary_room import temporary_room

Entries = dict[str, "Entry | None"]
_BUSY = {"MERGE_HEAD": "merge", "rebase-merge": "rebase", "rebase-apply": "rebase", "CHERRY_PICK_HEAD": "cherry-pick",
         "REVERT_HEAD": "revert", "BISECT_LOG": "bisect"}  # fmt: skip


@contextmanager
def opened(path: str, access: Access, *, keep: bool) -> Iterator[WorkCopy]:
    """Open the work copy at ``path``; without ``keep`` nothing that is done in it stays in its ``.git``."""
    root = Path(path).expanduser()
    with temporary_room() as room:
        quarantine = None if keep else room / "objects"
        if quarantine:
            quarantine.mkdir()
        copy = WorkCopy(_root(root, access), access, room, quarantine)
        with _times_kept(copy.git) if quarantine else nullcontext():
            yield copy


@contextmanager
def _times_kept(git: Git) -> Iterator[None]:
    """Give objects their times back: git sets the time of an object that it finds where it was going to write one."""
    store = git.object_directory()
    times = _times(store)
    try:
        yield
    finally:
        for path, (read, written) in _times(store).items():
            if path in times and times[path][1] != written:
                os.utime(path, ns=(read, times[path][1]))


def _times(store: Path) -> dict[str, tuple[int, int]]:
    files = (entry for folder in store.iterdir() if folder.is_dir() for entry in os.scandir(folder) if entry.is_file())
    return {entry.path: ((state := entry.stat()).st_atime_ns, state.st_mtime_ns) for entry in files}


def _root(path: Path, access: Access) -> Path:
    if not path.is_dir():
        raise Failure("not_found", f"there is no work copy at {path}. Run git_worktree first, or correct the path")
    top = Git(path, access).ask("rev-parse", "--show-toplevel")
    if not top or Path(top).resolve() != path.resolve():
        said = Git(path, access).run("rev-parse", "--show-toplevel", ok=ANY).err
        owner = "it belongs to another user, and git refuses it" if "dubious" in said else "it has no .git of its own"
        raise Failure("refused", f"{path} is not the root of a Git work copy: {owner}. Give the root of one")
    return path.resolve()


class WorkCopy:
    """A work copy on disk."""

    def __init__(self, root: Path, access: Access, room: Path, quarantine: Path | None) -> None:
        self.root = root
        self.room = room
        self.git = Git(root, access, quarantine=quarantine)
        self.git_dir = Path(self.git.text("rev-parse", "--absolute-git-dir"))

    # --- state ---------------------------------------------------------------------------------------------------

    def branch(self) -> str:
        """Return the branch that is checked out."""
        name = self.git.ask("symbolic-ref", "--quiet", "--short", "HEAD")
        if not name:
            raise Failure("refused", f"{self.root} has no branch checked out (detached HEAD). "
                          "Check out the branch that the demo publishes to")  # fmt: skip
        return name

    def require(self, branch: str) -> str:
        """Return the current branch after making sure that it is the asked one and nothing is half done."""
        for name, verb in _BUSY.items():
            if (self.git_dir / name).exists():
                raise Failure("refused", f"a {verb} is in progress in {self.root}. Finish it or abort it "
                              f"(git {verb} --abort), then run again; nothing was changed")  # fmt: skip
        current = self.branch()
        if branch and current != branch:
            raise Failure("refused", f"{self.root} is on branch {current}, not on {branch}. Check out {branch} there "
                          "or give another directory; nothing was changed")  # fmt: skip
        unmerged = sorted({field.partition("\t")[2] for field in self.git.run("ls-files", "-u", "-z").fields})
        if unmerged:
            raise Failure("refused", f"{self.root} has unresolved conflicts in {', '.join(unmerged)}. Resolve them")
        return current

    def head(self) -> str:
        """Return the checked-out revision; an empty text before the first commit."""
        return self.git.ask("rev-parse", "--verify", "--quiet", "HEAD^{commit}")

    def tree(self, revision: str) -> str:
        """Return ``revision``, or the empty tree when there is none yet."""
        return revision or self.git.empty_tree

    def dirty(self) -> list[str]:
        """Return the paths with local changes, untracked files included."""
        fields = self.git.run("status", "--porcelain=v1", "-z", "--untracked-files=all", "--no-renames").fields
        return sorted(field[3:] for field in fields)

    # --- remote --------------------------------------------------------------------------------------------------

    def remote(self, branch: str) -> tuple[str, str]:
        """Return the name and the URL of the remote that ``branch`` belongs to."""
        name = self.git.ask("config", "--get", f"branch.{branch}.remote") or "origin"
        url = self.git.ask("remote", "get-url", name)
        if not url:
            raise Failure("not_found", f"{self.root} has no remote {name}. Add one: git remote add {name} URL")
        return name, url

    def default_branch(self, branch: str) -> str:
        """Return the default branch of the remote that ``branch`` belongs to, as the clone has noted it."""
        noted = f"refs/remotes/{self.remote(branch)[0]}/"
        return self.git.ask("symbolic-ref", "--quiet", f"{noted}HEAD").removeprefix(noted)

    def remote_tip(self, branch: str) -> str:
        """Return the remote's revision of ``branch``, with its objects here; an empty text when there is none."""
        name, url = self.remote(branch)
        reference = f"refs/heads/{branch}"
        listed = self.git.run("ls-remote", name, reference, url=url).text.splitlines()
        found = [line.split("\t")[0] for line in listed if line.endswith(f"\t{reference}")]
        if not found:
            return ""
        if not self.knows(found[0]):
            target = [] if self.git.quarantine else [f"+{reference}:refs/remotes/{name}/{branch}"]
            self.git.run("fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--refmap=", name,
                         *(target or [reference]), url=url)  # fmt: skip
        return self.git.text("rev-parse", f"refs/remotes/{name}/{branch}") if not self.knows(found[0]) else found[0]

    def knows(self, revision: str) -> bool:
        """Say whether the commit is in this repository."""
        return self.git.run("cat-file", "-e", f"{revision}^{{commit}}", ok=(0, 1, 128)).code == 0

    def only_in(self, revision: str, other: str) -> list[str]:
        """Return the commits of ``revision`` that ``other`` does not contain, oldest first."""
        if not revision:
            return []
        not_in = [f"^{other}"] if other else []
        return self.git.text("rev-list", "--reverse", "--topo-order", revision, *not_in).split()

    # --- moving forward ------------------------------------------------------------------------------------------

    def advance(self, branch: str, old: str, new: str, ours: Entries | None = None, *, dry: bool = False) -> Advance:
        """Move branch, index and work tree from ``old`` to ``new``, or leave all three alone.

        Files with the content of ``old`` become those of ``new``, files that already have the content of ``new``
        stay, and any other local change at such a path stops the move.  ``ours`` is work tree content that is known
        to be part of ``new``, perhaps merged with the remote's.  ``dry`` only says whether it could move.
        """
        if old == new:
            return Advance(True)
        changes = {change.path: change for change in changes_between(self.git, self.tree(old), new)}
        local = PrivateIndex(self.git, self.tree(old), self.room)
        local.read_work_tree(changes)
        held, staged = local.entries(), self._staged()
        stuck = [
            path for path, change in changes.items()
            if held.get(path) not in (change.before, change.after, (ours or {}).get(path, change.before))
            or staged.get(path) not in (change.before, change.after, held.get(path))
        ]  # fmt: skip
        if stuck or dry:
            return Advance(not stuck, tuple(sorted(stuck)))
        self._move(new, {path: held.get(path) for path in changes})
        self.git.run("update-ref", "-m", "event_streaming", f"refs/heads/{branch}", new, old or self.git.zero)
        return Advance(True)

    def _staged(self) -> dict[str, Entry]:
        return PrivateIndex(self.git, None, self.room, file=self.git_dir / "index").entries()

    def _move(self, new: str, held: Entries) -> None:
        """Bring work tree and index to ``new``, in a copy of the index that replaces the user's in one step."""
        index = self.git_dir / "index"
        copy = self.git_dir / f"event-streaming-index-{os.getpid()}"
        stamp = _stamp(index)
        try:
            if index.exists():
                shutil.copy2(index, copy)
            scratch = PrivateIndex(self.git, None, self.room, file=copy)
            scratch.put(held)  # the index now says what the work tree holds, so that git may replace it
            self.git.run("update-index", "-q", "--refresh", env=scratch.environment, ok=(0, 1))
            tree = self.git.text("write-tree", env=scratch.environment)
            self.git.run("read-tree", "-m", "-u", tree, self._with_others(tree, new, held), env=scratch.environment)
            self._replace(index, copy, stamp)
        finally:
            copy.unlink(missing_ok=True)
            copy.with_name(copy.name + ".lock").unlink(missing_ok=True)

    def _with_others(self, tree: str, new: str, held: Entries) -> str:
        """Return ``tree`` with the moved paths as in ``new``: what else the user staged stays staged."""
        mixed = PrivateIndex(self.git, tree, self.room)
        target = PrivateIndex(self.git, new, self.room).entries()
        mixed.put({path: target.get(path) for path in held})
        return mixed.write()

    def _replace(self, index: Path, copy: Path, stamp: object) -> None:
        lock = index.with_name("index.lock")
        try:
            os.link(copy, lock)  # atomic, and fails when another git holds the index
        except FileExistsError:
            raise Failure("conflict", f"another git works in {self.root} ({lock} exists). Wait for it, or remove "
                          "the file when none runs, then run again", retryable=True) from None  # fmt: skip
        if _stamp(index) != stamp:
            lock.unlink()
            raise Failure("conflict", f"another git changed the index of {self.root}. Run again", retryable=True)
        os.replace(lock, index)


@dataclass(frozen=True)
class Advance:
    """Whether the work copy moved, and the paths with local changes that kept it where it was."""

    moved: bool
    stuck: tuple[str, ...] = ()


def _stamp(path: Path) -> object:
    try:
        state = path.stat()
    except FileNotFoundError:
        return None
    return state.st_ino, state.st_size, state.st_mtime_ns

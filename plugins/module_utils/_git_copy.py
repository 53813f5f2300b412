# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One Git work copy: what state it is in, where its remote is, and how it moves forward without losing a byte."""

from __future__ import annotations

import os
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Iterator, Mapping

from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import Failure
from ansible_collections.manuela.event_streaming.plugins.module_utils._git import ANY, Access, Git
from ansible_collections.manuela.event_streaming.plugins.module_utils._git_errors import (
    git_failure,
    lacks_branch,
    without_password,
)
from ansible_collections.manuela.event_streaming.plugins.module_utils._git_ground import Ground
from ansible_collections.manuela.event_streaming.plugins.module_utils._git_layout import Layout, layout_of
from ansible_collections.manuela.event_streaming.plugins.module_utils._git_move import Move, move
from ansible_collections.manuela.event_streaming.plugins.module_utils._git_staged import Staged, staged_in
from ansible_collections.manuela.event_streaming.plugins.module_utils._git_tree import (
    Change,
    Entry,
    PrivateIndex,
    changes_between,
)
from ansible_collections.manuela.event_streaming.plugins.module_utils._temporary_room import temporary_room

_BUSY = {"MERGE_HEAD": "merge", "rebase-merge": "rebase", "rebase-apply": "rebase", "CHERRY_PICK_HEAD": "cherry-pick",
         "REVERT_HEAD": "revert", "BISECT_LOG": "bisect"}  # fmt: skip
_MOST_LOOKS = 3
_FETCH = ("--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules", "--refmap=")


@contextmanager
def opened(path: str, access: Access, *, keep: bool) -> Iterator[WorkCopy]:
    """Open the work copy at ``path``; without ``keep`` nothing that is done in it stays in its ``.git``."""
    layout = layout_of(Path(path).expanduser(), access)
    with temporary_room() as room:
        quarantine = None if keep else room / "objects"
        if quarantine:
            quarantine.mkdir()
        copy = WorkCopy(layout, access, room, quarantine)
        with _times_kept(layout) if quarantine else nullcontext():
            yield copy


@contextmanager
def _times_kept(layout: Layout) -> Iterator[None]:
    """Give files their times back: git sets that of an object which it was going to write, and of a shared index."""
    times = _times(layout)
    try:
        yield
    finally:
        for path, (read, written) in _times(layout).items():
            if path in times and times[path][1] != written:
                os.utime(path, ns=(read, times[path][1]))


def _times(layout: Layout) -> dict[str, tuple[int, int]]:
    folders = [folder for folder in layout.objects.iterdir() if folder.is_dir()]
    files = [entry for folder in folders for entry in os.scandir(folder) if entry.is_file()]
    files += [entry for entry in os.scandir(layout.git_dir) if entry.name.startswith("sharedindex.")]
    return {entry.path: ((state := entry.stat()).st_atime_ns, state.st_mtime_ns) for entry in files}


class WorkCopy:
    """A work copy on disk."""

    def __init__(self, layout: Layout, access: Access, room: Path, quarantine: Path | None) -> None:
        self.layout = layout
        self.root = layout.root
        self.room = room
        self.git = Git(layout.root, access, quarantine=quarantine, objects=layout.objects)
        self.git_dir = layout.git_dir
        self._defaults: dict[str, str] = {}

    # --- state ---------------------------------------------------------------------------------------------------

    @cached_property
    def current(self) -> str:
        """The branch that HEAD names, whether it has a commit or not; an empty text when HEAD is detached."""
        return self.git.ask("symbolic-ref", "--quiet", "HEAD").removeprefix("refs/heads/")

    def branch(self) -> str:
        """Return the branch that is checked out."""
        if not self.current:
            raise Failure("refused", f"{self.root} has no branch checked out (detached HEAD). "
                          "Check out the branch that the demo publishes to")  # fmt: skip
        return self.current

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
        if unmerged := self.staged.unmerged:
            raise Failure("refused", f"{self.root} has unresolved conflicts in {', '.join(unmerged)}. Resolve them")
        return current

    @cached_property
    def staged(self) -> Staged:
        """What the user's index holds, as it was first seen."""
        return staged_in(self.git)

    @cached_property
    def head(self) -> str:
        """The revision that was checked out at first; an empty text before the first commit."""
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
        config = self.git.config
        name = config.remote_of(branch)
        written = config.urls_of(name)
        url = written[0] if written and not config.rewrites else self.git.ask("remote", "get-url", name)
        if not url:
            raise Failure("not_found", f"{self.root} has no remote {name}. Add one: git remote add {name} URL")
        return name, url

    def default_branch(self, branch: str) -> str:
        """Return the default branch of the remote that ``branch`` belongs to, as the clone has noted it."""
        noted = f"refs/remotes/{self.remote(branch)[0]}/"
        if noted not in self._defaults:
            self._defaults[noted] = self.git.ask("symbolic-ref", "--quiet", f"{noted}HEAD").removeprefix(noted)
        return self._defaults[noted]

    def remote_tip(self, branch: str) -> str:
        """Return the remote's revision of ``branch``, with its objects here; an empty text when there is none."""
        return self._looked_up(branch) if self.git.quarantine else self._fetched(branch)

    def _fetched(self, branch: str) -> str:
        """Fetch what the remote has and read it from the note: one question, also when there is something new."""
        name, url = self.remote(branch)
        noted = f"refs/remotes/{name}/"
        done = self.git.run("fetch", *_FETCH, name, f"+refs/heads/{branch}:{noted}{branch}", url=url, ok=ANY)
        if done.code:
            if lacks_branch(done.err):
                return ""
            raise git_failure("git fetch", done.err or done.text, url, self.git.redact)
        tips = {}
        asked = (f"{noted}HEAD", f"{noted}{branch}")
        for line in self.git.text("for-each-ref", "--format=%(refname) %(objectname) %(symref)", *asked).splitlines():
            found, tips[found], target = line.split(" ")
            if found == f"{noted}HEAD":
                self._defaults[noted] = target.removeprefix(noted)
        return tips[f"{noted}{branch}"]

    def _looked_up(self, branch: str) -> str:
        """Ask what the remote has, then fetch what is not here: a fetch that notes nothing does not say what it got."""
        name, url = self.remote(branch)
        reference = f"refs/heads/{branch}"
        for _look in range(_MOST_LOOKS):
            listed = self.git.run("ls-remote", name, reference, url=url).text.splitlines()
            found = [line.split("\t")[0] for line in listed if line.endswith(f"\t{reference}")]
            if not found or self.knows(found[0]):
                return found[0] if found else ""
            self.git.run("fetch", *_FETCH, name, reference, url=url)
            if self.git.run("cat-file", "-e", f"{found[0]}^{{commit}}", ok=ANY).code == 0:
                return found[0]
        raise Failure("conflict", f"branch {branch} of {without_password(url)} was replaced {_MOST_LOOKS} times while "
                      "it was looked at. Run again when it is quieter", retryable=True)  # fmt: skip

    def knows(self, revision: str) -> bool:
        """Say whether the commit is here with all that belongs to it: of a fetch that was cut off, a part may be."""
        return revision == self.head or bool(self.git.ask("for-each-ref", "--count=1", "--contains", revision))

    def only_in(self, revision: str, other: str) -> list[str]:
        """Return the commits of ``revision`` that ``other`` does not contain, oldest first."""
        if not revision or revision == other:
            return []
        not_in = [f"^{other}"] if other else []
        return self.git.text("rev-list", "--reverse", "--topo-order", revision, *not_in).split()

    # --- moving forward ------------------------------------------------------------------------------------------

    def advance(
        self, branch: str, old: str, new: str, ours: dict[str, Entry | None] | None = None, *, dry: bool = False
    ) -> Advance:
        """Move branch, index and work tree from ``old`` to ``new``, or leave all three alone.

        Files with the content of ``old`` become those of ``new``, files that already have the content of ``new``
        stay, and any other local change at such a path stops the move.  ``ours`` is work tree content that is known
        to be part of ``new``, perhaps merged with the remote's.  ``dry`` only says whether it could move.
        """
        if old == new:
            return Advance(True)
        changes = {change.path: change for change in changes_between(self.git, self.tree(old), new)}
        staged = staged_in(self.git)
        ground = Ground(self.root, changes)
        held = self._held(old, changes, staged, ground)
        stuck = {
            ground.covered.get(path, path) for path, change in changes.items()
            if held[path] not in (change.before, change.after, (ours or {}).get(path, change.before))
            or staged.entries.get(path) not in (change.before, change.after, held[path])
        } | ground.obstacles  # fmt: skip
        if stuck or dry:
            return Advance(not stuck, tuple(sorted(stuck)))
        # The index is to say what the work tree holds, so that git may replace it.
        told = {path: entry for path, entry in held.items() if staged.entries.get(path) != entry}
        move(self.git, self.layout, self.room, Move(changes, held, told, ground))
        self.git.run("update-ref", "-m", "event_streaming", f"refs/heads/{branch}", new, old or self.git.zero)
        return Advance(True)

    def _held(self, old: str, changes: Mapping[str, Change], staged: Staged, ground: Ground) -> dict[str, Entry | None]:
        """Return what the work tree holds at the paths of ``changes``."""
        local = PrivateIndex(self.git, self.tree(old), self.room)
        looked_at = [path for path in changes if not staged.leaves_out(path, self.root)]
        local.read_work_tree(path for path in looked_at if path not in ground.covered)
        local.put({path: None for path in looked_at if path in ground.covered})
        differs = {change.path: change.after for change in local.changes_from(self.tree(old))}
        return {path: differs.get(path, change.before) for path, change in changes.items()}


@dataclass(frozen=True)
class Advance:
    """Whether the work copy moved, and the paths with local changes that kept it where it was."""

    moved: bool
    stuck: tuple[str, ...] = ()

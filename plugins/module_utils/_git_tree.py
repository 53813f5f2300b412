# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Trees of a Git repository, changed in an index of our own: the user's index and work tree are never touched here."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Collection, Iterable, Iterator, Literal, Mapping, Sequence

from ansible_collections.manuela.event_streaming.plugins.module_utils._git import ANY, Git

_FILES = ("100644", "100755")
SUBMODULE = "160000"
_NOTHING = "000000"
NAMES_AT_ONCE = 500
"""How many paths one command line takes: it has an end, and not everywhere the same."""
_RAW = ("-r", "-z", "--raw", "--no-renames", "--no-abbrev", "--ignore-submodules=none")

Verdict = Literal["there", "take", "merge", "conflict"]


@dataclass(frozen=True)
class Entry:
    """What a tree holds at a path: a file, an executable, a link (120000) or a submodule."""

    mode: str
    sha: str


@dataclass(frozen=True)
class Change:
    """One path that differs between two trees."""

    path: str
    before: Entry | None
    after: Entry | None


def in_parts(names: Sequence[str]) -> Iterator[Sequence[str]]:
    """Return the names in parts that a command line can hold."""
    return (names[start : start + NAMES_AT_ONCE] for start in range(0, len(names), NAMES_AT_ONCE))


def is_below(path: str, named: Collection[str]) -> bool:
    """Say whether a path is one of the named ones or lies below one."""
    return path in named or any(str(above) in named for above in PurePosixPath(path).parents)


def changes_between(git: Git, old: str, new: str) -> tuple[Change, ...]:
    """Return what differs between two trees (or commits)."""
    return _changes(git.run("diff-tree", *_RAW, old, new).fields)


def changes_of(git: Git, commit: str) -> tuple[Change, ...]:
    """Return what a commit did; nothing for a merge, whose changes are those of the commits that it joins."""
    return _changes(git.run("diff-tree", *_RAW, "--root", "--no-commit-id", commit).fields)


def _changes(fields: list[str]) -> tuple[Change, ...]:
    found = []
    for header, path in zip(fields[::2], fields[1::2], strict=True):
        old_mode, new_mode, old_sha, new_sha = header.lstrip(":").split(" ")[:4]
        found.append(Change(path, _entry(old_mode, old_sha), _entry(new_mode, new_sha)))
    return tuple(found)


def _entry(mode: str, sha: str) -> Entry | None:
    return None if mode == _NOTHING else Entry(mode, sha)


def judge(change: Change, found: Entry | None) -> Verdict:
    """Say how a change fits on a tree that holds ``found`` at its path."""
    if found == change.after:
        return "there"
    if found == change.before:
        return "take"
    texts = (change.before, change.after, found)
    if all(entry is not None and entry.mode in _FILES for entry in texts):
        return "merge"
    return "conflict"


class PrivateIndex:
    """An index file of our own, filled from a tree; it collects changes and becomes a new tree.

    With ``tree=None`` it is the existing ``file``, as it is.
    """

    def __init__(self, git: Git, tree: str | None, directory: Path, *, file: Path | None = None) -> None:
        self.git = git
        self._directory = directory
        path = file or Path(tempfile.mkdtemp(dir=directory)) / "index"
        self._env = {"GIT_INDEX_FILE": str(path)}
        if tree:
            git.run("read-tree", tree, env=self._env)

    @property
    def environment(self) -> dict[str, str]:
        """The variables that make a git process work on this index."""
        return dict(self._env)

    def entries(self, paths: Collection[str] = ()) -> dict[str, Entry]:
        """Return what the index holds (below ``paths``, when given)."""
        few = paths if len(paths) <= NAMES_AT_ONCE else ()
        held = {}
        for field in self.git.run("ls-files", "-s", "-z", "--", *few, env=self._env).fields:
            meta, path = field.split("\t", 1)
            mode, sha = meta.split(" ")[:2]
            held[path] = Entry(mode, sha)
        return held if few or not paths else {path: held[path] for path in held if is_below(path, frozenset(paths))}

    def put(self, entries: Mapping[str, Entry | None]) -> None:
        """Set or remove entries."""
        if not entries:
            return
        lines = [
            f"{_NOTHING} {self.git.zero}\t{path}" if entry is None else f"{entry.mode} {entry.sha}\t{path}"
            for path, entry in entries.items()
        ]
        data = "".join(f"{line}\0" for line in lines).encode("utf-8", "surrogateescape")
        self.git.run("update-index", "-z", "--index-info", env=self._env, data=data)

    def changes_from(self, tree: str) -> tuple[Change, ...]:
        """Return what differs between a tree and this index."""
        return _changes(self.git.run("diff-index", *_RAW, "--cached", tree, env=self._env).fields)

    def read_work_tree(self, paths: Iterable[str]) -> None:
        """Take the files at ``paths`` as they are in the work tree; a missing one is removed from the index."""
        data = "".join(f"{path}\0" for path in paths).encode("utf-8", "surrogateescape")
        if data:
            self.git.run("update-index", "-z", "--add", "--remove", "--replace", "--stdin", env=self._env, data=data)

    def write(self) -> str:
        """Return the tree that the index describes."""
        return self.git.text("write-tree", env=self._env)

    def take(self, changes: Iterable[Change]) -> tuple[str, ...]:
        """Put ``changes`` on this index; return the paths that conflict (then nothing was put)."""
        changes = tuple(changes)
        if not changes:
            return ()
        held = self.entries()
        new: dict[str, Entry | None] = {}
        conflicts = []
        for change in changes:
            found = held.get(change.path)
            verdict = judge(change, found)
            if verdict == "take":
                new[change.path] = change.after
            elif verdict == "merge":
                new[change.path] = self._merge(change, found)
                verdict = "take" if new[change.path] else "conflict"
            if verdict == "conflict":
                conflicts.append(change.path)
        conflicts += _blocked([change.path for change in changes if change.before is None], held, new)
        if not conflicts and new:
            self.put(new)
        return tuple(conflicts)

    def _merge(self, change: Change, found: Entry | None) -> Entry | None:
        """Merge a file that both sides changed, as a pull would; None when the same lines differ."""
        if not (change.before and change.after and found):
            return None
        if change.before.mode != change.after.mode and found.mode not in (change.before.mode, change.after.mode):
            return None
        mode = change.after.mode if found.mode == change.before.mode else found.mode
        with tempfile.TemporaryDirectory(dir=self._directory) as room:
            names = []
            for name, entry in (("ours", change.after), ("base", change.before), ("theirs", found)):
                Path(room, name).write_bytes(self.git.run("cat-file", "blob", entry.sha).out)
                names.append(str(Path(room, name)))
            done = self.git.run("merge-file", "-p", "-q", *names, ok=ANY)
        if done.code != 0:
            return None
        return Entry(mode, self.git.run("hash-object", "-w", "--stdin", data=done.out).text)


def _blocked(paths: list[str], held: Mapping[str, Entry], new: Mapping[str, Entry | None]) -> list[str]:
    """Return the new paths that meet a file where they need a directory, or a directory where they need a file."""
    stay = {path for path in held if new.get(path, held[path]) is not None}
    folders = {str(above) for path in stay for above in PurePosixPath(path).parents}
    return [path for path in paths
            if path in folders or any(str(above) in stay for above in PurePosixPath(path).parents)]  # fmt: skip

# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files and index of a work copy move from one tree to another, file by file: each is old or new, never in part.

The new files are checked out in a directory of their own first, where a full disk or a kill does no harm, and then
renamed into their places.  What a killed run has moved holds the new content, as the next run sees.
"""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Iterator, Mapping

from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import Failure
from ansible_collections.manuela.event_streaming.plugins.module_utils._files import PREFIX, sync
from ansible_collections.manuela.event_streaming.plugins.module_utils._git import Git
from ansible_collections.manuela.event_streaming.plugins.module_utils._git_ground import Ground, stamp_of
from ansible_collections.manuela.event_streaming.plugins.module_utils._git_layout import Layout
from ansible_collections.manuela.event_streaming.plugins.module_utils._git_tree import (
    SUBMODULE,
    Change,
    Entry,
    PrivateIndex,
)
from ansible_collections.manuela.event_streaming.plugins.module_utils._temporary_room import PREFIX as ROOM
from ansible_collections.manuela.event_streaming.plugins.module_utils._temporary_room import temporary_room

_AT_ONCE = 8  # threads that wait for the disk, which then writes for several at a time


@dataclass(frozen=True)
class Move:
    """What changes, what the work tree holds at these paths, and what the index is to be told of that before."""

    changes: Mapping[str, Change]
    held: Mapping[str, Entry | None]
    told: Mapping[str, Entry | None]
    ground: Ground


def move(git: Git, layout: Layout, room: Path, asked: Move) -> None:
    """Bring files and index to the new tree; the index is a copy that replaces the user's in one step."""
    try:
        _release(layout)
        with temporary_room(layout.git_dir) as place, _held_fast(place):
            files, index = place / "files", place / "index"
            stamp = stamp_of(layout.index)
            if stamp:
                shutil.copy2(layout.index, index)
            scratch = PrivateIndex(git, None, room, file=index)
            files.mkdir()
            _check_out(git, layout, scratch, files, asked)
            _require_same(layout, stamp, asked.ground)
            _rename(layout.root, files, asked)
            git.run("update-index", "-q", "--refresh", env=scratch.environment, ok=(0, 1))
            _replace(layout, index, stamp)
    except OSError as error:
        raise Failure(
            "refused",
            f"cannot move the work copy {layout.root} forward: {error.filename or 'a file'}: {error.strerror}. "
            "Check permissions and free space, then run again, which takes up what is left to do",
        ) from error


def _check_out(git: Git, layout: Layout, index: PrivateIndex, files: Path, asked: Move) -> None:
    """Let git write what differs into the empty directory ``files``, and the whole new tree into ``index``."""
    index.put(asked.told)
    tree = index.write()
    target = PrivateIndex(git, tree, files.parent)  # what else the user staged stays staged
    target.put({path: change.after for path, change in asked.changes.items()})
    env = {**index.environment, "GIT_DIR": str(layout.git_dir), "GIT_WORK_TREE": str(files)}
    git.run("read-tree", "-m", "-u", tree, target.write(), env=env)
    _sync([path for path in files.rglob("*") if path.is_file() and not path.is_symlink()])


def _sync(files: list[Path]) -> None:
    """Wait until the content of the files is on the disk."""
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        list(pool.map(sync, files))


def _require_same(layout: Layout, stamp: object, ground: Ground) -> None:
    """Make sure that nobody changed a file or the index since they were read."""
    changed = "its index" if stamp_of(layout.index) != stamp else ground.changed()
    if changed:
        raise Failure("conflict", f"somebody changed {changed} of {layout.root} while it was about to move forward. "
                      "Run again; nothing was changed", retryable=True)  # fmt: skip


def _rename(root: Path, files: Path, asked: Move) -> None:
    """Remove what the new tree lacks, then put each new file in its place."""
    differs = [path for path, change in asked.changes.items() if asked.held[path] != change.after]
    for path in differs:
        if asked.changes[path].after is None:
            _remove(root, root / path)
    for path in differs:
        entry, new = asked.changes[path].after, files / path
        if entry is None:
            continue
        if not (new.is_symlink() or new.exists()):  # a sparse checkout leaves it out
            _remove(root, root / path)
            continue
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        if entry.mode == SUBMODULE:
            (root / path).mkdir(exist_ok=True)
        else:
            _remove_empty(root / path)
            _put(new, root / path)


def _remove(root: Path, path: Path) -> None:
    """Remove a file, and the directories that this leaves empty; of a submodule, an empty directory only."""
    if not path.is_dir() or path.is_symlink():
        path.unlink(missing_ok=True)
    with suppress(OSError):  # something else is in it
        for folder in (path, *path.parents):
            if folder == root:
                break
            if folder.exists():
                folder.rmdir()


def _remove_empty(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        for folder, _below, _files in os.walk(path, topdown=False):
            os.rmdir(folder)


def _put(new: Path, path: Path) -> None:
    try:
        os.replace(new, path)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        beside = path.with_name(f"{PREFIX}{os.getpid()}-{path.name}"[:255])  # a part of the tree is mounted
        try:
            shutil.copy2(new, beside, follow_symlinks=False)
            os.replace(beside, path)
        finally:
            beside.unlink(missing_ok=True)


@contextmanager
def _held_fast(place: Path) -> Iterator[None]:
    """Let other runs see that the one to which the directory belongs is alive."""
    handle = os.open(place, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(handle)


def _release(layout: Layout) -> None:
    """Remove the lock of the index that a run of ours was killed with: it is the index of a room that nobody holds."""
    lock = layout.index_lock
    for index in layout.git_dir.glob(f"{ROOM}*/index"):
        with suppress(OSError):  # no lock, or a run that lives
            if index.samefile(lock):
                with _held_fast(index.parent):
                    lock.unlink()


def _replace(layout: Layout, index: Path, stamp: object) -> None:
    lock = layout.index_lock
    try:
        os.link(index, lock)  # atomic, and fails when another git holds the index
    except FileExistsError:
        raise Failure("conflict", f"another git works in {layout.root} ({lock} exists). Wait for it, or remove the "
                      "file when none runs, then run again", retryable=True) from None  # fmt: skip
    if stamp_of(layout.index) != stamp:
        lock.unlink()
        raise Failure("conflict", f"another git changed the index of {layout.root}. Run again", retryable=True)
    os.replace(lock, layout.index)

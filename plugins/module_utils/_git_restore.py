# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Paths brought back to what they were, while everybody else's commits stay."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Mapping, Sequence

from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import Failure
from ansible_collections.manuela.event_streaming.plugins.module_utils._git import Git
from ansible_collections.manuela.event_streaming.plugins.module_utils._git_copy import WorkCopy
from ansible_collections.manuela.event_streaming.plugins.module_utils._git_touches import change_of_others, touches_of
from ansible_collections.manuela.event_streaming.plugins.module_utils._git_tree import Change, PrivateIndex

MARK = "Restored"
"""The trailer of a commit that restored: what is before it is not restored again."""


@dataclass(frozen=True)
class Restore:
    """What was asked for: a revision, or the trailer that names it; whose paths; and whether others' changes go too."""

    trailer: str
    revision: str
    subjects: tuple[str, ...]
    overwrite: bool


@dataclass(frozen=True)
class Past:
    """The revision to go back to, and the changes that lead there."""

    revision: str = ""
    changes: tuple[Change, ...] = ()


def restore_of(commit: Mapping[str, Any]) -> Restore | None:
    """Return what an item of the option ``commits`` asks to restore."""
    asked = commit.get("restore")
    if not asked:
        return None
    if bool(asked.get("trailer")) == bool(asked.get("revision")):
        raise Failure("invalid_option", "commits: restore needs a trailer or a revision. Give one of them")
    if not asked["subjects"]:
        raise Failure("invalid_option", "commits: restore needs to know which commits are undone. Give subjects")
    return Restore(
        asked.get("trailer") or "", asked.get("revision") or "", tuple(asked["subjects"]), asked["overwrite"]
    )


def past_of(copy: WorkCopy, head: str, asked: Restore) -> Past:
    """Find the revision, and what the commits with the given subjects touched since then.

    :raises Failure: ``conflict`` when somebody else touched one of these paths too.
    """
    revision = _revision(copy.git, head, asked, copy.layout.is_shallow)
    if not revision:
        return Past()
    touched = touches_of(copy.git, copy.only_in(head, revision), asked.subjects)
    ours = {path: found for path, found in touched.items() if any(touch.is_ours for touch in found)}
    # What is as it was already, perhaps because it was restored, goes back no more: nobody's change is lost there.
    changes = _changes_back(copy, head, revision, sorted(ours))
    met = {change.path: other for change in changes if (other := change_of_others(ours[change.path]))}
    if met and not asked.overwrite:
        raise _met(copy.git, revision, met)
    return Past(revision, changes)


def _changes_back(copy: WorkCopy, head: str, revision: str, paths: Sequence[str]) -> tuple[Change, ...]:
    """Return the changes of ``head`` that bring the paths back."""
    if not paths:
        return ()
    now = PrivateIndex(copy.git, head, copy.room).entries(paths)
    then = PrivateIndex(copy.git, revision, copy.room).entries(paths)
    return tuple(Change(path, now.get(path), then.get(path)) for path in paths if now.get(path) != then.get(path))


def _revision(git: Git, head: str, asked: Restore, is_shallow: bool) -> str:
    if asked.revision:
        found = git.ask("rev-parse", "--verify", "--quiet", f"{asked.revision}^{{commit}}")
        if not found:
            raise Failure("not_found", f"there is no revision {asked.revision}. Give one of git log")
        return found
    trailers = ",".join(f"%(trailers:key={key},valueonly,separator=%x20)" for key in (asked.trailer, MARK))
    oldest = ""
    for line in git.text("log", f"--format={trailers}", head).splitlines():
        named, restored = line.split(",")
        if restored.strip():
            break
        oldest = named.split()[0] if named.strip() else oldest
    found = git.ask("rev-parse", "--verify", "--quiet", f"{oldest}^{{commit}}") if oldest else ""
    if not found and (oldest or is_shallow):
        said = f"the revision {oldest} that {asked.trailer} names" if oldest else f"a commit with {asked.trailer}"
        raise Failure("not_found", f"{said} is not in this clone, whose history may be cut off. Fetch the whole of it: "
                      "git fetch --unshallow")  # fmt: skip
    return found


def _met(git: Git, revision: str, others: Mapping[str, str]) -> Failure:
    told = [f"{path} ({git.text('log', '-1', '--format=%h by %an: %s', sha)})" for path, sha in others.items()]
    return Failure(
        "conflict",
        f"others changed what would go back to {revision[:12]}: {'; '.join(told)}. Give overwrite: true if their "
        "changes of these files shall go too; nothing was changed",
        details={"paths": list(others), "revision": revision},
    )

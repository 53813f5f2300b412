# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who changed which path of a history, and whether anything of it is left."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from ansible_collections.manuela.event_streaming.plugins.module_utils._git import Git
from ansible_collections.manuela.event_streaming.plugins.module_utils._git_tree import Change, changes_of


@dataclass(frozen=True)
class Touch:
    """One commit's change of one path."""

    commit: str
    is_ours: bool
    change: Change


def touches_of(git: Git, commits: Iterable[str], subjects: Collection[str]) -> dict[str, list[Touch]]:
    """Return what each commit, in this order, did to each path; those with one of the subjects are ours."""
    found: dict[str, list[Touch]] = {}
    for sha in commits:
        is_ours = git.text("log", "-1", "--format=%s", sha) in subjects
        for change in changes_of(git, sha):
            found.setdefault(change.path, []).append(Touch(sha, is_ours, change))
    return found


def change_of_others(touches: Sequence[Touch]) -> str:
    """Return the last commit of others of whose change something is left, or nothing; a revert takes it back."""
    changed = ""
    for is_ours, run in groupby(touches, key=lambda touch: touch.is_ours):
        theirs = [] if is_ours else list(run)
        if theirs and theirs[0].change.before != theirs[-1].change.after:
            changed = theirs[-1].commit
    return changed

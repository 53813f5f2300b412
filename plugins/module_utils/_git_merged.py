# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a revision includes what a branch proposed, however it was merged: as it was, squashed or rebased."""

from __future__ import annotations

from pathlib import Path

from ansible_collections.manuela.event_streaming.plugins.module_utils._git import Git
from ansible_collections.manuela.event_streaming.plugins.module_utils._git_tree import PrivateIndex, changes_between


def includes(git: Git, room: Path, revision: str, proposed: str) -> bool | None:
    """Say whether ``revision`` includes ``proposed``; none when one of them is not known here.

    After a squash or a rebase the proposed commit is nobody's ancestor.  Then it counts that merging it once more
    would change nothing.  The objects that this takes go where ``git`` puts them.
    """
    done = git.run("merge-base", "--is-ancestor", proposed, revision, ok=(0, 1, 128))
    if done.code != 1:
        return True if done.code == 0 else None
    fork = git.ask("merge-base", proposed, revision)
    if not fork:
        return False
    index = PrivateIndex(git, revision, room)
    conflicts = index.take(changes_between(git, fork, proposed))
    return not conflicts and index.write() == git.text("rev-parse", f"{revision}^{{tree}}")

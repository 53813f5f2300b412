# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The text of a change as people read it, without the content of files that hold secrets."""

from __future__ import annotations

import re

from ansible_collections.manuela.event_streaming.plugins.module_utils._git import Git
from ansible_collections.manuela.event_streaming.plugins.module_utils._git_tree import Change, Entry, changes_between

_KIND = rb"^\s*[\"']?kind[\"']?\s*:\s*[\"']?Secret(List)?[\"']?\s*,?\s*(#.*)?\r?$"
_SECRET = re.compile(_KIND + rb"|PRIVATE KEY", re.MULTILINE)
_LONGEST = 200_000


def readable_diff(git: Git, old: str, new: str, paths: tuple[str, ...] = ()) -> str:
    """Return the unified diff of two trees; a file that holds a Secret or a private key shows its names only."""
    changes = [change for change in changes_between(git, old, new) if not paths or change.path in paths]
    secret = [change for change in changes if _is_secret(git, change)]
    shown = [change.path for change in changes if change not in secret]
    text = "".join(_veiled(change) for change in secret)
    if shown:
        done = git.run("diff", "--no-color", "--no-ext-diff", "--no-textconv", "--no-renames", old, new, "--", *shown)
        text += git.redact(done.out.decode("utf-8", "replace"))
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}\n... the rest of the diff is not shown\n"


def _is_secret(git: Git, change: Change) -> bool:
    sides = [entry for entry in (change.before, change.after) if entry and entry.mode.startswith("100")]
    return any(_SECRET.search(git.run("cat-file", "blob", entry.sha).out) for entry in sides)


def _veiled(change: Change) -> str:
    return (
        f"--- a/{change.path}\n+++ b/{change.path}\n"
        f"-(holds a secret, not shown) {_name(change.before)}\n+(holds a secret, not shown) {_name(change.after)}\n"
    )


def _name(entry: Entry | None) -> str:
    return f"blob {entry.sha[:12]}" if entry else "absent"

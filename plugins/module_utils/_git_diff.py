# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The text of a change as people read it, without the content of files that hold secrets."""

from __future__ import annotations

import re
from typing import Iterator

from ansible_collections.manuela.event_streaming.plugins.module_utils._git import Git
from ansible_collections.manuela.event_streaming.plugins.module_utils._git_tree import (
    Change,
    Entry,
    changes_between,
    in_parts,
)

_KIND = rb"^\s*[\"']?kind[\"']?\s*:\s*[\"']?Secret(List)?[\"']?\s*,?\s*(#.*)?\r?$"
_SECRET = re.compile(_KIND + rb"|PRIVATE KEY", re.MULTILINE)
_LONGEST = 200_000
_AT_ONCE = 100  # files that are held in memory together
# Not ``diff``, which heeds the user's taste (diff.noprefix, diff.orderFile, diff.external).
_PATCH = ("diff-tree", "-r", "-p", "--no-color", "--no-ext-diff", "--no-textconv", "--no-renames", "--abbrev",
          "--ignore-submodules=none")  # fmt: skip


def readable_diff(git: Git, old: str, new: str, paths: tuple[str, ...] = ()) -> str:
    """Return the unified diff of two trees; a file that holds a Secret or a private key shows its names only."""
    changes = [change for change in changes_between(git, old, new) if not paths or change.path in paths]
    names = _secrets(git, [entry.sha for change in changes for entry in _files(change)])
    secret = [change for change in changes if any(entry.sha in names for entry in _files(change))]
    hidden = {change.path for change in secret}
    shown = [change.path for change in changes if change.path not in hidden]
    text = "".join(_veiled(change) for change in secret)
    for part in in_parts(shown):
        if len(text) > _LONGEST:
            break
        done = git.run(*_PATCH, old, new, "--", *part)
        text += git.redact(done.out.decode("utf-8", "replace"))
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}\n... the rest of the diff is not shown\n"


def _files(change: Change) -> list[Entry]:
    return [entry for entry in (change.before, change.after) if entry and entry.mode.startswith("100")]


def _secrets(git: Git, names: list[str]) -> frozenset[str]:
    """Return which of these blobs hold a secret."""
    different = list(dict.fromkeys(names))
    parts = [different[start : start + _AT_ONCE] for start in range(0, len(different), _AT_ONCE)]
    return frozenset(name for part in parts for name, content in _contents(git, part) if _SECRET.search(content))


def _contents(git: Git, names: list[str]) -> Iterator[tuple[str, bytes]]:
    """Read many blobs with one git: each is a line that ends with its size, that many bytes, and a line break."""
    out = git.run("cat-file", "--batch", data="".join(f"{name}\n" for name in names).encode()).out
    position = 0
    for name in names:
        start = out.index(b"\n", position) + 1
        size = out[position:start].split()[-1]
        if not size.isdigit():  # the object is missing: alone, git says so in its own words
            git.run("cat-file", "blob", name)
        position = start + int(size) + 1
        yield name, out[start : position - 1]


def _veiled(change: Change) -> str:
    return (
        f"--- a/{change.path}\n+++ b/{change.path}\n"
        f"-(holds a secret, not shown) {_name(change.before)}\n+(holds a secret, not shown) {_name(change.after)}\n"
    )


def _name(entry: Entry | None) -> str:
    return f"blob {entry.sha[:12]}" if entry else "absent"

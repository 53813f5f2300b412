# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether one revision descends from another, asked of a work copy's Git without changing it."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import Failure
from ansible_collections.manuela.event_streaming.plugins.module_utils._git import Access, Git
from ansible_collections.manuela.event_streaming.plugins.module_utils._temporary_room import temporary_room

_SHA = frozenset("0123456789abcdef")


class History(Protocol):
    """What an Application's revision is compared with."""

    def descends(self, revision: str, ancestor: str) -> bool | None:
        """Say whether ``revision`` is ``ancestor`` or later; none when it is not known."""


class NoHistory:
    """Without a work copy only the same revision is known."""

    def descends(self, revision: str, ancestor: str) -> bool | None:
        """Compare the text."""
        return same(revision, ancestor) or None


class WorkCopy:
    """A clone.  What it does not know is fetched into a directory that is thrown away."""

    def __init__(self, directory: Path, access: Access) -> None:
        if not directory.is_dir():
            raise Failure("invalid_option", f"work_tree: there is no directory {directory}. Give a work copy, or none")
        self._directory = directory
        self._access = access
        self._known: dict[tuple[str, str], bool] = {}

    def descends(self, revision: str, ancestor: str) -> bool | None:
        """Ask Git; answers do not change, so each is asked for once."""
        if same(revision, ancestor):
            return True
        if not (_looks_right(revision) and _looks_right(ancestor)):
            return None
        if (revision, ancestor) not in self._known:
            answer = self._ask(Git(self._directory, self._access), revision, ancestor)
            if answer is None:
                answer = self._ask_remote(revision, ancestor)
            if answer is None:
                return None
            self._known[revision, ancestor] = answer
        return self._known[revision, ancestor]

    def _ask(self, git: Git, revision: str, ancestor: str) -> bool | None:
        done = git.run("merge-base", "--is-ancestor", ancestor, revision, ok=(0, 1, 128))
        return {0: True, 1: False}.get(done.code)

    def _ask_remote(self, revision: str, ancestor: str) -> bool | None:
        with temporary_room() as scratch:
            git = Git(self._directory, self._access, quarantine=scratch)
            url = git.ask("remote", "get-url", "origin")
            if not url:
                return None
            try:
                heads = git.run("ls-remote", "--heads", url, url=url).text.split()[1::2]
                # Names without a target: what comes is kept nowhere but in the scratch directory.
                options = ("--quiet", "--no-tags", "--no-write-fetch-head", "--refmap=")
                git.run("fetch", *options, url, *heads, url=url)
            except Failure:
                return None
            return self._ask(git, revision, ancestor)


def same(revision: str, ancestor: str) -> bool:
    """Compare revisions, of which one may be shortened."""
    shorter = min(len(revision), len(ancestor))
    return shorter >= 7 and revision[:shorter] == ancestor[:shorter]


def _looks_right(revision: str) -> bool:
    return len(revision) >= 7 and set(revision) <= _SHA

# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether one revision includes another, asked of a work copy's Git without changing it."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import Failure
from ansible_collections.manuela.event_streaming.plugins.module_utils._git import Access, Git
from ansible_collections.manuela.event_streaming.plugins.module_utils._git_merged import includes
from ansible_collections.manuela.event_streaming.plugins.module_utils._temporary_room import temporary_room

_SHA = frozenset("0123456789abcdef")


class History(Protocol):
    """What an Application's revision is compared with."""

    def includes(self, revision: str, ours: str) -> bool | None:
        """Say whether ``revision`` is ``ours``, later, or what ours was merged to; none when it is not known."""


class NoHistory:
    """Without a work copy only the same revision is known."""

    def includes(self, revision: str, ours: str) -> bool | None:
        """Compare the text."""
        return same(revision, ours) or None


class WorkCopy:
    """A clone.  What it does not know is fetched into a directory that is thrown away."""

    def __init__(self, directory: Path, access: Access) -> None:
        if not directory.is_dir():
            raise Failure("invalid_option", f"work_tree: there is no directory {directory}. Give a work copy, or none")
        self._directory = directory
        self._access = access
        self._known: dict[tuple[str, str], bool] = {}

    def includes(self, revision: str, ours: str) -> bool | None:
        """Ask Git; answers do not change, so each is asked for once."""
        if same(revision, ours):
            return True
        if not (_looks_right(revision) and _looks_right(ours)):
            return None
        if (revision, ours) not in self._known:
            answer = self._ask(revision, ours)
            if answer is None:
                return None
            self._known[revision, ours] = answer
        return self._known[revision, ours]

    def _ask(self, revision: str, ours: str) -> bool | None:
        """Ask the work copy, then its remote; what either makes or fetches lies in a directory of its own."""
        with temporary_room() as room:
            objects = room / "objects"
            objects.mkdir()
            git = Git(self._directory, self._access, quarantine=objects)
            answer = includes(git, room, revision, ours)
            if answer is None and self._fetch(git):
                answer = includes(git, room, revision, ours)
            return answer

    def _fetch(self, git: Git) -> bool:
        url = git.ask("remote", "get-url", "origin")
        if not url:
            return False
        try:
            heads = git.run("ls-remote", "--heads", url, url=url).text.split()[1::2]
            # Names without a target: what comes is kept nowhere but in the directory of new objects.
            options = ("--quiet", "--no-tags", "--no-write-fetch-head", "--refmap=")
            git.run("fetch", *options, url, *heads, url=url)
        except Failure:
            return False
        return True


def same(revision: str, ours: str) -> bool:
    """Compare revisions, of which one may be shortened."""
    shorter = min(len(revision), len(ours))
    return shorter >= 7 and revision[:shorter] == ours[:shorter]


def _looks_right(revision: str) -> bool:
    return len(revision) >= 7 and set(revision) <= _SHA

# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A fault's record outlives the command that made it; commits are taken back by commits."""

from __future__ import annotations

import subprocess
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from manuela_lab.errors import LabError
from manuela_lab.faults.catalogue import FAULTS, find
from manuela_lab.faults.commits import Link, Replace, commit
from manuela_lab.gitremote import git


class Remote:
    """What a commit needs of a lab: a repository, and a place to clone it."""

    def __init__(self, place: Path) -> None:
        self.bare, self.place = place / "bare.git", place
        tree = place / "first"
        git("init", "-q", "-b", "main", str(tree))
        (tree / "a.yaml").write_text("one: 1\ntwo: 2\n")
        git("add", "--all", cwd=tree)
        git("commit", "-q", "-m", "first", cwd=tree)
        git("clone", "-q", "--bare", str(tree), str(self.bare))
        self.clones = 0

    @contextmanager
    def tree(self) -> Any:
        self.clones += 1
        tree = self.place / f"clone{self.clones}"
        git("clone", "-q", str(self.bare), str(tree))
        yield tree

    def end_syncs(self) -> None:
        """No Argo CD follows this remote."""

    def publish(self, tree: Path) -> str:
        git("push", "-q", "origin", "main", cwd=tree)
        return git("rev-parse", "HEAD", cwd=tree)

    def text(self, path: str) -> str:
        return subprocess.run(
            ["git", "-C", str(self.bare), "show", f"main:{path}"], capture_output=True, text=True, check=True
        ).stdout


def test_a_commit_is_taken_back_once_and_keeps_what_others_did_meanwhile(tmp_path: Path):
    world: Any = Remote(tmp_path)
    fault = commit(Replace("a.yaml", "one: 1", "one: wrong"), Link("b.yaml", "nowhere"))
    kept = fault.inject(world)
    assert world.text("a.yaml") == "one: wrong\ntwo: 2\n"
    commit(Replace("a.yaml", r"\Z", "three: 3\n")).inject(world)
    fault.clear(world, kept)
    fault.clear(world, kept)
    assert world.text("a.yaml") == "one: 1\ntwo: 2\nthree: 3\n"
    assert git("log", "--format=%s", "main", cwd=world.bare).count("Revert") == 1


def test_an_edit_that_finds_nothing_says_what_it_needs(tmp_path: Path):
    world: Any = Remote(tmp_path)
    with pytest.raises(LabError, match=r"a\.yaml holds nothing like four"):
        commit(Replace("a.yaml", "four", "five")).inject(world)


def test_every_fault_has_a_sentence_and_words_to_be_found():
    assert len(FAULTS) >= 25
    for fault in FAULTS.values():
        assert fault.says
        assert fault.says[-1] != "."
        assert fault.cause
        assert fault.named


def test_a_fault_that_does_not_exist_is_refused():
    with pytest.raises(LabError, match="no fault is called flood"):
        find("flood")

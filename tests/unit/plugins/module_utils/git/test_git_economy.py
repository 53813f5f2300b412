# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How often the remote is asked, and how many processes a run starts: each costs time on every stage."""

from __future__ import annotations

import os
import shutil

import pytest
from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import Failure

pytestmark = pytest.mark.slow

TALKS = ("clone", "fetch", "ls-remote", "push")


@pytest.fixture
def started(copy, tmp_path, monkeypatch):
    """A function that says which commands of git a call starts."""
    program, log = tmp_path / "bin/git", tmp_path / "started"
    program.parent.mkdir()
    # Options that go before the command are skipped: "-c NAME=VALUE" and "--literal-pathspecs".
    program.write_text(
        "#!/bin/sh\n"
        f'(while :; do case "$1" in -c) shift 2;; --*) shift;; *) break;; esac; done; echo "$1" >> {log})\n'
        f'exec {shutil.which("git")} "$@"\n'
    )
    program.chmod(0o755)

    def names(work):
        log.write_text("")
        with monkeypatch.context() as patch:
            patch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
            work()
        return log.read_text().split()

    return names


def talks(commands):
    return [command for command in commands if command in TALKS]


def test_a_run_with_nothing_to_do_asks_once_and_starts_few_processes(copy, started):
    copy.publish(("A", "app"))
    assert talks(found := started(copy.worktree)) == ["fetch"]
    assert len(found) <= 8, found
    assert talks(found := started(lambda: copy.publish(("A", "app")))) == ["fetch"]
    assert len(found) <= 13, found
    assert talks(started(lambda: copy.worktree(check=True))) == ["ls-remote"]


def test_news_are_fetched_with_the_same_question(copy, started):
    tip = copy.colleague("theirs", ("README", "theirs\n"))
    assert talks(found := started(copy.worktree)) == ["fetch"]
    assert copy.git("rev-parse HEAD").strip() == tip
    assert len(found) <= 26, found


def test_a_publication_asks_once_and_pushes_once(copy, started):
    copy.colleague("theirs", ("other", "theirs\n"))
    copy.write("work", "README", "mine\n")
    assert talks(started(lambda: copy.publish(("A", "README")))) == ["fetch", "push"]
    assert copy.log() == ["first", "theirs", "A"]


def test_a_branch_that_the_remote_lost_is_asked_for_once(copy, started):
    copy.at("colleague", "git push -q origin HEAD:kept && git -C ../remote.git symbolic-ref HEAD refs/heads/kept")
    copy.at("colleague", "git push -q origin :main")

    def run():
        with pytest.raises(Failure) as caught:
            copy.worktree()
        assert caught.value.code == "not_found"

    assert talks(started(run)) == ["fetch"]

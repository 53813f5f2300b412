# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kills and races: every asked commit lands exactly once, in one line of history."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time

import pytest
from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import Failure

pytestmark = pytest.mark.slow

ROUNDS = int(os.environ.get("EVENT_STREAMING_ROUNDS", "2"))
KILLS = int(os.environ.get("EVENT_STREAMING_KILL_STEP", "21"))

CHILD = """
import json, sys
from ansible_collections.manuela.event_streaming.plugins.module_utils import _git_publish
from ansible_collections.manuela.event_streaming.plugins.module_utils._module import SystemClock
_git_publish.execute(json.loads(sys.argv[1]), False, SystemClock())
"""
# Counts the calls of git, and kills the process that made the call before or after the chosen one.
WRAPPER = """#!/bin/sh
count=$(($(cat "$COUNTER" 2>/dev/null || echo 0) + 1)); echo $count > "$COUNTER"
[ "$count $KILL_WHEN" = "$KILL_AT before" ] && kill -9 $PPID && exit 1
{git} "$@"; code=$?
[ "$count $KILL_WHEN" = "$KILL_AT after" ] && kill -9 $PPID
exit $code
"""


@pytest.fixture
def wrapped(tmp_path, monkeypatch):
    program = tmp_path / "bin/git"
    program.parent.mkdir()
    program.write_text(WRAPPER.format(git=shutil.which("git")))
    program.chmod(0o755)
    return {"PATH": f"{program.parent}:{os.environ['PATH']}", "COUNTER": str(tmp_path / "count")}


def in_a_child(site, commits, env):
    params = {"path": str(site.path), "branch": "", "commits": commits, "author_name": None, "author_email": None,
              "push": True, "push_retries": 5, "adopt": False, "token": None, "username": None, "ssh_key_file": None,
              "ca_cert": None, "validate_certs": True, "request_timeout": 20, "first_trailers": None}  # fmt: skip
    command = [sys.executable, "-c", CHILD, json.dumps(params)]
    return subprocess.run(command, env={**os.environ, **env}, capture_output=True, check=False).returncode


def test_a_kill_around_any_call_of_git_and_a_second_run_end_the_same(site, wrapped):
    commits = [{"subject": "One", "paths": ["app"]}, {"subject": "Two", "paths": ["two", "README"]}]
    number, killed = 1, 0
    while True:
        for when in ("before", "after"):
            shutil.rmtree(site.path, ignore_errors=True)
            for name in ("remote.git", "colleague"):
                shutil.rmtree(site.root / name, ignore_errors=True)
            type(site).__init__(site, site.root)
            site.worktree()
            text = site.show("app/kustomization.yaml")
            site.colleague("theirs", ("app/kustomization.yaml", text.replace("a.yaml", "a")))
            site.write("work", "app/kustomization.yaml", text.replace("- e", "#- e"))
            site.write("work", "two", "2\n")
            site.write("work", "README", "mine\n")
            site.write("work", "junk", "junk\n")
            (site.root / "count").unlink(missing_ok=True)
            code = in_a_child(site, commits, {**wrapped, "KILL_AT": str(number), "KILL_WHEN": when})
            if code == -signal.SIGKILL:
                killed += 1
                site.worktree(protect=["two"] if "Two" in site.log() else [])
                site.publish(*commits)
            assert site.log() == ["first", "theirs", "One", "Two"], (number, when)
            assert site.show("app/kustomization.yaml") == text.replace("a.yaml", "a").replace("- e", "#- e")
            assert site.git("status --porcelain") == "?? junk\n", (number, when)
            assert not site.publish(*commits).changed
        if code != -signal.SIGKILL:
            break
        number += KILLS
    assert killed > 3


class QuickClock:
    """Real time, with short pauses."""

    def now(self):
        return time.monotonic()

    def sleep(self, seconds):
        time.sleep(seconds / 4)


def test_eight_publishers_all_land(site):
    failures: list[BaseException] = []
    site.worktree()

    def publisher(number):
        mine = object.__new__(type(site))
        mine.__dict__.update(site.__dict__, path=site.root / f"work{number}", clock=QuickClock())
        try:
            for turn in range(ROUNDS):
                mine.worktree()
                mine.write(f"work{number}", f"file-{number}-{turn}", f"{number} {turn}\n")
                result = mine.publish((f"{number}-{turn}", f"file-{number}-{turn}"), push_retries=60)
                assert result.state["pushed"]
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=publisher, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    wanted = {f"{number}-{turn}" for number in range(8) for turn in range(ROUNDS)}
    assert sorted(site.log()) == sorted({"first", *wanted})
    assert sh("git rev-list --min-parents=2 main", site.remote) == ""
    assert {f"file-{name}" for name in wanted} <= set(sh("git ls-tree --name-only main", site.remote).split())


def sh(command, directory):
    return subprocess.run(command.split(), cwd=directory, capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("losses", [1, 3])
def test_a_lost_race_is_built_again_on_the_new_tip(copy, losses):
    hook = copy.remote / "hooks/update"
    count = copy.root / "losses"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(  # somebody else is quicker: the reference moves between our look and our push
        f'#!/bin/sh\nn=$(cat {count} 2>/dev/null || echo 0)\n[ $n -ge {losses} ] && exit 0\necho $((n+1)) > {count}\n'
        'unset GIT_QUARANTINE_PATH GIT_OBJECT_DIRECTORY GIT_ALTERNATE_OBJECT_DIRECTORIES\n'
        'c=$(echo bot$n | git -c user.name=b -c user.email=b commit-tree $2^{tree} -p $2)\n'
        'git update-ref refs/heads/main $c\n'
    )  # fmt: skip
    hook.chmod(0o755)
    copy.write("work", "a", "x\n")
    done = copy.publish(("A", "a"))
    assert done.state["attempts"] == losses + 1
    assert copy.log() == ["first", *[f"bot{number}" for number in range(losses)], "A"]
    assert len(copy.clock.pauses) == losses
    assert any("bot" in reason for reason in done.reasons)


def test_a_race_that_is_always_lost_names_who_won(copy):
    hook = copy.remote / "hooks/update"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(
        '#!/bin/sh\nunset GIT_QUARANTINE_PATH GIT_OBJECT_DIRECTORY GIT_ALTERNATE_OBJECT_DIRECTORIES\n'
        'c=$(echo tag | git -c user.name=Tekton -c user.email=b commit-tree $2^{tree} -p $2)\n'
        'git update-ref refs/heads/main $c\n'
    )  # fmt: skip
    hook.chmod(0o755)
    copy.write("work", "a", "x\n")
    with pytest.raises(Failure) as caught:
        copy.publish(("A", "a"), push_retries=2)
    assert (caught.value.code, caught.value.retryable) == ("conflict", True)
    assert "Tekton" in caught.value.msg
    assert (copy.path / "a").read_text() == "x\n"

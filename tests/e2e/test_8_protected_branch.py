# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A branch that nobody may push to: the refusal says how it goes on, and what is proposed is deployed once merged."""

from __future__ import annotations

import json
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from ansible_collections.manuela.event_streaming.tests.unit.plugins.module_utils.git.pull_host import TOKEN, PullHost
from driving import PATIENCE, Lab, Play, variables

RULE = "error: GH013: Repository rule violations found for refs/heads/main."
HOOK = f"""#!/bin/sh
test "$1" = refs/heads/main || exit 0
echo '{RULE}' >&2
echo '- Changes must be made through a pull request.' >&2
exit 1
"""
WAITING = "waiting for the merge of"
SECONDS_TO_THINK = 15
MERGES = {
    "merge": [["merge", "-q", "--no-ff", "-m", "Merge the proposal", "proposal"]],
    "squash": [["merge", "-q", "--squash", "proposal"], ["commit", "-q", "-m", "The proposal in one commit"]],
}


@pytest.fixture(scope="module")
def protected(lab: Lab) -> Iterator[Lab]:
    """A lab that is ready for the show, and whose remote takes no push to main any more."""
    lab.play("prepare.yml").succeeded()
    hook = Path(lab.state["git"]["directory"], "hooks/update")
    hook.write_text(HOOK)
    hook.chmod(0o755)
    yield lab
    hook.unlink()


@pytest.fixture(scope="module")
def host() -> Iterator[PullHost]:
    """The API of the remote's host."""
    served = PullHost("gitea")
    yield served
    served.close()


def git(place: Path, *words: str) -> str:
    """Work as a reviewer."""
    identity = ("-c", "user.name=Reviewer", "-c", "user.email=reviewer@example.com")
    done = subprocess.run(["git", *identity, *words], cwd=place, capture_output=True, text=True, check=True, timeout=60)
    return done.stdout.strip()


def merge(lab: Lab, branch: str, way: str, place: Path) -> None:
    """Merge at the host, where no hook of a push is asked."""
    remote = lab.state["git"]["directory"]
    git(place, "clone", "-q", "-b", "main", remote, "review")
    git(place / "review", "fetch", "-q", "origin", f"{branch}:proposal")
    for words in MERGES[way]:
        git(place / "review", *words)
    git(Path(remote), "fetch", "-q", str(place / "review"), "main:main")


@contextmanager
def reviewer(lab: Lab, branch: str, way: str, place: Path) -> Iterator[None]:
    """Have somebody who merges the branch some time after it came."""
    failed: list[Exception] = []

    def review() -> None:
        try:
            deadline = time.monotonic() + 200
            while not lab.git("branch", "--list", branch):
                assert time.monotonic() < deadline, f"{branch} was not pushed"
                time.sleep(1)
            time.sleep(SECONDS_TO_THINK * PATIENCE)
            merge(lab, branch, way, place)
        except Exception as error:
            failed.append(error)

    thread = threading.Thread(target=review, daemon=True)
    thread.start()
    yield
    thread.join(timeout=10)
    assert not failed, failed


def at_host(lab: Lab, host: PullHost) -> dict[str, str]:
    """Let git find the lab's remote below the host's address."""
    return {
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"url.{lab.state['git']['directory']}.insteadOf",
        "GIT_CONFIG_VALUE_0": host.repo,
    }


def propose(lab: Lab, stage: str, branch: str, host: PullHost, token: str = TOKEN, **more: object) -> Play:
    """Run a stage that publishes to a branch of its own."""
    given = {"gitops_branch": branch, "event_streaming_git_repo": host.repo, "event_streaming_git_token": token}
    return lab.stage(stage, *variables({**given, **more}), **at_host(lab, host))


def test_the_refusal_names_branch_rule_and_what_to_do_and_the_commit_is_kept(protected: Lab) -> None:
    before = protected.revision()
    said = protected.stage("factory").refused().words
    assert "the push to branch main did not land" in said
    assert RULE in said and "Changes must be made through a pull request" in said
    assert "Next: run it again with -e gitops_branch=NAME" in said
    assert protected.revision() == before
    copy = protected.directory / "work/manuela-gitops"
    kept = git(copy, "log", "-1", "--format=%h %s", "refs/event-streaming/main")
    assert "copy MQtt data to Kafka in factory" in kept and kept.split()[0][:7] in said


def test_a_proposal_is_opened_waited_for_and_deployed(protected: Lab, host: PullHost, tmp_path: Path) -> None:
    with reviewer(protected, "demo", "merge", tmp_path):
        run = propose(protected, "factory", "demo", host).succeeded()
    page = f"{host.origin}/demo/manuela-gitops/pulls/1"
    assert f"Pull request to merge demo into main: {page}" in run.words
    assert f"{WAITING} {page}" in run.words
    assert [(one["title"], one["base"]) for one in host.requests] == [("copy MQtt data to Kafka in factory", "main")]
    assert TOKEN not in run.text
    before = protected.revision()
    again = propose(protected, "factory", "demo", host).succeeded()
    assert (again.changed, protected.revision(), host.posted) == (0, before, 1)
    assert WAITING not in again.words


def test_a_proposal_is_deployed_when_it_was_squashed_too(protected: Lab, host: PullHost, tmp_path: Path) -> None:
    with reviewer(protected, "squashed", "squash", tmp_path):
        run = propose(protected, "mirror", "squashed", host, "not the token").succeeded()
    by_hand = f"{host.origin}/demo/manuela-gitops/compare/main...squashed"
    assert "No pull request was opened" in run.words and f"into main: {by_hand}" in run.words
    assert f"{WAITING} {by_hand}" in run.words
    before = protected.revision()
    again = propose(protected, "mirror", "squashed", host).succeeded()
    assert (again.changed, protected.revision(), host.posted) == (0, before, 1)


def test_a_branch_that_was_deleted_after_the_merge_is_not_made_again(protected: Lab, host: PullHost) -> None:
    git(Path(protected.state["git"]["directory"]), "branch", "-D", "squashed")
    before = protected.revision()
    again = propose(protected, "mirror", "squashed", host).succeeded()
    assert (again.changed, protected.revision(), host.posted) == (0, before, 1)
    assert not protected.git("branch", "--list", "squashed")


def test_prepare_is_proposed_too(protected: Lab, tmp_path: Path) -> None:
    with reviewer(protected, "quiet", "merge", tmp_path):
        run = protected.play("prepare.yml", *variables({"gitops_branch": "quiet"}), limit=400).succeeded()
    assert f"Merge quiet into main at {protected.state['git']['remote']}" in run.words
    assert f"{WAITING} quiet" in run.words
    again = protected.play("prepare.yml", *variables({"gitops_branch": "quiet"})).succeeded()
    assert again.changed == 0


def test_a_run_that_stops_before_it_has_made_the_branch_ends_with_one_sentence(protected: Lab, host: PullHost) -> None:
    given = {"gitops_branch": "never", "event_streaming_git_repo": host.repo}
    run = protected.play("prepare.yml", *variables(given), **at_host(protected, host)).refused()
    assert "its source" in run.words and run.counts["failed"] == 1
    assert not protected.git("branch", "--list", "never")


def topics(lab: Lab) -> list[str]:
    """Return the topics that their operator still looks after."""
    words = ("get", "kafkatopics", "-n", "manuela-stormshift-messaging", "-o")
    told = json.loads(lab.kubectl("factory", *words, "json"))["items"]
    let_go = {"strimzi.io/managed": "false"}.items()
    return sorted(
        one["metadata"]["name"] for one in told if not let_go <= (one["metadata"].get("annotations") or {}).items()
    )


def test_nothing_is_let_go_for_a_proposal_that_nobody_merges(protected: Lab, host: PullHost, tmp_path: Path) -> None:
    with reviewer(protected, "again", "merge", tmp_path):
        propose(protected, "factory", "again", host).succeeded()
    before = topics(protected)
    assert len(before) == 2
    unmerged = {"stage_state": "absent", "datacenter_merge_timeout": 12}
    run = propose(protected, "factory", "undone", host, **unmerged).refused()
    assert f"{WAITING} {host.origin}" in run.words
    assert topics(protected) == before
    assert protected.play("verify.yml").succeeded().changed == 0


def test_a_proposed_undoing_is_done_once_merged(protected: Lab, host: PullHost, tmp_path: Path) -> None:
    merge(protected, "undone", "squash", tmp_path)
    run = propose(protected, "factory", "undone", host, stage_state="absent").succeeded()
    assert run.changed > 0 and topics(protected) == []
    assert propose(protected, "factory", "undone", host, stage_state="absent").succeeded().changed == 0


def test_an_empty_branch_is_none(protected: Lab) -> None:
    assert (
        protected.stage("factory", *variables({"gitops_branch": "", "stage_state": "absent"})).succeeded().changed == 0
    )


def test_who_may_push_goes_on_as_before(protected: Lab) -> None:
    Path(protected.state["git"]["directory"], "hooks/update").write_text("#!/bin/sh\nexit 0\n")
    before = protected.revision()
    assert protected.stage("factory").succeeded().changed > 0
    assert len(protected.commits_since(before)) == 1

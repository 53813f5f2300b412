# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether Argo CD's revision includes ours, asked of a real work copy that stays as it is."""

from __future__ import annotations

import subprocess
from http.server import ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from ansible_collections.manuela.event_streaming.plugins.module_utils._argocd_application.history import (
    NoHistory,
    WorkCopy,
)
from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import Failure
from ansible_collections.manuela.event_streaming.plugins.module_utils._git import Access
from ansible_collections.manuela.event_streaming.tests.unit.plugins.module_utils.git.git_host import TOKEN, GitHost


def git(directory: Path, *words: str) -> str:
    identity = ("-c", "user.name=me", "-c", "user.email=me@example.com")
    done = subprocess.run(["git", *identity, *words], cwd=directory, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def commit(directory: Path, name: str) -> str:
    (directory / name).write_text(name)
    git(directory, "add", name)
    git(directory, "commit", "-q", "-m", name)
    return git(directory, "rev-parse", "HEAD")


def bytes_of(directory: Path) -> dict[str, bytes]:
    return {str(file): file.read_bytes() for file in sorted(directory.rglob("*")) if file.is_file()}


@pytest.fixture
def site(tmp_path):
    """A remote, our work copy and a colleague's."""
    git(tmp_path, "init", "-q", "--bare", "-b", "main", "remote.git")
    git(tmp_path, "clone", "-q", str(tmp_path / "remote.git"), "ours")
    ours = tmp_path / "ours"
    old = commit(ours, "one")
    new = commit(ours, "two")
    git(ours, "push", "-q", "origin", "HEAD:main")
    git(tmp_path, "clone", "-q", "-b", "main", str(tmp_path / "remote.git"), "colleague")
    return ours, tmp_path / "colleague", old, new


def test_what_the_work_copy_knows(site):
    ours, _colleague, old, new = site
    history = WorkCopy(ours, Access(timeout=20))
    assert history.includes(new, new) is True
    assert history.includes(new[:12], new) is True
    assert history.includes(new, old) is True
    assert history.includes(old, new) is False


def test_a_commit_of_somebody_else_is_looked_up_at_the_remote_without_a_trace(site):
    ours, colleague, _old, new = site
    later = commit(colleague, "three")
    git(colleague, "push", "-q", "origin", "HEAD:main")
    before = bytes_of(ours)
    assert WorkCopy(ours, Access(timeout=20)).includes(later, new) is True
    assert bytes_of(ours) == before


@pytest.mark.parametrize(("token", "known"), [(TOKEN, True), ("", None)], ids=["token", "no-token"])
def test_a_remote_that_wants_a_token_is_asked_with_the_given_one(site, tmp_path, token, known):
    ours, colleague, _old, new = site
    later = commit(colleague, "three")
    git(colleague, "push", "-q", "origin", "HEAD:main")
    with ThreadingHTTPServer(("127.0.0.1", 0), GitHost) as server:
        server.root, server.script, server.seen = tmp_path, [], []
        Thread(target=server.serve_forever, daemon=True).start()
        git(ours, "remote", "set-url", "origin", f"http://127.0.0.1:{server.server_port}/remote.git")
        assert WorkCopy(ours, Access(token=token, timeout=20)).includes(later, new) is known
        server.shutdown()


def test_another_line_of_history_does_not_descend(site):
    ours, colleague, old, new = site
    git(colleague, "checkout", "-q", "-b", "other", old)
    aside = commit(colleague, "aside")
    git(colleague, "push", "-q", "origin", "other")
    assert WorkCopy(ours, Access(timeout=20)).includes(aside, new) is False


@pytest.fixture
def proposed(site):
    """Two commits of ours on a branch of their own, while a colleague goes on."""
    ours, colleague, _old, _new = site
    git(ours, "checkout", "-q", "-b", "demo")
    write(ours, "list", LIST.replace("# kafka", "kafka"))
    tip = commit(ours, "link")
    git(ours, "push", "-q", "origin", "demo")
    commit(colleague, "of a colleague")
    git(colleague, "fetch", "-q", "origin")
    return ours, colleague, tip


LIST = "# mqtt\n# sensors\n# more\n# kafka\n"


def write(directory: Path, name: str, text: str) -> str:
    (directory / name).write_text(text)
    git(directory, "add", name)
    git(directory, "commit", "-q", "-m", f"edit {name}")
    return git(directory, "rev-parse", "HEAD")


def pushed(colleague: Path) -> str:
    git(colleague, "push", "-q", "origin", "HEAD:main")
    return git(colleague, "rev-parse", "HEAD")


MERGES = {
    "merge": [("merge", "-q", "--no-ff", "-m", "merge", "origin/demo")],
    "squash": [("merge", "-q", "--squash", "origin/demo"), ("commit", "-q", "-m", "squashed")],
    "rebase": [("checkout", "-q", "-B", "main", "main"), ("cherry-pick", "main..origin/demo")],
}


@pytest.mark.parametrize("way", MERGES)
def test_a_branch_is_included_however_it_was_merged(proposed, way):
    ours, colleague, tip = proposed
    for words in MERGES[way]:
        git(colleague, *words)
    merged = pushed(colleague)
    before = bytes_of(ours)
    assert WorkCopy(ours, Access(timeout=20)).includes(merged, tip) is True
    later = commit(colleague, "later")
    pushed(colleague)
    assert WorkCopy(ours, Access(timeout=20)).includes(later, tip) is True
    assert bytes_of(ours) == before


def test_a_branch_of_which_only_a_part_was_merged_is_not_included(proposed):
    ours, colleague, tip = proposed
    git(colleague, "cherry-pick", "origin/demo~1")
    assert WorkCopy(ours, Access(timeout=20)).includes(pushed(colleague), tip) is False


def test_a_branch_that_waits_is_not_included(proposed):
    ours, colleague, tip = proposed
    assert WorkCopy(ours, Access(timeout=20)).includes(pushed(colleague), tip) is False


def test_what_others_changed_in_the_same_file_does_not_hide_a_squashed_branch(site):
    ours, colleague, _old, _new = site
    write(colleague, "list", LIST)
    pushed(colleague)
    git(ours, "pull", "-q", "--ff-only", "origin", "main")
    tip = write(ours, "list", LIST.replace("# kafka", "kafka"))
    git(ours, "push", "-q", "origin", "HEAD:demo")
    write(colleague, "list", LIST.replace("# mqtt", "mqtt"))
    git(colleague, "fetch", "-q", "origin")
    history = WorkCopy(ours, Access(timeout=20))
    assert history.includes(pushed(colleague), tip) is False
    git(colleague, "merge", "-q", "--squash", "origin/demo")
    git(colleague, "commit", "-q", "-m", "squashed")
    assert history.includes(pushed(colleague), tip) is True


def test_a_branch_without_a_common_past_is_not_included(site):
    ours, colleague, _old, new = site
    git(colleague, "checkout", "-q", "--orphan", "other")
    aside = commit(colleague, "aside")
    git(colleague, "push", "-q", "origin", "other")
    assert WorkCopy(ours, Access(timeout=20)).includes(aside, new) is False


@pytest.mark.parametrize("revision", ["d" * 40, "main", ""])
def test_what_nobody_knows_stays_unknown(site, revision):
    ours, _colleague, _old, new = site
    assert WorkCopy(ours, Access(timeout=20)).includes(revision, new) is None


def test_a_remote_that_is_away_leaves_it_unknown(site, tmp_path):
    ours, colleague, _old, new = site
    later = commit(colleague, "three")
    git(colleague, "push", "-q", "origin", "HEAD:main")
    (tmp_path / "remote.git").rename(tmp_path / "elsewhere.git")
    assert WorkCopy(ours, Access(timeout=20)).includes(later, new) is None


def test_without_a_work_copy_only_the_same_counts():
    assert NoHistory().includes("a" * 40, "a" * 40) is True
    assert NoHistory().includes("a" * 40, "b" * 40) is None


def test_a_work_copy_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(Failure) as caught:
        WorkCopy(tmp_path / "nothing", Access())
    assert caught.value.code == "invalid_option"

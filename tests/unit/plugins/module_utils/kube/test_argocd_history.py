# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether Argo CD's revision descends from ours, asked of a real work copy that stays as it is."""

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
    assert history.descends(new, new) is True
    assert history.descends(new[:12], new) is True
    assert history.descends(new, old) is True
    assert history.descends(old, new) is False


def test_a_commit_of_somebody_else_is_looked_up_at_the_remote_without_a_trace(site):
    ours, colleague, _old, new = site
    later = commit(colleague, "three")
    git(colleague, "push", "-q", "origin", "HEAD:main")
    before = bytes_of(ours)
    assert WorkCopy(ours, Access(timeout=20)).descends(later, new) is True
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
        assert WorkCopy(ours, Access(token=token, timeout=20)).descends(later, new) is known
        server.shutdown()


def test_another_line_of_history_does_not_descend(site):
    ours, colleague, old, new = site
    git(colleague, "checkout", "-q", "-b", "other", old)
    aside = commit(colleague, "aside")
    git(colleague, "push", "-q", "origin", "other")
    assert WorkCopy(ours, Access(timeout=20)).descends(aside, new) is False


@pytest.mark.parametrize("revision", ["d" * 40, "main", ""])
def test_what_nobody_knows_stays_unknown(site, revision):
    ours, _colleague, _old, new = site
    assert WorkCopy(ours, Access(timeout=20)).descends(revision, new) is None


def test_a_remote_that_is_away_leaves_it_unknown(site, tmp_path):
    ours, colleague, _old, new = site
    later = commit(colleague, "three")
    git(colleague, "push", "-q", "origin", "HEAD:main")
    (tmp_path / "remote.git").rename(tmp_path / "elsewhere.git")
    assert WorkCopy(ours, Access(timeout=20)).descends(later, new) is None


def test_without_a_work_copy_only_the_same_counts():
    assert NoHistory().descends("a" * 40, "a" * 40) is True
    assert NoHistory().descends("a" * 40, "b" * 40) is None


def test_a_work_copy_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(Failure) as caught:
        WorkCopy(tmp_path / "nothing", Access())
    assert caught.value.code == "invalid_option"

# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What hosts, hooks and signing do to git: tokens stay secret, nothing hangs, refusals come in the host's own words."""

from __future__ import annotations

import base64
import os
import subprocess
import threading
from http.server import ThreadingHTTPServer

import pytest
from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import Failure
from ansible_collections.manuela.event_streaming.plugins.module_utils._git_errors import git_failure
from ansible_collections.manuela.event_streaming.tests.unit.plugins.module_utils.git.git_host import TOKEN, GitHost

pytestmark = pytest.mark.slow


@pytest.fixture
def host(site):
    server = ThreadingHTTPServer(("127.0.0.1", 0), GitHost)
    server.daemon_threads = True
    server.root, server.seen, server.script = site.root, [], []
    server.url = f"http://127.0.0.1:{server.server_port}/remote.git"
    subprocess.run(["git", "-C", str(site.remote), "config", "http.receivepack", "true"], check=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def with_helper(home):
    """Give the user a keychain helper with another token."""
    (home / ".gitconfig").write_text(
        '[credential]\n helper = "!f() { echo username=keychain; echo password=wrong; }; f"\n'
        "[user]\n name = n\n email = e\n"
    )


def test_a_token_clones_and_publishes_and_is_written_nowhere(site, host, no_settings_of_this_machine):
    with_helper(no_settings_of_this_machine)
    results = [site.worktree(repo=host.url, token=TOKEN)]
    site.write("work", "a", "x\n")
    results.append(site.publish(("A", "a"), token=TOKEN))
    assert site.log() == ["first", "A"]
    files = b"".join(data for _mode, _time, data in site.bytes_of(site.path).values() if isinstance(data, bytes))
    assert TOKEN.encode() not in files
    assert TOKEN not in repr(results)
    assert not any("keychain" in base64.b64decode(seen.partition(" ")[2]).decode() for seen in host.seen)


def test_the_token_never_stands_in_arguments(site, host, monkeypatch, tmp_path):
    real = subprocess.run(["which", "git"], capture_output=True, text=True, check=True).stdout.strip()
    wrapper = tmp_path / "bin/git"
    wrapper.parent.mkdir()
    wrapper.write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/argv\nps -e -o args >> {tmp_path}/argv\nexec {real} "$@"\n')
    wrapper.chmod(0o755)
    monkeypatch.setenv("PATH", f"{wrapper.parent}:{os.environ['PATH']}")
    site.worktree(repo=host.url, token=TOKEN)
    site.worktree(repo=host.url, token=TOKEN)
    text = (tmp_path / "argv").read_text()
    assert "clone" in text and "fetch" in text
    assert TOKEN not in text


@pytest.mark.parametrize("token", ["wrong-t0ken", None])
def test_a_wrong_or_missing_token_is_unauthorized_at_once(site, host, token):
    with pytest.raises(Failure) as caught:
        site.worktree(repo=host.url, token=token)
    assert caught.value.code == "unauthorized"
    assert "wrong-t0ken" not in str(caught.value.as_result())
    assert not site.path.exists()


def test_the_token_does_not_follow_to_another_host(site, host):
    site.worktree(repo=host.url, token=TOKEN)
    elsewhere = host.url.replace("127.0.0.1", "localhost")
    site.git(f"remote set-url --push origin {elsewhere}")
    host.seen.clear()
    site.write("work", "a", "x\n")
    with pytest.raises(Failure) as caught:
        site.publish(("A", "a"), token=TOKEN)
    assert caught.value.code == "unauthorized"
    assert site.log() == ["first"]


def test_a_connection_that_breaks_is_tried_again(site, host):
    site.worktree(repo=host.url, token=TOKEN)
    site.write("work", "a", "x\n")
    host.script.append(("info/refs", 503, "busy"))
    host.script.append(("service=git-receive-pack", 502, "bad gateway"))
    done = site.publish(("A", "a"), token=TOKEN)
    assert done.state["attempts"] == 3
    assert site.log() == ["first", "A"]


@pytest.mark.parametrize("check", [True, False])
def test_a_clone_and_a_fetch_get_over_a_little_trouble(site, host, check):
    host.script += [("info/refs", 503, "busy"), ("info/refs", 429, "slow down")]
    assert site.worktree(repo=host.url, token=TOKEN, check=check).state["attempts"] == 3
    assert site.worktree(repo=host.url, token=TOKEN).state["attempts"] == 1
    site.colleague("theirs", ("b", "x\n"))
    host.script += [("info/refs", 502, "bad gateway"), ("git-upload-pack", 503, "busy")]
    done = site.worktree(repo=host.url, token=TOKEN, check=check)
    assert done.changed and done.state["attempts"] == 3
    host.script += [("info/refs", 503, "busy")] * 9
    with pytest.raises(Failure) as caught:
        site.worktree(repo=host.url, token=TOKEN, check=check)
    assert (caught.value.code, caught.value.details["attempts"]) == ("unreachable", 3)


def test_a_name_in_the_url_goes_with_the_token(site, host):
    with pytest.raises(Failure):  # this host knows the name git only
        site.worktree(repo=host.url.replace("//", "//somebody@"), token=TOKEN)
    assert base64.b64decode(host.seen[-1].partition(" ")[2]).decode() == f"somebody:{TOKEN}"


def test_a_push_whose_answer_was_lost_is_recognised(site, host):
    site.worktree(repo=host.url, token=TOKEN)
    site.write("work", "a", "x\n")

    class Lost(GitHost):
        def say(self, status, data, headers=None):
            if self.command == "POST" and "receive-pack" in self.path and not self.server.lost:
                self.server.lost = True
                self.close_connection = True
                return None
            return super().say(status, data, headers)

    host.lost, host.RequestHandlerClass = False, Lost
    done = site.publish(("A", "a"), token=TOKEN)
    assert host.lost
    assert (done.changed, done.state["pushed"], done.state["commits"][0]["created"]) == (True, True, True)
    assert site.log() == ["first", "A"]


def test_a_host_that_is_down_is_unreachable(site):
    with pytest.raises(Failure) as caught:
        site.worktree(repo="http://127.0.0.1:9/x.git", token=TOKEN)
    assert (caught.value.code, caught.value.retryable) == ("unreachable", True)


def hook(path, text):
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


@pytest.mark.parametrize(
    ("said", "protected"),
    [
        ("error: GH006: Protected branch update failed for refs/heads/main.", True),
        ("error: GH013: Repository rule violations found for refs/heads/main. - Changes need a pull request.", True),
        ("GH013: Repository rule violations found: Push cannot contain secrets", False),
        ("GitLab: You are not allowed to push code to protected branches on this project.", True),
        ("Gitea: Not allowed to push to protected branch main", True),
        ("Branch refs/heads/main can only be modified through pull requests.", True),
        ("error: GH007: Your push would publish a private email address. (push declined due to email privacy)", False),
        ("policy: certificates only on Mondays", False),
    ],
)
def test_a_refusing_host_is_quoted_and_the_commit_is_kept(copy, said, protected):
    hook(copy.remote / "hooks/pre-receive", f"echo '{said}' >&2; exit 1")
    copy.write("work", "README", "mine\n")
    head, index = copy.git("rev-parse HEAD"), copy.git("ls-files -s")
    with pytest.raises(Failure) as caught:
        copy.publish(("A", "README"))
    assert caught.value.code == "refused"
    assert caught.value.details["protected"] is protected
    assert said in caught.value.msg
    assert "main" in caught.value.msg
    assert (copy.git("rev-parse HEAD"), copy.git("ls-files -s")) == (head, index)
    assert copy.git("status --porcelain") == " M README\n"
    kept = caught.value.details
    assert copy.git(f"show {kept['kept_as']}:README") == "mine\n"
    assert copy.git(f"rev-parse {kept['kept_as']}").strip() == kept["revision"]
    (copy.remote / "hooks/pre-receive").unlink()
    assert copy.publish(("A", "README")).state["pushed"]
    assert copy.log() == ["first", "A"]


@pytest.mark.parametrize("name", ["pre-push", "pre-commit", "commit-msg"])
def test_a_refusing_hook_of_the_user_is_shown(copy, name):
    hook(copy.path / f".git/hooks/{name}", "echo 'gitleaks: found a key'; exit 1")
    copy.write("work", "README", "mine\n")
    head = copy.git("rev-parse HEAD")
    with pytest.raises(Failure) as caught:
        copy.publish(("A", "README"))
    assert caught.value.code == "refused"
    assert "gitleaks: found a key" in caught.value.msg
    assert copy.git("rev-parse HEAD") == head
    assert copy.log() == ["first"]


def test_commit_hooks_see_what_is_committed_and_not_the_users_files(copy):
    hook(
        copy.path / ".git/hooks/pre-commit",
        'test "$(cat README)" = mine || exit 1; test ! -e junk || exit 1; echo formatted > README; git add README',
    )
    hook(copy.path / ".git/hooks/commit-msg", 'echo "Ticket: 1" >> "$1"')
    copy.write("work", "README", "mine\n")
    copy.write("work", "junk", "x\n")
    copy.publish(("A", "README"))
    assert copy.show("README") == "formatted\n"
    assert "Ticket: 1" in copy.git("log -1 --format=%B")
    assert copy.git("status --porcelain") == "?? junk\n"
    assert not copy.publish(("A", "README")).changed


@pytest.mark.parametrize("name", ["pre-push", "pre-commit"])
def test_a_hook_that_hangs_ends_at_the_deadline(copy, name):
    hook(copy.path / f".git/hooks/{name}", "echo waiting for a finger >&2; sleep 60")
    copy.write("work", "README", "mine\n")
    with pytest.raises(Failure) as caught:
        copy.publish(("A", "README"), request_timeout=1)
    assert caught.value.code == "timeout"
    assert "waiting for a finger" in caught.value.msg
    assert copy.log() == ["first"]


def test_signing_that_fails_or_hangs_is_said(copy, tmp_path):
    program = tmp_path / "gpg"
    hook(program, "echo 'gpg: no pinentry' >&2; exit 2")
    copy.git("config commit.gpgSign true")
    copy.git(f"config gpg.program {program}")
    copy.write("work", "README", "mine\n")
    with pytest.raises(Failure, match="commit.gpgSign"):
        copy.publish(("A", "README"))
    hook(program, "sleep 60")
    with pytest.raises(Failure) as caught:
        copy.publish(("A", "README"), request_timeout=1)
    assert caught.value.code == "timeout"
    assert copy.log() == ["first"]


def test_check_mode_runs_no_hook(copy):
    hook(copy.path / ".git/hooks/pre-commit", f"touch {copy.root}/ran")
    hook(copy.path / ".git/hooks/pre-push", f"touch {copy.root}/ran")
    copy.write("work", "README", "mine\n")
    assert copy.publish(("A", "README"), check=True).changed
    assert not (copy.root / "ran").exists()


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("remote: Password authentication was removed.\nfatal: Authentication failed for 'https://x/'", "unauthorized"),
        ("remote: The 'acme' organization has enabled SAML SSO.\nfatal: unable to access: error: 403", "unauthorized"),
        ("remote: Permission to a/b.git denied to c.\nfatal: The requested URL returned error: 403", "unauthorized"),
        ("git@x: Permission denied (publickey).\nfatal: Could not read from remote repository.", "unauthorized"),
        ("Host key verification failed.\nfatal: Could not read from remote repository.", "unauthorized"),
        ("remote: Repository not found.\nfatal: repository 'https://x/' not found", "not_found"),
        ("fatal: unable to access 'https://x/': Could not resolve host: x", "unreachable"),
        ("fatal: unable to access 'https://x/': SSL certificate problem: self-signed certificate", "unreachable"),
        ("fatal: unable to access 'https://x/': Failed to connect to x port 443: Connection refused", "unreachable"),
        ("fatal: unable to access 'https://x/': The requested URL returned error: 503", "unreachable"),
        ("fatal: unable to access 'https://x/': The requested URL returned error: 400", "refused"),
        ("fatal: unable to access 'https://x/': The requested URL returned error: 429", "unreachable"),
        ("fatal: detected dubious ownership in repository at '/x'", "refused"),
        ("error: could not write config file: No space left on device", "refused"),
        ("error: cannot lock ref 'refs/x': Unable to create '/x.lock': No space left on device", "refused"),
        ("remote: fatal: write error: No space left on device\nfatal: the remote end hung up", "refused"),
        ("fatal: Unable to create '/x/.git/index.lock': File exists.", "conflict"),
        ("fatal: detected dubious ownership in repository at '/x'\nCould not read from remote repository.", "refused"),
        ("remote: GitLab: You are not allowed to push code to this project.", "unauthorized"),
        ("error: cannot lock ref 'refs/heads/a/b': 'refs/heads/a' exists; cannot create 'refs/heads/a/b'", "refused"),
        ("remote: This repository was archived so it is read-only.\nThe requested URL returned error: 403", "refused"),
        ("remote: error: refusing to update checked out branch: refs/heads/main", "refused"),
        ("fatal: what is this", "failed"),
    ],
)  # fmt: skip
def test_what_git_says_has_a_code(said, code):
    failure = git_failure("git push", said, "https://me:pw@git.example.com/x.git")
    assert failure.code == code
    assert "me:pw" not in failure.msg
    assert failure.retryable is (code in ("unreachable", "conflict"))


def test_a_branch_that_refuses_as_if_it_moved_and_does_not_is_soon_given_up(copy):
    (copy.remote / "refs/heads/main.lock").write_text("")
    copy.write("work", "README", "mine\n")
    with pytest.raises(Failure, match="did not land") as caught:
        copy.publish(("A", "README"), push_retries=20)
    assert caught.value.code == "conflict"
    assert len(copy.clock.pauses) < 6


def test_the_colours_of_a_hook_stay_out_of_the_sentence(copy):
    hook(copy.remote / "hooks/pre-receive", "printf '\\033[31mERROR: no\\033[0m\\n\\nsecond line\\n' >&2; exit 1")
    copy.write("work", "README", "mine\n")
    with pytest.raises(Failure, match="ERROR: no; remote: second line") as caught:
        copy.publish(("A", "README"))
    assert "\x1b" not in caught.value.msg

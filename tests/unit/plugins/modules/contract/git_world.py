# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A Git host on the wire that wants a token, a colleague who pushes to it, and work copies."""

from __future__ import annotations

import os
import subprocess
import threading
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

from ansible_collections.manuela.event_streaming.tests.unit.plugins.module_utils.git.git_host import TOKEN, GitHost
from ansible_collections.manuela.event_streaming.tests.unit.plugins.modules.contract.file_world import Clock, tree_of

# What Git hosts, and the proxies in front of them, answer.
ANSWERS = tuple((status,) for status in (400, 401, 403, 404, 408, 409, 422, 429, 500, 502, 503, 504))
SETTINGS = "[user]\n name = Colleague\n email = colleague@example.com\n[init]\n defaultBranch = main\n"


class Answers(GitHost):
    """The host, with a journal of what it was asked."""

    def answer(self) -> None:
        self.server.asked.append(f"{self.command} {self.path.partition('?')[0].rpartition('/')[2]}")
        super().answer()


class GitWorld:
    """A bare remote behind HTTP, a clone of a colleague, and ``work``, which a test may have cloned."""

    secrets: tuple[str, ...] = (TOKEN, "s3cr3tPassword")
    monkeypatch: Any

    def __init__(self, root: Path) -> None:
        self.root = root
        self.clock = Clock()
        self.work = root / "work"
        (root / ".gitconfig").write_text(SETTINGS)
        self.environment = {name: text for name, text in os.environ.items() if not name.startswith("GIT_")}
        self.environment |= {"HOME": str(root), "XDG_CONFIG_HOME": str(root), "GIT_CONFIG_NOSYSTEM": "1"}
        self.git(root, "init", "-q", "--bare", "-b", "main", "remote.git")
        self.git(root / "remote.git", "config", "http.receivepack", "true")
        self.git(root, "clone", "-q", "remote.git", "colleague")
        self.push("app/kustomization.yaml", "resources:\n- a.yaml\n")
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
        self.server.daemon_threads = True
        self.server.stopped = threading.Event()
        self.server.root, self.server.seen, self.server.script = root, [], []
        self.server.asked = []
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/remote.git"
        self.given: dict[str, Any] = {"token": TOKEN, "path": str(self.work), "request_timeout": 20}

    def git(self, place: Path, *words: str) -> None:
        """Run git, as a colleague does."""
        subprocess.run(["git", *words], cwd=place, env=self.environment, check=True, capture_output=True)

    def push(self, path: str, text: str) -> None:
        """Let the colleague push one file."""
        file = self.root / "colleague" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        self.git(self.root / "colleague", "add", "-A")
        self.git(self.root / "colleague", "commit", "-qm", f"edit {path}")
        self.git(self.root / "colleague", "push", "-q", "origin", "HEAD:main")

    def clone(self) -> None:
        """Make the work copy as it is before a stage."""
        self.git(self.root, "clone", "-q", "remote.git", "work")
        self.git(self.work, "remote", "set-url", "origin", self.url)

    def edit(self, path: str, text: str) -> None:
        """Edit a file of the work copy."""
        file = self.work / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def refuse(self, status: int, text: str) -> None:
        """Let the host answer every request so."""
        self.server.script += [("/", status, text)] * 20

    def be_rude(self, status: int) -> None:
        """Let the host answer every request so."""
        self.refuse(status, "words of the host")

    def break_pack(self) -> None:
        """Let the host tell its branches, and break when it shall send them."""
        self.server.script += [("/git-upload-pack", 500, "broken")] * 20

    def sign_badly(self) -> None:
        """Have commits signed by a program that fails."""
        self.git(self.work, "config", "commit.gpgSign", "true")
        self.git(self.work, "config", "gpg.program", "false")

    def protect(self) -> None:
        """Let the host take no push, and quote the token that it was shown."""
        hook = self.root / "remote.git/hooks/pre-receive"
        hook.write_text(f"#!/bin/sh\necho 'GH006: Protected branch update failed for {TOKEN}' >&2\nexit 1\n")
        hook.chmod(0o755)

    def go_away(self) -> None:
        """Let the host listen no more."""
        self.close()

    def be_slow(self) -> None:
        """Let the host answer nothing for longer than anybody waits."""
        self.monkeypatch.setattr(GitHost, "answer", lambda handler: handler.server.stopped.wait(5))

    def without_programs(self) -> None:
        """Be a machine without git."""
        self.monkeypatch.setenv("PATH", str(self.root / "nowhere"))

    def snapshot(self) -> Any:
        return {name: seen for name, seen in tree_of(self.root).items() if not name.startswith("tmp/")}

    def written(self) -> Any:
        """Return the work tree with its times, and the pushes; git gives an object that it meets again a new time."""
        objects = sorted(path.name for place in ("work/.git", "remote.git") for path in (self.root / place).rglob("*"))
        return self.kept(), objects, self.server.asked.count("POST git-receive-pack")

    def kept(self) -> Any:
        """Return work tree, index, HEAD, branches and remote; objects that nothing refers to are no trace of a run."""
        places = (self.work / ".git/index", self.work / ".git/HEAD", self.work / ".git/refs/heads")
        files = [file for place in places for file in (place, *place.rglob("*")) if file.is_file()]
        remote = {name: seen[0] for name, seen in tree_of(self.root / "remote.git").items()}
        beside = [name for name in tree_of(self.root) if not name.startswith(("work/", "remote.git/"))]
        return tree_of(self.work, but=".git"), [(str(file), file.read_bytes()) for file in files], remote, beside

    def close(self) -> None:
        self.server.stopped.set()
        self.server.shutdown()
        self.server.server_close()

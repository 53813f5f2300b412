# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A Git site in a temporary directory: a bare remote, a colleague's clone, and work copies made by git_worktree."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.manuela.event_streaming.plugins.module_utils import _git_publish, _git_worktree


class FakeClock:
    """Seconds that pass only by sleeping."""

    def __init__(self) -> None:
        self.seconds = 100.0
        self.pauses: list[float] = []

    def now(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.seconds += seconds


ACCESS = {"token": None, "username": None, "ssh_key_file": None, "ca_cert": None, "validate_certs": True,
          "request_timeout": 20}  # fmt: skip


def sh(command: str, directory: Path, **env: str) -> str:
    """Run a shell line, which must succeed."""
    done = subprocess.run(
        command, shell=True, cwd=directory, capture_output=True, text=True, check=False, env={**os.environ, **env}
    )
    assert done.returncode == 0, f"{command}: {done.stderr}"
    return done.stdout


class Site:
    """The remote and those who use it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.remote = root / "remote.git"
        self.path = root / "work"
        self.clock = FakeClock()
        sh(f"git init -q --bare -b main {self.remote}", root)
        sh(f"git clone -q {self.remote} colleague", root)
        entries = "".join(f"- {name}.yaml\n" for name in "abcde")
        self.write("colleague", "app/kustomization.yaml", f"resources:\n{entries}")
        self.write("colleague", "app/script.sh", "#!/bin/sh\n")
        self.write("colleague", "README", "hello\n")
        os.chmod(root / "colleague/app/script.sh", 0o755)
        os.symlink("app/kustomization.yaml", root / "colleague/link.yaml")
        self.colleague("first")

    def write(self, where: str, path: str, text: str) -> None:
        file = self.root / where / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def colleague(self, message: str, *edits: tuple[str, str]) -> str:
        """Let somebody else push."""
        if edits:
            sh("git pull -q origin main", self.root / "colleague")
        for path, text in edits:
            self.write("colleague", path, text)
        sh(f"git add -A && git commit -qm '{message}' && git push -q origin HEAD:main", self.root / "colleague")
        return self.tip()

    def at(self, where: str, command: str) -> str:
        """Run a command of somebody else."""
        return sh(command, self.root / where)

    def tip(self, branch: str = "main") -> str:
        return sh(f"git rev-parse {branch}", self.remote).strip()

    def log(self) -> list[str]:
        return sh("git log --reverse --format=%s main", self.remote).splitlines()

    def show(self, path: str) -> str:
        return sh(f"git show main:{path}", self.remote)

    def git(self, command: str, **env: str) -> str:
        return sh(f"git {command}", self.path, **env)

    def worktree(self, check: bool = False, **options: Any):
        params = {**ACCESS, "repo": str(self.remote), "path": str(self.path), "branch": "", "create_branch": False,
                  "protect": [], "adopt": False, **options}  # fmt: skip
        return _git_worktree.execute(params, check, self.clock)

    def publish(self, *commits: Any, check: bool = False, **options: Any):
        asked = [{"subject": one[0], "paths": list(one[1:])} if isinstance(one, tuple) else one for one in commits]
        params = {**ACCESS, "path": str(self.path), "branch": "", "commits": asked, "author_name": None,
                  "author_email": None, "push": True, "push_retries": 5, "adopt": False, "first_trailers": None,
                  **options}  # fmt: skip
        return _git_publish.execute(params, check, self.clock)

    def bytes_of(self, directory: Path) -> dict[str, Any]:
        """Return everything below a directory: content, links, modes and times."""
        found: dict[str, Any] = {}
        for path in sorted(directory.rglob("*")):
            state = path.lstat()
            data = os.readlink(path) if path.is_symlink() else path.read_bytes() if path.is_file() else b""
            found[str(path.relative_to(directory))] = (state.st_mode, state.st_mtime_ns, data)
        return found


@pytest.fixture(autouse=True)
def no_settings_of_this_machine(monkeypatch, tmp_path_factory):
    """Hide the configuration and identity of whoever runs the tests, and lead git to nobody's askpass."""
    home = tmp_path_factory.mktemp("home")
    for name in [name for name in os.environ if name.startswith(("GIT_", "SSH_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    (home / ".gitconfig").write_text(
        "[user]\n name = Colleague\n email = colleague@example.com\n[init]\n defaultBranch = main\n"
    )
    return home


@pytest.fixture
def site(tmp_path):
    return Site(tmp_path)


@pytest.fixture
def copy(site):
    """The site, with a fresh work copy."""
    site.worktree()
    return site

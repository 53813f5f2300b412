# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pull requests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible_collections.manuela.event_streaming.tests.unit.plugins.module_utils.git.pull_host import TOKEN, PullHost
from ansible_collections.manuela.event_streaming.tests.unit.plugins.modules.contract import git_world
from ansible_collections.manuela.event_streaming.tests.unit.plugins.modules.contract.case import Case, Fault, Step
from ansible_collections.manuela.event_streaming.tests.unit.plugins.modules.contract.file_world import Clock


class PullWorld:
    """A Git host's API."""

    secrets: tuple[str, ...] = (TOKEN, "s3cr3tPassword")
    monkeypatch: Any

    def __init__(self, root: Path) -> None:
        self.root = root
        self.clock = Clock()
        self.host = PullHost("gitea")
        self.url = self.host.repo
        self.given: dict[str, Any] = {"repo": self.url, "token": TOKEN, "request_timeout": 20}

    def refuse(self, part: str, status: int, text: str) -> None:
        """Let the host answer so, once."""
        self.host.script.append((part, status, text))

    def be_rude(self, status: int) -> None:
        """Let the host answer every request so, but for the question what it is."""
        self.host.script += [("/repos/", status, '{"message": "words of the host"}')] * 20

    def snapshot(self) -> Any:
        return [dict(request) for request in self.host.requests], dict(self.host.branches), self.host.posted

    def written(self) -> Any:
        return self.host.posted

    def kept(self) -> Any:
        return self.snapshot()

    def close(self) -> None:
        self.host.close()


def closed(world: PullWorld) -> None:
    """Somebody closes what is open, without a merge."""
    for request in world.host.requests:
        request["state"] = "closed"


ASKED = {"head": "demo", "base": "main", "title": "Switch Kafka on"}

CASE = Case(
    "git_pull_request",
    PullWorld,
    (
        Step(ASKED),
        Step({**ASKED, "head": "other", "base": "", "revision": "c" * 40}),
        Step(ASKED, closed),
    ),
    (
        Fault("invalid_option", {**ASKED, "repo": "file:///srv/git/manuela-gitops.git"}),
        Fault(
            "invalid_option",
            {**ASKED, "repo": "https://me:s3cr3tPassword@git.example.com/demo/gitops"},
            name="password",
        ),
        Fault("unauthorized", {**ASKED, "token": "an old one"}),
        Fault("not_found", {**ASKED, "repo": "{url}/elsewhere"}),
        Fault("refused", ASKED, lambda world: world.refuse("state=all", 422, '{"message": "no"}')),
        Fault("unreachable", ASKED, lambda world: world.close()),
        Fault("timeout", {**ASKED, "request_timeout": 0.3}, lambda world: world.host.silent.set()),
        Fault("corrupt_input", ASKED, lambda world: world.refuse("state=all", 200, "<html>")),
    ),
    answers=git_world.ANSWERS,
)

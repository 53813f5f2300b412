# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A work copy."""

from __future__ import annotations

from ansible_collections.manuela.event_streaming.tests.unit.plugins.modules.contract.case import Case, Fault, Step
from ansible_collections.manuela.event_streaming.tests.unit.plugins.modules.contract.git_world import ANSWERS, GitWorld

MINE = {"protect": ["app"]}
DEEP = {"path": "{root}/deep/down/other"}


def asked(**more: object) -> dict[str, object]:
    return {"repo": "{url}", **more}


def edited(world: GitWorld) -> None:
    world.clone()
    world.edit("app/kustomization.yaml", "mine\n")


CASE = Case(
    "git_worktree",
    GitWorld,
    (
        Step(asked()),
        Step(asked(branch="main"), lambda world: world.push("app/kustomization.yaml", "resources: []\n")),
        Step(asked(path="{root}/deep/down/other", branch="stage", create_branch=True)),
        Step(asked(**MINE), lambda world: world.push("app/kustomization.yaml", "resources: [b]\n")),
    ),
    (
        Fault("invalid_option", asked(repo="https://me:s3cr3tPassword@git.example.com/x.git")),
        Fault("not_found", asked(branch="nowhere")),
        Fault("refused", asked(), lambda world: (world.root / "work").write_text("a file\n")),
        Fault("conflict", asked(**MINE), edited),
        Fault("unauthorized", asked(), lambda world: world.refuse(403, "no")),
        Fault("unreachable", asked(repo="http://127.0.0.1:9/x.git")),
        Fault("timeout", asked(request_timeout=0.3), lambda world: world.be_slow()),
        Fault("missing_library", asked(), lambda world: world.without_programs()),
        Fault("missing_library", asked(**DEEP), lambda world: world.without_programs(), name="deep"),
        Fault("unauthorized", asked(**DEEP), lambda world: world.refuse(403, "no"), name="deep"),
        Fault("unreachable", asked(**DEEP), lambda world: world.break_pack(), name="deep", unforeseen=True),
        Fault("failed", asked(), lambda world: (world.clone(), (world.work / ".git/index").write_bytes(b"DIRC"))),
    ),
    answers=ANSWERS,
)

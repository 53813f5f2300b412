# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Commits."""

from __future__ import annotations

from ansible_collections.manuela.event_streaming.tests.unit.plugins.modules.contract.case import Case, Fault, Step
from ansible_collections.manuela.event_streaming.tests.unit.plugins.modules.contract.git_world import ANSWERS, GitWorld

KUSTOMIZATION = "app/kustomization.yaml"


class Cloned(GitWorld):
    """With a work copy."""

    def __init__(self, root: object) -> None:
        super().__init__(root)  # type: ignore[arg-type]
        self.clone()


def asked(*paths: str, **more: object) -> dict[str, object]:
    return {"commits": [{"subject": f"Edit {path}", "paths": [path]} for path in paths], **more}


def both_edit(world: GitWorld) -> None:
    world.edit(KUSTOMIZATION, "resources: [mine]\n")
    world.push(KUSTOMIZATION, "resources: [theirs]\n")


def edit(world: GitWorld) -> None:
    world.edit(KUSTOMIZATION, "resources: []\n")


CASE = Case(
    "git_publish",
    Cloned,
    (
        Step(asked(KUSTOMIZATION), edit),
        Step(
            asked(KUSTOMIZATION, "new"), lambda world: (world.edit(KUSTOMIZATION, "a: 1\n"), world.edit("new", "1\n"))
        ),
        Step(asked("new"), lambda world: (world.work / "new").unlink()),
        Step(asked("kept", push=False), lambda world: world.edit("kept", "1\n")),
    ),
    (
        Fault("not_found", asked("new", path="{root}/nowhere")),
        Fault("refused", asked("new", branch="other")),
        Fault("invalid_option", asked("../outside")),
        Fault("conflict", asked(KUSTOMIZATION), both_edit),
        Fault("unauthorized", asked(KUSTOMIZATION), lambda world: (edit(world), world.refuse(403, "no"))),
        Fault("unreachable", asked(KUSTOMIZATION), lambda world: (edit(world), world.go_away())),
        Fault("timeout", asked(KUSTOMIZATION, request_timeout=0.3), lambda world: (edit(world), world.be_slow())),
        Fault(
            "refused",
            asked(KUSTOMIZATION),
            lambda world: (edit(world), world.protect()),
            name="protected",
            unforeseen=True,
        ),
        Fault("failed", asked(KUSTOMIZATION), lambda world: (edit(world), world.sign_badly()), unforeseen=True),
        Fault("missing_library", asked(KUSTOMIZATION), lambda world: world.without_programs()),
    ),
    answers=ANSWERS,
)

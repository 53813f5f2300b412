# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stages on and off, prepare, reset and restore in random order, while others commit: Git and the clusters agree."""

from __future__ import annotations

import os
import random
from collections.abc import Callable

import colleague
import pytest
from driving import Lab, Play

SEEDS = tuple(os.environ.get("E2E_SEEDS", "7 23").split())
STEPS = 10
THEIRS = "docs-of-others.md"
KUSTOMIZATION = "config/instances/manuela-stormshift/messaging/kustomization.yaml"
SHOWS = {
    "factory": ("factory", "kafkas", "manuela-stormshift-messaging"),
    "mirror": ("factory", "kafkamirrormaker2s", "manuela-data-lake-factory-mirror-maker"),
    "s3": ("central", "integrations", "manuela-data-lake-central-s3-store"),
}
# What a stage stands on, and what it says without it.
NEEDS = {"mirror": "factory", "s3": "mirror"}


def on(lab: Lab) -> set[str]:
    """Return the stages that Git has on."""
    links = lab.git("ls-tree", "-r", "--name-only", lab.revision(), "deployment")
    switched = [line.strip() for line in lab.git("show", f"{lab.revision()}:{KUSTOMIZATION}").splitlines()]
    return {
        *(["factory"] if "- ../../../templates/manuela-openshift-prod/messaging-kafka" in switched else []),
        *(["mirror"] if "factory-mirror-maker" in links else []),
        *(["s3"] if "central-s3-store" in links else []),
    }


def agree(lab: Lab) -> None:
    """Insist that the clusters run what Git has on, and nothing else of the demo."""
    shown = {
        stage for stage, (side, kind, place) in SHOWS.items() if lab.kubectl(side, "-n", place, "get", kind, "-oname")
    }
    assert shown == on(lab)


def switch(lab: Lab, stage: str, state: str) -> None:
    """Switch a stage; out of its order it is refused with what to do first, and nothing is written."""
    before, was = lab.revision(), on(lab)
    run = lab.stage(stage, "-e", f"stage_state={state}", limit=600)
    missing = state == "present" and stage in NEEDS and NEEDS[stage] not in was
    needed = state == "absent" and any(need == stage and other in was for other, need in NEEDS.items())
    if missing or needed:
        run.refused()
        assert "stage_force=true" in run.words and lab.revision() == before
        return
    run.succeeded()
    assert (stage in on(lab)) is (state == "present")


def restore(lab: Lab) -> None:
    """Go back; where others changed the same file that is said first, and only done when it is meant."""
    before = lab.revision()
    run = lab.play("restore.yml", limit=600)
    if run.code != 0:
        run.refused()
        assert KUSTOMIZATION in run.words and "by Colleague" in run.words and "restore_overwrite=true" in run.words
        assert lab.revision() == before
        run = lab.play("restore.yml", "-e", "restore_overwrite=true", limit=600)
    run.succeeded()
    assert _again(lab, "restore.yml").changed == 0


def quiet(lab: Lab, playbook: str) -> None:
    """Take everything down."""
    lab.play(playbook, limit=600).succeeded()
    assert on(lab) == set()
    assert _again(lab, playbook).changed == 0


def _again(lab: Lab, playbook: str) -> Play:
    return lab.play(playbook, limit=600).succeeded()


def act(lab: Lab, chance: random.Random) -> str:
    """Do one thing at random, and return what it was."""
    stage, state = chance.choice(sorted(SHOWS)), chance.choice(["present", "present", "absent"])
    actions: dict[str, Callable[[], None]] = {
        f"{stage} {state}": lambda: switch(lab, stage, state),
        "restore": lambda: restore(lab),
        "reset": lambda: quiet(lab, "reset.yml"),
        "prepare": lambda: quiet(lab, "prepare.yml"),
        "a colleague changes the same file": lambda: colleague.appends(lab, KUSTOMIZATION, "# theirs\n"),
    }
    (name,) = chance.choices(list(actions), weights=[6, 2, 1, 1, 1])
    print(f"{sorted(on(lab))}: {name}", flush=True)
    actions[name]()
    return name


@pytest.mark.timeout(2400)
@pytest.mark.parametrize("seed", SEEDS)
def test_any_order_ends_where_git_says(lab: Lab, seed: str) -> None:
    chance = random.Random(seed)
    for step in range(STEPS):
        colleague.appends(lab, THEIRS, f"{seed} {step}\n")
        name = act(lab, chance)
        kept = lab.git("show", f"{lab.revision()}:{THEIRS}").splitlines()
        assert kept[-1] == f"{seed} {step}", f"{name} lost a commit of others"
        agree(lab)


def test_the_next_show_needs_no_hand_on_the_cluster(lab: Lab) -> None:
    lab.play("prepare.yml", limit=600).succeeded()
    lab.stage("all", limit=900).succeeded()
    agree(lab)

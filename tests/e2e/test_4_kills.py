# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Killed at any moment, run again: the same place.  And what is broken underneath is named."""

from __future__ import annotations

import os
import random
import signal
import time

import pytest
from driving import Lab, Play


def _killed(lab: Lab, seconds: float, *words: str) -> None:
    process = lab.start("demo-stage.yml", *words)
    time.sleep(seconds)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


def _state(lab: Lab) -> dict[str, str]:
    tree = lab.git("ls-tree", "-r", lab.revision(), "deployment")
    return {"deployment": tree, "messaging": lab.git("show", f"{lab.revision()}:{MESSAGING}")}


MESSAGING = "config/instances/manuela-stormshift/messaging/kustomization.yaml"


@pytest.mark.parametrize("seed", range(3))
def test_a_killed_stage_is_completed_by_the_next_run(lab: Lab, seed: int) -> None:
    wanted = _state(lab)
    before = lab.revision()
    moment = random.Random(seed).uniform(2, 12)
    _killed(lab, moment, "-e", "stage=s3", "-e", "stage_state=absent")
    lab.stage("s3", "-e", "stage_state=absent").succeeded()
    assert len(lab.commits_since(before)) == 1, f"killed after {moment:.1f} s"
    middle = lab.revision()
    _killed(lab, moment, "-e", "stage=s3")
    lab.stage("s3").succeeded()
    assert len(lab.commits_since(middle)) == 1, f"killed after {moment:.1f} s"
    assert _state(lab) == wanted
    assert lab.stage("s3").succeeded().changed == 0


def test_sensors_that_stopped_are_named_within_ninety_seconds(lab: Lab) -> None:
    deployments = _sensors(lab)
    assert deployments
    for namespace, name in deployments:
        lab.kubectl("factory", "-n", namespace, "scale", "deployment", name, "--replicas=0")
    try:
        time.sleep(35)  # until the newest record is too old to be taken for now
        run: Play = lab.stage("factory", "-e", "event_streaming_flow_timeout=60").refused()
        assert run.seconds < 90
        assert "sensor" in run.words
    finally:
        for namespace, name in deployments:
            lab.kubectl("factory", "-n", namespace, "scale", "deployment", name, "--replicas=1")
    lab.stage("factory").succeeded()


def _sensors(lab: Lab) -> list[tuple[str, str]]:
    listed = lab.kubectl("factory", "get", "deployments", "-A", "--no-headers")
    rows = [line.split()[:2] for line in listed.splitlines()]
    return [(namespace, name) for namespace, name in rows if "sensor" in name]


def test_the_lab_heals_what_is_killed(lab: Lab) -> None:
    victims = [pid for pid, name in lab.processes().items() if "kubelab" in name]
    assert victims
    os.kill(random.Random(1).choice(victims), signal.SIGKILL)
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        healthy = [lab.kubectl(side, "get", "--raw", "/readyz") for side in ("factory", "central")]
        if healthy == ["ok", "ok"]:
            break
        time.sleep(1)
    assert healthy == ["ok", "ok"]
    assert lab.play("verify.yml").succeeded().changed == 0

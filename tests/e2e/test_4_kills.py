# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Killed at any moment, run again: the same place."""

from __future__ import annotations

import os
import random
import signal
import time
from pathlib import Path

import pytest
from driving import PATIENCE, Lab


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


# One process of each kind; Supervisor's own end, which takes all others with it, is among lab/tests/parts.
PROGRAMS = (
    "kubelab",
    "argocd-application-controller",
    "argocd-repo-server",
    "manuela_lab.operator",
    "labnet",
    "weed",
    "kafka.Kafka",
    "connect.mirror.MirrorMaker",
    "org.apache.camel",
    "manuela_lab.parts.sensor",
)


def _victims(lab: Lab, program: str) -> list[int]:
    return [pid for pid in lab.processes() if program.encode() in _command_line(pid)]


def _command_line(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:  # it ended meanwhile
        return b""


def _well(lab: Lab, seconds: float) -> str:
    deadline = time.monotonic() + seconds * PATIENCE
    while (status := lab.command("status")).returncode and time.monotonic() < deadline:
        time.sleep(1)
    return "" if status.returncode == 0 else status.stdout


def test_the_lab_heals_whatever_is_killed_and_a_stage_ends_in_the_same_place(lab: Lab) -> None:
    wanted = _state(lab)
    for number, program in enumerate(PROGRAMS):
        victims = _victims(lab, program)
        assert victims, program
        os.kill(random.Random(number).choice(victims), signal.SIGKILL)
        assert _well(lab, 60) == "", program
    assert lab.stage("all", limit=600).succeeded().changed == 0
    assert _state(lab) == wanted

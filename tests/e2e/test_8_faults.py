# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every fault that the lab can produce: one run of the diagnosis names its cause, then the lab is well again."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

import pytest
from driving import Lab, Play

from manuela_lab.faults.catalogue import FAULTS
from manuela_lab.faults.fault import Fault

CAUSE = re.compile(
    r"msg: (?:\|-?\n)?\s*(?P<sentence>.+)(?:\n\s+Next: (?P<next>.+))?\n(?P<chain>(?:\s+(?:ok |BAD) .*\n)+)"
)


@pytest.fixture(scope="module")
def show(lab: Lab) -> Lab:
    """Return a lab in which every stage is on."""
    lab.play("prepare.yml").succeeded()
    lab.stage("all", limit=600).succeeded()
    return lab


@pytest.fixture
def broken(show: Lab, request: pytest.FixtureRequest) -> Iterator[Fault]:
    """Make one fault, and take it back whatever happens."""
    fault = FAULTS[request.param]
    made = show.command("fault", fault.name, limit=300)
    try:
        assert made.returncode == 0, made.stderr
        yield fault
    finally:
        cleared = show.command("fault", "--clear", limit=400)
    assert cleared.returncode == 0, cleared.stderr


def diagnose(lab: Lab) -> tuple[str, str, str]:
    """Return the one sentence, the next step, and the chain of evidence."""
    run: Play = lab.play("diagnose.yml", limit=300).succeeded()
    assert run.changed == 0
    found = CAUSE.findall(run.text)
    assert len(found) == 1, run.text[-4000:]
    return found[0]


@pytest.mark.parametrize("broken", FAULTS, indirect=True)
def test_the_sentence_names_the_cause(show: Lab, broken: Fault) -> None:
    sentence, next_step, chain = diagnose(show)
    assert [word for word in broken.named if word not in sentence] == [], sentence + "\n" + chain
    assert next_step
    assert "BAD" in chain
    assert sentence.startswith("the cause is not known") == (broken.cause == "unknown")


def test_a_lab_without_a_fault_has_no_cause(show: Lab) -> None:
    sentence, next_step, chain = diagnose(show)
    assert (sentence, next_step) == ("nothing is wrong with what was looked at", ""), chain


# Conditions that waiting cannot cure: the stage ends long before its wait does, with the same one cause.
TERMINAL = ("kustomization-broken", "integration-empty")


@pytest.mark.parametrize("broken", TERMINAL, indirect=True)
def test_a_stage_ends_at_once_on_what_waiting_cannot_cure(show: Lab, broken: Fault) -> None:
    run = show.stage("factory", limit=300).refused()
    assert "timed out" not in run.words, run.text[-4000:]
    assert all(word in run.words for word in broken.named), run.text[-4000:]
    assert "Next: " in run.text
    assert len(re.findall(r"^fatal: ", run.text, re.MULTILINE)) == 2, "the wait, and its one cause"


@pytest.mark.parametrize("broken", ["sensors-stopped"], indirect=True)
def test_sensors_that_stopped_are_named_though_old_records_are_there(show: Lab, broken: Fault) -> None:
    begin = time.monotonic()
    run = show.stage("factory", limit=300).refused()
    print(f"stage factory without sensors: failed after {time.monotonic() - begin:.0f} s")
    assert "the sensors are stopped" in run.words
    assert all(word in run.words for word in broken.named), run.text[-4000:]
    assert re.search(r"BAD\s+topic\s+topic iot-sensor-sw-temperature: \d+ records", run.text), (
        "the old records are told"
    )

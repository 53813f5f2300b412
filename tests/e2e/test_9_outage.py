# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A link is cut, a certificate exchanged, files go back: no record is lost, and nobody's commit."""

from __future__ import annotations

import os
import re
import signal
import time

import colleague
import pytest
from driving import Lab, Play

COUNTED = re.compile(r"^\s*(iot-sensor-sw-\w+)\s+(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s+kept", re.MULTILINE)
POLICY = ("-n", "manuela-data-lake-factory-mirror-maker", "get", "networkpolicy", "-o", "name")
README = "README.md"


@pytest.fixture(scope="module")
def mirrored(lab: Lab) -> Lab:
    """A lab in which records are mirrored."""
    lab.play("prepare.yml").succeeded()
    for stage in ("factory", "mirror"):
        lab.stage(stage).succeeded()
    return lab


def _complete(run: Play) -> None:
    counted = COUNTED.findall(run.succeeded().text)
    assert len(counted) == 2, run.text[-3000:]
    print("\n".join(re.findall(r"^.*(?:kept in|caught|longest time|has what came).*$", run.text, re.MULTILINE)))
    for _topic, produced, arrived, missing, _duplicates in counted:
        assert int(produced) > 0 and produced == arrived and missing == "0"


@pytest.mark.timeout(900)
@pytest.mark.parametrize("cut", ["network", "mirror"])
def test_no_record_is_lost_when_the_link_is_cut(mirrored: Lab, cut: str) -> None:
    before = mirrored.revision()
    run = mirrored.stage("outage", "-e", f"outage_cut={cut}", limit=600)
    _complete(run)
    assert "no new one for" in run.words, "central was seen standing still"
    assert mirrored.revision() == before and not mirrored.kubectl("factory", *POLICY)


@pytest.mark.timeout(900)
def test_a_run_that_was_killed_in_the_middle_is_restored_by_the_next(mirrored: Lab) -> None:
    process = mirrored.start("demo-stage.yml", "-e", "stage=outage", "-e", "outage_seconds=60")
    deadline = time.monotonic() + 120
    while not mirrored.kubectl("factory", *POLICY) and time.monotonic() < deadline:
        time.sleep(1)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    assert mirrored.kubectl("factory", *POLICY), "it was killed while the link was cut"
    mirrored.stage("outage", "-e", "stage_state=absent").succeeded()
    assert not mirrored.kubectl("factory", *POLICY)


@pytest.mark.timeout(900)
def test_a_certificate_is_exchanged_while_records_flow(mirrored: Lab) -> None:
    before = mirrored.revision()
    _complete(mirrored.play("rotate-certificate.yml", limit=700))
    subjects = [subject for subject, _files in mirrored.commits_since(before)]
    assert [subject.split()[0] for subject in subjects] == ["trust", "serve", "trust"]


def test_what_others_changed_too_is_named_and_kept(mirrored: Lab) -> None:
    changed = "config/instances/manuela-stormshift/messaging/kustomization.yaml"
    colleague.appends(mirrored, changed, "# theirs\n")
    before = mirrored.revision()
    run = mirrored.play("restore.yml").refused()
    assert changed in run.words and "Colleague" in run.words and "restore_overwrite=true" in run.words
    assert mirrored.revision() == before


def test_restore_keeps_the_commits_of_others(mirrored: Lab) -> None:
    colleague.appends(mirrored, README, "theirs\n")
    before = mirrored.revision()
    mirrored.play("restore.yml", "-e", "restore_overwrite=true", limit=400).succeeded()
    ((subject, files),) = mirrored.commits_since(before)
    assert subject == "restore what was before the demo" and README not in files
    assert mirrored.git("show", f"{mirrored.revision()}:{README}").endswith("theirs")
    restored = mirrored.git("log", "-1", "--format=%(trailers:key=Restored,valueonly)", mirrored.revision())
    assert not mirrored.git("diff", "--name-only", restored.strip(), mirrored.revision(), "--", *files)
    again = mirrored.play("restore.yml").succeeded()
    assert again.changed == 0 and mirrored.commits_since(before) == [(subject, files)]

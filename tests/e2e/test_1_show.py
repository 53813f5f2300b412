# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The show: prepare, every stage, each twice, and then the second show of the day."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from driving import Lab

MESSAGING = "config/instances/manuela-stormshift/messaging/kustomization.yaml"
LINKS = {
    "mirror": {
        "deployment/execenv-factorydatacenter/manuela-data-lake-factory-mirror-maker.yaml",
        "deployment/execenv-centraldatacenter/manuela-data-lake-central-kafka-cluster.yaml",
    },
    "s3": {"deployment/execenv-centraldatacenter/manuela-data-lake-central-s3-store.yaml"},
}
RECORD = re.compile(r"\w[\w-]*,\w[\w-]*,-?\d+\.\d+,\d{13}")


def _again(lab: Lab, stage: str) -> None:
    before = lab.revision()
    run = lab.stage(stage).succeeded()
    assert run.changed == 0, run.text
    assert lab.revision() == before, lab.commits_since(before)
    assert "Forecast: " in run.words, "from this machine's copy of the record"


def test_prepare_makes_its_commits_with_one_push(lab: Lab) -> None:
    before = lab.revision()
    lab.play("prepare.yml").succeeded()
    commits = lab.commits_since(before)
    assert 1 <= len(commits) <= 3
    files = {file for _subject, changed in commits for file in changed}
    assert any(file.endswith("kafka-tls-certificate-and-key.yaml") for file in files)
    assert any(file.endswith("kafka-tls-certificate.yaml") for file in files)
    assert lab.bucket() == []


def test_prepare_again_changes_nothing(lab: Lab) -> None:
    before = lab.revision()
    run = lab.play("prepare.yml").succeeded()
    assert run.changed == 0, run.text
    assert lab.revision() == before


def test_a_stage_whose_predecessor_is_missing_says_so(lab: Lab) -> None:
    before = lab.revision()
    run = lab.stage("mirror").refused()
    assert "factory" in run.words and "stage_force" in run.words
    assert lab.revision() == before


def test_an_unknown_stage_lists_the_stages(lab: Lab) -> None:
    run = lab.stage("mirrors").refused()
    for stage in ("review", "empty-bucket", "factory", "mirror", "s3", "all"):
        assert stage in run.words


def test_check_mode_shows_the_stage_and_touches_nothing(lab: Lab) -> None:
    before = lab.revision()
    run = lab.stage("factory", "--check", "--diff").succeeded()
    assert lab.revision() == before
    assert re.search(r"^\+.*messaging-kafka", run.text, re.MULTILINE), run.text


def test_review_informs(lab: Lab) -> None:
    for _time in range(2):
        run = lab.stage("review").succeeded()
        assert run.changed == 0
    assert "MQTT" in run.words and "Mirror" in run.words


def test_the_empty_bucket_is_shown_empty(lab: Lab) -> None:
    for _time in range(2):
        run = lab.stage("empty-bucket").succeeded()
        assert run.changed == 0
    assert "empty" in run.words


def test_factory_brings_records_to_the_factory(lab: Lab) -> None:
    before = lab.revision()
    run = lab.stage("factory").succeeded()
    (commit,) = lab.commits_since(before)
    assert commit == ("copy MQtt data to Kafka in factory", [MESSAGING])
    assert len(RECORD.findall(run.text)) >= 5, run.text
    _again(lab, "factory")


def test_mirror_brings_records_to_central(lab: Lab) -> None:
    before = lab.revision()
    run = lab.stage("mirror").succeeded()
    (commit,) = lab.commits_since(before)
    assert commit[0] == "Deploy data lake application"
    assert set(commit[1]) == LINKS["mirror"]
    assert len(RECORD.findall(run.text)) >= 5, run.text
    assert re.search(r"stage=s3|stage 's3'|stage s3", run.words), run.text[-1500:]
    assert lab.bucket() == [], "the S3 writer comes with its own stage"
    _again(lab, "mirror")


def test_s3_archives_and_shows_one_object(lab: Lab, tmp_path: Path) -> None:
    before = lab.revision()
    run = lab.stage("s3", "-e", f"dest={tmp_path}/").succeeded()
    (commit,) = lab.commits_since(before)
    assert set(commit[1]) == LINKS["s3"]
    assert re.search(r"manuela-(temperature|vibration)-", run.text)
    saved = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert saved and RECORD.search(saved[0].read_text())
    _again(lab, "s3")


def test_a_chosen_object_is_shown(lab: Lab) -> None:
    (first, *_others) = lab.bucket() or [""]
    run = lab.stage("s3", "-e", f"FILE_NAME={first}").succeeded()
    assert first in run.words
    assert run.changed == 0


def test_empty_bucket_after_s3_tells_and_deletes_nothing(lab: Lab) -> None:
    keys = set(lab.bucket() or [])
    assert keys
    run = lab.stage("empty-bucket").succeeded()
    assert run.changed == 0
    assert re.search(r"\d+ objects?", run.words) and re.search(r"archive|S3 writer|stage.?s3", run.words), run.text
    assert keys <= set(lab.bucket() or [])


def test_verify_finds_everything_flowing(lab: Lab) -> None:
    run = lab.play("verify.yml").succeeded()
    assert run.changed == 0


@pytest.mark.timeout(600)
def test_the_second_show_of_the_day(lab: Lab) -> None:
    again = lab.play("prepare.yml").succeeded()
    told = re.search(r"Forecast: (\d+) s", again.words)
    assert told and f"(forecast {told[1]} s)" in again.words, "as it was said at the beginning"
    assert lab.bucket() == []
    assert not lab.kubectl("factory", "get", "kafka", "-A", "-o", "name")
    run = lab.stage("all", limit=400).succeeded()
    assert len(RECORD.findall(run.text)) >= 10
    assert lab.bucket()

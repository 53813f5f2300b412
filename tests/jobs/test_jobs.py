# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The show as AWX jobs: a fresh disk each, no terminal, credentials from injectors, the record handed to the next."""

from __future__ import annotations

import pytest
from driving import Lab
from launching import Awx
from layout import LaunchRefused

pytestmark = pytest.mark.timeout(900)
MESSAGE = "copy MQtt data to Kafka in factory"


@pytest.mark.parametrize("answer", [{"stage_state": "gone"}, {"stage_state": ""}, {"stage_force": "perhaps"}])
def test_a_wrong_survey_answer_is_refused_at_launch(awx: Awx, answer: dict[str, str]) -> None:
    with pytest.raises(LaunchRefused, match=next(iter(answer))):
        awx.launch("stage factory", **answer)


def test_prepare_runs_as_a_job_and_again_on_a_fresh_disk(awx: Awx, lab: Lab) -> None:
    first = awx.launch("prepare").succeeded()
    assert lab.bucket() == []
    revision = lab.revision()
    again = awx.launch("prepare").succeeded()
    assert (again.changed, lab.revision()) == (0, revision)
    assert first.artifacts["event_streaming_record"]["stage"] == "prepare"
    assert [record["stage"] for record in awx.listener.records] == ["prepare", "prepare"]


def test_a_check_job_predicts_the_commit_and_pushes_nothing(awx: Awx, lab: Lab) -> None:
    before = lab.revision()
    job = awx.launch("stage factory", "--check", "--diff").succeeded()
    assert MESSAGE in job.output and "+" in job.output
    assert lab.revision() == before


def test_a_cancelled_stage_is_completed_by_the_next_job(awx: Awx, lab: Lab) -> None:
    before = lab.revision()
    cancelled = awx.cancel(*awx.start("stage factory"), said="datacenter : Argo CD]")
    assert cancelled.status == "canceled"
    done = awx.launch("stage factory").succeeded()
    assert [subject for subject, _files in lab.commits_since(before)] == [MESSAGE]
    assert done.artifacts["event_streaming_record"]["revision"] == lab.revision()


def test_the_rest_of_the_show_ends_with_records_in_s3(awx: Awx, lab: Lab) -> None:
    awx.launch("stage mirror").succeeded()
    last = awx.launch("any stage", stage="s3").succeeded()
    assert lab.bucket()
    assert last.artifacts["event_streaming_record"]["stage"] == "s3"
    verified = awx.launch("verify").succeeded()
    assert verified.changed == 0


def test_output_is_readable_in_a_viewer_and_nothing_is_left(awx: Awx, lab: Lab) -> None:
    job = awx.launch("diagnose").succeeded()
    assert job.left_behind <= {"manuela-event-streaming"}
    assert "\r" not in job.output.replace("\r\n", "\n")
    assert not [word for word in (lab.state["s3"]["secret_key"], awx.listener.secret) if word in job.output]

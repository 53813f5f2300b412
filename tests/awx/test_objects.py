# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The AWX objects: made by the playbook, accepted by AWX's rules, unchanged by a second run, gone afterwards."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from .fake_awx import FakeAwx
from .serializer_rules import ROOT, playbooks

pytestmark = pytest.mark.timeout(600)

SECRET = "a-token-nobody-may-see"
GIVEN = {
    "awx_project_url": "https://git.example.com/org/event-streaming.git",
    "awx_gitops_repo": "https://git.example.com/org/manuela-gitops.git",
    "awx_execution_environment_image": "registry.example.com/event-streaming:1",
    "awx_git_token": SECRET,
    "awx_s3_bucket": "manuela-data-lake",
    "awx_s3_access_key": "access",
    "awx_s3_secret_key": SECRET,
    "awx_factory_kubeconfig": "apiVersion: v1",
    "awx_central_kubeconfig": "apiVersion: v1",
    "awx_webhook_url": "https://hooks.example.com/x",
}


def run(awx_url: str, tmp_path: Path, *more: str, **variables: str) -> subprocess.CompletedProcess[str]:
    given = tmp_path / "vars.json"
    connection = {"awx_controller_host": awx_url, "awx_controller_oauthtoken": "controller-token"}
    given.write_text(json.dumps({**GIVEN, **connection, **variables}))
    command = [str(Path(sys.executable).parent / "ansible-playbook"), "-i", "localhost,", "-c", "local"]
    command += ["-e", f"ansible_python_interpreter={sys.executable}", "-e", f"@{given}", "playbooks/awx.yml", *more]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=280, env={**os.environ}
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-2000:]
    return done


def changed(done: subprocess.CompletedProcess[str]) -> int:
    return int(re.findall(r"changed=(\d+)", done.stdout)[-1])


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory):
    awx = FakeAwx()
    url = awx.url()
    first = run(url, tmp_path_factory.mktemp("awx"), "--diff")
    return awx, url, first


def stages() -> list[str]:
    table = yaml.safe_load((ROOT / "playbooks/vars/stages.yml").read_text())
    return [stage["name"] for stage in yaml.safe_load(table["event_streaming_table"])]


def test_every_stage_and_playbook_has_a_job_template(made):
    awx, _url, _first = made
    names = [name.split(" | ")[1] for name in awx.names("job_templates")]
    assert {f"stage {stage}" for stage in stages()} <= set(names)
    assert {"prepare", "verify", "diagnose", "reset", "factory", "central", "any stage"} <= set(names)


def test_surveys_offer_the_stages_of_the_table(made):
    awx, _url, _first = made
    question = asked(awx, "job_templates", "MANUela event streaming | any stage")["stage"]
    assert question["choices"] == stages()


def asked(awx, kind, name):
    return {question["variable"]: question for question in awx.questions(kind, awx.one(kind, name)["id"])}


def test_what_publishes_asks_for_a_branch_and_the_show_passes_one_answer_to_all(made):
    awx, _url, _first = made
    names = [name.split(" | ")[1] for name in awx.names("job_templates")]
    ask = {
        name for name in names if "gitops_branch" in asked(awx, "job_templates", f"MANUela event streaming | {name}")
    }
    assert set(names) - ask == {"preflight", "verify", "diagnose"}
    (show,) = awx.names("workflow_job_templates")
    question = asked(awx, "workflow_job_templates", show)["gitops_branch"]
    assert (question["required"], question["default"]) == (False, "")


def test_the_workflow_asks_before_each_step_and_diagnoses_every_failure(made):
    awx, _url, _first = made
    diagnose = awx.one("workflow_job_template_nodes", "diagnose")["id"]
    for node in awx.names("workflow_job_template_nodes"):
        if node != "diagnose" and not node.startswith("approve-"):
            assert awx.linked("workflow_job_template_nodes", node, "failure_nodes") == [diagnose], node
    approval = awx.one("workflow_job_template_nodes", "approve-mirror")
    assert awx.linked("workflow_job_template_nodes", "factory", "success_nodes") == [approval["id"]]


def test_the_workflow_begins_with_the_preflight_and_repeats_it_when_all_is_prepared(made):
    awx, _url, _first = made
    nodes = {name: awx.one("workflow_job_template_nodes", name)["id"] for name in ("preflight", "prepare", "ready")}
    led_to = {
        number
        for node in awx.names("workflow_job_template_nodes")
        for which in ("success_nodes", "failure_nodes", "always_nodes")
        for number in awx.linked("workflow_job_template_nodes", node, which)
    }
    begins = [
        name
        for name in awx.names("workflow_job_template_nodes")
        if awx.one("workflow_job_template_nodes", name)["id"] not in led_to
    ]
    assert begins == ["preflight"]
    assert awx.linked("workflow_job_template_nodes", "preflight", "success_nodes") == [nodes["prepare"]]
    assert awx.linked("workflow_job_template_nodes", "prepare", "success_nodes") == [nodes["ready"]]
    first = awx.one("job_templates", "MANUela event streaming | preflight")
    assert json.loads(first["extra_vars"]) == {"stage": "preflight", "preflight_before": "prepare"}


def test_templates_inject_only_the_credentials_they_need(made):
    awx, _url, _first = made
    by_id = {number: item["name"] for number, item in awx.objects["credentials"].items()}
    ids = awx.linked("job_templates", "MANUela event streaming | factory", "credentials")
    used = {by_id[number].removeprefix("MANUela event streaming ") for number in ids}
    assert used == {"factory kubeconfig", "git", "webhook"}


def test_secrets_are_not_shown(made):
    _awx, _url, first = made
    assert SECRET not in first.stdout + first.stderr and "controller-token" not in first.stdout + first.stderr


def test_the_inventory_keeps_its_lookups_for_the_job(made):
    awx, _url, _first = made
    variables = json.loads(awx.one("hosts", "factory")["variables"])
    assert variables["event_streaming_kubeconfig"] == (
        "{{ lookup('ansible.builtin.env', 'EVENT_STREAMING_FACTORY_KUBECONFIG') }}"
    )
    inventory = json.loads(awx.one("inventories", "MANUela event streaming")["variables"])
    assert inventory["event_streaming_git_repo"] == GIVEN["awx_gitops_repo"]
    assert "lookup" in inventory["event_streaming_git_token"]
    assert "gitops_branch" in inventory["event_streaming_git_branch"]


def test_a_second_run_changes_nothing_and_then_everything_goes(made, tmp_path):
    awx, url, _first = made
    before = len(awx.journal)
    again = run(url, tmp_path)
    assert (changed(again), awx.journal[before:]) == (0, [])
    run(url, tmp_path, awx_state="absent")
    left = {kind: awx.names(kind) for kind in awx.objects if awx.names(kind)}
    assert left == {"credentials": ["Ansible Galaxy"]} or set(left) == {"credentials", "workflow_approval_templates"}
    assert changed(run(url, tmp_path, awx_state="absent")) == 0


def test_an_organization_of_somebody_else_is_used_and_left(tmp_path):
    awx = FakeAwx()
    awx.add("organizations", {"name": "Default", "description": "The platform team's"})
    url = awx.url()
    run(url, tmp_path, awx_organization="Default")
    run(url, tmp_path, awx_organization="Default", awx_state="absent")
    assert awx.names("organizations") == ["Default"]


def test_awx_lists_our_playbooks_and_no_other_file():
    ours = {f"playbooks/{path.name}" for path in (ROOT / "playbooks").glob("*.yml")}
    assert {path for path in playbooks() if not path.startswith("tests/")} == ours

# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bad input ends in a sentence that says what to do, and nothing is lost."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from driving import Lab, variables


@pytest.fixture(autouse=True)
def _nothing_is_published(lab: Lab) -> Iterator[None]:
    before = lab.revision()
    yield
    assert lab.revision() == before


def _work_copy(lab: Lab) -> Path:
    found = sorted((lab.directory / "work").glob("*/.git"))
    assert found, "the work copy of the earlier runs is gone"
    return found[0].parent


def _git(where: Path, *words: str) -> str:
    author = ("-c", "user.name=presenter", "-c", "user.email=presenter@example.com")
    return subprocess.run(["git", *author, *words], cwd=where, capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"event_streaming_kubeconfig": "/nowhere/kubeconfig"}, ["/nowhere/kubeconfig"]),
        ({"event_streaming_context": "nowhere"}, ["nowhere", "factory", "https://127."]),
    ],
    ids=["no kubeconfig", "no such context"],
)
def test_a_wrong_way_to_a_cluster(lab: Lab, given: dict[str, Any], expected: list[str]) -> None:
    run = lab.stage("factory", *variables(given)).refused()
    for word in expected:
        assert word in run.words, run.text[-2000:]


def test_an_api_server_that_is_down(lab: Lab, tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    real = Path(lab.state["datacenters"]["factory"]["kubeconfig"]).read_text()
    other = tmp_path / "kubeconfig"
    server = lab.state["datacenters"]["factory"]["api"]
    assert server in real
    other.write_text(real.replace(server, f"https://{address}"))
    begin = time.monotonic()
    run = lab.stage("factory", *variables({"event_streaming_kubeconfig": str(other)})).refused()
    assert address in run.words
    assert time.monotonic() - begin < 90


def test_a_remote_that_is_not_there(lab: Lab, tmp_path: Path) -> None:
    given = {
        "event_streaming_git_repo": f"file://{tmp_path}/none.git",
        "event_streaming_work_copy": str(tmp_path / "copy"),
    }
    run = lab.stage("factory", *variables(given)).refused()
    assert "none.git" in run.words


def test_local_changes_survive_byte_for_byte(lab: Lab) -> None:
    path = _work_copy(lab) / "config/instances/manuela-stormshift/messaging/kustomization.yaml"
    before = path.read_bytes()
    mine = before + b"# a thought of mine\n"
    path.write_bytes(mine)
    try:
        run = lab.stage("factory", *variables({"stage_state": "absent"})).refused()
        assert "messaging/kustomization.yaml" in run.words
        assert path.read_bytes() == mine
    finally:
        path.write_bytes(before)


@pytest.mark.parametrize("busy", ["another branch", "a merge in progress"])
def test_a_work_copy_that_is_busy(lab: Lab, busy: str) -> None:
    copy = _work_copy(lab)
    if busy == "another branch":
        _git(copy, "checkout", "-q", "-b", "mine")
    else:
        (copy / ".git" / "MERGE_HEAD").write_text(_git(copy, "rev-parse", "HEAD"))
    try:
        run = lab.stage("factory", *variables({"stage_state": "absent"})).refused()
        assert ("mine" if busy == "another branch" else "merge") in run.words
    finally:
        (copy / ".git" / "MERGE_HEAD").unlink(missing_ok=True)
        if busy == "another branch":
            _git(copy, "checkout", "-q", lab.state["git"]["branch"])
            _git(copy, "branch", "-q", "-D", "mine")


def test_no_git_identity_is_needed(lab: Lab, tmp_path: Path) -> None:
    run = lab.stage("s3", HOME=str(tmp_path), GIT_CONFIG_NOSYSTEM="1").succeeded()
    assert run.changed == 0


def test_wrong_s3_keys(lab: Lab) -> None:
    wrong = {"event_streaming_s3_access_key": "wrong-access", "event_streaming_s3_secret_key": "wrong-and-secret"}
    run = lab.stage("empty-bucket", *variables(wrong)).refused()
    assert lab.state["s3"]["bucket"] in run.words or "S3" in run.words
    assert "wrong-and-secret" not in run.text
    assert lab.bucket()


def test_a_port_already_taken_is_named(tmp_path_factory: pytest.TempPathFactory, lab: Lab) -> None:
    other, subnet = Lab(tmp_path_factory.mktemp("other")), "127.250.9"
    record = (lab.directory / "lab.json").read_text().replace(lab.state["subnet"], subnet)
    (other.directory / "lab.json").write_text(record.replace(str(lab.directory), str(other.directory)))
    try:
        with socket.create_server((f"{subnet}.1", 6443)):
            up = other.command("up", limit=300)
        assert up.returncode != 0
        assert re.search(rf"port 6443 on {subnet}\.1 .* is taken by .*pid {os.getpid()}", up.stderr), up.stderr
        assert lab.kubectl("factory", "get", "namespace", "argocd", "-o", "name") == "namespace/argocd"
    finally:
        other.command("down", limit=120)
    assert not other.processes()

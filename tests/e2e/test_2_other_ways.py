# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every way to the same playbooks: by path, by FQCN, one side alone, other cores, and a shell full of decoys."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from driving import PLAYBOOKS, ROOT, Lab

sys.path.insert(0, str(ROOT / "tests" / "runner"))

from cores import NEWEST, OLDEST, Core, programs
from parts import Skip

LAB_INVENTORY = ("-i", str(ROOT / "inventory" / "lab"))


def test_from_the_playbooks_directory(lab: Lab) -> None:
    assert lab.play("demo-stage.yml", "-e", "stage=mirror", cwd=PLAYBOOKS).succeeded().changed == 0


def test_by_its_full_name_from_anywhere(lab: Lab, tmp_path: Path) -> None:
    run = lab.play(
        "manuela.event_streaming.demo_stage",
        *LAB_INVENTORY,
        "-e",
        "stage=mirror",
        cwd=tmp_path,
        ANSIBLE_PIPELINING="true",
    )
    assert run.succeeded().changed == 0


@pytest.mark.parametrize("playbook", ["prepare", "demo_stage"])
def test_without_hosts_a_playbook_fails_and_names_the_inventory(lab: Lab, tmp_path: Path, playbook: str) -> None:
    run = lab.play(
        f"manuela.event_streaming.{playbook}", "-i", "localhost,", "-e", "stage=mirror", cwd=tmp_path
    ).refused()
    assert "-i" in run.words and "inventory" in run.words


@pytest.mark.parametrize("core", [OLDEST, NEWEST], ids=lambda core: core.line)
def test_on_the_oldest_and_the_newest_core(lab: Lab, core: Core) -> None:
    try:
        place = programs(core)
    except Skip as reason:
        pytest.skip(str(reason))
    collections = {"ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".venv" / "types")}
    undone = lab.stage("s3", "-e", "stage_state=absent", programs=place, **collections).succeeded()
    assert undone.changed > 0
    done = lab.stage("s3", programs=place, **collections).succeeded()
    assert done.changed > 0
    again = lab.stage("s3", programs=place, **collections).succeeded()
    assert again.changed == 0
    assert "[DEPRECATION" not in done.text, done.text


@pytest.mark.parametrize(("playbook", "other"), [("factory.yml", "central"), ("central.yml", "factory")])
def test_one_side_alone_needs_no_key_to_the_other(lab: Lab, playbook: str, other: str) -> None:
    hidden = Path(lab.state["datacenters"][other]["kubeconfig"])
    away = hidden.with_name("away")
    hidden.rename(away)
    try:
        run = lab.play(playbook)
    finally:
        away.rename(hidden)
    assert run.succeeded().changed == 0


class _Decoy(BaseHTTPRequestHandler):
    seen: list[str] = []

    def do_GET(self) -> None:
        """Remember that somebody called."""
        self.seen.append(f"{self.command} {self.path}")
        self.send_error(418)

    do_POST = do_PUT = do_HEAD = do_DELETE = do_PATCH = do_GET

    def log_message(self, *words: object) -> None:
        """Say nothing."""


@pytest.fixture
def decoy() -> Iterator[str]:
    """Return the address of a server to which nothing should come."""
    server = HTTPServer(("127.0.0.1", 0), _Decoy)
    _Decoy.seen.clear()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_what_the_shell_exports_never_reaches_a_lab_run(lab: Lab, decoy: str, tmp_path: Path) -> None:
    kubeconfig = tmp_path / "kubeconfig"
    kubeconfig.write_text(
        "apiVersion: v1\nkind: Config\ncurrent-context: decoy\n"
        f"clusters: [{{name: decoy, cluster: {{server: '{decoy}'}}}}]\n"
        "users: [{name: decoy, user: {token: decoy}}]\n"
        "contexts: [{name: decoy, context: {cluster: decoy, user: decoy}}]\n"
    )
    run = lab.stage(
        "s3",
        KUBECONFIG=str(kubeconfig),
        AWS_ACCESS_KEY_ID="decoy",
        AWS_SECRET_ACCESS_KEY="decoy",
        AWS_ENDPOINT_URL=decoy,
        AWS_ENDPOINT_URL_S3=decoy,
        AWS_SESSION_TOKEN="decoy",
        AWS_REGION="decoy-1",
        S3_ENDPOINT=decoy,
        BUCKET_NAME="decoy-bucket",
        MYDOMAIN="decoy.example",
        K8S_AUTH_HOST=decoy,
    )
    assert _Decoy.seen == []
    assert run.succeeded().changed == 0
    assert "decoy" not in run.text

# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Launch job templates through ansible-runner, in an environment that has what a stock execution environment has."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from awx.fake_awx import FakeAwx
from cores import EXECUTION, programs
from driving import PATIENCE, Lab
from layout import lay_out
from listener import Listener

ROOT = Path(__file__).resolve().parents[2]
PREFIX = "MANUela event streaming | "
COLOUR = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True)
class Job:
    """One job that ended: what AWX keeps of it."""

    status: str
    output: str
    artifacts: dict[str, Any]
    left_behind: set[str]

    @property
    def changed(self) -> int:
        """Return how many tasks changed something, over all hosts."""
        return sum(int(number) for number in re.findall(r"changed=(\d+)", self.output))

    def succeeded(self) -> Job:
        """Insist that the job ended well."""
        assert self.status == "successful", f"{self.status}\n{self.output[-4000:]}"
        return self


@dataclass(frozen=True)
class Project:
    """The project's checkout on AWX's disk, and the collections that its update installed from it."""

    checkout: Path
    collections: Path

    @classmethod
    def checked_out(cls, directory: Path) -> Project:
        """Clone this repository as AWX does, and install collections/requirements.yml as its update does."""
        made = cls(directory / "project", directory / "requirements_collections")
        subprocess.run(["git", "clone", "-q", f"file://{ROOT}", str(made.checkout)], check=True)
        galaxy = [programs(EXECUTION) / "ansible-galaxy", "collection", "install", "--offline"]
        subprocess.run(
            [*galaxy, "-r", "collections/requirements.yml", "-p", made.collections],
            cwd=made.checkout,
            env={name: value for name, value in os.environ.items() if not name.startswith("ANSIBLE_")},
            check=True,
            capture_output=True,
        )
        return made

    def copy_to(self, directory: Path) -> None:
        """Give one job its private copy."""
        shutil.copytree(self.checkout, directory / "project", symlinks=True)
        shutil.copytree(self.collections, directory / "requirements_collections", symlinks=True)


class Awx:
    """The objects of an AWX, and jobs launched from them."""

    def __init__(self, objects: FakeAwx, project: Project, directory: Path) -> None:
        self.objects = objects
        self.project = project
        self.directory = directory
        self.listener = Listener()
        self.count = 0

    def prepared_for(self, lab: Lab) -> Awx:
        """Create our objects for ``lab`` with the playbook that users run."""
        given = self.directory / "given.json"
        given.write_text(json.dumps(self._given(lab)))
        given.chmod(0o600)
        python = f"ansible_python_interpreter={sys.executable}"
        playbook = [Path(sys.executable).parent / "ansible-playbook", "-i", "localhost,", "-c", "local"]
        made = subprocess.run(
            [*playbook, "-e", python, "-e", f"@{given}", "playbooks/awx.yml"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=280 * PATIENCE,
            check=False,
        )
        assert made.returncode == 0, made.stdout[-3000:]
        return self

    def _given(self, lab: Lab) -> dict[str, Any]:
        state = lab.state
        sides = state["datacenters"]
        return {
            "awx_controller_host": self.objects.url(),
            "awx_controller_oauthtoken": "controller-token",
            "awx_project_url": f"file://{ROOT}",
            "awx_gitops_repo": state["git"]["remote"],
            "awx_s3_keys_in_git": True,
            "awx_factory_kubeconfig": Path(sides["factory"]["kubeconfig"]).read_text(),
            "awx_central_kubeconfig": Path(sides["central"]["kubeconfig"]).read_text(),
            "awx_s3_endpoint_url": state["s3"]["endpoint_url"],
            "awx_s3_bucket": state["s3"]["bucket"],
            "awx_s3_access_key": state["s3"]["access_key"],
            "awx_s3_secret_key": state["s3"]["secret_key"],
            "awx_webhook_url": self.listener.url,
        }

    def launch(self, name: str, *flags: str, **answers: str) -> Job:
        """Run one job to its end."""
        directory, process = self.start(name, *flags, **answers)
        return self.ended(directory, process)

    def start(self, name: str, *flags: str, **answers: str) -> tuple[Path, subprocess.Popen[str]]:
        """Lay out a job on a fresh disk and start it, without a terminal."""
        self.count += 1
        directory = self.directory / str(self.count)
        (directory / "tmp").mkdir(parents=True)
        (directory / "home").mkdir()
        self.project.copy_to(directory)
        playbook = lay_out(self.objects, PREFIX + name, directory, answers, *flags)
        place = programs(EXECUTION)
        environment = {"PATH": f"{place}{os.pathsep}{_path()}", "HOME": str(directory / "home")}
        environment |= {"TMPDIR": str(directory / "tmp"), "LANG": "C.UTF-8"}
        argv = [place / "ansible-runner", "run", directory, "-p", playbook, "--ident", "1", "-q"]
        process = subprocess.Popen(argv, env=environment, stdin=subprocess.DEVNULL, text=True, start_new_session=True)
        return directory, process

    def ended(self, directory: Path, process: subprocess.Popen[str], limit: float = 300) -> Job:
        """Wait for the end of a job and return what AWX would keep; its disk is gone afterwards."""
        process.wait(timeout=limit * PATIENCE)
        kept = directory / "artifacts" / "1"
        facts = [json.loads(path.read_text()) for path in (kept / "job_events").glob("*.json")]
        artifacts = [event["event_data"].get("artifact_data", {}) for event in facts if "event_data" in event]
        job = Job(
            status=(kept / "status").read_text(),
            output=COLOUR.sub("", (kept / "stdout").read_text()),
            artifacts={key: value for found in artifacts for key, value in found.items()},
            left_behind={path.name for path in (directory / "tmp").iterdir()},
        )
        shutil.rmtree(directory)
        return job

    def cancel(self, directory: Path, process: subprocess.Popen[str], said: str) -> Job:
        """Cancel a running job as soon as its output holds ``said``."""
        output = directory / "artifacts" / "1" / "stdout"
        deadline = time.monotonic() + 200 * PATIENCE
        while not (output.exists() and said in output.read_text()):
            assert time.monotonic() < deadline and process.poll() is None, f"the job never said {said!r}"
            time.sleep(0.2)
        process.send_signal(signal.SIGTERM)
        return self.ended(directory, process)


def _path() -> str:
    """Return PATH without the environment that runs the tests: a job has its own."""
    ours = str(Path(sys.executable).parent)
    return os.pathsep.join(word for word in os.environ["PATH"].split(os.pathsep) if word != ours)

# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A stage and a preparation that have nothing to do, on a lab of their own: modules that run, and seconds."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from measuring import Cost, alternate, median, of_command
from playing import PING, PLAYBOOK, ROOT, playbook, version_of
from report import Report

sys.path.insert(0, str(ROOT / "tests" / "e2e"))

from driving import Lab
from own_lab import own_lab

RUNS = 3
# Every module is one start of this Python.
COUNTING = """#!/bin/sh
echo >> {log}
exec {python} "$@"
"""


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    with own_lab() as lab:
        lab.environment.pop("PYTHONDONTWRITEBYTECODE", None)
        yield lab


class Counted:
    """Runs of playbooks whose modules are counted."""

    def __init__(self, lab: Lab, directory: Path) -> None:
        self._lab = lab
        self._log = directory / "modules"
        self._python = directory / "python"
        self._python.write_text(COUNTING.format(log=self._log, python=sys.executable))
        self._python.chmod(0o755)
        self.modules: dict[str, int] = {}

    def again(self, name: str, *words: str) -> Cost:
        """Run a playbook that has nothing to do."""
        self._log.write_text("")
        interpreter = f"ansible_python_interpreter={self._python}"
        cost, said = of_command([PLAYBOOK, f"playbooks/{name}", *words, "-e", interpreter], self._lab.environment, ROOT)
        assert set(re.findall(r"changed=(\d+)", said)) == {"0"}, said[-4000:]
        self.modules[name] = len(self._log.read_text())
        return cost


def test_nothing_to_do(lab: Lab, report: Report, tmp_path: Path) -> None:
    counted = Counted(lab, tmp_path)
    ping = {"ansible.builtin.ping": lambda: playbook([PING], tmp_path)}
    lab.play("prepare.yml").succeeded()
    figures = alternate({**ping, "prepare.yml": lambda: counted.again("prepare.yml")}, RUNS)
    for stage in ("factory", "mirror"):
        lab.stage(stage).succeeded()
    figures |= alternate({"demo-stage.yml": lambda: counted.again("demo-stage.yml", "-e", "stage=mirror")}, RUNS)
    costs = {name: median(runs) for name, runs in figures.items()}
    words = {"demo-stage.yml": "demo-stage.yml -e stage=mirror", "ansible.builtin.ping": "a play of one ping"}
    aims = {"prepare.yml": 12, "demo-stage.yml": 10}
    base = costs["ansible.builtin.ping"].cpu
    rows = [
        [words.get(name, name), counted.modules.get(name, 1), f"{cost.wall:.1f}", f"{cost.cpu:.1f}",
         f"{cost.cpu / base:.1f}", aims.get(name, ""), RUNS]
        for name, cost in costs.items()
    ]  # fmt: skip
    report.table(
        "Run again with nothing to do",
        "On the embedded lab. Modules are starts of a module's Python, task times host; aim: at most a dozen in a "
        "stage. CPU seconds are those of ansible-playbook and its children; the last ratio is to a play whose one task "
        "is a ping, which says how quick the machine is.",
        ["playbook", "modules", "wall s", "CPU s", "CPU ratio", "aim, CPU s", "runs"],
        rows,
    )


def test_looking_at_one_object(lab: Lab, report: Report, tmp_path: Path) -> None:
    report.used("kubernetes.core", version_of("kubernetes.core"))
    factory = lab.state["datacenters"]["factory"]
    access = {"kubeconfig": factory["kubeconfig"], "context": factory["context"]}
    application = {"kind": "Application", "namespace": factory["argocd_namespace"], "name": factory["application"]}
    ours = {**access, "resources": [{**application, "state": "exists"}]}
    theirs = {**access, **application, "api_version": "argoproj.io/v1alpha1"}
    kubectl = [shutil.which("kubectl") or "kubectl", "--kubeconfig", access["kubeconfig"], "--context",
               access["context"], "-n", application["namespace"], "get", "applications.argoproj.io",
               application["name"], "-o", "json"]  # fmt: skip
    ways = {
        "manuela.event_streaming.resource_status_info": {"manuela.event_streaming.resource_status_info": ours},
        "kubernetes.core.k8s_info": {"kubernetes.core.k8s_info": theirs},
        "command: kubectl": {"ansible.builtin.command": {"argv": kubectl}},
        "ansible.builtin.ping": PING,
    }
    figures = alternate({name: lambda task=task: playbook([task], tmp_path) for name, task in ways.items()}, RUNS)
    report.comparison(
        "A task that looks at one Application", "The whole of ansible-playbook.", figures, "kubernetes.core.k8s_info"
    )

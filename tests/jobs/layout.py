# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lay a job out on the disk as AWX does before it starts the runner: env, inventory, project, requirements_collections.

From AWX 24's awx/main/tasks/jobs.py and models/credential.py: the inventory is a program that prints JSON, extra
variables go in as a file, each credential's injectors are rendered with its inputs, and its files lie under env/.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from awx.fake_awx import FakeAwx
from jinja2.sandbox import ImmutableSandboxedEnvironment

COLLECTIONS = "~/.ansible/collections:/usr/share/ansible/collections"
# What AWX's own settings add to the environment of every job.
SETTINGS = {
    "ANSIBLE_FORCE_COLOR": "True",
    "ANSIBLE_HOST_KEY_CHECKING": "False",
    "ANSIBLE_INVENTORY_UNPARSED_FAILED": "True",
    "ANSIBLE_PARAMIKO_RECORD_HOST_KEYS": "False",
    "ANSIBLE_RETRY_FILES_ENABLED": "False",
}


class LaunchRefused(Exception):
    """HTTP 400 of a launch: ``variables_needed_to_start``."""


def lay_out(awx: FakeAwx, template: str, directory: Path, answers: Mapping[str, Any], *flags: str) -> str:
    """Write the private data of one job of ``template`` beside its project, and return the playbook to run."""
    job = awx.one("job_templates", template)
    _refuse_wrong_answers(awx, job, answers)
    for name in ("env", "inventory", "artifacts"):
        (directory / name).mkdir(exist_ok=True)
    variables = {"awx_job_id": 1, "awx_job_launch_type": "manual", "awx_job_template_name": template}
    given = json.loads(job.get("extra_vars") or "{}")
    _write(directory / "env/extravars", json.dumps({**variables, **given, **_defaults(awx, job), **answers}))
    _write(directory / "env/envvars", json.dumps(_environment(awx, template, directory)))
    _write(directory / "env/settings", json.dumps({"suppress_ansible_output": True, "job_timeout": 0}))
    _write(directory / "env/cmdline", " ".join(("-u", "root", *flags)))
    _write_inventory(awx, job["inventory"], directory / "inventory/hosts")
    playbook: str = job["playbook"]
    return playbook


def _defaults(awx: FakeAwx, job: Mapping[str, Any]) -> dict[str, Any]:
    """Return what AWX passes for questions that nobody answered; an empty text too."""
    return {
        one["variable"]: one["default"]
        for one in awx.questions("job_templates", job["id"])
        if one.get("default") is not None
    }


def _refuse_wrong_answers(awx: FakeAwx, job: Mapping[str, Any], answers: Mapping[str, Any]) -> None:
    for question in awx.questions("job_templates", job["id"]):
        answer = answers.get(question["variable"], question.get("default"))
        if question.get("required") and answer in (None, ""):
            raise LaunchRefused(f"'{question['variable']}' value missing")
        if question["type"] == "multiplechoice" and answer not in question["choices"]:
            raise LaunchRefused(f"Value {answer} for '{question['variable']}' expected to be one of the choices.")


def _environment(awx: FakeAwx, template: str, directory: Path) -> dict[str, str]:
    environment = dict(SETTINGS)
    for number in awx.linked("job_templates", template, "credentials"):
        credential = awx.objects["credentials"][number]
        kind = awx.objects["credential_types"][credential["credential_type"]]
        environment |= _injected(kind["injectors"], credential.get("inputs", {}), directory / "env")
    environment["ANSIBLE_COLLECTIONS_PATH"] = f"{directory / 'requirements_collections'}:{COLLECTIONS}"
    environment["AWX_PRIVATE_DATA_DIR"] = str(directory)
    return environment


def _injected(injectors: Mapping[str, Any], inputs: Mapping[str, Any], directory: Path) -> dict[str, str]:
    jinja = ImmutableSandboxedEnvironment()
    filenames = SimpleNamespace()
    names = {**{key: value for key, value in inputs.items() if value}, "tower": SimpleNamespace(filename=filenames)}
    for label, text in injectors.get("file", {}).items():
        handle, path = tempfile.mkstemp(dir=directory)
        os.write(handle, jinja.from_string(text).render(names).encode())
        os.close(handle)
        setattr(filenames, label.split(".")[1], path)
    return {name: jinja.from_string(text).render(names) for name, text in injectors.get("env", {}).items()}


def _write_inventory(awx: FakeAwx, number: int, path: Path) -> None:
    hosts = {n: host for n, host in awx.objects["hosts"].items() if host["inventory"] == number}
    data: dict[str, Any] = {"all": {"vars": _variables(awx.objects["inventories"][number])}}
    data["_meta"] = {"hostvars": {host["name"]: _variables(host) for host in hosts.values()}}
    for group in awx.objects["groups"].values():
        if group["inventory"] == number:
            members = awx.linked("groups", group["name"], "hosts")
            data[group["name"]] = {"hosts": [hosts[member]["name"] for member in members], "vars": _variables(group)}
    _write(path, f"#! /usr/bin/env python3\n# -*- coding: utf-8 -*-\nprint({json.dumps(data)!r})\n", mode=0o700)


def _variables(item: Mapping[str, Any]) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(item.get("variables") or "{}")
    return loaded


def _write(path: Path, text: str, mode: int = 0o600) -> None:
    path.write_text(text)
    path.chmod(mode)

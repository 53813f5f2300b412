# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One job as tasks of this collection, of others, and of the shell, side by side; each is a whole ansible-playbook."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from jobs import JOBS
from measuring import Cost, alternate
from playing import playbook, version_of
from report import Report

RUNS, FILES = 3, 10
NAMES = ["DNS:*.apps.example.com"]
BY_MODULE = {job.module: job for job in JOBS}
OURS = "manuela.event_streaming, one task"
Ways = Mapping[str, list[dict[str, Any]]]

CERTIFICATE: Ways = {
    "community.crypto, three tasks, no manifest": [
        {"community.crypto.openssl_privatekey": {"path": "{{ place }}/key.pem", "size": 2048}},
        {"community.crypto.openssl_csr": {
            "path": "{{ place }}/csr.pem", "privatekey_path": "{{ place }}/key.pem", "subject_alt_name": NAMES}},
        {"community.crypto.x509_certificate": {
            "path": "{{ place }}/crt.pem", "privatekey_path": "{{ place }}/key.pem", "csr_path": "{{ place }}/csr.pem",
            "provider": "selfsigned"}},
    ],
    "shell: openssl, no manifest": [
        {"ansible.builtin.shell":
            "openssl req -x509 -newkey rsa:2048 -nodes -days 365 -subj /CN=x -addext subjectAltName=DNS:x.example.com"
            " -keyout {{ place }}/key.pem -out {{ place }}/crt.pem"},
    ],
}  # fmt: skip
PUBLISH: Ways = {
    "shell: git, no check mode, no races": [
        {"ansible.builtin.shell":
            "cd {{ place }}/work && git add . && git commit -qm Edit && git pull -q --rebase && git push -q"},
    ],
}  # fmt: skip
SWITCH: Ways = {
    "ansible.builtin.lineinfile, a loop": [
        {"ansible.builtin.lineinfile": {
            "path": "{{ place }}/{{ item }}/kustomization.yaml", "regexp": "^- (../messaging-kafka)$",
            "line": r"#- \1", "backrefs": True},
         "loop": list(range(FILES))},
    ],
    "shell: sed": [
        {"ansible.builtin.shell": "sed -i 's|^- ../messaging-kafka|#&|' {{ place }}/*/kustomization.yaml"},
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("what", "module", "count", "others"),
    [
        ("A certificate", "tls_secret", 1, CERTIFICATE),
        (f"A commit of {FILES} files on the remote", "git_publish", FILES, PUBLISH),
        (f"An entry switched off in {FILES} kustomizations", "kustomization_resource", FILES, SWITCH),
    ],
    ids=["certificate", "commit", "entries"],
)
def test_the_same_job(what: str, module: str, count: int, others: Ways, tmp_path: Path, report: Report) -> None:
    report.used("community.crypto", version_of("community.crypto"))
    job, numbers = BY_MODULE[module], itertools.count()

    def way(tasks: list[dict[str, Any]] | None) -> Callable[[], Cost]:
        def measured() -> Cost:
            place = tmp_path / str(next(numbers))
            place.mkdir()
            job.prepare(place, count)
            cost = playbook(tasks or [{f"manuela.event_streaming.{module}": job.options(place, count)}], place)
            assert job.done(place, count) == count or (place / "crt.pem").exists()
            return cost

        return measured

    ways = {OURS: way(None), **{name: way(tasks) for name, tasks in others.items()}}
    report.comparison(what, "The whole of ansible-playbook.", alternate(ways, RUNS), OURS)

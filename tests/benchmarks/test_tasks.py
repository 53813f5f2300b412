# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One job as tasks of this collection, of others, and of the shell, side by side; each is a whole ansible-playbook."""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path

import pytest

RUNS = int(os.environ.get("EVENT_STREAMING_BENCH_RUNS", "5"))
PLAYBOOK = Path(sys.executable).parent / "ansible-playbook"
SECRET = 'kind: Secret\nmetadata:\n  name: tls\ndata:\n  tls.crt: ""\n  tls.key: ""\n'
NAMES = ["DNS:*.apps.example.com"]

CERTIFICATE = {
    "manuela.event_streaming, one task": [
        {"manuela.event_streaming.tls_secret": {
            "work_tree": "{{ place }}", "manifests": [{"path": "pair.yaml", "holds": "pair"}],
            "subject_alt_name": NAMES, "private_key_in_git": True}},
    ],
    "community.crypto, three tasks, no manifest": [
        {"community.crypto.openssl_privatekey": {"path": "{{ place }}/key.pem", "size": 2048}},
        {"community.crypto.openssl_csr": {
            "path": "{{ place }}/csr.pem", "privatekey_path": "{{ place }}/key.pem", "subject_alt_name": NAMES}},
        {"community.crypto.x509_certificate": {
            "path": "{{ place }}/crt.pem", "privatekey_path": "{{ place }}/key.pem", "csr_path": "{{ place }}/csr.pem",
            "provider": "selfsigned"}},
    ],
    "shell, one task, no manifest": [
        {"ansible.builtin.shell":
            "openssl req -x509 -newkey rsa:2048 -nodes -days 365 -subj /CN=x -addext subjectAltName=DNS:x.example.com"
            " -keyout {{ place }}/key.pem -out {{ place }}/crt.pem"},
    ],
}  # fmt: skip
PUBLISH = {
    "manuela.event_streaming, one task": [
        {"manuela.event_streaming.git_publish": {
            "path": "{{ place }}/work", "commits": [{"subject": "Edit", "paths": ["file"]}]}},
    ],
    "shell, one task, no check mode, no races": [
        {"ansible.builtin.shell":
            "cd {{ place }}/work && git add file && git commit -qm Edit && git pull -q --rebase && git push -q"},
    ],
}  # fmt: skip


def certificate_place(place: Path) -> None:
    (place / "pair.yaml").write_text(SECRET)


def publish_place(place: Path) -> None:
    steps = f"git init -q --bare -b main {place}/remote.git && git clone -q {place}/remote.git {place}/work"
    steps += f" && cd {place}/work && git config user.name n && git config user.email e && git checkout -q -b main"
    steps += " && echo a > file && git add file && git commit -qm first && git push -q -u origin main && echo b > file"
    subprocess.run(["sh", "-c", steps], check=True, capture_output=True)


def timed(tasks: list[dict[str, object]], place: Path) -> tuple[float, float]:
    """Return wall and processor seconds of a playbook with these tasks."""
    play = {"hosts": "localhost", "gather_facts": False, "vars": {"place": str(place)}, "tasks": tasks}
    (place / "play.yml").write_text(json.dumps([play]))
    environment = {**os.environ, "ANSIBLE_PIPELINING": "1", "ANSIBLE_PYTHON_INTERPRETER": sys.executable}
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    done = subprocess.run([PLAYBOOK, "-i", "localhost,", "-c", "local", place / "play.yml"], env=environment,
                          capture_output=True, text=True, check=False)  # fmt: skip
    wall, after = time.monotonic() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    assert done.returncode == 0, done.stdout + done.stderr
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


@pytest.mark.parametrize(
    ("ways", "prepare"),
    [(CERTIFICATE, certificate_place), (PUBLISH, publish_place)],
    ids=["a certificate", "a commit on the remote"],
)
@pytest.mark.timeout(1200)
def test_the_same_job_side_by_side(ways, prepare, tmp_path):
    figures: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
    for run in range(RUNS):
        for number, (name, tasks) in enumerate(ways.items()):
            place = tmp_path / f"{run}-{number}"
            place.mkdir()
            prepare(place)
            figures[name].append(timed(tasks, place))
    ours = statistics.median(wall for wall, _cpu in next(iter(figures.values())))
    for name, runs in figures.items():
        wall, cpu = (statistics.median(one) for one in zip(*runs, strict=True))
        print(f"\n{name}: median {wall:.2f} s, CPU {cpu:.2f} s, {wall / ours:.2f} times ours, {len(runs)} runs")

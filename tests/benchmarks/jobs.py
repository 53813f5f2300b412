# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Jobs on many files: what is there before, the options of our module, and how many files are as they should be."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Options = dict[str, Any]
KUSTOMIZATION = (
    "kind: Kustomization\nresources:\n- namespace.yaml\n\n# the demo\n- ../messaging-kafka\n" + 20 * "# remark\n"
)
MANIFEST = (
    "kind: ConfigMap\ndata:\n  application.properties: |\n    # where to\n    s3.bucket=old\n" + 20 * "    a.b=c\n"
)
SECRET = 'kind: Secret\nmetadata:\n  name: tls\ndata:\n  tls.crt: ""\n  tls.key: ""\n'
REMOTE = """
set -e
git init -q --bare -b main remote.git
git clone -q remote.git work 2>/dev/null
cd work
git config user.name n && git config user.email e@example.com && git checkout -q -b main
for number in $(seq 0 $(($1 - 1))); do echo old > $number.yaml; done
git add . && git commit -qm first && git push -q -u origin main
for number in $(seq 0 $(($1 - 1))); do echo new > $number.yaml; done
"""


@dataclass(frozen=True)
class Job:
    """One job of one module."""

    module: str
    prepare: Callable[[Path, int], None]
    options: Callable[[Path, int], Options]
    done: Callable[[Path, int], int]


def _files(directory: Path, pattern: str, text: str) -> int:
    return sum(text in path.read_text() for path in directory.glob(pattern))


def _kustomizations(place: Path, count: int) -> None:
    for number in range(count):
        (place / str(number)).mkdir()
        (place / str(number) / "kustomization.yaml").write_text(KUSTOMIZATION)


def _switch_off(place: Path, count: int) -> Options:
    item = {"entry": "messaging-kafka", "match": "suffix", "state": "disabled"}
    return {"work_tree": str(place), "entries": [{**item, "path": str(number)} for number in range(count)]}


def _manifests(text: str) -> Callable[[Path, int], None]:
    def prepare(place: Path, count: int) -> None:
        for number in range(count):
            (place / f"{number}.yaml").write_text(text)

    return prepare


def _set_values(place: Path, count: int) -> Options:
    item = {"key_path": ["data", "application.properties"], "property": "s3.bucket", "value": "new"}
    return {"work_tree": str(place), "values": [{**item, "path": f"{number}.yaml"} for number in range(count)]}


def _applications(place: Path, count: int) -> None:
    _manifests("kind: Application\n")(place, count)
    (place / "environment").mkdir()


def _link(place: Path, count: int) -> Options:
    links = [{"environment": "environment", "target": f"{number}.yaml"} for number in range(count)]
    return {"work_tree": str(place), "environments": ["environment"], "links": links}


def _certify(place: Path, count: int) -> Options:
    manifests = [{"path": f"{number}.yaml", "holds": "certificate" if number else "pair"} for number in range(count)]
    names = ["DNS:*.apps.example.com"]
    return {"work_tree": str(place), "manifests": manifests, "subject_alt_name": names, "private_key_in_git": True}


def _remote(place: Path, count: int) -> None:
    environment = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull}
    argv = ["sh", "-c", REMOTE, "sh", str(count)]
    subprocess.run(argv, check=True, capture_output=True, cwd=place, env=environment)


def _publish(place: Path, count: int) -> Options:
    paths = [f"{number}.yaml" for number in range(count)]
    return {"path": str(place / "work"), "commits": [{"subject": "Edit", "paths": paths}]}


def _published(place: Path, count: int) -> int:
    argv = ["git", "-C", str(place / "remote.git"), "diff", "--name-only", "main~1", "main"]
    return len(subprocess.run(argv, check=True, capture_output=True, text=True).stdout.split())


JOBS = (
    Job(
        "kustomization_resource",
        _kustomizations,
        _switch_off,
        lambda place, _count: _files(place, "*/kustomization.yaml", "\n#- ../messaging-kafka\n"),
    ),
    Job(
        "manifest_value",
        _manifests(MANIFEST),
        _set_values,
        lambda place, _count: _files(place, "*.yaml", "s3.bucket=new\n"),
    ),
    Job(
        "deployment_link",
        _applications,
        _link,
        lambda place, _count: sum(path.is_symlink() for path in (place / "environment").iterdir()),
    ),
    Job("tls_secret", _manifests(SECRET), _certify, lambda place, _count: _files(place, "*.yaml", "LS0tLS1CRUdJTiBD")),
    Job("git_publish", _remote, _publish, _published),
)

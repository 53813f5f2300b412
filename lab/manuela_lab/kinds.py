# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The custom kinds of a repository: one that the API does not know makes Argo CD refuse a whole application.

The lab's own table names what the sample needs; a repository that was given brings its kinds, and their versions, in
its manifests.
"""

from __future__ import annotations

import io
import re
import subprocess
import tarfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from manuela_lab.errors import LabError
from manuela_lab.manifests import parse

TIMEOUT = 60.0
# What the API server has itself (groups without a dot are all its own), and what never reaches one.
BUILT_IN = {
    f"{name}.k8s.io"
    for name in (
        *("admissionregistration", "apiextensions", "apiregistration", "authentication", "authorization"),
        *("certificates", "coordination", "discovery", "events", "flowcontrol.apiserver", "kustomize.config"),
        *("networking", "node", "rbac.authorization", "resource", "scheduling", "storage", "storagemigration"),
    )
}
GROUP = re.compile(r"^[a-z0-9-]+(\.[a-z0-9-]+)+$")
KIND = re.compile(r"^[A-Z][A-Za-z0-9]*$")
VERSION = re.compile(r"^v[0-9]+((alpha|beta)[0-9]+)?$")

Table = dict[str, dict[str, dict[str, Any]]]


def table(path: Path, manifests: Iterable[Mapping[str, Any]] = ()) -> Table:
    """The lab's table, with a row for each further kind of the manifests, and a version for each further version."""
    rows: Table = yaml.safe_load(path.read_text(encoding="utf-8"))
    for each in manifests:
        group, _, version = str(each.get("apiVersion") or "").rpartition("/")
        kind = str(each.get("kind"))
        if not (GROUP.match(group) and VERSION.match(version) and KIND.match(kind)) or group in BUILT_IN:
            continue
        versions = rows.setdefault(group, {}).setdefault(kind, {"versions": []})["versions"]
        if version not in versions:
            versions.append(version)
    return rows


def manifests(remote: Path, branch: str) -> Iterator[dict[str, Any]]:
    """Every object of every YAML file of a bare repository; what is no manifest is passed over."""
    with tarfile.open(fileobj=io.BytesIO(_archive(remote, branch))) as archive:
        for member in archive:
            if not member.isfile() or not member.name.endswith((".yaml", ".yml")):
                continue
            stream = archive.extractfile(member)
            text = stream.read().decode("utf-8", errors="replace") if stream else ""
            try:
                found = parse(text, member.name)
            except LabError:
                continue
            for each in found:
                yield from _objects(each)


def _objects(each: Any) -> Iterator[dict[str, Any]]:
    if not isinstance(each, dict):
        return
    yield each
    for item in each.get("items") or () if each.get("kind") == "List" else ():
        yield from _objects(item)


def _archive(remote: Path, branch: str) -> bytes:
    done = subprocess.run(
        ["git", "archive", "--format=tar", branch], cwd=remote, capture_output=True, timeout=TIMEOUT, check=False
    )
    if done.returncode:
        raise LabError(f"git archive {branch} of {remote} failed: {done.stderr.decode(errors='replace').strip()}")
    return done.stdout

# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sample repository as the owner of a fork has it: with the names of the own clusters, and the own S3 keys.

With the lab's own inventory prepare writes the keys; the others leave them to the owner of the fork.  Applications are
for the namespace where Argo CD is, except those of the data lake: nobody has deployed them yet, so they are as upstream
has them.
"""

from __future__ import annotations

import base64
import re
from pathlib import Path

from manuela_lab.lab import Lab

DATA_LAKE = "manuela-data-lake"
S3_SECRET = Path("config/instances/manuela-data-lake/central-s3-store/s3-secret.yaml")
PROPERTIES = re.compile(r"(?m)^(  application\.properties: ).*$")


def settle(lab: Lab, tree: Path) -> None:
    """Make a tree of the sample fit the lab's clusters."""
    files = [path for path in sorted(tree.rglob("*")) if _is_text(path)]
    for environment in lab.profile.environments:
        _replace(files, f"apps.{environment.name}.lab.example", environment.apps_domain)
    deployed = [path for path in files if DATA_LAKE not in path.parts]
    _replace(deployed, "namespace: argocd\n", f"namespace: {lab.profile.argocd_namespace}\n")
    if lab.profile.inventory != "lab":
        _keep_s3_keys(tree / S3_SECRET, lab)


def _is_text(path: Path) -> bool:
    return path.suffix in (".yaml", ".json", ".properties") and not path.is_symlink() and ".git" not in path.parts


def _replace(files: list[Path], old: str, new: str) -> None:
    for path in files if old != new else ():
        text = path.read_text(encoding="utf-8")
        if old in text:
            path.write_text(text.replace(old, new), encoding="utf-8")


def _keep_s3_keys(path: Path, lab: Lab) -> None:
    lines = f"s3.accessKey={lab.keys.s3_access_key}\ns3.secretKey={lab.keys.s3_secret_key}\n"
    encoded = base64.b64encode(lines.encode()).decode()
    path.write_text(PROPERTIES.sub(rf"\g<1>{encoded}", path.read_text(encoding="utf-8")), encoding="utf-8")

# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a fault may touch: the Git remote, the clusters' APIs, programs, the link, the store."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from manuela_lab.api import Api
from manuela_lab.gitremote import git
from manuela_lab.lab import Lab
from manuela_lab.supervision import Supervisor

ARGOCD = "argocd"
APPLICATIONS = f"/apis/argoproj.io/v1alpha1/namespaces/{ARGOCD}/applications"
TERMINATE = {"status": {"operationState": {"phase": "Terminating"}}}
REFRESH = {"metadata": {"annotations": {"argocd.argoproj.io/refresh": "hard"}}}


class World:
    """One running lab."""

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        self.apis = {each.name: Api(lab, each) for each in lab.profile.clusters}
        self.supervisor = Supervisor(lab)

    @contextmanager
    def tree(self) -> Iterator[Path]:
        """A clone of the remote for one commit, which is pushed by ``publish``."""
        scratch = tempfile.mkdtemp(prefix=".fault-", dir=self.lab.places.remote.parent)
        tree = Path(scratch) / "tree"
        try:
            git("clone", "-q", "--branch", self.lab.branch, str(self.lab.places.remote), str(tree))
            yield tree
        finally:
            shutil.rmtree(scratch, ignore_errors=True)

    def publish(self, tree: Path) -> str:
        """Push what was committed, have every Argo CD look at it, and return the revision."""
        git("push", "-q", "origin", self.lab.branch, cwd=tree)
        self.refresh()
        return git("rev-parse", "HEAD", cwd=tree)

    def refresh(self) -> None:
        """Have every Application compared anew."""
        for api in self.apis.values():
            for each in self.items(api, APPLICATIONS):
                api.merge(f"{APPLICATIONS}/{each['metadata']['name']}", REFRESH)

    def end_syncs(self) -> None:
        """Do what 'argocd app terminate-op' does: a sync that is tried again and again keeps a newer commit waiting."""
        for api in self.apis.values():
            for each in self.items(api, APPLICATIONS):
                if (each.get("status", {}).get("operationState") or {}).get("phase") == "Running":
                    api.merge(f"{APPLICATIONS}/{each['metadata']['name']}", TERMINATE)

    @staticmethod
    def items(api: Api, path: str) -> list[dict[str, Any]]:
        """The objects of a list; none when its kind is not served."""
        return list((api.get(path) or {}).get("items") or [])

    def revision(self) -> str:
        """The newest commit of the remote's branch."""
        return git("rev-parse", self.lab.branch, cwd=self.lab.places.remote)

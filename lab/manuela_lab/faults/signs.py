# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a fault shows: in an object, in a log, or at once."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime

from manuela_lab.errors import LabError
from manuela_lab.faults.world import APPLICATIONS, World


@dataclass(frozen=True)
class AtOnce:
    """The fault is there as soon as it is made."""

    def shows(self, world: World) -> bool:
        return True


@dataclass(frozen=True)
class Status:
    """An object's status says it."""

    cluster: str
    path: str
    says: str

    def shows(self, world: World) -> bool:
        found = world.apis[self.cluster].get(self.path)
        return bool(found and re.search(self.says, json.dumps(found.get("status") or {})))


@dataclass(frozen=True)
class Gone:
    """An object is there no more."""

    cluster: str
    path: str

    def shows(self, world: World) -> bool:
        return world.apis[self.cluster].get(self.path) is None


@dataclass(frozen=True)
class Logged:
    """One of the pods with a label says it in its log, and has been saying it for so many seconds."""

    cluster: str
    namespace: str
    label: str
    says: str
    for_seconds: int = 0

    def shows(self, world: World) -> bool:
        api, path = world.apis[self.cluster], f"/api/v1/namespaces/{self.namespace}/pods"
        for pod in world.items(api, f"{path}?labelSelector={self.label}"):
            try:
                since = f"timestamps=true&sinceSeconds={self.for_seconds + 30}"
                text = api.text(f"{path}/{pod['metadata']['name']}/log?{since}")
            except LabError:
                continue  # a container that is only being made
            said = next((line for line in text.splitlines() if re.search(self.says, line)), "")
            if said and _age(said) >= self.for_seconds:
                return True
        return False


def _age(line: str) -> float:
    """Seconds since a line was written, which begins with its time (RFC 3339, in UTC)."""
    written = datetime.fromisoformat(line[:19]).replace(tzinfo=UTC)
    return (datetime.now(UTC) - written).total_seconds()


@dataclass(frozen=True)
class Refuses:
    """A cluster refuses a Job in a namespace; asked by a dry run, because a new policy takes its time."""

    cluster: str
    namespace: str

    def shows(self, world: World) -> bool:
        pod = {"restartPolicy": "Never", "containers": [{"name": "asks", "image": "asks"}]}
        job = {
            "apiVersion": "batch/v1",
            "kind": "Job",
            "metadata": {"name": "asks"},
            "spec": {"template": {"spec": pod}},
        }
        try:
            world.apis[self.cluster].create(f"/apis/batch/v1/namespaces/{self.namespace}/jobs?dryRun=All", job)
        except LabError:
            return True
        return False


def application(cluster: str, name: str, says: str) -> Status:
    """An Application says it."""
    return Status(cluster, f"{APPLICATIONS}/{name}", says)

# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A cluster in memory: what the operator writes is seen at once, as by a watch without delay."""

from __future__ import annotations

import copy
from typing import Any, Mapping

from manuela_lab.operator import resources
from manuela_lab.operator.cluster_api import ApiError
from manuela_lab.operator.resources import Resource
from manuela_lab.operator.view import View


class MemoryCluster:
    """The part of the API that controllers use, over a view."""

    def __init__(self) -> None:
        self.view = View()
        self.journal: list[tuple[str, str, str]] = []

    def has(self, *found: Resource) -> None:
        for resource in found:
            copied = copy.deepcopy(resource)
            copied["metadata"].setdefault("uid", f"uid-{resources.key(copied).name}")
            self.view.store(copied, gone=False)

    def status(self, kind: str, namespace: str, name: str) -> Mapping[str, Any]:
        found = self.view.get(kind, namespace, name)
        assert found is not None, f"no {kind} {namespace}/{name}"
        return found.get("status") or {}

    async def apply(self, manifest: Resource, owner: str) -> Resource:
        before = self.view.get(manifest["kind"], *resources.key(manifest)) or {}
        stored = {**copy.deepcopy(manifest), **({"status": before["status"]} if "status" in before else {})}
        self.journal.append(("apply", manifest["kind"], resources.key(manifest).name))
        self.has(stored)
        return stored

    async def create(self, manifest: Resource) -> Resource:
        if self.view.get(manifest["kind"], *resources.key(manifest)):
            raise ApiError(409, "AlreadyExists")
        self.journal.append(("create", manifest["kind"], resources.key(manifest).name))
        self.has(manifest)
        return manifest

    async def merge(self, resource: Resource, change: Resource) -> Resource:
        stored = copy.deepcopy(resource)
        for part, values in change.items():
            stored.setdefault(part, {}).update(values)
        self.journal.append(("merge", resource["kind"], resources.key(resource).name))
        self.has(stored)
        return stored

    async def set_status(self, resource: Resource, status: Mapping[str, Any]) -> None:
        if (resource.get("status") or {}) != status:
            self.journal.append(("status", resource["kind"], resources.key(resource).name))
        found = self.view.get(resource["kind"], *resources.key(resource))
        if found is not None:
            self.has({**found, "status": dict(status)})

    async def delete(self, resource: Resource, grace: int | None = None) -> None:
        self.journal.append(("delete", resource["kind"], resources.key(resource).name))
        if found := self.view.get(resource["kind"], *resources.key(resource)):
            self.view.store(found, gone=True)

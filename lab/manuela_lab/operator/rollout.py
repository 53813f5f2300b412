# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How an operator brings objects and pods to what it wants: made once, changed when made from something else."""

from __future__ import annotations

from manuela_lab.operator import conditions, resources, strimzi_pods
from manuela_lab.operator.cluster_api import ApiError, ClusterApi
from manuela_lab.operator.resources import Resource
from manuela_lab.operator.view import View

MARK = "lab.manuela/made-from"
CONFLICT = 409


class Rollout:
    """Writes the objects of one operator."""

    def __init__(self, api: ClusterApi, view: View, owner: str) -> None:
        self._api = api
        self._view = view
        self._owner = owner

    async def ensure(self, manifest: Resource) -> None:
        """Apply a manifest unless what is there was made from it."""
        where = resources.key(manifest)
        mark = strimzi_pods.revision(repr(manifest))
        found = self._view.get(manifest["kind"], where.namespace, where.name)
        if found is None or resources.notes(found).get(MARK) != mark:
            notes = {**(manifest["metadata"].get("annotations") or {}), MARK: mark}
            marked = {**manifest, "metadata": {**manifest["metadata"], "annotations": notes}}
            await self._api.apply(marked, self._owner)

    async def roll(self, manifest: Resource) -> Resource | None:
        """Make the pod, or replace one of another revision; return it once it is the wanted one."""
        where = resources.key(manifest)
        found = self._view.get("Pod", where.namespace, where.name)
        if found is None:
            await self._create(manifest)
            return None
        if resources.deleting(found):
            return None
        wanted = resources.notes(manifest)[strimzi_pods.REVISION]
        if resources.notes(found).get(strimzi_pods.REVISION) != wanted:
            await self._api.delete(found)
            return None
        return found

    async def _create(self, pod: Resource) -> None:
        """Create a pod; never apply it: one that is there unseen would take the revision and keep its process."""
        try:
            await self._api.create(pod)
        except ApiError as error:
            if error.code != CONFLICT:
                raise


def is_ready(pod: Resource | None) -> bool:
    """Return whether a pod is there and ready."""
    return pod is not None and conditions.ready(pod)

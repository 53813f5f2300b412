# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What watches do not tell: all that is there before the first event, and what vanished while nobody was listening."""

from __future__ import annotations

import asyncio
from typing import Callable, Mapping, Sequence

from manuela_lab.operator import resources
from manuela_lab.operator.cluster_api import ApiError, ClusterApi
from manuela_lab.operator.resources import Resource
from manuela_lab.operator.view import View

NOT_FOUND = 404
KINDS = {plural: kind for kind, plural in resources.PLURALS.items()}
PAUSE = 60.0
"""Seconds between two looks.  A watch that is opened again lists what is there, but not what is gone."""


async def fill(api: ClusterApi, view: View, groups: Mapping[str, Sequence[str]]) -> None:
    """List everything once.  Who judged by half a view would roll what is well and report as missing what is there."""
    for group, plurals in groups.items():
        version = await _version(api, group)
        for plural in plurals if version else ():
            kind = KINDS[plural]
            try:
                listed = await api.request("GET", resources.collection_path(version, kind, ""))
            except ApiError as error:
                if error.code != NOT_FOUND:
                    raise
                continue
            for item in listed.get("items") or ():
                view.store({"apiVersion": version, "kind": kind, **item}, gone=False)


async def _version(api: ClusterApi, group: str) -> str:
    """Return the version under which a group is watched, empty for a group that is not served."""
    if group == "v1" or "/" in group:
        return group
    found = await api.get(f"/apis/{group}")
    return str(found["preferredVersion"]["groupVersion"]) if found else ""


async def keep_in_step(api: ClusterApi, view: View, gone: Callable[[Resource], None]) -> None:
    """Compare view and cluster for ever; ``gone`` is told of every object that the cluster no longer has."""
    while True:
        await asyncio.sleep(PAUSE)
        for kind in view.kinds():
            try:
                for resource in await vanished(api, view, kind):
                    gone(resource)
            except ApiError:
                continue


async def vanished(api: ClusterApi, view: View, kind: str) -> list[Resource]:
    """Return the objects of a kind that are in the view and not in the cluster."""
    before = list(view.all(kind))
    if not before:
        return []
    listed = await api.request("GET", resources.collection_path(before[0]["apiVersion"], kind, ""))
    alive = {resources.uid(item) for item in listed.get("items") or ()}
    return [resource for resource in before if resources.uid(resource) not in alive and _still_in(view, kind, resource)]


def _still_in(view: View, kind: str, resource: Resource) -> bool:
    """A namesake may have come meanwhile; it is not the one that vanished."""
    found = view.get(kind, *resources.key(resource))
    return found is not None and resources.uid(found) == resources.uid(resource)

# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults in a cluster that Git does not hold: an object too many, one too few, a changed one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from manuela_lab.api import object_path
from manuela_lab.faults.world import World


@dataclass(frozen=True)
class Created:
    """An object that should not be there; ``status`` is what its controller would say."""

    cluster: str
    manifest: dict[str, Any]
    status: dict[str, Any] | None = None

    def inject(self, world: World) -> None:
        api = world.apis[self.cluster]
        api.apply(self.manifest)
        if self.status:
            api.merge(f"{object_path(self.manifest)}/status", {"status": self.status})

    def clear(self, world: World, kept: None) -> None:
        world.apis[self.cluster].delete(object_path(self.manifest))


@dataclass(frozen=True)
class Deleted:
    """An object that somebody deleted; whoever keeps it brings it back."""

    cluster: str
    path: str

    def inject(self, world: World) -> None:
        world.apis[self.cluster].delete(self.path)

    def clear(self, world: World, kept: None) -> None:
        world.refresh()


@dataclass(frozen=True)
class Patched:
    """An object that somebody changed; with ``compared`` every Argo CD looks at once, which it would do in minutes."""

    cluster: str
    path: str
    patch: dict[str, Any]
    back: dict[str, Any]
    compared: bool = False

    def inject(self, world: World) -> None:
        world.apis[self.cluster].merge(self.path, self.patch)
        if self.compared:
            world.refresh()

    def clear(self, world: World, kept: None) -> None:
        api = world.apis[self.cluster]
        if api.get(self.path) is not None:
            api.merge(self.path, self.back)


@dataclass(frozen=True)
class Emptied:
    """Every object of a list that somebody deleted."""

    cluster: str
    path: str
    query: str = ""

    def inject(self, world: World) -> None:
        api = world.apis[self.cluster]
        for each in world.items(api, self.path + self.query):
            api.delete(f"{self.path}/{each['metadata']['name']}")

    def clear(self, world: World, kept: None) -> None:
        world.refresh()


@dataclass(frozen=True)
class Held:
    """An object that was deleted, and that a finalizer holds."""

    cluster: str
    path: str
    finalizer: str

    def inject(self, world: World) -> None:
        api = world.apis[self.cluster]
        api.merge(self.path, {"metadata": {"finalizers": [self.finalizer]}})
        api.delete(self.path)

    def clear(self, world: World, kept: None) -> None:
        api = world.apis[self.cluster]
        found = api.get(self.path)
        if found and self.finalizer in (found["metadata"].get("finalizers") or ()):
            api.merge(self.path, {"metadata": {"finalizers": None}})
        world.refresh()


@dataclass(frozen=True)
class Approved:
    """Taken back by approving every plan that waits, as an administrator would."""

    cluster: str
    namespace: str

    def inject(self, world: World) -> None:
        """Nothing: this is only the way back."""

    def clear(self, world: World, kept: None) -> None:
        api, path = world.apis[self.cluster], install_plans(self.namespace)
        for each in world.items(api, path):
            api.merge(f"{path}/{each['metadata']['name']}", {"spec": {"approved": True}})


def install_plans(namespace: str) -> str:
    """The path of a namespace's install plans."""
    return f"/apis/operators.coreos.com/v1alpha1/namespaces/{namespace}/installplans"

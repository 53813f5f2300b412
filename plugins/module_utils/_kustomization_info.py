# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What environments deploy, rendered from the work tree and compared with another revision."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Mapping

from ansible_collections.manuela.event_streaming.plugins.module_utils import _yaml_text
from ansible_collections.manuela.event_streaming.plugins.module_utils._git import Access, Git
from ansible_collections.manuela.event_streaming.plugins.module_utils._kustomization_objects import (
    Application,
    Object,
    applications,
    difference,
    objects,
    same_repository,
)
from ansible_collections.manuela.event_streaming.plugins.module_utils._kustomization_render import (
    Rendering,
    export,
    find_program,
)
from ansible_collections.manuela.event_streaming.plugins.module_utils._plan import Result
from ansible_collections.manuela.event_streaming.plugins.module_utils._temporary_room import temporary_room
from ansible_collections.manuela.event_streaming.plugins.module_utils._work_tree import open_tree

_AT_ONCE = 2


@dataclass(frozen=True, slots=True)
class Environment:
    """A directory that one Argo CD deploys."""

    name: str
    path: str


@dataclass(frozen=True, slots=True)
class Follow:
    """Which Applications to render too: those from the repository ``url``."""

    is_on: bool
    url: str

    def wants(self, application: Application) -> bool:
        """Whether the Application deploys from our repository."""
        return self.is_on and (not self.url or same_repository(application.repo, self.url))


def execute(params: Mapping[str, Any], check_mode: bool, clock: Any) -> Result:
    """Run the module ``kustomization_info``."""
    _yaml_text.load()
    tree = open_tree(params["work_tree"])
    environments = [Environment(one["name"], one["path"]) for one in params["environments"]]
    for one in environments:
        tree.directory(one.path)
    program = find_program(params["executable"] or "", params["request_timeout"])
    if program is None:
        wanted = params["executable"] or "kustomize, kubectl nor oc"
        reason = f"there is no {wanted} on the host that runs the module, so nothing was rendered. Install kustomize"
        return Result(False, _described(reason, [], {}, {}))
    git = Git(tree.root, Access(timeout=params["request_timeout"]))
    follow = Follow(params["follow_applications"], git.ask("config", "--get", "remote.origin.url"))
    with temporary_room() as room:
        trees = [tree.root]
        if params["compare_revision"]:
            trees.append(room / "tree")
            trees[-1].mkdir()
            export(git, params["compare_revision"], trees[-1])
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            found = list(pool.map(lambda root: _rendered(Rendering(root, program), environments, follow), trees))
    return Result(False, _described("", environments, found[0], found[1] if len(found) > 1 else None))


def _rendered(rendering: Rendering, environments: list[Environment], follow: Follow) -> dict[str, list[Object]]:
    return {one.name: _deployed(rendering, one, follow) for one in environments}


def _deployed(rendering: Rendering, environment: Environment, follow: Follow) -> list[Object]:
    """Return the objects of an environment, and of the Applications in it, and of those in these."""
    found: list[Object] = []
    pending = [Application("", "", environment.path, "")]
    seen = set()
    while pending:
        one = pending.pop(0)
        if one in seen or not rendering.has(one.path):
            continue  # an environment or a path that this revision does not have deploys nothing
        seen.add(one)
        documents = rendering.documents(one.path)
        found += objects(documents, one.name, one.namespace)
        pending += [application for application in applications(documents) if follow.wants(application)]
    return found


def _described(
    reason: str,
    environments: list[Environment],
    after: Mapping[str, list[Object]],
    before: Mapping[str, list[Object]] | None,
) -> dict[str, Any]:
    items = []
    for one in environments:
        now = after[one.name]
        item: dict[str, Any] = {"name": one.name, "objects": [{**x.named(), "images": list(x.images)} for x in now]}
        changes = difference(before[one.name], now) if before is not None else None
        for kind in ("added", "removed", "changed"):
            item[kind] = [x.named() for x in getattr(changes, kind)] if changes else []
        items.append(item)
    return {"observed": not reason, "reason": reason, "environments": items}

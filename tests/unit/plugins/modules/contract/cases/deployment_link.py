# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Links of environments."""

from __future__ import annotations

from ansible_collections.manuela.event_streaming.tests.unit.plugins.modules.contract.case import Case, Fault, Step
from ansible_collections.manuela.event_streaming.tests.unit.plugins.modules.contract.file_world import FileWorld

FILES = {
    "apps/mirror.yaml": "kind: Application\n",
    "apps/store.yaml": "kind: Application\n",
    "one/keep": "",
    "two/keep": "",
}


def link(environment: str, target: str, **more: object) -> dict[str, object]:
    return {"environment": environment, "target": target, **more}


def asked(*links: dict[str, object], **more: object) -> dict[str, object]:
    return {"links": list(links), "environments": ["one", "two"], **more}


MIRROR = link("one", "apps/mirror.yaml")


def linked(world: FileWorld) -> None:
    (world.root / "two/mirror.yaml").symlink_to("../apps/mirror.yaml")


CASE = Case(
    "deployment_link",
    lambda root: FileWorld(root, FILES),
    (
        Step(asked(MIRROR)),
        Step(asked(link("two", "apps/mirror.yaml"), link("two", "apps/store.yaml", name="s.yaml"), stray="move")),
        Step(asked(link("two", "apps", state="absent"))),
    ),
    (
        Fault("invalid_option", asked(MIRROR, link("one", "apps", state="absent"))),
        Fault("not_found", asked(link("one", "apps/nothing.yaml"))),
        Fault("refused", asked(MIRROR), lambda world: world.write("one/mirror.yaml", "mine\n")),
        Fault("conflict", asked(MIRROR), linked),
        Fault("not_converged", asked(MIRROR), lambda world: world.forget_links(), writes=True),
    ),
)

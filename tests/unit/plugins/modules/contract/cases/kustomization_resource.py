# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Entries of a kustomization."""

from __future__ import annotations

from ansible_collections.manuela.event_streaming.tests.unit.plugins.modules.contract.case import Case, Fault, Step
from ansible_collections.manuela.event_streaming.tests.unit.plugins.modules.contract.file_world import FileWorld

FILES = {"app/kustomization.yaml": "resources:\n- namespace.yaml\n#- ../messaging-kafka\n- ../mqtt # why\n"}


def entry(name: str, **more: object) -> dict[str, object]:
    return {"path": "app", "entry": name, "match": "suffix", **more}


def asked(*entries: dict[str, object]) -> dict[str, object]:
    return {"entries": list(entries)}


KAFKA = entry("messaging-kafka")
CASE = Case(
    "kustomization_resource",
    lambda root: FileWorld(root, FILES),
    (
        Step(asked(KAFKA)),
        Step(asked(KAFKA, entry("quota.yaml", match="exact", field="resources", missing="add"))),
        Step(asked(entry("messaging-kafka", state="disabled"), entry("quota.yaml", state="absent"))),
    ),
    (
        Fault("invalid_option", asked(KAFKA, entry("messaging-kafka", state="absent"))),
        Fault("not_found", asked(entry("nowhere.yaml"))),
        Fault(
            "refused", asked(entry("mqtt", path="../outside.yaml")), lambda world: world.write("../outside.yaml", "")
        ),
        Fault(
            "conflict",
            asked(KAFKA),
            lambda world: world.write(
                "app/kustomization.yaml", "resources:\n- a/messaging-kafka\n- b/messaging-kafka\n"
            ),
        ),
        Fault("corrupt_input", asked(KAFKA), lambda world: world.write("app/kustomization.yaml", "resources: [\n")),
        Fault("not_converged", asked(KAFKA), lambda world: world.forget_renames(), writes=True),
    ),
    {"yaml": ""},
)

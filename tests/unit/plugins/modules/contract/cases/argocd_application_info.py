# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Applications of Argo CD."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible_collections.manuela.event_streaming.tests.unit.plugins.module_utils.kube.fake_kube import APPLICATION
from ansible_collections.manuela.event_streaming.tests.unit.plugins.modules.contract.case import Case, Fault, Step
from ansible_collections.manuela.event_streaming.tests.unit.plugins.modules.contract.kube_world import (
    KubeWorld,
    answers,
)

URL = "https://git.example.com/manuela-gitops.git"


class Deployed(KubeWorld):
    """One Application with everything that Argo CD may say about it."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.kube.put(
            APPLICATION,
            "messaging",
            "argocd",
            spec={"source": {"repoURL": URL, "path": "messaging", "targetRevision": "main"}},
            status=self.status("Degraded"),
        )

    def status(self, health: str) -> dict[str, Any]:
        resource = {"kind": "Pod", "namespace": "ns", "name": "p", "status": "Synced", "health": {"status": health}}
        result = {"revision": "a" * 40}
        return {
            "sync": {"status": "Synced", "revision": "a" * 40},
            "health": {"status": health},
            "reconciledAt": "2027-01-15T08:00:00Z",
            "operationState": {
                "phase": "Succeeded",
                "message": "ok",
                "finishedAt": "2027-01-15T08:00:00Z",
                "syncResult": result,
            },
            "conditions": [{"type": "SharedResourceWarning", "message": "m"}],
            "resources": [resource],
        }

    def fail(self) -> None:
        """Let the sync of the wanted revision fail for good."""
        state = self.kube.item(APPLICATION, "messaging", "argocd")["status"]
        state["operationState"] |= {"phase": "Failed", "message": "one or more objects failed to apply"}
        state["sync"]["status"] = "OutOfSync"

    def serve_none(self) -> None:
        """Take Argo CD away."""
        self.kube.kinds = [kind for kind in self.kube.kinds if kind != APPLICATION]


def asked(**more: object) -> dict[str, object]:
    return {"applications": [{"path": "messaging", "repo_url": URL}], **more}


CASE = Case(
    "argocd_application_info",
    Deployed,
    (Step(asked(refresh="normal")),),
    (
        Fault("invalid_option", asked(applications=[{"namespace": "argocd"}])),
        Fault("not_found", asked(wait_for="healthy"), lambda world: world.serve_none()),
        Fault("unauthorized", asked(api_key="wr0ng")),
        Fault("unreachable", asked(), lambda world: world.be_rude(500)),
        Fault("refused", asked(), lambda world: world.be_rude(422)),
        Fault("conflict", asked(refresh="normal"), lambda world: world.be_rude(409, "PATCH"), writes=True),
        Fault("timeout", asked(wait_for="healthy", wait=True)),
        Fault("failed", asked(wait_for="synced", revision="a" * 40, wait=True), lambda world: world.fail()),
    ),
    {"urllib3": "1.25.11"},
    answers=answers("PATCH"),
)

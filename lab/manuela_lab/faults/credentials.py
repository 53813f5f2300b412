# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A kubeconfig whose credentials open nothing, or not enough."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from manuela_lab import kubeconfig
from manuela_lab.faults.world import World
from manuela_lab.pki import write_private

ACCOUNT = {
    "apiVersion": "v1",
    "kind": "ServiceAccount",
    "metadata": {"name": "somebody-else", "namespace": "default"},
}
PATH = "/api/v1/namespaces/default/serviceaccounts/somebody-else"


@dataclass(frozen=True)
class Credentials:
    """The token of an account without a role; one of an account that is gone is not accepted any more."""

    cluster: str
    expired: bool

    def inject(self, world: World) -> None:
        api = world.apis[self.cluster]
        api.apply(ACCOUNT)
        asked: dict[str, Any] = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {}}
        token = api.create(f"{PATH}/token", asked)["status"]["token"]
        if self.expired:
            api.delete(PATH)
        path = world.lab.places.cluster_kubeconfig(self.cluster)
        config = json.loads(path.read_text(encoding="utf-8"))
        config["users"][0]["user"] = {"token": token}
        write_private(path, (json.dumps(config, indent=2) + "\n").encode())

    def clear(self, world: World, kept: None) -> None:
        kubeconfig.write_all(world.lab)
        world.apis[self.cluster].delete(PATH)

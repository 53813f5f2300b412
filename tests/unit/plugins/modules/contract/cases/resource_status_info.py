# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The state of resources."""

from __future__ import annotations

from pathlib import Path

from ansible_collections.manuela.event_streaming.tests.unit.plugins.module_utils.kube.fake_kube import DEPLOYMENT, KAFKA
from ansible_collections.manuela.event_streaming.tests.unit.plugins.modules.contract.case import Case, Fault, Step
from ansible_collections.manuela.event_streaming.tests.unit.plugins.modules.contract.kube_world import (
    KubeWorld,
    answers,
)


class Brokers(KubeWorld):
    """A Kafka that is not ready, and a Deployment."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        waiting = {"type": "NotReady", "status": "True", "reason": "Creating", "message": "wait"}
        self.kube.put(KAFKA, "k", status={"conditions": [waiting]})
        self.kube.put(DEPLOYMENT, "operator", spec={"template": {"spec": {"containers": [{"image": "r/o:1"}]}}})


def asked(*resources: dict[str, object], **more: object) -> dict[str, object]:
    return {"resources": list(resources), **more}


BROKERS = {"kind": "Kafka", "namespace": "ns", "name": "k"}
CASE = Case(
    "resource_status_info",
    Brokers,
    (Step(asked(BROKERS, {"kind": "Deployment", "namespace": "ns", "name": "operator"})),),
    (
        Fault("invalid_option", asked({**BROKERS, "label_selector": "a=b"})),
        Fault("unauthorized", asked(BROKERS, api_key="wr0ng")),
        Fault("unreachable", asked(BROKERS), lambda world: world.be_rude(500)),
        Fault("refused", asked(BROKERS), lambda world: world.be_rude(422)),
        Fault("timeout", asked(BROKERS, wait=True)),
    ),
    {"urllib3": "1.25.11"},
    answers=answers(),
)

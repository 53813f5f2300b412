# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a cluster allows and serves."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible_collections.manuela.event_streaming.plugins.module_utils._kube import Kind
from ansible_collections.manuela.event_streaming.tests.unit.plugins.module_utils.kube.fake_kube import (
    FakeClock,
    FakeKube,
)
from ansible_collections.manuela.event_streaming.tests.unit.plugins.modules.contract.case import Case, Fault, Step
from ansible_collections.manuela.event_streaming.tests.unit.plugins.modules.contract.kube_world import (
    KubeWorld,
    answers,
)

ASKED = {
    "kinds": [{"kind": "Kafka", "group": "kafka.strimzi.io"}],
    "permissions": [{"verbs": ["get", "list"], "resource": "pods/log", "namespace": "ns"}],
}


REVIEW = Kind("SelfSubjectAccessReview", "selfsubjectaccessreviews", "v1", "authorization.k8s.io", namespaced=False)


class Reviewing(FakeKube):
    """Answers reviews and stores none, so that they are no writes."""

    def __init__(self, clock: FakeClock) -> None:
        super().__init__(clock)
        self.kinds.append(REVIEW)

    def create(self, kind: Kind, namespace: str, body: dict[str, Any]) -> dict[str, Any]:
        return {**body, "status": {"allowed": True, "reason": "because"}}


class Answering(KubeWorld):
    """A server that is asked for rights."""

    def __init__(self, root: Path) -> None:
        super().__init__(root, Reviewing)
        del self.given["wait_timeout"]


CASE = Case(
    "cluster_info",
    Answering,
    (Step(ASKED),),
    (
        Fault("invalid_option", {**ASKED, "ca_cert": "{root}/nowhere.pem"}),
        Fault("not_found", ASKED, lambda world: world.be_rude(404, "POST")),
        Fault("unauthorized", {**ASKED, "api_key": "wr0ng"}),
        Fault("unreachable", ASKED, lambda world: world.be_rude(500)),
        Fault("refused", ASKED, lambda world: world.be_rude(422)),
    ),
    {"urllib3": "1.25.11"},
    answers=tuple(one for one in answers("POST") if one != (409, "POST")),  # a review is stored nowhere
)

# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Topics, seen from a pod."""

from __future__ import annotations

from pathlib import Path

from ansible_collections.manuela.event_streaming.plugins.module_utils._kube import POD
from ansible_collections.manuela.event_streaming.tests.unit.plugins.module_utils.kube import (
    test_kafka_topic_info as flows,
)
from ansible_collections.manuela.event_streaming.tests.unit.plugins.modules.contract.case import Case, Fault, Step
from ansible_collections.manuela.event_streaming.tests.unit.plugins.modules.contract.kube_world import (
    KubeWorld,
    answers,
)


class Flowing(KubeWorld):
    """A cluster whose topics flow."""

    def __init__(self, root: Path) -> None:
        super().__init__(root, flows.Cluster)
        window = flows.records(flows.TOPICS[0], 6, 1).replace(" 0\n", " 0 4 6\n", 1).replace("records", "window", 1)
        self.kube.rounds = [window + self.kube.rounds[0], *self.kube.rounds[1:]]

    def starve(self) -> None:
        """Let no pod come up."""
        self.kube.created = lambda kind, item: None

    def break_image(self) -> None:
        """Let the pod wait for an image that is not there."""
        waiting = {"waiting": {"reason": "ErrImagePull", "message": "no such image"}}
        state = {"name": "reader", "state": waiting}
        self.kube.pod_status = {"phase": "Pending", "containerStatuses": [state]}
        self.kube.rounds = []

    def without_brokers(self) -> None:
        """Take the cluster's own pods away."""
        self.kube.drop(POD, "k-kafka-0")


def asked(**more: object) -> dict[str, object]:
    return {"namespace": "ns", "cluster": "k", "topics": flows.TOPICS, "wait_for": "flowing", **more}


WINDOW = {"topic": flows.TOPICS[0], "partition": 0, "from_offset": 4, "to_offset": 6}
CASE = Case(
    "kafka_topic_info",
    Flowing,
    (Step(asked(windows=[WINDOW])),),
    (
        Fault("invalid_option", asked(topics=["no topic"])),
        Fault("invalid_option", asked(connection="direct"), name="direct"),
        Fault("unauthorized", asked(api_key="wr0ng")),
        Fault("unreachable", asked(), lambda world: world.be_rude(500)),
        Fault("refused", asked(), lambda world: world.be_rude(422)),
        Fault("not_found", asked(), lambda world: world.be_rude(404, "POST")),
        Fault("conflict", asked(), lambda world: world.be_rude(409, "POST")),
        Fault("timeout", asked(), lambda world: world.starve(), writes=True),
        Fault("failed", asked(), lambda world: world.break_image(), writes=True),
    ),
    {"urllib3": "1.25.11", "confluent_kafka": "2.2.0"},
    {"confluent_kafka": {"connection": "direct", "bootstrap_servers": "127.0.0.1:9"}},
    answers=answers("POST"),
)

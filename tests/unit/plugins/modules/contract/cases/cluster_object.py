# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects of a cluster."""

from __future__ import annotations

import base64
from pathlib import Path

from ansible_collections.manuela.event_streaming.tests.unit.plugins.module_utils.kube.fake_kube import SECRET, TOPIC
from ansible_collections.manuela.event_streaming.tests.unit.plugins.modules.contract.case import Case, Fault, Step
from ansible_collections.manuela.event_streaming.tests.unit.plugins.modules.contract.kube_world import (
    KubeWorld,
    answers,
)

PASSWORD = "s3cr3t-in-a-patch"
HIDDEN = base64.b64encode(PASSWORD.encode()).decode()
KEYS = {"kind": "Secret", "namespace": "ns", "name": "keys"}


class Topics(KubeWorld):
    """A topic, and a Secret."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.secrets = (*self.secrets, PASSWORD)
        self.kube.put(TOPIC, "temperature", spec={"partitions": 1})
        self.kube.put(SECRET, "keys", data={"password": "b2xk"})

    def hold(self) -> None:
        """Let a finalizer keep the topic."""
        self.kube.item(TOPIC, "temperature")["metadata"]["finalizers"] = ["strimzi.io/topic-operator"]


def asked(state: str, **more: object) -> dict[str, object]:
    one = {"kind": "KafkaTopic", "namespace": "ns", "name": "temperature"}
    return {"objects": [one], "state": state, **more}


def patched(partitions: int) -> dict[str, object]:
    return asked("patched", patch={"spec": {"partitions": partitions}})


CASE = Case(
    "cluster_object",
    Topics,
    (
        Step(patched(2)),
        Step(patched(3)),
        Step(asked("absent", wait=True)),
        Step(asked("patched", objects=[KEYS], patch={"data": {"password": HIDDEN}})),
        Step(asked("patched", objects=[KEYS], patch={"data": {"password": None}})),
        Step(asked("present", objects=[{**KEYS, "name": "new"}], patch={"data": {"password": HIDDEN}})),
    ),
    (
        Fault("invalid_option", asked("patched")),
        Fault(
            "not_found", asked("patched", patch={"a": 1}, objects=[{"kind": "Nothing", "namespace": "ns", "name": "x"}])
        ),
        Fault("unauthorized", {**patched(2), "api_key": "wr0ng"}),
        Fault("refused", patched(2), lambda world: world.be_rude(422)),
        Fault("conflict", patched(2), lambda world: world.be_rude(409, "PATCH"), unforeseen=True),
        Fault("unreachable", patched(2), lambda world: world.be_rude(500)),
        Fault(
            "refused",
            asked("patched", objects=[KEYS], patch={"data": {"password": HIDDEN}}),
            lambda world: world.be_rude(422, "PATCH"),
            name="secret",
            unforeseen=True,
        ),
        Fault("timeout", asked("absent", wait=True), lambda world: world.hold(), writes=True),
    ),
    {"urllib3": "1.25.11"},
    answers=answers("PATCH"),
)

# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A policy that keeps MirrorMaker in its cluster closes the link, and only such a one does."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from memory_cluster import MemoryCluster

from manuela_lab.operator.network_policies import NetworkPolicyController
from manuela_lab.operator.resources import Resource

ROUTE = "127.9.8.21"
INSIDE = [{"to": [{"namespaceSelector": {}}]}]


class Wire:
    """The link, as far as the controller uses it."""

    def __init__(self) -> None:
        self.closed: set[str] = set()

    def close_for(self, whom: str) -> None:
        self.closed.add(whom)

    def open_for(self, whom: str) -> None:
        self.closed.discard(whom)


def pod(kind: str = "KafkaMirrorMaker2") -> Resource:
    labels = {"strimzi.io/kind": kind, "strimzi.io/cluster": "mm"}
    return {"kind": "Pod", "metadata": {"name": "mm-0", "namespace": "edge", "labels": labels}}


def policy(**spec: Any) -> Resource:
    given = {"podSelector": {"matchLabels": {"strimzi.io/cluster": "mm"}}, "policyTypes": ["Egress"], **spec}
    return {"kind": "NetworkPolicy", "metadata": {"name": "cut", "namespace": "edge"}, "spec": given}


def closed(*objects: Resource) -> bool:
    cluster, wire = MemoryCluster(), Wire()
    cluster.has(*objects)
    controller = NetworkPolicyController(cluster.view, wire, "factory", ROUTE)  # type: ignore[arg-type]
    (key,) = {key for each in objects for key in controller.concerned(each)}
    asyncio.run(controller.reconcile(key))
    return bool(wire.closed)


@pytest.mark.parametrize(
    ("spec", "is_closed"),
    [
        pytest.param({}, True, id="no rule at all"),
        pytest.param({"egress": INSIDE}, True, id="only to pods"),
        pytest.param({"egress": INSIDE, "podSelector": {}}, True, id="about all pods"),
        pytest.param({"egress": [{}]}, False, id="to everything"),
        pytest.param({"egress": [{"to": [{"ipBlock": {"cidr": "127.0.0.0/8"}}]}]}, False, id="to the router's block"),
        pytest.param(
            {"egress": [{"to": [{"ipBlock": {"cidr": "0.0.0.0/0", "except": ["127.0.0.0/8"]}}]}]}, True, id="excepted"
        ),
        pytest.param({"policyTypes": ["Ingress"]}, False, id="about ingress"),
        pytest.param({"podSelector": {"matchLabels": {"strimzi.io/cluster": "other"}}}, False, id="about others"),
        pytest.param(
            {"podSelector": {"matchExpressions": [{"key": "strimzi.io/kind", "operator": "Exists"}]}}, True, id="by key"
        ),
    ],
)
def test_a_policy_closes_the_link_when_it_keeps_the_mirror_in(spec: dict[str, Any], is_closed: bool) -> None:
    assert closed(pod(), policy(**spec)) is is_closed


def test_without_a_mirror_no_policy_is_about_the_link() -> None:
    assert not closed(pod("Kafka"), policy())


def test_one_policy_that_allows_is_enough() -> None:
    assert not closed(pod(), policy(), {**policy(egress=[{}]), "metadata": {"name": "open", "namespace": "edge"}})


def test_a_policy_that_is_gone_opens_the_link_again() -> None:
    cluster, wire = MemoryCluster(), Wire()
    cluster.has(pod(), policy())
    controller = NetworkPolicyController(cluster.view, wire, "factory", ROUTE)  # type: ignore[arg-type]
    (key,) = controller.concerned(policy())
    asyncio.run(controller.reconcile(key))
    assert wire.closed == {"factory.edge"}
    asyncio.run(cluster.delete(policy()))
    asyncio.run(controller.reconcile(key))
    assert not wire.closed

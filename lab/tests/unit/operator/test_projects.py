# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Projects as on OpenShift: which namespaces are users', what they get, and how much of a quota is used."""

from __future__ import annotations

import asyncio
from fractions import Fraction

import pytest
from memory_cluster import MemoryCluster

from manuela_lab.operator.projects import ProjectController, quantity
from manuela_lab.operator.resources import Key, Resource

DEMO = Key("", "manuela-stormshift-messaging")


def namespace(name: str) -> Resource:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}


def pod(name: str, phase: str = "Running") -> Resource:
    limits = {"limits": {"cpu": "500m", "memory": "640Mi"}}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": DEMO.name},
        "spec": {"containers": [{"name": "main", "resources": limits}]},
        "status": {"phase": phase},
    }


def test_a_users_namespace_gets_pod_security_limits_and_a_quota():
    cluster = MemoryCluster()
    cluster.has(namespace(DEMO.name))
    controller = ProjectController(cluster, cluster.view)
    asyncio.run(controller.reconcile(DEMO))
    made = cluster.view.get("Namespace", *DEMO)
    assert made is not None
    assert made["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"
    assert cluster.view.get("LimitRange", DEMO.name, "limits")
    assert cluster.status("ResourceQuota", DEMO.name, "quota")["used"]["pods"] == "0"


def test_only_pods_that_run_use_the_quota():
    cluster = MemoryCluster()
    cluster.has(namespace(DEMO.name), pod("one"), pod("two", "Pending"), pod("done", "Succeeded"))
    asyncio.run(ProjectController(cluster, cluster.view).reconcile(DEMO))
    used = cluster.status("ResourceQuota", DEMO.name, "quota")["used"]
    assert used == {"pods": "2", "limits.cpu": "1000m", "limits.memory": str(2 * 640 * 2**20)}


def test_nothing_is_written_again_while_nothing_changes():
    cluster = MemoryCluster()
    cluster.has(namespace(DEMO.name), pod("one"))
    controller = ProjectController(cluster, cluster.view)
    asyncio.run(controller.reconcile(DEMO))
    written = len(cluster.journal)
    asyncio.run(controller.reconcile(DEMO))
    assert len(cluster.journal) == written


@pytest.mark.parametrize("name", ["kube-system", "openshift-gitops", "default"])
def test_the_systems_own_namespaces_are_left_alone(name: str):
    cluster = MemoryCluster()
    assert not list(ProjectController(cluster, cluster.view).concerned(namespace(name)))


def test_a_pod_concerns_its_namespace():
    cluster = MemoryCluster()
    assert list(ProjectController(cluster, cluster.view).concerned(pod("one"))) == [DEMO]


@pytest.mark.parametrize(
    ("text", "number"), [("2", Fraction(2)), ("500m", Fraction(1, 2)), ("1Gi", Fraction(2**30)), ("0", Fraction(0))]
)
def test_quantities_are_read_as_kubernetes_writes_them(text: str, number: Fraction):
    assert quantity(text) == number

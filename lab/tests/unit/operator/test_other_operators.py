# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Camel K, OLM, the router and the AMQ broker's operator report what the real ones do."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any, Mapping

import pytest
from memory_cluster import MemoryCluster

from manuela_lab.operator import resources
from manuela_lab.operator.addresses import Addresses
from manuela_lab.operator.artemis import ArtemisController
from manuela_lab.operator.artemis import pod as artemis_pod
from manuela_lab.operator.broker_image import BrokerImage
from manuela_lab.operator.containers import ADDRESS_ANNOTATION, Sandbox
from manuela_lab.operator.images import Images, played
from manuela_lab.operator.integration_objects import DIGEST, LABEL
from manuela_lab.operator.integrations import IntegrationController
from manuela_lab.operator.olm import SubscriptionController
from manuela_lab.operator.resources import Key, Resource
from manuela_lab.operator.routes import RouteController
from manuela_lab.operator.settings import Settings
from manuela_lab.parts.integration import NotRunnable

KEY = Key("lake", "writer")
DOMAIN = "apps.central.lab.example"


def resource(kind: str, api_version: str, spec: Mapping[str, Any], name: str = "writer", **metadata: Any) -> Resource:
    return {
        "apiVersion": api_version,
        "kind": kind,
        "metadata": {"name": name, "namespace": "lake", "uid": f"uid-{name}", **metadata},
        "spec": dict(spec),
    }


def conditions_of(cluster: MemoryCluster, kind: str, name: str = "writer") -> dict[str, Mapping[str, Any]]:
    return {entry["type"]: entry for entry in cluster.status(kind, "lake", name)["conditions"]}


class Builder:
    """A kit builder that takes what it is told to."""

    def __init__(self, complaint: str = "") -> None:
        self.built = 0
        self._complaint = complaint

    def build(self, spec: Mapping[str, Any], scratch: Path) -> None:
        self.built += 1
        if self._complaint:
            raise NotRunnable(self._complaint)


FLOW = {"traits": {"mount": {"configs": ["configmap:conf"]}}, "flows": [{"from": {"uri": "timer:t"}}]}
PLATFORM = resource("IntegrationPlatform", "camel.apache.org/v1", {}, "camel-k")
INTEGRATION = resource("Integration", "camel.apache.org/v1", FLOW)
SETTINGS = {
    "apiVersion": "v1",
    "kind": "ConfigMap",
    "metadata": {"name": "conf", "namespace": "lake"},
    "data": {"application.properties": "a=1"},
}


def integrate(cluster: MemoryCluster, builder: Builder, scratch: Path) -> None:
    controller = IntegrationController(cluster, cluster.view, builder, scratch)  # type: ignore[arg-type]
    asyncio.run(controller.reconcile(KEY))


def digest(cluster: MemoryCluster) -> str:
    deployment = cluster.view.get("Deployment", *KEY)
    assert deployment is not None
    return str(deployment["spec"]["template"]["metadata"]["annotations"][DIGEST])


def test_an_integration_waits_for_its_platform(cluster: MemoryCluster, tmp_path: Path) -> None:
    cluster.has(INTEGRATION)
    integrate(cluster, Builder(), tmp_path)
    assert cluster.status("Integration", *KEY)["phase"] == "Waiting For Platform"


def test_an_integration_runs_when_its_pod_does(cluster: MemoryCluster, tmp_path: Path) -> None:
    cluster.has(PLATFORM, INTEGRATION, SETTINGS)
    integrate(cluster, Builder(), tmp_path)
    assert cluster.status("Integration", *KEY)["phase"] == "Deploying"
    pod = resource("Pod", "v1", {}, "writer-1", labels={LABEL: "writer"}, annotations={DIGEST: digest(cluster)})
    cluster.has({**pod, "status": {"conditions": [{"type": "Ready", "status": "True"}]}})
    integrate(cluster, Builder(), tmp_path)
    assert cluster.status("Integration", *KEY)["phase"] == "Running"
    assert conditions_of(cluster, "Integration")["Ready"]["reason"] == "DeploymentReady"


def test_another_configuration_is_another_rollout(cluster: MemoryCluster, tmp_path: Path) -> None:
    cluster.has(PLATFORM, INTEGRATION, SETTINGS)
    integrate(cluster, Builder(), tmp_path)
    before = digest(cluster)
    integrate(cluster, Builder(), tmp_path)
    assert digest(cluster) == before
    cluster.has({**SETTINGS, "data": {"application.properties": "a=2"}})
    integrate(cluster, Builder(), tmp_path)
    assert digest(cluster) != before


def test_a_pod_that_dies_puts_its_last_words_into_the_phase(cluster: MemoryCluster, tmp_path: Path) -> None:
    cluster.has(PLATFORM, INTEGRATION, SETTINGS)
    integrate(cluster, Builder(), tmp_path)
    pod = resource("Pod", "v1", {}, "writer-1", labels={LABEL: "writer"}, annotations={DIGEST: digest(cluster)})
    state = {
        "state": {"waiting": {"reason": "CrashLoopBackOff"}},
        "lastState": {"terminated": {"exitCode": 1, "message": "Access key is wrong"}},
    }
    cluster.has({**pod, "status": {"containerStatuses": [state]}})
    integrate(cluster, Builder(), tmp_path)
    assert cluster.status("Integration", *KEY)["phase"] == "Error"
    assert conditions_of(cluster, "Integration")["Ready"]["message"] == "CrashLoopBackOff: Access key is wrong"


def test_a_kit_that_cannot_be_built(cluster: MemoryCluster, tmp_path: Path) -> None:
    cluster.has(PLATFORM, INTEGRATION)
    integrate(cluster, Builder("javac: Route.java:7: error: ';' expected"), tmp_path)
    assert cluster.status("Integration", *KEY)["phase"] == "Error"
    assert "';' expected" in conditions_of(cluster, "Integration")["IntegrationKitAvailable"]["message"]
    assert cluster.view.get("Deployment", *KEY) is None


def subscribe(cluster: MemoryCluster) -> Mapping[str, Any]:
    controller = SubscriptionController(cluster, cluster.view)  # type: ignore[arg-type]
    asyncio.run(controller.reconcile(KEY))
    asyncio.run(controller.reconcile(KEY))
    return cluster.status("Subscription", *KEY)


@pytest.fixture
def manual() -> Resource:
    spec = {"name": "amq-streams", "installPlanApproval": "Manual", "startingCSV": "amqstreams.v3.1.0-0"}
    return resource("Subscription", "operators.coreos.com/v1alpha1", spec)


def test_a_manual_plan_waits_for_approval(cluster: MemoryCluster, manual: Resource) -> None:
    cluster.has(manual)
    status = subscribe(cluster)
    assert status["state"] == "UpgradePending"
    assert conditions_of(cluster, "Subscription")["InstallPlanPending"]["reason"] == "RequiresApproval"
    (plan,) = cluster.view.all("InstallPlan")
    cluster.has({**plan, "spec": {**plan["spec"], "approved": True}})
    assert subscribe(cluster)["installedCSV"] == "amqstreams.v3.1.0-0"


def test_the_approvers_success_approves(cluster: MemoryCluster, manual: Resource) -> None:
    approver = resource("Pod", "v1", {}, "approver-1", labels={"job-name": "startingcsv-installplan-approver"})
    cluster.has(manual, {**approver, "status": {"phase": "Succeeded"}})
    assert subscribe(cluster)["state"] == "AtLatestKnown"


def test_the_version_outlives_its_subscription(cluster: MemoryCluster, manual: Resource) -> None:
    manual["spec"]["installPlanApproval"] = "Automatic"
    cluster.has(manual)
    subscribe(cluster)
    (version,) = cluster.view.all("ClusterServiceVersion")
    assert version["status"]["phase"] == "Succeeded" and "ownerReferences" not in version["metadata"]


def admit(cluster: MemoryCluster, namespace: str = "lake") -> Mapping[str, Any]:
    controller = RouteController(cluster, cluster.view, DOMAIN)  # type: ignore[arg-type]
    for _ in range(2):
        asyncio.run(controller.reconcile(Key(namespace, "writer")))
    (entry,) = cluster.status("Route", namespace, "writer")["ingress"]
    return dict(entry["conditions"][0], host=entry["host"])


def test_a_route_without_a_host_gets_one(cluster: MemoryCluster) -> None:
    cluster.has(resource("Route", "route.openshift.io/v1", {"to": {"name": "s"}}))
    verdict = admit(cluster)
    assert (verdict["status"], verdict["host"]) == ("True", f"writer-lake.{DOMAIN}")


def test_the_older_route_keeps_its_host(cluster: MemoryCluster) -> None:
    older = resource("Route", "route.openshift.io/v1", {"host": "h.example"}, creationTimestamp="2026-01-01T00:00:00Z")
    younger = resource(
        "Route", "route.openshift.io/v1", {"host": "h.example"}, creationTimestamp="2026-01-02T00:00:00Z"
    )
    younger["metadata"]["namespace"] = "other"
    cluster.has(older, younger)
    assert admit(cluster)["status"] == "True"
    assert admit(cluster, "other")["reason"] == "HostAlreadyClaimed"


def test_the_mqtt_broker_has_a_service_for_each_acceptor(cluster: MemoryCluster) -> None:
    spec = {"acceptors": [{"name": "all", "port": 61616, "expose": True}, {"name": "mqtt", "port": 1883}]}
    cluster.has(resource("ActiveMQArtemis", "broker.amq.io/v1beta1", spec))
    controller = ArtemisController(cluster, cluster.view, "127.9.8.3", DOMAIN)  # type: ignore[arg-type]
    asyncio.run(controller.reconcile(KEY))
    service = cluster.view.get("Service", "lake", "writer-all-0-svc")
    assert service is not None and resources.notes(service)["lab.manuela/address"] == "127.9.8.3"
    assert cluster.view.get("Service", "lake", "writer-mqtt-0-svc") is not None
    assert [resources.key(route).name for route in cluster.view.all("Route")] == ["writer-all-0-svc-rte"]
    assert conditions_of(cluster, "ActiveMQArtemis")["Ready"]["status"] == "False"


def test_a_second_instance_has_a_broker_of_its_own() -> None:
    broker = resource("ActiveMQArtemis", "broker.amq.io/v2alpha5", {}, name="mqtt")
    shared, own = (artemis_pod(broker, notes) for notes in ({}, {ADDRESS_ANNOTATION: "127.9.8.23"}))
    image = BrokerImage(Path("/cache/labnet"))
    images = Images(played, played, image.program)
    assert images.program(sandbox_of(shared)).argv == ()
    assert images.program(sandbox_of(own)).argv[:2] == ("/cache/labnet", "--mqtt=127.9.8.23:61616,127.9.8.23:1883")


def sandbox_of(pod: Resource) -> Sandbox:
    return Sandbox(pod, pod["spec"]["containers"][0], Path("/x"), {}, {}, Path("/x/hosts"), "127.9.8.23")


def test_the_known_addresses_of_kafka_belong_to_the_demo(settings: Settings):
    central, factory = Addresses(settings), Addresses(replace(settings, dc="factory"))
    test, demo = Key("manuela-tst-all", "manuela-kafka-cluster"), Key("messaging", "manuela-kafka-cluster")
    assert factory.of(demo, with_route=False) == "127.9.8.10"
    assert central.of(test, with_route=False) not in ("127.9.8.10", "127.9.8.20")
    assert central.of(Key("lake", "kafka-cluster"), with_route=True) == "127.9.8.20"

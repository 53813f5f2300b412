# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A KafkaMirrorMaker2 becomes MirrorMaker's properties; its status is what the workers say of themselves."""

from __future__ import annotations

import asyncio
import base64
from typing import Any

import pytest
from memory_cluster import MemoryCluster

from manuela_lab.operator import connectors
from manuela_lab.operator.hosts import Hosts
from manuela_lab.operator.kafka_spec import generation
from manuela_lab.operator.mirror_maker import MirrorMakerController
from manuela_lab.operator.mirror_maker_config import connectors as connectors_of
from manuela_lab.operator.mirror_maker_config import render
from manuela_lab.operator.mirror_maker_spec import Invalid, parse
from manuela_lab.operator.resources import Key, Resource
from manuela_lab.operator.settings import Settings

KEY = Key("mirror", "factory-to-central")
ROUTE = "bootstrap.apps.central.lab.example"


@pytest.fixture
def mirror() -> Resource:
    return {
        "apiVersion": "kafka.strimzi.io/v1beta2",
        "kind": "KafkaMirrorMaker2",
        "metadata": {
            "name": KEY.name,
            "namespace": KEY.namespace,
            "uid": "u",
            "creationTimestamp": "2026-01-01T00:00:00Z",
        },
        "spec": {
            "version": "4.3.1",
            "connectCluster": "central",
            "clusters": [
                {
                    "alias": "central",
                    "bootstrapServers": f"{ROUTE}:443",
                    "tls": {"trustedCertificates": [{"secretName": "trust", "certificate": "tls.crt"}]},
                    "config": {"offset.storage.replication.factor": 1},
                },
                {"alias": "factory", "bootstrapServers": "kafka-bootstrap.messaging.svc:9092"},
            ],
            "mirrors": [
                {
                    "sourceCluster": "factory",
                    "targetCluster": "central",
                    "sourceConnector": {"config": {"refresh.topics.interval.seconds": 5}},
                    "heartbeatConnector": {},
                    "topicsPattern": "iot-.*",
                }
            ],
        },
    }


def properties(mirror: Resource, port: int = 443) -> dict[str, str]:
    text = render(parse(mirror), lambda host, found: (host, port if found == 443 else found))
    return dict(line.split("=", 1) for line in text.splitlines())


def test_the_flow_and_its_clusters(mirror: Resource) -> None:
    found = properties(mirror, 8443)
    assert found["central.bootstrap.servers"] == f"{ROUTE}:8443"
    assert found["factory.bootstrap.servers"] == "kafka-bootstrap.messaging.svc:9092"
    assert found["central.security.protocol"] == "SSL" and "factory.security.protocol" not in found
    assert found["central.ssl.truststore.location"] == "/tmp/central.truststore.pem"
    assert found["factory->central.enabled"] == "true" and found["central->factory.enabled"] == "false"
    assert found["factory->central.topics"] == "iot-.*"
    assert found["factory->central.refresh.topics.interval.seconds"] == "5"
    assert found["factory->central.emit.checkpoints.enabled"] == "false"


def test_without_a_setting_the_refresh_interval_is_kafkas_own(mirror: Resource) -> None:
    mirror["spec"]["mirrors"][0]["sourceConnector"] = {}
    assert not [key for key in properties(mirror) if "refresh.topics" in key]


def test_the_newest_form_with_one_target(mirror: Resource) -> None:
    spec = mirror["spec"]
    central, factory = spec.pop("clusters")
    spec.pop("connectCluster")
    spec["target"] = central
    spec["mirrors"][0] = {"source": factory, "sourceConnector": {}}
    assert properties(mirror)["factory->central.enabled"] == "true"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"connectCluster": "nowhere"}, "connectCluster with alias nowhere cannot be found"),
        ({"mirrors": [{"sourceCluster": "moon", "targetCluster": "central"}]}, "alias moon cannot be found"),
        ({"mirrors": [{"sourceCluster": "central", "targetCluster": "factory"}]}, "has to be the same as the target"),
    ],
)
def test_aliases_that_do_not_fit(mirror: Resource, change: dict[str, Any], said: str) -> None:
    mirror["spec"].update(change)
    with pytest.raises(Invalid, match=said):
        parse(mirror)


def told(state: str, **more: str) -> dict[str, str]:
    return {"state": state, "worker_id": "w", **more}


def test_connectors_run_when_all_of_their_tasks_do(mirror: Resource) -> None:
    spec = parse(mirror)
    names = connectors_of(spec.mirrors[0])
    found = {
        "status-connector-MirrorSourceConnector": told("RUNNING"),
        "status-task-MirrorSourceConnector-0": told("UNASSIGNED"),
        "status-task-MirrorSourceConnector-1": told("DESTROYED"),
        "status-connector-MirrorHeartbeatConnector": told("RUNNING"),
    }
    entries = connectors.report(found, "factory", "central", names)
    assert connectors.missing(entries, spec) == ["factory->central.MirrorSourceConnector"]
    found["status-task-MirrorSourceConnector-0"] = told("RUNNING")
    entries = connectors.report(found, "factory", "central", names)
    assert connectors.missing(entries, spec) == [] and connectors.failed(entries) == []
    assert [task["id"] for task in entries[0]["tasks"]] == [0]


def test_a_failed_task_is_named_with_its_trace(mirror: Resource) -> None:
    found = {
        "status-connector-MirrorSourceConnector": told("RUNNING"),
        "status-task-MirrorSourceConnector-0": told("FAILED", trace="SslHandshakeException: …"),
    }
    entries = connectors.report(found, "factory", "central", connectors_of(parse(mirror).mirrors[0]))
    assert connectors.failed(entries) == ["factory->central.MirrorSourceConnector"]
    assert "SslHandshakeException" in entries[0]["tasks"][0]["trace"]


def condition_after(cluster: MemoryCluster, settings: Settings, *found: Resource) -> dict[str, Any]:
    cluster.has(*found)
    look(cluster, settings)
    (entry,) = cluster.status("KafkaMirrorMaker2", *KEY)["conditions"]
    return dict(entry)


def look(cluster: MemoryCluster, settings: Settings) -> None:
    controller = MirrorMakerController(cluster, cluster.view, Hosts(settings, cluster.view))  # type: ignore[arg-type]
    asyncio.run(controller.reconcile(KEY))


def secret(**data: str) -> Resource:
    encoded = {key.replace("_", "."): base64.b64encode(value.encode()).decode() for key, value in data.items()}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "trust", "namespace": "mirror"}, "data": encoded}


def test_a_missing_secret(cluster: MemoryCluster, settings: Settings, mirror: Resource) -> None:
    entry = condition_after(cluster, settings, mirror)
    assert (entry["type"], entry["reason"]) == ("NotReady", "InvalidConfigurationException")
    assert entry["message"] == "Secret trust not found in namespace mirror"


def test_a_secret_without_the_key(cluster: MemoryCluster, settings: Settings, mirror: Resource) -> None:
    entry = condition_after(cluster, settings, mirror, secret(ca_crt="x"))
    assert entry["message"] == "Items with key(s) [tls.crt] are missing in Secret trust"


POD = ("Pod", "mirror", "factory-to-central-mirrormaker2-0")


def pod_is(cluster: MemoryCluster, ready: bool, created: str) -> None:
    pod = cluster.view.get(*POD)
    assert pod is not None
    status = {"conditions": [{"type": "Ready", "status": str(ready)}]}
    cluster.has({**pod, "metadata": {**pod["metadata"], "creationTimestamp": created}, "status": status})


def test_a_mirror_that_does_not_start_in_time_is_not_ready(
    cluster: MemoryCluster, settings: Settings, mirror: Resource
) -> None:
    cluster.has(mirror, secret(tls_crt="x"))
    look(cluster, settings)
    pod_is(cluster, ready=False, created="2026-01-01T00:00:00Z")
    look(cluster, settings)
    (entry,) = cluster.status("KafkaMirrorMaker2", *KEY)["conditions"]
    assert (entry["type"], entry["reason"]) == ("NotReady", "TimeoutException")
    assert "factory-to-central-mirrormaker2-0" in entry["message"]


def test_while_its_pod_is_rolled_what_was_said_stands(
    cluster: MemoryCluster, settings: Settings, mirror: Resource
) -> None:
    ready = {"conditions": [{"type": "Ready", "status": "True"}]}
    cluster.has({**mirror, "status": ready}, secret(tls_crt="x"))
    look(cluster, settings)
    pod_is(cluster, ready=True, created="2026-01-01T00:00:00Z")
    cluster.has(secret(tls_crt="another"))
    look(cluster, settings)
    assert ("delete", "Pod", POD[2]) in cluster.journal
    assert cluster.status("KafkaMirrorMaker2", *KEY) == ready


def test_another_image_is_another_pod(cluster: MemoryCluster, settings: Settings, mirror: Resource) -> None:
    cluster.has(mirror, secret(tls_crt="x"))
    look(cluster, settings)
    cluster.has({**mirror, "spec": {**mirror["spec"], "image": "kafka:missing"}})
    look(cluster, settings)
    assert ("delete", "Pod", POD[2]) in cluster.journal


@pytest.mark.parametrize("manager", ["argocd-controller", "kubectl"])
def test_an_old_manifest_has_the_versions_of_its_time_whatever_the_api_keeps(mirror: Resource, manager: str) -> None:
    old = {"manager": manager, "apiVersion": "kafka.strimzi.io/v1alpha1", "fieldsV1": {"f:spec": {"f:version": {}}}}
    status = {"manager": "operator", "apiVersion": "kafka.strimzi.io/v1beta2", "fieldsV1": {"f:status": {}}}
    assert "2.6.0" not in generation(mirror).versions
    mirror["metadata"]["managedFields"] = [old, status]
    assert "2.6.0" in generation(mirror).versions

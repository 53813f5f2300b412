# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Evidence of a repository and two data centres that are ready, to be spoiled by tests."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

SAMPLE = Path(__file__).resolve().parents[4] / "lab" / "gitops"
LAKE = "config/instances/manuela-data-lake"
KAFKA = f"{LAKE}/central-kafka-cluster/kafka-cluster.yaml"
MIRROR = f"{LAKE}/factory-mirror-maker/factory-to-central-mirror-maker2.yaml"
S3 = f"{LAKE}/central-s3-store/kafka-to-s3-cm.yaml"
MESSAGING = "config/instances/manuela-stormshift/messaging/kustomization.yaml"
FACTORY, CENTRAL = "deployment/execenv-factorydatacenter", "deployment/execenv-centraldatacenter"
REPO = "https://git.example.com/org/manuela-gitops.git"
NAMESPACE = "manuela-stormshift-messaging"


def texts() -> dict[str, str]:
    found = {}
    for path in sorted(SAMPLE.rglob("*.yaml")):
        if not path.is_symlink():
            found[str(path.relative_to(SAMPLE))] = path.read_text()
    return found


def repository() -> dict[str, Any]:
    return {
        "repo": REPO,
        "branch": "main",
        "revision": "0123456789abcdef",
        "work_tree": "/copy",
        "kafka": KAFKA,
        "kafka_namespace": "manuela-data-lake-central-kafka-cluster",
        "mirror": MIRROR,
        "instance": "config/instances/manuela-stormshift",
        "components": [f"{LAKE}/central-kafka-cluster", f"{LAKE}/factory-mirror-maker"],
        "domain": "apps.central.lab.example",
        "factory_domain": "",
        "s3_config": S3,
        "s3_bucket": "manuela-data-lake",
        "s3_endpoint": "s3-openshift-storage.apps.central.lab.example",
        "certificate": {
            "tls_secret": {"subject_alt_name": ["DNS:*.apps.example.com"], "days_left": 300},
            "reasons": [],
        },
        "applications": [],
        "environments": [FACTORY, CENTRAL],
        "homes": {"manuela-data-lake-central-s3-store.yaml": [CENTRAL]},
        "files": [f"/copy/{one}/{one.rpartition('/')[2]}-placeholder-configmap.yaml" for one in (FACTORY, CENTRAL)],
        "links": [f"/copy/{CENTRAL}/manuela-data-lake-central-s3-store.yaml"],
        "dangling": [],
    }


def parent(**other: Any) -> dict[str, Any]:
    return {
        "exists": True,
        "name": "factorydatacenter",
        "namespace": "argocd",
        "path": FACTORY,
        "repo_url": REPO,
        "target_revision": "main",
        "sync_status": "Synced",
        "health_status": "Healthy",
        "conditions": [],
        **other,
    }


def resource(kind: str, name: str, message: str = "", **other: Any) -> dict[str, Any]:
    seen = {"kind": kind, "name": name, "namespace": NAMESPACE, "exists": True, "ready": True, "message": message}
    return {**seen, "labels": {}, **other}


def running() -> list[dict[str, Any]]:
    return [
        resource("Subscription", "amq-broker", "AtLatestKnown amq-broker.v1"),
        resource("ClusterServiceVersion", "amq-broker.v1", labels={f"operators.coreos.com/amq-broker.{NAMESPACE}": ""}),
        resource("ActiveMQArtemis", "broker"),
        resource("Deployment", "machine-sensor-1", "1 of 1 replicas ready", namespace="sensors"),
    ]


def centre() -> dict[str, Any]:
    served = [("kafka.strimzi.io", kind) for kind in ("Kafka", "KafkaNodePool", "KafkaTopic", "KafkaMirrorMaker2")]
    return {
        "name": "factory",
        "side": "factory",
        "environment": FACTORY,
        "application": "",
        "argocd_namespace": "",
        "repo": REPO,
        "branch": "main",
        "branch_given": True,
        "cluster": {
            "cluster_info": {
                "server": "https://api.example:6443",
                "user": "presenter",
                "permissions": [{"verb": "patch", "resource": "pods", "namespace": "x", "allowed": True, "reason": ""}],
                "kinds": [{"group": group, "kind": kind, "versions": ["v1beta2"]} for group, kind in served],
            }
        },
        "argocd": {"argocd_application_info": {"applications": [parent()]}},
        "states": {"resource_status_info": {"resources": running()}},
        "components": [f"{LAKE}/factory-mirror-maker"],
        "switch": {"path": MESSAGING, "entry": "messaging-kafka"},
        "sensor_namespace": "sensors",
        "mirror": MIRROR,
        "bootstrap": f"manuela-kafka-cluster-kafka-bootstrap.{NAMESPACE}",
    }


def ready() -> dict[str, Any]:
    store = {"s3_object_info": {"bucket": "manuela-data-lake", "exists": True, "count": 0}}
    return copy.deepcopy({"git": repository(), "files": texts(), "centres": [centre()], "s3": store})

# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The demo's files and objects that faults are about."""

from __future__ import annotations

INSTANCES = "config/instances"
SHOP = f"{INSTANCES}/manuela-stormshift"
LAKE = f"{INSTANCES}/manuela-data-lake"
TEMPLATE = "config/templates/manuela/messaging-kafka"
MESSAGING_APPLICATION = f"{SHOP}/manuela-stormshift-messaging-application.yaml"
MESSAGING_KUSTOMIZATION = f"{SHOP}/messaging/kustomization.yaml"
MIRROR_FILE = f"{LAKE}/factory-mirror-maker/factory-to-central-mirror-maker2.yaml"
MIRROR_CERTIFICATE = f"{LAKE}/factory-mirror-maker/kafka-tls-certificate.yaml"
CENTRAL_KAFKA_FILE = f"{LAKE}/central-kafka-cluster/kafka-cluster.yaml"
CENTRAL_PAIR = f"{LAKE}/central-kafka-cluster/kafka-tls-certificate-and-key.yaml"
ARCHIVE = f"{LAKE}/central-s3-store"
FACTORY_LINKS = "deployment/execenv-factorydatacenter"
CENTRAL_LINKS = "deployment/execenv-centraldatacenter"

MESSAGING = "manuela-stormshift-messaging"
SENSORS = "manuela-stormshift-machine-sensor"
MIRROR = "manuela-data-lake-factory-mirror-maker"
CENTRAL_KAFKA = "manuela-data-lake-central-kafka-cluster"
S3_STORE = "manuela-data-lake-central-s3-store"


def strimzi(namespace: str, kinds: str, name: str) -> str:
    """The path of a resource of Strimzi's."""
    return f"/apis/kafka.strimzi.io/v1beta2/namespaces/{namespace}/{kinds}/{name}"


def olm(namespace: str, kinds: str, name: str = "") -> str:
    """The path of OLM's objects in a namespace, or of one."""
    return f"/apis/operators.coreos.com/v1alpha1/namespaces/{namespace}/{kinds}" + (f"/{name}" if name else "")


def integration(namespace: str, name: str) -> str:
    """The path of an Integration."""
    return f"/apis/camel.apache.org/v1/namespaces/{namespace}/integrations/{name}"


def deployment(namespace: str, name: str) -> str:
    """The path of a Deployment."""
    return f"/apis/apps/v1/namespaces/{namespace}/deployments/{name}"


def pods(namespace: str) -> str:
    """The path of a namespace's pods."""
    return f"/api/v1/namespaces/{namespace}/pods"

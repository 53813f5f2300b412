# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Camel K makes of an Integration: a source ConfigMap, a Deployment, a status."""

from __future__ import annotations

import hashlib
import json
from typing import Any, Mapping

from manuela_lab.operator import camel_image, conditions, resources
from manuela_lab.operator.resources import Resource
from manuela_lab.operator.strimzi_pods import GRACE_SECONDS, RESTRICTED_CONTAINER, RESTRICTED_POD
from manuela_lab.parts import integration

OPERATOR = "camel-k-operator"
LABEL = "camel.apache.org/integration"
DIGEST = "camel.apache.org/digest"
VERSION = "2.8.0"
RUNTIME_VERSION = "4.17.0"


def digest(spec: Mapping[str, Any], data: Mapping[str, Mapping[str, bytes]]) -> str:
    """Return what identifies an Integration and everything that it is configured with."""
    found = hashlib.sha256(json.dumps(spec, sort_keys=True).encode())
    for name, entries in sorted(data.items()):
        for key, value in sorted(entries.items()):
            found.update(f"\0{name}\0{key}\0".encode() + value)
    return "v" + found.hexdigest()[:20]


def kit_name(spec: Mapping[str, Any]) -> str:
    """Return the name of the kit: the same dependencies are the same kit."""
    parts = [spec.get("dependencies"), [source.get("name") for source in spec.get("sources") or ()], spec.get("traits")]
    return "kit-" + hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:20]


def image(resource: Resource) -> str:
    """Return the image of the kit."""
    name, namespace = kit_name(resource["spec"]), resources.key(resource).namespace
    checksum = hashlib.sha256(name.encode()).hexdigest()
    return f"image-registry.openshift-image-registry.svc:5000/{namespace}/camel-k-{name}@sha256:{checksum}"


def source_map(resource: Resource) -> Resource:
    """Return the ConfigMap that carries the routes."""
    name = resources.key(resource).name
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {**_metadata(resource), "name": f"{name}-source-000"},
        "data": {camel_image.SPEC_KEY: json.dumps(resource["spec"], sort_keys=True)},
    }


def deployment(resource: Resource, wanted: integration.Integration, mark: str) -> Resource:
    """Return the Deployment; ``mark`` in its template makes another configuration a rollout."""
    name = resources.key(resource).name
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": _metadata(resource),
        "spec": {
            "replicas": int(resource["spec"].get("replicas", 1)),
            "selector": {"matchLabels": {LABEL: name}},
            # Two instances of one MQTT client would keep throwing each other out.
            "strategy": {"type": "Recreate"},
            "progressDeadlineSeconds": 60,
            "template": {
                "metadata": {"labels": {LABEL: name}, "annotations": {DIGEST: mark}},
                "spec": _pod_spec(resource, wanted),
            },
        },
    }


def _pod_spec(resource: Resource, wanted: integration.Integration) -> Resource:
    source = {"configMap": {"name": f"{resources.key(resource).name}-source-000"}}
    volumes = [(camel_image.SOURCE, source)]
    volumes += [(camel_image.mount_path(reference), _volume(reference)) for reference in wanted.configuration]
    container = {
        "name": "integration",
        "image": image(resource),
        "volumeMounts": [
            {"name": f"v{index}", "mountPath": path, "readOnly": True} for index, (path, _) in enumerate(volumes)
        ],
        "terminationMessagePolicy": "FallbackToLogsOnError",
        "securityContext": RESTRICTED_CONTAINER,
    }
    return {
        "automountServiceAccountToken": False,
        "terminationGracePeriodSeconds": GRACE_SECONDS,
        "securityContext": RESTRICTED_POD,
        "containers": [container],
        "volumes": [{"name": f"v{index}", **volume} for index, (_, volume) in enumerate(volumes)],
    }


def _volume(reference: integration.Reference) -> Resource:
    if reference.kind == "configmap":
        return {"configMap": {"name": reference.name}}
    return {"secret": {"secretName": reference.name}}


def _metadata(resource: Resource) -> dict[str, Any]:
    where = resources.key(resource)
    return {
        "name": where.name,
        "namespace": where.namespace,
        "labels": {LABEL: where.name, "camel.apache.org/generation": str(resource["metadata"].get("generation") or 1)},
        "ownerReferences": resources.owned_by(resource),
    }


def status(
    resource: Resource, phase: str, found: list[conditions.Condition], mark: str, replicas: int, now: str
) -> Resource:
    """Return the status of an Integration."""
    where, old = resources.key(resource), resource.get("status") or {}
    result: Resource = {
        "phase": phase,
        "observedGeneration": resource["metadata"].get("generation"),
        "conditions": conditions.carried(found, old.get("conditions"), now),
        "platform": "camel-k",
        "profile": "OpenShift",
        "version": VERSION,
        "runtimeVersion": RUNTIME_VERSION,
        "runtimeProvider": "plain-quarkus",
        "selector": f"{LABEL}={where.name}",
        "replicas": replicas,
    }
    if mark:
        result["digest"] = mark
        result["image"] = image(resource)
        result["integrationKit"] = {
            "apiVersion": "camel.apache.org/v1",
            "kind": "IntegrationKit",
            "name": kit_name(resource["spec"]),
            "namespace": where.namespace,
        }
    return result

# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pods, services and ConfigMaps as the Strimzi operator makes them, with its names, labels and images."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any, Mapping, Sequence

from manuela_lab.operator import kafka_image, resources
from manuela_lab.operator.broker_config import REPLICATION_PORT
from manuela_lab.operator.containers import ADDRESS_ANNOTATION, KEEP_ANNOTATION
from manuela_lab.operator.kafka_spec import CLUSTER_LABEL, KafkaSpec, generation
from manuela_lab.operator.resources import Resource

OPERATOR = "strimzi-cluster-operator"
REVISION = "strimzi.io/revision"
GRACE_SECONDS = 2
"""The namespace controller waits half as long as its slowest pod may take: Strimzi's 30 would cost 16 seconds."""
RESTRICTED_POD = {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}
RESTRICTED_CONTAINER = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}


@dataclass(frozen=True)
class PodPlan:
    """What makes one pod of Strimzi's different from the next."""

    name: str
    component: str
    container: str
    image: str
    command: str
    config: str
    """ConfigMap that is mounted where the image looks for its configuration."""
    labels: Mapping[str, str]
    revision: str
    secrets: Mapping[str, dict[str, Any]] = field(default_factory=dict)
    """Mount path → secret volume source."""
    annotations: Mapping[str, str] = field(default_factory=dict)
    subdomain: str = ""


def labels(owner: Resource, component: str, kind_name: str) -> dict[str, str]:
    """Return the labels that Strimzi puts on everything it makes."""
    cluster = resources.key(owner).name
    return {
        CLUSTER_LABEL: cluster,
        "strimzi.io/kind": str(owner["kind"]),
        "strimzi.io/name": component,
        "strimzi.io/component-type": kind_name,
        "app.kubernetes.io/name": kind_name,
        "app.kubernetes.io/instance": cluster,
        "app.kubernetes.io/managed-by": OPERATOR,
        "app.kubernetes.io/part-of": f"strimzi-{cluster}",
    }


def revision(*parts: str | bytes) -> str:
    """Return a short name for a configuration: another one means that the pod must be rolled."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part.encode() if isinstance(part, str) else part)
        digest.update(b"\0")
    return digest.hexdigest()[:8]


def config_map(owner: Resource, name: str, marks: Mapping[str, str], data: Mapping[str, str]) -> Resource:
    """Return a ConfigMap owned by a resource."""
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": _metadata(owner, name, marks),
        "data": dict(data),
    }


def service(
    owner: Resource, name: str, marks: Mapping[str, str], ports: Sequence[tuple[str, int]], address: str
) -> Resource:
    """Return a Service in front of the pods that carry the selector of Strimzi."""
    metadata = _metadata(owner, name, marks)
    metadata["annotations"] = {ADDRESS_ANNOTATION: address}
    selector = {key: marks[key] for key in (CLUSTER_LABEL, "strimzi.io/kind", "strimzi.io/name")}
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": metadata,
        "spec": {
            "type": "ClusterIP",
            "selector": selector,
            "ports": [{"name": label, "port": port, "targetPort": port, "protocol": "TCP"} for label, port in ports],
        },
    }


def pod(owner: Resource, plan: PodPlan) -> Resource:
    """Return the manifest of a pod."""
    metadata = _metadata(owner, plan.name, {**plan.labels, "strimzi.io/pod-name": plan.name})
    metadata["annotations"] = {**plan.annotations, REVISION: plan.revision}
    secrets = list(plan.secrets.items())
    volumes: list[dict[str, Any]] = [{"name": "config", "configMap": {"name": plan.config}}]
    volumes += [{"name": f"secret-{index}", "secret": source} for index, (_, source) in enumerate(secrets)]
    mounts = [{"name": "config", "mountPath": kafka_image.CONFIG}]
    mounts += [{"name": f"secret-{index}", "mountPath": path} for index, (path, _) in enumerate(secrets)]
    if KEEP_ANNOTATION in plan.annotations:
        volumes.append({"name": "data", "emptyDir": {}})
        mounts.append({"name": "data", "mountPath": "/var/lib/kafka"})
    container = {
        "name": plan.container,
        "image": plan.image,
        "command": [plan.command],
        "volumeMounts": mounts,
        "securityContext": RESTRICTED_CONTAINER,
    }
    spec: dict[str, Any] = {
        "restartPolicy": "Always",
        "terminationGracePeriodSeconds": GRACE_SECONDS,
        "automountServiceAccountToken": False,
        "securityContext": RESTRICTED_POD,
        "containers": [container],
        "volumes": volumes,
    }
    if plan.subdomain:
        spec["hostname"], spec["subdomain"] = plan.name, plan.subdomain
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}


def broker(kafka: Resource, spec: KafkaSpec, address: str, configuration: str) -> PodPlan:
    """Return the plan of the broker's pod."""
    marks = {
        **labels(kafka, f"{spec.name}-kafka", "kafka"),
        "strimzi.io/broker-role": "true",
        "strimzi.io/controller-role": "true",
        "strimzi.io/controller": "strimzipodset",
        "strimzi.io/pool-name": spec.pool,
    }
    return PodPlan(
        name=spec.pod,
        component=f"{spec.name}-kafka",
        container="kafka",
        image=generation(kafka).image(spec.version),
        command=kafka_image.BROKER_COMMAND,
        config=spec.pod,
        labels=marks,
        revision=configuration,
        secrets={f"{kafka_image.KEY_STORES}/{store}": source for store, source in _key_stores(spec).items()},
        annotations={ADDRESS_ANNOTATION: address, KEEP_ANNOTATION: spec.uid},
        subdomain=f"{spec.name}-kafka-brokers",
    )


def _key_stores(spec: KafkaSpec) -> dict[str, dict[str, Any]]:
    """Return key store → secret volume, with the keys under the names that the image expects."""
    return {
        listener.store: {
            "secretName": listener.secret or own_certificate(spec.name),
            "items": [
                {"key": listener.certificate_key if listener.secret else f"{spec.pod}.crt", "path": "tls.crt"},
                {"key": listener.private_key_key if listener.secret else f"{spec.pod}.key", "path": "tls.key"},
            ],
        }
        for listener in spec.listeners
        if listener.tls
    }


def own_certificate(cluster: str) -> str:
    """Return the name of the Secret with the certificates that Strimzi's own authority issued."""
    return f"{cluster}-kafka-brokers"


def services(kafka: Resource, spec: KafkaSpec, address: str) -> list[Resource]:
    """Return the services in front of a broker."""
    marks = labels(kafka, f"{spec.name}-kafka", "kafka")
    internal = [(f"tcp-{one.name}", one.port) for one in spec.listeners if one.kind == "internal"]
    ports = [("tcp-replication", REPLICATION_PORT), *internal]
    brokers = service(kafka, f"{spec.name}-kafka-brokers", marks, ports, address)
    brokers["spec"]["clusterIP"] = "None"
    brokers["spec"]["publishNotReadyAddresses"] = True
    found = [brokers, service(kafka, spec.bootstrap_service, marks, ports, address)]
    for listener in spec.listeners:
        if listener.kind == "route":
            outside = [(f"tcp-{listener.name}", listener.port)]
            for name in (f"{spec.name}-kafka-{listener.name}-bootstrap", f"{spec.name}-{spec.pool}-{listener.name}-0"):
                found.append(service(kafka, name, marks, outside, address))
    return found


def _metadata(owner: Resource, name: str, marks: Mapping[str, str]) -> dict[str, Any]:
    return {
        "name": name,
        "namespace": resources.key(owner).namespace,
        "labels": dict(marks),
        "ownerReferences": resources.owned_by(owner),
    }

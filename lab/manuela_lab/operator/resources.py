# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plain-dictionary Kubernetes objects: their keys, their paths in the API, their ages and their owners."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Mapping, NamedTuple

Resource = dict[str, Any]


class Key(NamedTuple):
    """Namespace and name of an object (the namespace is empty for cluster-wide kinds)."""

    namespace: str
    name: str


#: Kinds that the operator reads or writes, and their plural in a path of the API.
PLURALS: Mapping[str, str] = {
    "ActiveMQArtemis": "activemqartemises",
    "CatalogSource": "catalogsources",
    "ClusterServiceVersion": "clusterserviceversions",
    "ConfigMap": "configmaps",
    "Deployment": "deployments",
    "Event": "events",
    "InstallPlan": "installplans",
    "Integration": "integrations",
    "IntegrationKit": "integrationkits",
    "IntegrationPlatform": "integrationplatforms",
    "Job": "jobs",
    "Kafka": "kafkas",
    "KafkaMirrorMaker2": "kafkamirrormaker2s",
    "KafkaNodePool": "kafkanodepools",
    "KafkaTopic": "kafkatopics",
    "LimitRange": "limitranges",
    "Namespace": "namespaces",
    "NetworkPolicy": "networkpolicies",
    "Node": "nodes",
    "Pod": "pods",
    "ResourceQuota": "resourcequotas",
    "Route": "routes",
    "Secret": "secrets",
    "Service": "services",
    "StatefulSet": "statefulsets",
    "Subscription": "subscriptions",
}
CLUSTER_WIDE = frozenset({"Namespace", "Node"})


def key(resource: Mapping[str, Any]) -> Key:
    """Return the key of an object."""
    metadata = resource["metadata"]
    return Key(str(metadata.get("namespace") or ""), str(metadata["name"]))


def uid(resource: Mapping[str, Any]) -> str:
    """Return the object's UID, empty for one that the API server has not seen."""
    return str(resource["metadata"].get("uid") or "")


def labels(resource: Mapping[str, Any]) -> dict[str, str]:
    """Return the labels of an object."""
    return dict(resource["metadata"].get("labels") or {})


def notes(resource: Mapping[str, Any]) -> dict[str, str]:
    """Return the annotations of an object."""
    return dict(resource["metadata"].get("annotations") or {})


def deleting(resource: Mapping[str, Any] | None) -> bool:
    """Return whether the object is on its way out."""
    return resource is not None and bool(resource["metadata"].get("deletionTimestamp"))


def collection_path(api_version: str, kind: str, namespace: str) -> str:
    """Return the path of a collection in the API."""
    root = f"/api/{api_version}" if "/" not in api_version else f"/apis/{api_version}"
    scope = f"/namespaces/{namespace}" if namespace and kind not in CLUSTER_WIDE else ""
    return f"{root}{scope}/{PLURALS[kind]}"


def path(resource: Mapping[str, Any]) -> str:
    """Return the path of one object in the API."""
    where = key(resource)
    return f"{collection_path(resource['apiVersion'], resource['kind'], where.namespace)}/{where.name}"


def owned_by(owner: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the owner references that make the garbage collector delete an object with ``owner``."""
    return [
        {
            "apiVersion": owner["apiVersion"],
            "kind": owner["kind"],
            "name": owner["metadata"]["name"],
            "uid": uid(owner),
            "controller": False,
            "blockOwnerDeletion": False,
        }
    ]


def timestamp(seconds: float) -> str:
    """Return a time as the API writes it: UTC, whole seconds."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def seconds(text: str) -> float:
    """Return the epoch of a time that the API wrote."""
    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def matches(selector: Mapping[str, str], resource: Mapping[str, Any]) -> bool:
    """Return whether all pairs of a label selector are on the object (an empty selector selects nothing)."""
    found = labels(resource)
    return bool(selector) and all(found.get(name) == value for name, value in selector.items())

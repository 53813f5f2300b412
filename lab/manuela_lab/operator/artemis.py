# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The AMQ Broker operator: services, routes and a pod in front of the lab's MQTT broker, or of one of its own."""

from __future__ import annotations

import time
from typing import Any, Iterable, Mapping

from manuela_lab.operator import conditions, resources
from manuela_lab.operator.cluster_api import ClusterApi
from manuela_lab.operator.containers import ADDRESS_ANNOTATION
from manuela_lab.operator.resources import Key, Resource
from manuela_lab.operator.rollout import Rollout, is_ready
from manuela_lab.operator.strimzi_pods import RESTRICTED_CONTAINER, RESTRICTED_POD, REVISION, revision
from manuela_lab.operator.view import View

OPERATOR = "amq-broker-operator"
LABEL = "ActiveMQArtemis"
IMAGE = "registry.redhat.io/amq7/amq-broker-rhel9:7.13"


class ArtemisController:
    """Reconciles ActiveMQArtemis resources.

    ``address`` is where the lab's MQTT broker listens.  Where ``own`` is true, it is where one of this cluster's own
    shall listen: a second instance of the demo has the same client names and must not meet the first.
    """

    name = "artemis"

    def __init__(self, api: ClusterApi, view: View, address: str, domain: str, own: bool = False) -> None:
        self._api = api
        self._view = view
        self._address = address
        self._domain = domain
        self._own = {ADDRESS_ANNOTATION: address} if own else {}
        self._rollout = Rollout(api, view, OPERATOR)

    def concerned(self, resource: Resource) -> Iterable[Key]:
        """Return the broker that an observed object belongs to."""
        where = resources.key(resource)
        if resource["kind"] == "ActiveMQArtemis":
            return [where]
        name = resources.labels(resource).get(LABEL, "")
        if name and self._view.get("ActiveMQArtemis", where.namespace, name):
            return [Key(where.namespace, name)]
        return []

    async def reconcile(self, key: Key) -> float | None:
        """Bring one broker to what it asks for."""
        broker = self._view.get("ActiveMQArtemis", *key)
        if broker is None or resources.deleting(broker):
            return None
        for manifest in manifests(broker, self._address, self._domain):
            await self._rollout.ensure(manifest)
        ready = is_ready(await self._rollout.roll(pod(broker, self._own)))
        now = resources.timestamp(time.time())
        await self._api.set_status(broker, status(broker, ready, now))
        return None


def pod(broker: Resource, notes: Mapping[str, str]) -> Resource:
    """Return the broker's pod.  Without an address of its own its process is the lab's, there before any resource."""
    where = resources.key(broker)
    metadata = _metadata(broker, f"{where.name}-ss-0")
    metadata["annotations"] = {REVISION: revision(resources.uid(broker)), **notes}
    container = {"name": f"{where.name}-container", "image": IMAGE, "securityContext": RESTRICTED_CONTAINER}
    spec = {
        "automountServiceAccountToken": False,
        "securityContext": RESTRICTED_POD,
        "containers": [container],
    }
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}


def manifests(broker: Resource, address: str, domain: str) -> list[Resource]:
    """Return a service for each acceptor, and a route for each that is exposed."""
    where = resources.key(broker)
    found = [_service(broker, f"{where.name}-hdls-svc", [61616, 1883], address)]
    for acceptor in broker["spec"].get("acceptors") or ():
        name = f"{where.name}-{acceptor['name']}-0-svc"
        found.append(_service(broker, name, [int(acceptor["port"])], address))
        if acceptor.get("expose"):
            found.append(_route(broker, name, domain))
    return found


def _service(broker: Resource, name: str, ports: list[int], address: str) -> Resource:
    metadata = _metadata(broker, name)
    metadata["annotations"] = {ADDRESS_ANNOTATION: address}
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": metadata,
        "spec": {
            "selector": {LABEL: resources.key(broker).name},
            "ports": [{"name": f"tcp-{port}", "port": port, "targetPort": port} for port in ports],
        },
    }


def _route(broker: Resource, service: str, domain: str) -> Resource:
    name = f"{service}-rte"
    return {
        "apiVersion": "route.openshift.io/v1",
        "kind": "Route",
        "metadata": _metadata(broker, name),
        "spec": {
            "host": f"{name}-{resources.key(broker).namespace}.{domain}",
            "to": {"kind": "Service", "name": service, "weight": 100},
        },
    }


def _metadata(broker: Resource, name: str) -> dict[str, Any]:
    where = resources.key(broker)
    return {
        "name": name,
        "namespace": where.namespace,
        "labels": {LABEL: where.name, "application": f"{where.name}-app"},
        "ownerReferences": resources.owned_by(broker),
    }


def status(broker: Resource, ready: bool, now: str) -> Mapping[str, Any]:
    """Return the status of an ActiveMQArtemis."""
    old = broker.get("status") or {}
    names = [f"{resources.key(broker).name}-ss-0"]
    found = [
        conditions.condition("Valid", True, "ValidationSucceeded"),
        conditions.condition("Deployed", ready, "AllPodsReady" if ready else "PodsNotReady"),
        conditions.condition("Ready", ready, "ResourceReady" if ready else "WaitingForAllConditions"),
    ]
    return {
        "conditions": conditions.carried(found, old.get("conditions"), now),
        "observedGeneration": broker["metadata"].get("generation"),
        "deploymentPlanSize": 1,
        "podStatus": {"ready": names} if ready else {"starting": names},
    }

# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Strimzi's cluster operator for Kafka: a resource becomes a pod, services and routes, and says when it is ready."""

from __future__ import annotations

import time
from typing import Iterable

from manuela_lab.operator import (
    broker_config,
    cluster_ca,
    kafka_status,
    listener_routes,
    pem,
    resources,
    strimzi_pods,
)
from manuela_lab.operator.addresses import Addresses
from manuela_lab.operator.cluster_api import ClusterApi
from manuela_lab.operator.containers import data_of
from manuela_lab.operator.kafka_spec import CLUSTER_LABEL, KafkaSpec, Listener, generation, parse
from manuela_lab.operator.refusals import OPERATION_TIMEOUT, Refused, seconds_left, timed_out
from manuela_lab.operator.resources import Key, Resource
from manuela_lab.operator.rollout import Rollout, is_ready
from manuela_lab.operator.settings import Settings
from manuela_lab.operator.view import View

DEPENDENTS = ("Pod", "Service", "ConfigMap", "KafkaNodePool", "Route")


class KafkaController:
    """Reconciles Kafka resources."""

    name = "kafka"

    def __init__(self, settings: Settings, api: ClusterApi, view: View, addresses: Addresses) -> None:
        self._settings = settings
        self._api = api
        self._view = view
        self._addresses = addresses
        self._rollout = Rollout(api, view, strimzi_pods.OPERATOR)

    def concerned(self, resource: Resource) -> Iterable[Key]:
        """Return the Kafka resources that an observed object belongs to."""
        where, kind = resources.key(resource), resource["kind"]
        if kind == "Kafka":
            return [where]
        if kind == "Secret":
            return [resources.key(kafka) for kafka in self._view.all("Kafka", where.namespace)]
        cluster = resources.labels(resource).get(CLUSTER_LABEL)
        if kind in DEPENDENTS and cluster and self._view.get("Kafka", where.namespace, cluster):
            return [Key(where.namespace, cluster)]
        return []

    async def reconcile(self, key: Key) -> float | None:
        """Bring one Kafka resource to what it asks for."""
        kafka = self._view.get("Kafka", *key)
        if kafka is None or resources.deleting(kafka):
            if kafka is None:
                self._addresses.release(key)
            return None
        pools = self._view.selected("KafkaNodePool", key.namespace, {CLUSTER_LABEL: key.name})
        spec = listener_routes.hosts(parse(kafka, pools), self._settings)
        now = resources.timestamp(time.time())
        try:
            self._check(kafka, spec, pools)
            ready = await self._deploy(kafka, spec)
        except Refused as refused:
            await self._api.set_status(kafka, kafka_status.not_ready(kafka, refused.condition, now))
            return None
        left = OPERATION_TIMEOUT if ready else seconds_left(self._unready_since(spec))
        if left <= 0:
            entry = timed_out(f"Pods resource {spec.pod} in namespace {spec.namespace} to be ready")
            await self._api.set_status(kafka, kafka_status.not_ready(kafka, entry, now))
            return None
        certificates = {one.name: self._public_certificate(spec, one) for one in spec.listeners if one.tls}
        status = kafka_status.render(kafka, spec, ready, certificates, self._settings.route[1], now)
        await self._api.set_status(kafka, status)
        for pool in pools:
            await self._api.set_status(pool, kafka_status.node_pool(pool, kafka, spec, now))
        return None if ready else left

    def _unready_since(self, spec: KafkaSpec) -> str | None:
        pod = self._view.get("Pod", spec.namespace, spec.pod)
        found = ((pod or {}).get("status") or {}).get("conditions") or ()
        return next((str(entry["lastTransitionTime"]) for entry in found if entry["type"] == "Ready"), None)

    def _check(self, kafka: Resource, spec: KafkaSpec, pools: list[Resource]) -> None:
        supported = generation(kafka)
        if spec.version not in supported.versions:
            versions = ", ".join(supported.versions)
            kind = "KafkaUpgradeException" if supported.strimzi < "0.3" else "UnsupportedKafkaVersionException"
            raise Refused(
                kind, f"Unsupported Kafka.spec.kafka.version: {spec.version}. Supported versions are: [{versions}]"
            )
        wants_pools = resources.notes(kafka).get("strimzi.io/node-pools") == "enabled"
        if wants_pools and not pools:
            raise Refused(
                "InvalidResourceException",
                f"KafkaNodePools are enabled, but KafkaNodePools for Kafka cluster {spec.name} either "
                f"don't exist or have 0 replicas. Please make sure at least 1 KafkaNodePool resource exists, is in "
                f"the same namespace as the Kafka resource, has at least 1 replica, and has the strimzi.io/cluster "
                f"label set to the name of the Kafka resource.",
            )
        hosts = [host for one in spec.listeners for host in (one.bootstrap_host, one.broker_host) if host]
        for host in hosts:
            if problem := listener_routes.host_problem(host):
                raise Refused("KubernetesClientException", f"Route with host {host} is invalid: {problem}")
        if errors := [problem for one in spec.listeners if (problem := self._secret_problem(spec, one))]:
            raise Refused(
                "InvalidResourceException",
                f"Failed to process Secrets with custom certificates: [{', '.join(errors)}]",
            )

    def _secret_problem(self, spec: KafkaSpec, listener: Listener) -> str:
        if not listener.secret:
            return ""
        secret = self._view.get("Secret", spec.namespace, listener.secret)
        if secret is None:
            return f"Secret {listener.secret} with custom TLS certificate does not exist."
        for key, what in ((listener.certificate_key, "certificate"), (listener.private_key_key, "key")):
            if key not in (secret.get("data") or {}):
                return f"Secret {listener.secret} does not contain {what} under the key {key}."
        return ""

    def _public_certificate(self, spec: KafkaSpec, listener: Listener) -> str:
        if listener.secret:
            return self._certificate(spec, listener.secret, listener.certificate_key)
        return self._certificate(spec, cluster_ca.ca_secret(spec), "ca.crt")

    def _certificate(self, spec: KafkaSpec, secret: str, key: str) -> str:
        found = self._view.get("Secret", spec.namespace, secret) if secret else None
        return data_of(found).get(key, b"").decode("ascii", "replace") if found else ""

    async def _deploy(self, kafka: Resource, spec: KafkaSpec) -> bool:
        """Make everything that the resource needs; return whether its broker is ready."""
        address = self._addresses.of(Key(spec.namespace, spec.name), spec.external is not None)
        text = broker_config.render(spec, address, self._settings.route[1])
        marks = strimzi_pods.labels(kafka, f"{spec.name}-kafka", "kafka")
        data = {"server.config": text, "cluster.id": spec.cluster_id}
        await self._certify(kafka, spec)
        manifests = [strimzi_pods.config_map(kafka, spec.pod, marks, data)]
        manifests += strimzi_pods.services(kafka, spec, address) + listener_routes.routes(kafka, spec)
        for manifest in manifests:
            await self._rollout.ensure(manifest)
        configuration = strimzi_pods.revision(spec.uid, text, *self._thumbprints(spec))
        plan = strimzi_pods.broker(kafka, spec, address, configuration)
        return is_ready(await self._rollout.roll(strimzi_pods.pod(kafka, plan)))

    async def _certify(self, kafka: Resource, spec: KafkaSpec) -> None:
        """Make the operator's own authority, once for each Kafka resource."""
        name = cluster_ca.ca_secret(spec)
        found = self._view.get("Secret", spec.namespace, name)
        owners = (found or {"metadata": {}})["metadata"].get("ownerReferences") or ()
        if not any(owner.get("uid") == spec.uid for owner in owners):
            for secret in cluster_ca.secrets(kafka, spec):
                await self._api.apply(secret, strimzi_pods.OPERATOR)

    def _thumbprints(self, spec: KafkaSpec) -> list[str]:
        """Return what identifies the certificates in use: another one rolls the broker."""
        prints = []
        for listener in spec.listeners:
            if text := self._certificate(spec, listener.secret, listener.certificate_key):
                try:
                    prints.append(pem.first(text.encode()).thumbprint)
                except ValueError as error:
                    raise Refused(
                        "InvalidResourceException",
                        f"Secret {listener.secret} holds no readable certificate under {listener.certificate_key}: "
                        f"{error}",
                    ) from error
        return prints

# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Strimzi's cluster operator for MirrorMaker 2: a pod with the dedicated process, and what its connectors say."""

from __future__ import annotations

import asyncio
import time
from typing import Any, Iterable

from manuela_lab.operator import conditions, connectors, kafka_image, kafka_status, resources, strimzi_pods
from manuela_lab.operator.cluster_api import ClusterApi
from manuela_lab.operator.conditions import Condition
from manuela_lab.operator.containers import data_of
from manuela_lab.operator.hosts import Hosts
from manuela_lab.operator.kafka_admin import latest_values
from manuela_lab.operator.kafka_spec import CLUSTER_LABEL, generation
from manuela_lab.operator.mirror_maker_config import connectors as connectors_of
from manuela_lab.operator.mirror_maker_config import render
from manuela_lab.operator.mirror_maker_spec import Invalid, MirrorMakerSpec, Trusted, parse
from manuela_lab.operator.refusals import Refused, has_timed_out, seconds_left, timed_out
from manuela_lab.operator.resources import Key, Resource
from manuela_lab.operator.rollout import Rollout, is_ready
from manuela_lab.operator.view import View

STARTING_PAUSE = 1.0
RUNNING_PAUSE = 15.0


class MirrorMakerController:
    """Reconciles KafkaMirrorMaker2 resources."""

    name = "mirror-maker"

    def __init__(self, api: ClusterApi, view: View, hosts: Hosts) -> None:
        self._api = api
        self._view = view
        self._hosts = hosts
        self._rollout = Rollout(api, view, strimzi_pods.OPERATOR)

    def concerned(self, resource: Resource) -> Iterable[Key]:
        """Return the mirrors that an observed object belongs to."""
        where, kind = resources.key(resource), resource["kind"]
        if kind == "KafkaMirrorMaker2":
            return [where]
        if kind == "Secret":
            return [resources.key(found) for found in self._view.all("KafkaMirrorMaker2", where.namespace)]
        name = resources.labels(resource).get(CLUSTER_LABEL, "")
        if kind in ("Pod", "ConfigMap") and self._view.get("KafkaMirrorMaker2", where.namespace, name):
            return [Key(where.namespace, name)]
        return []

    async def reconcile(self, key: Key) -> float | None:
        """Bring one mirror to what it asks for, and report what it does."""
        resource = self._view.get("KafkaMirrorMaker2", *key)
        if resource is None or resources.deleting(resource):
            return None
        now = resources.timestamp(time.time())
        try:
            spec = self._parse(resource)
            pod = await self._deploy(resource, spec)
        except Refused as refused:
            await self._api.set_status(resource, kafka_status.not_ready(resource, refused.condition, now))
            return None
        entries = await self._connectors(spec, pod) if pod and is_ready(pod) else []
        waiting = connectors.missing(entries, spec)
        if pod is None and spec.replicas:
            return STARTING_PAUSE  # it is being rolled, and until then what was said stands
        found = _judge(resource, spec, pod, entries, waiting)
        await self._api.set_status(resource, _status(resource, spec, found, entries, now))
        return STARTING_PAUSE if waiting and found is None else RUNNING_PAUSE

    def _parse(self, resource: Resource) -> MirrorMakerSpec:
        try:
            spec = parse(resource)
        except Invalid as error:
            raise Refused("InvalidResourceException", str(error)) from error
        supported = generation(resource).versions
        if spec.version not in supported:
            text = f"Unsupported Kafka.spec.kafka.version: {spec.version}. Supported versions are: "
            raise Refused("UnsupportedKafkaVersionException", f"{text}[{', '.join(supported)}]")
        for cluster in spec.clusters:
            for trusted in cluster.trusted:
                self._check_secret(spec.namespace, trusted)
        return spec

    def _check_secret(self, namespace: str, trusted: Trusted) -> None:
        secret = self._view.get("Secret", namespace, trusted.secret)
        if secret is None:
            raise Refused(
                "InvalidConfigurationException", f"Secret {trusted.secret} not found in namespace {namespace}"
            )
        if trusted.certificate and trusted.certificate not in data_of(secret):
            raise Refused(
                "InvalidConfigurationException",
                f"Items with key(s) [{trusted.certificate}] are missing in Secret {trusted.secret}",
            )

    async def _deploy(self, resource: Resource, spec: MirrorMakerSpec) -> Resource | None:
        """Make everything that the mirror needs; return its pod once it is the wanted one."""
        for host in {host for cluster in spec.clusters for host, _ in cluster.bootstrap}:
            self._hosts.mention(host)
        marks = strimzi_pods.labels(resource, spec.component, "kafka-mirror-maker-2")
        text = render(spec, self._hosts.endpoint)
        data = {"mm2.properties": text, "target": spec.target.alias}
        await self._rollout.ensure(strimzi_pods.config_map(resource, f"{spec.component}-config", marks, data))
        if spec.replicas == 0:
            await self._scale_down(spec)
            return None
        image = str(resource["spec"].get("image") or generation(resource).image(spec.version))
        plan = strimzi_pods.PodPlan(
            name=spec.pod,
            component=spec.component,
            container=spec.component,
            image=image,
            command=kafka_image.MIRROR_COMMAND,
            config=f"{spec.component}-config",
            labels={**marks, "strimzi.io/controller": "strimzipodset"},
            revision=strimzi_pods.revision(spec.uid, image, text, *self._trust(spec)),
            secrets=_mounts(spec),
        )
        return await self._rollout.roll(strimzi_pods.pod(resource, plan))

    async def _scale_down(self, spec: MirrorMakerSpec) -> None:
        if found := self._view.get("Pod", spec.namespace, spec.pod):
            await self._api.delete(found)

    def _trust(self, spec: MirrorMakerSpec) -> list[bytes]:
        """Return the bytes of all trusted certificates: others roll the pod."""
        found = []
        for cluster in spec.clusters:
            for trusted in cluster.trusted:
                secret = self._view.get("Secret", spec.namespace, trusted.secret)
                entries = data_of(secret) if secret else {}
                names = [trusted.certificate] if trusted.certificate else sorted(entries)
                found += [entries.get(name, b"") for name in names]
        return found

    async def _connectors(self, spec: MirrorMakerSpec, pod: Resource) -> list[dict[str, Any]]:
        """Return what the workers say of themselves since the pod's process started."""
        backend = self._hosts.backend(spec.target.bootstrap[0][0], spec.namespace)
        if backend is None:
            return []
        entries = []
        for mirror in spec.mirrors:
            topic = connectors.status_topic(mirror.source.alias)
            try:
                found = await asyncio.to_thread(latest_values, backend, topic, _started(pod))
            except Exception:  # noqa: S112 - a target that does not answer has no connectors yet
                continue
            entries += connectors.report(found, mirror.source.alias, spec.target.alias, connectors_of(mirror))
        return entries


def _mounts(spec: MirrorMakerSpec) -> dict[str, dict[str, Any]]:
    mounts: dict[str, dict[str, Any]] = {}
    for cluster in spec.clusters:
        for index, trusted in enumerate(cluster.trusted):
            source: dict[str, Any] = {"secretName": trusted.secret}
            if trusted.certificate:
                source["items"] = [{"key": trusted.certificate, "path": trusted.certificate}]
            mounts[f"{kafka_image.TRUST}/{cluster.alias}/{index}-{trusted.secret}"] = source
    return mounts


def _started(pod: Resource) -> float:
    statuses = (pod.get("status") or {}).get("containerStatuses") or [{}]
    text = ((statuses[0].get("state") or {}).get("running") or {}).get("startedAt")
    return resources.seconds(text) if text else time.time()


def _waiting_since(resource: Resource) -> str:
    """Return since when one waits: for the resource, or for its pod's newest process."""
    entries = (resource.get("status") or {}).get("containerStatuses") or ()
    started = [((entry.get("state") or {}).get("running") or {}).get("startedAt") for entry in entries]
    return max([str(resource["metadata"]["creationTimestamp"]), *(str(text) for text in started if text)])


def _judge(
    resource: Resource,
    spec: MirrorMakerSpec,
    pod: Resource | None,
    entries: list[dict[str, Any]],
    waiting: list[str],
) -> Condition | None:
    """Return the condition that the mirror is in; None while it starts."""
    if spec.replicas == 0:
        return conditions.condition("Ready", True)
    if broken := connectors.failed(entries):
        return conditions.condition(
            "NotReady", True, "ConnectorFailed", f"The following connectors have failed: [{', '.join(broken)}]"
        )
    if not waiting:
        return conditions.condition("Ready", True)
    if pod is None or (not has_timed_out(resource) and seconds_left(_waiting_since(pod)) > 0):
        return None
    if is_ready(pod):
        return timed_out(f"connectors {', '.join(waiting)} to be running")
    return timed_out(f"Pods resource {spec.pod} in namespace {spec.namespace} to be ready")


def _status(
    resource: Resource, spec: MirrorMakerSpec, found: Condition | None, entries: list[dict[str, Any]], now: str
) -> Resource:
    old = resource.get("status") or {}
    return {
        "observedGeneration": resource["metadata"].get("generation"),
        "conditions": conditions.carried([found] if found else [], old.get("conditions"), now),
        "connectors": entries,
        "replicas": min(spec.replicas, 1),
        "labelSelector": f"{CLUSTER_LABEL}={spec.name},strimzi.io/name={spec.component},"
        f"strimzi.io/kind=KafkaMirrorMaker2",
        "url": f"http://{spec.component}-api.{spec.namespace}.svc:8083",
    }

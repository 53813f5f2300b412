# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Camel K's operator: an Integration is built, deployed, and watched while it runs."""

from __future__ import annotations

import asyncio
import shutil
import time
from pathlib import Path
from typing import Iterable, Mapping

from manuela_lab.operator import conditions, integration_objects, resources
from manuela_lab.operator.camel_image import CamelImage
from manuela_lab.operator.cluster_api import ClusterApi
from manuela_lab.operator.conditions import Condition, condition
from manuela_lab.operator.containers import data_of
from manuela_lab.operator.integration_objects import LABEL, OPERATOR, kit_name
from manuela_lab.operator.resources import Key, Resource
from manuela_lab.operator.rollout import Rollout
from manuela_lab.operator.view import View
from manuela_lab.parts import integration
from manuela_lab.parts.jars import JarsMissing

BROKEN = ("CrashLoopBackOff", "ImagePullBackOff", "ErrImagePull", "CreateContainerConfigError")
MESSAGE_LENGTH = 1024


class IntegrationController:
    """Reconciles Integrations."""

    name = "integration"

    def __init__(self, api: ClusterApi, view: View, image: CamelImage, scratch: Path) -> None:
        self._api = api
        self._view = view
        self._image = image
        self._scratch = scratch
        self._built: dict[Key, str] = {}
        self._rollout = Rollout(api, view, OPERATOR)

    def concerned(self, resource: Resource) -> Iterable[Key]:
        """Return the Integrations that an observed object concerns."""
        where, kind = resources.key(resource), resource["kind"]
        if kind == "Integration":
            return [where]
        if kind in ("ConfigMap", "Secret", "IntegrationPlatform"):
            return [resources.key(found) for found in self._view.all("Integration", where.namespace)]
        name = resources.labels(resource).get(LABEL, "")
        if kind in ("Deployment", "Pod") and self._view.get("Integration", where.namespace, name):
            return [Key(where.namespace, name)]
        return []

    async def reconcile(self, key: Key) -> float | None:
        """Bring one Integration to what it asks for, and report how it is."""
        resource = self._view.get("Integration", *key)
        if resource is None or resources.deleting(resource):
            self._built.pop(key, None)
            return None
        platform = condition("IntegrationPlatformAvailable", True, "IntegrationPlatformAvailable")
        if not list(self._view.all("IntegrationPlatform", key.namespace)):
            text = f"no platform of Camel K in namespace {key.namespace}"
            missing = condition("IntegrationPlatformAvailable", False, "IntegrationPlatformMissing", text)
            await self._report(resource, "Waiting For Platform", [missing], "", 0)
            return None
        try:
            wanted = integration.read(resource["spec"])
            await self._build(key, resource, platform)
        except (integration.NotRunnable, JarsMissing) as error:
            failed = condition("IntegrationKitAvailable", False, "IntegrationKitError", str(error))
            ready = condition("Ready", False, "Error", str(error))
            await self._report(resource, "Error", [platform, failed, ready], "", 0)
            return None
        mark = integration_objects.digest(resource["spec"], self._data(key, wanted))
        await self._rollout.ensure(integration_objects.source_map(resource))
        await self._rollout.ensure(integration_objects.deployment(resource, wanted, mark))
        phase, found, replicas = self._observed(key, mark)
        kit = condition("IntegrationKitAvailable", True, "IntegrationKitAvailable", kit_name(resource["spec"]))
        await self._report(resource, phase, [platform, kit, *found], mark, replicas)
        return None

    async def _build(self, key: Key, resource: Resource, platform: Condition) -> None:
        """Build the kit, once for each content; meanwhile the phase says so."""
        content = integration_objects.digest(resource["spec"], {})
        if self._built.get(key) == content:
            return
        kit = condition("IntegrationKitAvailable", False, "IntegrationKitBuilding", "creating a new integration kit")
        if not (resource.get("status") or {}).get("digest"):
            await self._report(resource, "Building Kit", [platform, kit], "", 0)
        directory = self._scratch / "-".join(key)
        try:
            await asyncio.to_thread(self._image.build, resource["spec"], directory)
        finally:
            shutil.rmtree(directory, ignore_errors=True)
        self._built[key] = content

    def _data(self, key: Key, wanted: integration.Integration) -> Mapping[str, Mapping[str, bytes]]:
        found = {}
        for reference in wanted.configuration:
            kind = "ConfigMap" if reference.kind == "configmap" else "Secret"
            if resource := self._view.get(kind, key.namespace, reference.name):
                found[f"{reference.kind}/{reference.name}"] = data_of(resource)
        return found

    def _observed(self, key: Key, mark: str) -> tuple[str, list[Condition], int]:
        """Return phase, conditions and ready replicas, from the Deployment and its pods."""
        deployment = self._view.get("Deployment", *key)
        pods = [
            pod
            for pod in self._view.selected("Pod", key.namespace, {LABEL: key.name})
            if not resources.deleting(pod) and resources.notes(pod).get(integration_objects.DIGEST) == mark
        ]
        if deployment is not None and int(deployment["spec"].get("replicas") or 0) == 0:
            return "Running", [condition("DeploymentAvailable", True, "DeploymentAvailable", key.name)], 0
        available = condition("DeploymentAvailable", deployment is not None, "DeploymentAvailable", key.name)
        ready = [pod for pod in pods if conditions.ready(pod)]
        if trouble := next((text for pod in pods if (text := _trouble(pod))), ""):
            return "Error", [available, condition("Ready", False, "Error", trouble)], len(ready)
        if not ready:
            waiting = condition("Ready", False, "DeploymentProgressing", "0/1 ready replicas")
            return "Deploying", [available, waiting], 0
        done = condition("Ready", True, "DeploymentReady", f"{len(ready)}/{len(pods)} ready replicas")
        return "Running", [available, done], len(ready)

    async def _report(self, resource: Resource, phase: str, found: list[Condition], mark: str, replicas: int) -> None:
        now = resources.timestamp(time.time())
        status = integration_objects.status(resource, phase, found, mark, replicas, now)
        await self._api.set_status(resource, status)


def _trouble(pod: Resource) -> str:
    """Return what is wrong with a pod that does not come up: its last words, if it had any."""
    for entry in (pod.get("status") or {}).get("containerStatuses") or ():
        waiting = (entry.get("state") or {}).get("waiting") or {}
        ended = ((entry.get("lastState") or {}).get("terminated")) or (entry.get("state") or {}).get("terminated") or {}
        if waiting.get("reason") in BROKEN:
            words = str(ended.get("message") or waiting.get("message") or "").strip()
            return f"{waiting['reason']}: {words}"[:MESSAGE_LENGTH]
    return ""

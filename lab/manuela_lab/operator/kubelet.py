# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The scheduler and the kubelet: every pod of the cluster is bound to the one node and run there."""

from __future__ import annotations

import asyncio
import logging
import shutil
import time
from pathlib import Path
from typing import Callable, Coroutine, Mapping

from manuela_lab.operator import node, processes, resources
from manuela_lab.operator.cluster_api import ApiError, ClusterApi, insist
from manuela_lab.operator.container_log import ContainerLog
from manuela_lab.operator.containers import KEEP_ANNOTATION
from manuela_lab.operator.images import Images
from manuela_lab.operator.pod_runner import PodRunner
from manuela_lab.operator.resources import Key, Resource
from manuela_lab.operator.settings import Settings
from manuela_lab.operator.view import View

log = logging.getLogger("lab.kubelet")


class Kubelet:
    """Runs pods; knows nothing of what they are for."""

    def __init__(
        self, settings: Settings, api: ClusterApi, view: View, images: Images, hosts: Callable[[str], Path]
    ) -> None:
        self.api = api
        self.images = images
        self.pods = settings.home / "pods"
        self.volumes = settings.home / "volumes"
        self.address = settings.kubelet[0]
        self.hosts_file = hosts
        self._settings = settings
        self._view = view
        self._runners: dict[str, PodRunner] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._binding: set[str] = set()
        self._background: set[asyncio.Task[None]] = set()

    async def register(self) -> None:
        """Clear away what an earlier kubelet left running, and register the node."""
        self.pods.mkdir(parents=True, exist_ok=True)
        if killed := processes.sweep(self.pods):
            log.info("ended %d processes of an earlier operator", killed)
        address, port = self._settings.kubelet
        manifest = node.manifest(self._settings.node, address, port, time.time())
        found = await self.api.apply({**manifest, "status": {}}, "kubelet")
        await self.api.set_status(found, manifest["status"])

    def observe(self, resource: Resource, gone: bool) -> None:
        """Take in a pod, or something that a waiting pod may need."""
        if resource["kind"] in ("ConfigMap", "Secret"):
            namespace = resources.key(resource).namespace
            for runner in self._runners.values():
                if resources.key(runner.pod).namespace == namespace:
                    runner.inputs_changed()
        elif resource["kind"] == "Pod":
            self._observe_pod(resource, gone)

    def _observe_pod(self, pod: Resource, gone: bool) -> None:
        uid = resources.uid(pod)
        runner = self._runners.get(uid)
        if gone:
            if runner is not None:
                runner.vanish()
        elif runner is not None:
            runner.update(pod)
        elif not pod["spec"].get("nodeName"):
            self._bind(pod)
        elif pod["spec"]["nodeName"] == self._settings.node:
            self._adopt(pod)

    def _bind(self, pod: Resource) -> None:
        uid = resources.uid(pod)
        if uid in self._binding or resources.deleting(pod) or pod["spec"].get("schedulingGates"):
            return
        self._binding.add(uid)
        self._spawn(self._bind_once(pod))

    async def _bind_once(self, pod: Resource) -> None:
        try:
            await insist(lambda: self.api.bind(pod, self._settings.node))
        except ApiError as error:
            log.warning("bind %s/%s: %s", *resources.key(pod), error)
        finally:
            self._binding.discard(resources.uid(pod))

    def _adopt(self, pod: Resource) -> None:
        uid = resources.uid(pod)
        same = [other for other, found in self._runners.items() if resources.key(found.pod) == resources.key(pod)]
        before = [self._tasks[other] for other in same]
        runner = self._runners[uid] = PodRunner(pod, self)
        self._tasks[uid] = asyncio.create_task(self._run(runner, uid, before), name=f"pod {resources.key(pod)}")

    async def _run(self, runner: PodRunner, uid: str, before: list[asyncio.Task[None]]) -> None:
        """Run a pod, once its namesake has let go of addresses and files."""
        try:
            if before:
                await asyncio.wait(before)
            await runner.run()
        except Exception:
            log.exception("pod %s/%s", *resources.key(runner.pod))
        finally:
            self._runners.pop(uid, None)
            self._tasks.pop(uid, None)
            if resources.deleting(runner.pod):
                self._sweep_volumes(runner.pod)

    def _sweep_volumes(self, pod: Resource) -> None:
        """Remove kept volumes with their owner; a pod that is only replaced leaves them to the next."""
        keep = resources.notes(pod).get(KEEP_ANNOTATION)
        if keep and not any(self._alive(owner, pod) for owner in pod["metadata"].get("ownerReferences") or ()):
            shutil.rmtree(self.volumes / keep, ignore_errors=True)

    def _alive(self, owner: Mapping[str, str], pod: Resource) -> bool:
        found = self._view.get(owner["kind"], resources.key(pod).namespace, owner["name"])
        return found is not None and resources.uid(found) == owner["uid"] and not resources.deleting(found)

    def lookup(self, namespace: str, kind: str, name: str) -> Resource | None:
        """Return a ConfigMap or Secret."""
        return self._view.get(kind, namespace, name)

    async def complain(self, pod: Resource, reason: str, message: str) -> None:
        """Report a warning event on a pod."""
        where, moment = resources.key(pod), resources.timestamp(time.time())
        event = {
            "apiVersion": "v1",
            "kind": "Event",
            "metadata": {"namespace": where.namespace, "name": f"{where.name}.{time.time_ns():x}"},
            "involvedObject": {
                "apiVersion": "v1",
                "kind": "Pod",
                "namespace": where.namespace,
                "name": where.name,
                "uid": resources.uid(pod),
            },
            "type": "Warning",
            "reason": reason,
            "message": message,
            "source": {"component": "kubelet", "host": self._settings.node},
            "firstTimestamp": moment,
            "lastTimestamp": moment,
            "count": 1,
        }
        try:
            await self.api.create(event)
        except ApiError as error:
            log.warning("event on pod %s/%s: %s", *where, error)

    def find_log(
        self, namespace: str, pod: str, container: str, previous: bool
    ) -> tuple[Path, ContainerLog | None] | str:
        """Return the log of a container, or why there is none."""
        runner = next((r for r in self._runners.values() if resources.key(r.pod) == Key(namespace, pod)), None)
        found = runner.find(container) if runner else None
        if found is None:
            return f'container "{container}" in pod "{pod}" is not known to this node'
        path = found.log_path(previous)
        if path is None and previous:
            return f'previous terminated container "{container}" in pod "{pod}" not found'
        if path is None:
            reason = (found.state.state.get("waiting") or {}).get("reason") or "ContainerCreating"
            return f'container "{container}" in pod "{pod}" is waiting to start: {reason}'
        return path, None if previous else found.log

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    async def close(self) -> None:
        """End all processes; the pods stay in the API and are taken up by the next kubelet."""
        for runner in self._runners.values():
            runner.abandon()
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

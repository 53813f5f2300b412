# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The life of one pod on the node: volumes, containers one after the other and side by side, the end."""

from __future__ import annotations

import asyncio
import logging
import shutil
import time
from pathlib import Path
from typing import Protocol, Sequence

from manuela_lab.operator import containers, images, pod_status, resources
from manuela_lab.operator.cluster_api import ApiError, ClusterApi, insist
from manuela_lab.operator.container_runner import ContainerRunner
from manuela_lab.operator.containers import Sandbox
from manuela_lab.operator.resources import Resource

log = logging.getLogger("lab.kubelet")

LONGEST_GRACE = 2.0
"""Seconds after which a process is killed, whatever its pod allows: JVMs take up to half a minute to say goodbye."""
PUBLISH_AGAIN = 2.0
OVERDUE = ("DeadlineExceeded", "Pod was active on the node longer than the specified deadline")


class Surroundings(Protocol):
    """What a pod needs of its node."""

    api: ClusterApi
    images: images.Images
    pods: Path
    volumes: Path
    address: str

    def lookup(self, namespace: str, kind: str, name: str) -> Resource | None:
        """Return a ConfigMap or Secret."""
        ...

    def hosts_file(self, namespace: str) -> Path:
        """Return the hosts file for the processes of a namespace."""
        ...

    async def complain(self, pod: Resource, reason: str, message: str) -> None:
        """Report a warning event."""
        ...


class PodRunner:
    """Runs one pod until it is gone."""

    def __init__(self, pod: Resource, node: Surroundings) -> None:
        self.pod = pod
        self._node = node
        # Without the UID: a program may keep paths (Connect does, in its topics), and they must outlive the pod.
        self._directory = node.pods / "_".join(resources.key(pod))
        self._address = resources.notes(pod).get(containers.ADDRESS_ANNOTATION) or node.address
        found = pod.get("status") or {}
        self._init = self._restore(pod["spec"].get("initContainers") or (), found.get("initContainerStatuses") or ())
        self._main = self._restore(pod["spec"]["containers"], found.get("containerStatuses") or ())
        self._failure = (str(found.get("reason") or ""), str(found.get("message") or ""))
        self._published: Resource = dict(found)
        self._publishing = asyncio.Lock()
        self._late: asyncio.Task[None] | None = None
        self._ending = asyncio.Event()
        self._gone = False
        self.update(pod)

    def _restore(self, specs: Sequence[Resource], found: Sequence[Resource]) -> list[ContainerRunner]:
        """What an earlier operator had running died with it, and is counted as a crash."""
        runners = []
        for spec in specs:
            state = pod_status.restored(spec, found)
            if begun := state.state.get("running"):
                moment = resources.timestamp(time.time())
                state.terminated(137, str(begun.get("startedAt") or moment), moment, "ContainerStatusUnknown")
            runners.append(ContainerRunner(state, self._directory, self.publish, self._complain))
        return runners

    def update(self, pod: Resource) -> None:
        """Take in a newer version of the pod."""
        self.pod = pod
        if resources.deleting(pod):
            self._ending.set()

    def inputs_changed(self) -> None:
        """A ConfigMap or Secret of the namespace changed: who waits for one looks again."""
        for runner in (*self._init, *self._main):
            runner.inputs_changed.set()

    def vanish(self) -> None:
        """The object is gone from the API: end everything, tell nobody."""
        self._gone = True
        self._ending.set()

    def abandon(self) -> None:
        """The kubelet stops: processes end, and what they were is for the next kubelet to say."""
        self._gone = True

    def find(self, container: str) -> ContainerRunner | None:
        """Return the runner of a container."""
        return next((r for r in (*self._init, *self._main) if r.state.name == container), None)

    async def run(self) -> None:
        """Run the pod from wherever it is to its end, and take it out of the API."""
        self._settle_in()
        work = asyncio.create_task(self._work())
        ending = asyncio.create_task(self._ending.wait())
        try:
            deadline = self.pod["spec"].get("activeDeadlineSeconds")
            await asyncio.wait({work, ending}, return_when=asyncio.FIRST_COMPLETED, timeout=deadline)
            if not work.done() and not ending.done():
                self._failure = OVERDUE
            await self._end(work)
            await ending
            if not self._gone:
                await insist(lambda: self._node.api.delete(self.pod, grace=0))
        finally:
            ending.cancel()
            await self._end(work)
            if self._late is not None:
                self._late.cancel()
            if self._ending.is_set():
                shutil.rmtree(self._directory, ignore_errors=True)

    def _settle_in(self) -> None:
        """Take the directory: as it was for the pod that an earlier operator ran, empty for any other."""
        mark = self._directory / "uid"
        if not mark.exists() or mark.read_text(encoding="ascii") != resources.uid(self.pod):
            shutil.rmtree(self._directory, ignore_errors=True)
            self._directory.mkdir(parents=True)
            mark.write_text(resources.uid(self.pod), encoding="ascii")

    async def _end(self, work: asyncio.Task[None]) -> None:
        if not work.done():
            work.cancel()
        for result in await asyncio.gather(work, return_exceptions=True):
            if isinstance(result, Exception):
                log.error("pod %s/%s: %r", *resources.key(self.pod), result)
        allowed = float(self.pod["metadata"].get("deletionGracePeriodSeconds") or LONGEST_GRACE)
        await asyncio.gather(*(r.stop(min(allowed, LONGEST_GRACE)) for r in (*self._init, *self._main)))
        await self.publish()
        for runner in (*self._init, *self._main):
            runner.close()

    async def _work(self) -> None:
        policy = str(self.pod["spec"].get("restartPolicy") or "Always")
        for container, runner in zip(self.pod["spec"].get("initContainers") or (), self._init, strict=True):
            if runner.state.exit_code != 0:
                await self._run(runner, container, "OnFailure" if policy == "Always" else policy)
                if runner.state.exit_code != 0:
                    return
        pairs = zip(self.pod["spec"]["containers"], self._main, strict=True)
        await asyncio.gather(*(self._run(runner, container, policy) for container, runner in pairs))

    async def _run(self, runner: ContainerRunner, container: Resource, policy: str) -> None:
        await runner.run(policy, lambda: self._sandbox(container), self._node.images.program)

    def _sandbox(self, container: Resource) -> Sandbox:
        namespace = resources.key(self.pod).namespace

        def lookup(kind: str, name: str) -> Resource | None:
            return self._node.lookup(namespace, kind, name)

        volumes = {
            str(volume["name"]): self._volume(containers.volume_plan(volume, lookup))
            for volume in self.pod["spec"].get("volumes") or ()
        }
        scratch = self._directory / "tmp"
        scratch.mkdir(parents=True, exist_ok=True)
        return Sandbox(
            self.pod,
            container,
            self._directory,
            containers.environment(self.pod, container, lookup),
            {"/tmp": str(scratch), **containers.mounts(container, volumes)},
            self._node.hosts_file(namespace),
            self._address,
        )

    def _volume(self, plan: containers.VolumePlan) -> Path:
        keep = resources.notes(self.pod).get(containers.KEEP_ANNOTATION)
        base = self._node.volumes / keep if keep and plan.scratch else self._directory / "volumes"
        target = base / plan.name
        if not plan.scratch:
            shutil.rmtree(target, ignore_errors=True)
        target.mkdir(parents=True, exist_ok=True, mode=0o700)
        for name, data in plan.files.items():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            (target / name).write_bytes(data)
        return target

    async def _complain(self, reason: str, message: str) -> None:
        await self._node.complain(self.pod, reason, message)

    async def publish(self) -> None:
        """Report the pod's status when it is another than the one reported last; if need be, later."""
        if not await self._publish_now() and (self._late is None or self._late.done()):
            self._late = asyncio.create_task(self._publish_late())

    async def _publish_late(self) -> None:
        while not await self._publish_now():
            await asyncio.sleep(PUBLISH_AGAIN)

    async def _publish_now(self) -> bool:
        async with self._publishing:
            if self._gone:
                return True
            pod = {**self.pod, "status": self._published}
            states, init = [r.state for r in self._main], [r.state for r in self._init]
            addresses = (self._node.address, self._address)
            status = pod_status.render(pod, states, init, addresses, time.time(), self._failure)
            try:
                await self._node.api.set_status(pod, status)
            except ApiError as error:
                log.warning("status of pod %s/%s: %s", *resources.key(self.pod), error)
                return False
            self._published = {**self._published, **status}
            return True

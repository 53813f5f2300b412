# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The connection ``pod``: a short-lived consumer in the cluster, with the cluster's own image."""

from __future__ import annotations

import secrets
from datetime import datetime

from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import Failure
from ansible_collections.manuela.event_streaming.plugins.module_utils._kafka_topic import manifest
from ansible_collections.manuela.event_streaming.plugins.module_utils._kafka_topic.sight import Sight
from ansible_collections.manuela.event_streaming.plugins.module_utils._kafka_topic.transcript import (
    transcript_of,
)
from ansible_collections.manuela.event_streaming.plugins.module_utils._kafka_topic.wanted import Wanted
from ansible_collections.manuela.event_streaming.plugins.module_utils._kube import (
    EVENT,
    JOB,
    POD,
    Kind,
    Kube,
    Object,
    at,
    items_at,
    name_of,
    terminating,
)
from ansible_collections.manuela.event_streaming.plugins.module_utils._pod_state import PodState, pod_state

_HOPELESS = ("ErrImagePull", "ImagePullBackOff", "InvalidImageName", "CreateContainerConfigError", "Unschedulable")


class ConsumerPod:
    """Starts the pod, or finds the one that a wait has running, and reads its log."""

    def __init__(self, kube: Kube, wanted: Wanted) -> None:
        self._kube = kube
        self._wanted = wanted
        self._old_rounds: int | None = None
        self._failed: dict[str, PodState] = {}

    @property
    def again(self) -> int:
        """How many requests were sent again after trouble."""
        return self._kube.again

    def look(self) -> Sight:
        """Look once; starts the pod when there is none."""
        jobs, pods = self._swept(JOB), self._swept(POD)
        if len(self._failed) > 1:  # one may have been evicted
            return self._hopeless(list(self._failed.values())[-1])
        job = next((item for item in jobs if self._is_mine(item)), None)
        pod = next(
            (item for item in pods if self._is_mine(item) and _owner(item) == (name_of(job) if job else "")), None
        )
        if pod is None:
            return (self._refusal(name_of(job)) or self._created()) if job else self._start()
        state = pod_state(pod)
        if state.reason in _HOPELESS or (state.terminal and not state.ready):
            return self._hopeless(state)
        if state.phase == "Pending":
            return Sight(said=f"consumer pod {state.reason or 'starting'}")
        return self._read(pod)

    def remove(self) -> None:
        """Delete what is ours of this read."""
        for kind in (JOB, POD):
            for item in self._ours(kind):
                if self._is_mine(item) and not _owner(item):
                    self._kube.delete(kind, self._wanted.namespace, name_of(item))

    def _is_mine(self, item: Object) -> bool:
        return bool(at(item, "metadata", "labels", "app.kubernetes.io/instance") == self._wanted.instance)

    def _ours(self, kind: Kind) -> list[Object]:
        """Return the live objects of all reads; none where Jobs may not even be listed."""
        try:
            items = self._kube.list(kind, self._wanted.namespace, manifest.SELECTOR)
        except Failure as failure:
            if kind is JOB and failure.code == "unauthorized":
                return []
            raise
        return [item for item in items if not terminating(item)]

    def _swept(self, kind: Kind) -> list[Object]:
        """Return what is alive, after removing what earlier reads left: finished, or past its deadline."""
        now = self._kube.server_time()
        live = []
        for item in self._ours(kind):
            if not _spent(item, now):
                live.append(item)
                continue
            if kind is POD and self._is_mine(item) and self._old_rounds == 0 and pod_state(item).phase == "Failed":
                self._failed[name_of(item)] = pod_state(item)
            if not _owner(item):
                self._kube.delete(kind, self._wanted.namespace, name_of(item))
        return live

    def _read(self, pod: Object) -> Sight:
        try:
            log = self._kube.logs(self._wanted.namespace, name_of(pod), manifest.CONTAINER)
        except Failure as failure:
            if failure.code != "not_found":
                raise
            return Sight(said="consumer pod gone")
        script = transcript_of(log, manifest.run_of(pod))
        if self._old_rounds is None:
            # What the pod saw before this call is old: only what it sees from now on counts.
            self._old_rounds = script.rounds
        if script.rounds <= self._old_rounds:
            return Sight(said="consumer pod reading")
        return Sight(seen=script.seen, rounds=script.rounds - self._old_rounds, said=script.seen.error)

    def _start(self) -> Sight:
        """Create the Job, or the Pod where Jobs are forbidden."""
        image = self._wanted.image or self._broker_image()
        if not image:
            place = f"Kafka {self._wanted.cluster} in {self._wanted.namespace}"
            return Sight(said=f"no broker pod of {place}", nothing=True)
        self._old_rounds = 0
        run = secrets.token_hex(8)  # what a record says is never taken for what the script says
        try:
            self._kube.create(JOB, self._wanted.namespace, manifest.job(self._wanted, image, run))
        except Failure as failure:
            if failure.code != "unauthorized":
                raise
            self._kube.create(POD, self._wanted.namespace, manifest.pod(self._wanted, image, run))
        return self._created()

    def _created(self) -> Sight:
        failed = "".join(f", as the last {state}" for state in self._failed.values())
        return Sight(said=f"consumer pod created{failed}")

    def _broker_image(self) -> str:
        labels = f"strimzi.io/cluster={self._wanted.cluster}"
        for pod in self._kube.list(POD, self._wanted.namespace, labels):
            for container in items_at(pod, "spec", "containers"):
                if container.get("name") == "kafka":
                    return str(container.get("image") or "")
        return ""

    def _refusal(self, job: str) -> Sight | None:
        """A Job whose pod is refused by admission says so in an event only."""
        fields = f"involvedObject.name={job},type=Warning"
        for event in self._kube.list(EVENT, self._wanted.namespace, fields=fields):
            if event.get("reason") == "FailedCreate":
                text = " ".join(str(event.get("message")).split())
                return Sight(
                    said=f"the consumer pod is refused in {self._wanted.namespace}: {text}",
                    terminal=f"the consumer pod is refused in {self._wanted.namespace}: {text}. "
                    "Change the quota or policy that is named there, or give connection: direct",
                )
        return None

    def _hopeless(self, state: PodState) -> Sight:
        return Sight(said=str(state), terminal=f"the consumer {state}. {self._advice(state)}")

    def _advice(self, state: PodState) -> str:
        if "mage" in state.reason:
            return "Give image with one that this cluster can pull"
        if state.reason == "Unschedulable":
            return "Make room on a node, or give connection: direct"
        return f"Look at it: oc -n {self._wanted.namespace} describe pod {state.name}"


def _owner(item: Object) -> str:
    return next((str(entry.get("name")) for entry in items_at(item, "metadata", "ownerReferences")), "")


def _spent(item: Object, now: float) -> bool:
    finished = at(item, "status", "phase") in ("Succeeded", "Failed") or any(
        entry.get("type") in ("Complete", "Failed") and entry.get("status") == "True"
        for entry in items_at(item, "status", "conditions")
    )
    created = str(at(item, "metadata", "creationTimestamp") or "")
    age = now - datetime.fromisoformat(created.replace("Z", "+00:00")).timestamp() if created else 0.0
    deadline = at(item, "spec", "activeDeadlineSeconds")
    return finished or (isinstance(deadline, int) and age > deadline)

# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Looking at resources and, for those that are stuck, at what belongs to them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Iterable, Mapping

from ansible_collections.manuela.event_streaming.plugins.module_utils._kube import (
    POD,
    Kind,
    Kube,
    Object,
    at,
    items_at,
    name_of,
    namespace_of,
    terminating,
)
from ansible_collections.manuela.event_streaming.plugins.module_utils._pod_state import PodState, images_of, pod_state
from ansible_collections.manuela.event_streaming.plugins.module_utils._resource_status.readiness import (
    deletion_of,
    judge,
)
from ansible_collections.manuela.event_streaming.plugins.module_utils._resource_status.verdict import Verdict
from ansible_collections.manuela.event_streaming.plugins.module_utils._resource_status.wanted import Seen, Wanted

# The labels by which an operator marks the pods of a resource.
_POD_LABELS: Mapping[str, str] = {
    "Integration": "camel.apache.org/integration",
    "Job": "job-name",
    "Kafka": "strimzi.io/cluster",
    "KafkaMirrorMaker2": "strimzi.io/cluster",
    "ActiveMQArtemis": "ActiveMQArtemis",
}


@dataclass(frozen=True, slots=True)
class View:
    """All that was seen at one moment; ``pods`` are those of resources that are not as wanted."""

    seen: tuple[Seen, ...]
    pods: tuple[tuple[str, PodState], ...] = ()

    @property
    def met(self) -> bool:
        """Say whether everything is as wanted."""
        return all(entry.met for entry in self.seen)

    @property
    def progress(self) -> str:
        """What each part that is not as wanted said last, or that all is well."""
        open_parts = [f"{entry.title}: {entry.verdict.message}" for entry in self.seen if not entry.met]
        open_parts += [str(state) for _namespace, state in self.pods if not state.ready and state.reason]
        return " | ".join(open_parts) or ", ".join(f"{entry.title} {entry.verdict.message}" for entry in self.seen)

    @property
    def terminal(self) -> str:
        """The first sentence that waiting cannot cure."""
        for entry in self.seen:
            if not entry.met and entry.verdict.terminal and entry.item:
                said = f"{entry.title} will not become {entry.wanted.state}: {entry.verdict.message}"
                return f"{said}. {_advice(str(entry.item['kind']), namespace_of(entry.item), name_of(entry.item))}"
        for namespace, state in self.pods:
            if state.terminal:
                return f"{state}. {_advice('pod', namespace, state.name)}"
        return ""


def _advice(kind: str, namespace: str, name: str) -> str:
    return f"Look at it: oc {f'-n {namespace} ' if namespace else ''}describe {kind.lower()} {name}"


def look(kube: Kube, wanted: Iterable[Wanted]) -> View:
    """Look once at everything."""
    seen = tuple(entry for one in wanted for entry in _look_at(kube, one))
    return View(seen, tuple(pods_of(kube, [entry for entry in seen if not entry.met])))


def _look_at(kube: Kube, wanted: Wanted) -> list[Seen]:
    kind = kube.find(wanted.kind, group=wanted.group, version=wanted.version)
    if kind is None:
        missing = Verdict(False, f"the kind is not served by {kube.where} (its CRD is not installed)")
        return [Seen(wanted, "", None, missing, wanted.state in ("absent", "none"))]
    if wanted.name and (wanted.namespace or not kind.namespaced):
        found = kube.get(kind, wanted.namespace, wanted.name)
        items = [found] if found else []
    else:
        items = kube.list(kind, wanted.namespace, wanted.labels)
        if wanted.name:
            items = [item for item in items if name_of(item) == wanted.name]
    if not items:
        good = wanted.state in ("absent", "none")
        return [Seen(wanted, kind.api_version, None, Verdict(False, "absent"), good)]
    now = kube.server_time()
    seen = [_seen(wanted, kind, item, now) for item in items]
    return _young(kube, wanted, seen) if wanted.newer_than else seen


def _young(kube: Kube, wanted: Wanted, seen: list[Seen]) -> list[Seen]:
    """Take what was made before the other object was written last for not ready: it has not read that yet."""
    name, _slash, other = wanted.newer_than.partition("/")
    kind = kube.find(name)
    item = kube.get(kind, wanted.namespace, other) if kind else None
    if item is None:
        old = Verdict(False, f"there is no {name} {other} that it could have read")
        return [replace(entry, verdict=old, met=wanted.state == "none") for entry in seen]
    written = max((str(entry.get("time") or "") for entry in items_at(item, "metadata", "managedFields")), default="")
    old = Verdict(False, f"older than {name} {other}")
    return [
        replace(entry, verdict=old, met=wanted.state == "none")
        if entry.item and str(at(entry.item, "metadata", "creationTimestamp")) < written
        else entry
        for entry in seen
    ]


def _seen(wanted: Wanted, kind: Kind, item: Object, now: float) -> Seen:
    if wanted.state == "absent":
        text = deletion_of(item) if terminating(item) else "still there"
        return Seen(wanted, kind.api_version, item, Verdict(False, text), False)
    verdict = judge(item, now, reports=kind.reports)
    met = wanted.state == "none" or verdict.ready or (wanted.state == "exists" and not terminating(item))
    if wanted.state == "running" and at(item, "spec", "replicas") == 0:
        met = False
    return Seen(wanted, kind.api_version, item, verdict, met, tuple(images_of(item)))


def pods_of(kube: Kube, concerned: Iterable[Seen]) -> list[tuple[str, PodState]]:
    """Return the pods of resources that shall be ready; each namespace is listed once."""
    found: dict[tuple[str, str], PodState] = {}
    lists: dict[str, list[Object]] = {}
    for entry in concerned:
        if (
            entry.item is None
            or entry.wanted.state not in ("ready", "running")
            or entry.item.get("kind") in ("Pod", "Namespace")
        ):
            continue
        namespace = namespace_of(entry.item)
        if namespace and namespace not in lists:
            lists[namespace] = kube.list(POD, namespace)
        for pod in lists.get(namespace, []):
            if belongs(pod, entry.item) and not terminating(pod):
                found[namespace, name_of(pod)] = pod_state(pod)
    return [(namespace, state) for (namespace, _name), state in found.items()]


def belongs(pod: Mapping[str, Any], owner: Mapping[str, Any]) -> bool:
    """Say whether a pod is one of a resource's."""
    labels = at(pod, "metadata", "labels") or {}
    name = name_of(owner)
    label = _POD_LABELS.get(str(owner.get("kind")))
    if label:
        return labels.get(label) == name
    selector = at(owner, "spec", "selector", "matchLabels")
    if isinstance(selector, dict) and selector:
        return all(labels.get(key) == value for key, value in selector.items())
    return any(
        entry.get("name") == name and entry.get("kind") in (None, owner.get("kind"))
        for entry in items_at(pod, "metadata", "ownerReferences")
    )

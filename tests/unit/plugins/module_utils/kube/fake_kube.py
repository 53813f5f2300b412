# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An API server in memory that takes a fault script, and a clock on which things happen at a given second."""

from __future__ import annotations

import copy
from datetime import UTC, datetime
from typing import Any, Callable

from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import Failure
from ansible_collections.manuela.event_streaming.plugins.module_utils._kube import EVENT, JOB, POD, Kind, at, name_of

KAFKA = Kind("Kafka", "kafkas", "v1beta2", "kafka.strimzi.io")
TOPIC = Kind("KafkaTopic", "kafkatopics", "v1beta2", "kafka.strimzi.io")
MIRROR = Kind("KafkaMirrorMaker2", "kafkamirrormaker2s", "v1beta2", "kafka.strimzi.io")
INTEGRATION = Kind("Integration", "integrations", "v1", "camel.apache.org")
SUBSCRIPTION = Kind("Subscription", "subscriptions", "v1alpha1", "operators.coreos.com")
APPLICATION = Kind("Application", "applications", "v1alpha1", "argoproj.io")
DEPLOYMENT = Kind("Deployment", "deployments", "v1", "apps")
SECRET = Kind("Secret", "secrets", "v1")
NAMESPACE = Kind("Namespace", "namespaces", "v1", namespaced=False)
ALL = (EVENT, JOB, POD, KAFKA, TOPIC, MIRROR, INTEGRATION, SUBSCRIPTION, APPLICATION, DEPLOYMENT, SECRET, NAMESPACE)

START = 1_800_000_000.0
WRITES = ("create", "patch", "delete")


def stamp(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def merge(item: Any, patch: Any) -> Any:
    if not isinstance(patch, dict):
        return patch
    result = dict(item) if isinstance(item, dict) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = merge(result.get(key), value)
    return result


class FakeClock:
    """Seconds pass only by sleeping; what was planned happens on the way."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._plans: list[tuple[float, Callable[[], None]]] = []

    def at(self, second: float, action: Callable[[], Any]) -> None:
        self._plans.append((second, action))

    def now(self) -> float:
        return self.seconds

    def epoch(self) -> float:
        return START + self.seconds

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds
        due = [plan for plan in self._plans if plan[0] <= self.seconds]
        self._plans = [plan for plan in self._plans if plan[0] > self.seconds]
        for _second, action in sorted(due, key=lambda plan: plan[0]):
            action()


class FakeKube:
    """The port, in memory.  ``faults`` maps (verb, resource) to failures, used up one per call."""

    server = "https://api.example:6443"
    where = "the API server https://api.example:6443 (context test)"
    again = 0

    def __init__(self, clock: FakeClock) -> None:
        self.clock = clock
        self.kinds = list(ALL)
        self.objects: dict[tuple[str, str, str], dict[str, Any]] = {}
        self.texts: dict[tuple[str, str], str] = {}
        self.journal: list[tuple[str, str, str, str]] = []
        self.faults: dict[tuple[str, str], list[Failure | None]] = {}
        self.created: Callable[[Kind, dict[str, Any]], None] = lambda kind, item: None
        self.patched: Callable[[Kind, dict[str, Any]], None] = lambda kind, item: None

    # What a test does to the cluster.

    def put(self, kind: Kind, name: str, namespace: str = "ns", **content: Any) -> dict[str, Any]:
        metadata = {"name": name, "creationTimestamp": stamp(self.clock.epoch()), **content.pop("metadata", {})}
        if kind.namespaced:
            metadata["namespace"] = namespace
        item = {"apiVersion": kind.api_version, "kind": kind.kind, "metadata": metadata, **content}
        self.objects[kind.resource, namespace if kind.namespaced else "", name] = item
        return item

    def drop(self, kind: Kind, name: str, namespace: str = "ns") -> None:
        self.objects.pop((kind.resource, namespace if kind.namespaced else "", name), None)

    def item(self, kind: Kind, name: str, namespace: str = "ns") -> dict[str, Any]:
        return self.objects[kind.resource, namespace if kind.namespaced else "", name]

    def writes(self) -> list[tuple[str, str, str, str]]:
        return [entry for entry in self.journal if entry[0] in WRITES]

    def fail(self, verb: str, kind: Kind, *failures: Failure | None) -> None:
        self.faults[verb, kind.resource] = list(failures)

    # The port.

    def _note(self, verb: str, kind: Kind, namespace: str, name: str = "") -> None:
        self.journal.append((verb, kind.resource, namespace, name))
        script = self.faults.get((verb, kind.resource))
        failure = script.pop(0) if script else None
        if failure:
            raise failure

    def server_time(self) -> float:
        return self.clock.epoch()

    def find(self, kind: str, *, group: str = "", version: str = "") -> Kind | None:
        fits = [entry for entry in self.kinds if entry.kind == kind and group in ("", entry.group)]
        return next((entry for entry in fits if version in ("", entry.version)), None)

    def versions(self, kind: str, group: str) -> list[str]:
        return [entry.version for entry in self.kinds if (entry.kind, entry.group) == (kind, group)]

    def get(self, kind: Kind, namespace: str, name: str) -> dict[str, Any] | None:
        self._note("get", kind, namespace, name)
        return copy.deepcopy(self.objects.get((kind.resource, namespace if kind.namespaced else "", name)))

    def list(self, kind: Kind, namespace: str = "", labels: str = "", fields: str = "") -> list[dict[str, Any]]:
        self._note("list", kind, namespace)
        wanted = [part.split("=", 1) for part in labels.split(",") if part]
        asked = [part.split("=", 1) for part in fields.split(",") if part]
        return [
            copy.deepcopy(item)
            for (resource, place, _name), item in sorted(self.objects.items())
            if resource == kind.resource
            and namespace in ("", place)
            and all((at(item, "metadata", "labels") or {}).get(key) == value for key, value in wanted)
            and all(str(at(item, *key.split(".")) or "") == value for key, value in asked)
        ]

    def create(self, kind: Kind, namespace: str, body: dict[str, Any]) -> dict[str, Any]:
        body = copy.deepcopy(body)
        prefix = body["metadata"].pop("generateName", None)
        if prefix:
            body["metadata"]["name"] = f"{prefix}{len(self.journal):05d}"
        name = name_of(body)
        self._note("create", kind, namespace, name)
        if (kind.resource, namespace, name) in self.objects:
            raise Failure("conflict", f"{name} already exists")
        item = self.put(kind, name, namespace, **{key: body[key] for key in body if key not in ("apiVersion", "kind")})
        self.created(kind, item)
        return copy.deepcopy(item)

    def patch(self, kind: Kind, namespace: str, name: str, body: dict[str, Any]) -> dict[str, Any] | None:
        self._note("patch", kind, namespace, name)
        key = (kind.resource, namespace if kind.namespaced else "", name)
        if key not in self.objects:
            return None
        item = self.objects[key] = merge(self.objects[key], body)
        if not item["metadata"].get("annotations", True):
            del item["metadata"]["annotations"]
        self.patched(kind, item)
        return copy.deepcopy(item)

    def delete(self, kind: Kind, namespace: str, name: str, propagation: str = "Background") -> bool:
        self._note("delete", kind, namespace, name)
        key = (kind.resource, namespace if kind.namespaced else "", name)
        if key not in self.objects:
            return False
        if at(self.objects[key], "metadata", "finalizers"):
            self.objects[key]["metadata"]["deletionTimestamp"] = stamp(self.clock.epoch())
        else:
            del self.objects[key]
        return True

    def logs(
        self, namespace: str, pod: str, container: str = "", tail: int = 0, *, previous: bool = False, since: int = 0
    ) -> str:
        self._note("get", Kind("Log", "pods/log", "v1"), namespace, pod)
        lines = self.texts.get((namespace, pod), "").splitlines(keepends=True)
        return "".join(lines[-tail:] if tail else lines)


def forbidden(what: str = "create jobs") -> Failure:
    return Failure("unauthorized", f"may not {what}")

# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The port to a Kubernetes API server: what a noun may ask of it.  The real one is in _kube_client."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal, Mapping, Protocol

Object = dict[str, Any]
Objects = list[Object]
Names = list[str]
Propagation = Literal["Foreground", "Background", "Orphan"]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of resource as the server serves it, in the version that the server prefers.

    ``reports`` says that its status is written apart from the rest, so that some controller means to write it.
    """

    kind: str
    plural: str
    version: str
    group: str = ""
    namespaced: bool = True
    reports: bool = field(default=False, compare=False)

    @property
    def api_version(self) -> str:
        """``group/version`` as manifests write it."""
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def resource(self) -> str:
        """``plural.group`` as kubectl and RBAC rules write it."""
        return f"{self.plural}.{self.group}" if self.group else self.plural


POD = Kind("Pod", "pods", "v1")
EVENT = Kind("Event", "events", "v1")
JOB = Kind("Job", "jobs", "v1", "batch")


class Clock(Protocol):
    """Seconds for waiting, and the time of day; ``_module.SystemClock`` is the real one."""

    def now(self) -> float:
        """Return monotonic seconds."""

    def sleep(self, seconds: float) -> None:
        """Pause."""

    def epoch(self) -> float:
        """Return seconds since 1970-01-01 UTC."""


class Kube(Protocol):
    """Requests to one API server, each with its own timeout; every error is a ``Failure``."""

    @property
    def where(self) -> str:
        """The server and the context, for messages."""

    @property
    def server(self) -> str:
        """The server's URL."""

    @property
    def again(self) -> int:
        """How many requests were sent again after trouble."""

    def find(self, kind: str, *, group: str = "", version: str = "") -> Kind | None:
        """Return how the server serves a kind, or none when it does not (no such CRD, for instance)."""

    def versions(self, kind: str, group: str) -> Names:
        """Return the versions in which the server serves a kind, the preferred one first."""

    def get(self, kind: Kind, namespace: str, name: str) -> Object | None:
        """Return one object, or none."""

    def list(self, kind: Kind, namespace: str = "", labels: str = "", fields: str = "") -> Objects:
        """Return the objects of a namespace, or of all when it is empty."""

    def create(self, kind: Kind, namespace: str, body: Mapping[str, Any]) -> Object:
        """Create; the code ``conflict`` when it exists."""

    def patch(self, kind: Kind, namespace: str, name: str, body: Mapping[str, Any]) -> Object | None:
        """Apply a JSON merge patch; none when the object is not there."""

    def delete(self, kind: Kind, namespace: str, name: str, propagation: Propagation = "Background") -> bool:
        """Ask for deletion; false when it is not there."""

    def logs(
        self, namespace: str, pod: str, container: str = "", tail: int = 0, *, previous: bool = False, since: int = 0
    ) -> str:
        """Return what a container wrote, or the end of it: ``tail`` lines, of the last ``since`` seconds."""

    def server_time(self) -> float:
        """Return the server's clock as its last answer gave it, in epoch seconds; ours before the first answer."""


def selection_of(entry: Mapping[str, Any]) -> dict[str, str]:
    """Return what an entry of an option says about which objects are meant, with empty texts for what it leaves out."""
    group, _slash, version = str(entry.get("api_version") or "").rpartition("/")
    return {
        "kind": str(entry["kind"]),
        "group": str(entry.get("group") or group),
        "version": version,
        "namespace": str(entry.get("namespace") or ""),
        "name": str(entry.get("name") or ""),
        "labels": str(entry.get("label_selector") or ""),
    }


def name_of(item: Mapping[str, Any]) -> str:
    """Return the name in an object's metadata."""
    return str(at(item, "metadata", "name") or "")


def uid_of(item: Mapping[str, Any]) -> str:
    """Return the UID in an object's metadata: another object of the same name has another one."""
    return str(at(item, "metadata", "uid") or "")


def namespace_of(item: Mapping[str, Any]) -> str:
    """Return the namespace in an object's metadata."""
    return str(at(item, "metadata", "namespace") or "")


def at(item: Any, *path: str) -> Any:
    """Return what is found by following ``path``, or none where it ends early."""
    for key in path:
        if not isinstance(item, Mapping):
            return None
        item = item.get(key)
    return item


def items_at(item: Any, *path: str) -> list[Object]:
    """Return the mappings of the list found by following ``path``."""
    found = at(item, *path)
    return [entry for entry in found if isinstance(entry, dict)] if isinstance(found, list) else []


def condition(item: Mapping[str, Any], kind: str) -> Object | None:
    """Return the status condition of that type."""
    return next((entry for entry in items_at(item, "status", "conditions") if entry.get("type") == kind), None)


def terminating(item: Mapping[str, Any]) -> bool:
    """Say whether deletion was asked for."""
    return bool(at(item, "metadata", "deletionTimestamp"))

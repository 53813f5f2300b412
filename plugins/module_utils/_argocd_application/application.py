# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an Application object says about itself; pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Mapping

from ansible_collections.manuela.event_streaming.plugins.module_utils._argocd_application.wanted import Wanted, sources
from ansible_collections.manuela.event_streaming.plugins.module_utils._kube import (
    at,
    items_at,
    name_of,
    namespace_of,
    terminating,
)

REFRESH = "argocd.argoproj.io/refresh"
TRACKING = "argocd.argoproj.io/tracking-id"
INSTANCE = "app.kubernetes.io/instance"
_SCRATCH = re.compile(r' from "/[^"]*"| "/dev/shm/\d+"')
# Argo CD's words once a try has failed; while it tries again it says what it waits for.
_BETWEEN_TRIES = "completed unsuccessfully"
_WELL = ("", "Healthy", "Suspended")


@dataclass(frozen=True, slots=True)
class Operation:
    """The last sync operation."""

    phase: str = ""
    message: str = ""
    revision: str = ""
    finished_at: str = ""
    failures: tuple[str, ...] = ()

    @property
    def underway(self) -> bool:
        """Say whether it runs and has no result yet; between two tries it says what the first one failed for."""
        return self.phase in ("Running", "Terminating") and not self.failures and _BETWEEN_TRIES not in self.message

    def as_result(self) -> dict[str, Any]:
        """Return the entry of the module's answer."""
        return {
            "phase": self.phase or None,
            "message": self.message,
            "revision": self.revision or None,
            "finished_at": self.finished_at or None,
        }


@dataclass(frozen=True, slots=True)
class Application:
    """One Application, or the absence of the one that was asked for."""

    wanted: Wanted
    name: str = ""
    namespace: str = ""
    exists: bool = False
    deleting: bool = False
    sync_status: str = ""
    health_status: str = ""
    health_message: str = ""
    healthy_since: float = 0.0
    revision: str = ""
    source: Mapping[str, Any] = field(default_factory=dict)
    # What Argo CD says is about a source that the Application has no more.
    outdated: bool = False
    # The Application that deploys this one.
    parent: str = ""
    reconciled_at: str = ""
    refreshing: bool = False
    automated: bool = False
    operation: Operation = Operation()
    conditions: tuple[Mapping[str, Any], ...] = ()
    unhealthy: tuple[Mapping[str, Any], ...] = ()
    finalizers: tuple[str, ...] = ()

    def as_result(self) -> dict[str, Any]:
        """Return the entry of the module's answer."""
        return {
            "name": self.name or self.wanted.name or None,
            "namespace": self.namespace or self.wanted.namespace or None,
            "exists": self.exists,
            "sync_status": self.sync_status or None,
            "health_status": self.health_status or None,
            "health_message": self.health_message,
            "revision": self.revision or None,
            "target_revision": self.source.get("targetRevision") or ("HEAD" if self.exists else None),
            "path": self.source.get("path") or self.wanted.path or None,
            "repo_url": self.source.get("repoURL") or self.wanted.repo_url or None,
            "reconciled_at": self.reconciled_at or None,
            "refreshing": self.refreshing,
            "automated": self.automated,
            "operation": self.operation.as_result(),
            "conditions": [dict(entry) for entry in self.conditions],
            "unhealthy_resources": [dict(entry) for entry in self.unhealthy],
        }


def read(item: Mapping[str, Any], wanted: Wanted) -> Application:
    """Return what an Application object says, for the source that was asked for."""
    found = sources(item)
    index = next((number for number, source in enumerate(found) if wanted.fits_source(source)), 0)
    status: Mapping[str, Any] = at(item, "status") or {}
    revisions = at(status, "sync", "revisions") or []
    revision = revisions[index] if index < len(revisions) else at(status, "sync", "revision")
    return Application(
        wanted=wanted,
        name=name_of(item),
        namespace=namespace_of(item),
        exists=True,
        deleting=terminating(item),
        sync_status=str(at(status, "sync", "status") or "Unknown"),
        health_status=str(at(status, "health", "status") or "Unknown"),
        health_message=str(at(status, "health", "message") or ""),
        healthy_since=epoch(at(status, "health", "lastTransitionTime")),
        revision=_dry(item, str(revision or "")),
        source=found[index] if found else {},
        outdated=_outdated(item),
        parent=_parent(item),
        reconciled_at=str(status.get("reconciledAt") or ""),
        refreshing=REFRESH in (at(item, "metadata", "annotations") or {}),
        automated=_automated(at(item, "spec", "syncPolicy", "automated")),
        operation=_operation(item, index),
        conditions=tuple(items_at(status, "conditions")),
        unhealthy=tuple(_unhealthy(status)),
        finalizers=tuple(map(str, at(item, "metadata", "finalizers") or [])),
    )


def _automated(policy: Any) -> bool:
    return policy is not None and at(policy, "enabled") is not False


def _dry(item: Mapping[str, Any], revision: str) -> str:
    """Return the commit that was pushed, where Argo CD renders it into another one and deploys that."""
    done = at(item, "status", "sourceHydrator", "lastSuccessfulOperation")
    return str(at(done, "drySHA") or revision) if revision and at(done, "hydratedSHA") == revision else revision


def _outdated(item: Mapping[str, Any]) -> bool:
    compared = at(item, "status", "sync", "comparedTo")
    before = items_at(compared, "sources") or [at(compared, "source") or {}]
    now = items_at(item, "spec", "sources") or [at(item, "spec", "source") or {}]
    if not any(before) or not any(now):
        return False
    return len(before) != len(now) or any(
        was.get(key) != one.get(key)
        for was, one in zip(before, now, strict=True)
        for key in ("repoURL", "path", "chart", "targetRevision")
    )


def _parent(item: Mapping[str, Any]) -> str:
    tracked = str((at(item, "metadata", "annotations") or {}).get(TRACKING) or "").partition(":")[0]
    # An Application outside Argo CD's own namespace is written NAMESPACE_NAME.
    return tracked.rpartition("_")[2] or str((at(item, "metadata", "labels") or {}).get(INSTANCE) or "")


def _operation(item: Mapping[str, Any], index: int) -> Operation:
    state = at(item, "status", "operationState") or {}
    several = at(state, "syncResult", "revisions") or at(state, "operation", "sync", "revisions") or []
    single = at(state, "syncResult", "revision") or at(state, "operation", "sync", "revision")
    revision = several[index] if index < len(several) else single
    # A new operation is asked for here before the controller has begun it.
    asked = at(item, "operation", "sync") or {}
    phase = "Running" if at(item, "operation") else str(state.get("phase") or "")
    if at(item, "operation"):
        several = asked.get("revisions") or []
        revision = several[index] if index < len(several) else asked.get("revision") or revision
    return Operation(
        phase=phase,
        message=_readable(state.get("message")),
        revision=_dry(item, str(revision or "")),
        finished_at=str(state.get("finishedAt") or ""),
        failures=tuple(_failures(state)),
    )


def _readable(text: Any) -> str:
    """One line, without the temporary file that Argo CD's kubectl read the manifest from."""
    return _SCRATCH.sub("", " ".join(str(text or "").split())).rstrip(".")


def _failures(state: Mapping[str, Any]) -> list[str]:
    return [
        f"{entry.get('kind')}/{entry.get('name')}: {_readable(entry.get('message'))}"
        for entry in items_at(state, "syncResult", "resources")
        if entry.get("status") == "SyncFailed" or entry.get("hookPhase") in ("Failed", "Error")
    ]


def _unhealthy(status: Mapping[str, Any]) -> list[dict[str, Any]]:
    # Argo CD 3 keeps no health of single resources here unless it is told to: then only their sync status is known.
    return [
        {
            "kind": entry.get("kind"),
            "namespace": entry.get("namespace"),
            "name": entry.get("name"),
            "sync_status": entry.get("status"),
            "health_status": at(entry, "health", "status"),
            "message": str(at(entry, "health", "message") or ""),
        }
        for entry in items_at(status, "resources")
        if str(at(entry, "health", "status") or "") not in _WELL or entry.get("status") == "OutOfSync"
    ]


def epoch(stamp: Any) -> float:
    """Return a Kubernetes time stamp as epoch seconds, or 0 when there is none."""
    try:
        return datetime.fromisoformat(str(stamp).replace("Z", "+00:00")).timestamp() if stamp else 0.0
    except ValueError:
        return 0.0


def stamp(seconds: float) -> str:
    """Return epoch seconds as Kubernetes writes times."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

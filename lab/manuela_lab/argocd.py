# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Argo CD needs in a cluster before it starts: its namespace, its settings, and a project that allows all."""

from __future__ import annotations

import secrets
from typing import Any

from manuela_lab.api import Api
from manuela_lab.git_host import USER as GIT_USER
from manuela_lab.lab import Lab

LONGEST = 200
PART_OF_ARGOCD = {"app.kubernetes.io/part-of": "argocd"}
# Kinds that change often and that no application holds: watching them costs memory in both data centres.
EXCLUDED = """\
- apiGroups: ["", discovery.k8s.io]
  kinds: [Endpoints, EndpointSlice, Event]
- apiGroups: [authentication.k8s.io, authorization.k8s.io, certificates.k8s.io, coordination.k8s.io, events.k8s.io,
    flowcontrol.apiserver.k8s.io, node.k8s.io, resource.k8s.io]
  kinds: ["*"]
"""


def settings(lab: Lab) -> list[dict[str, Any]]:
    """The objects, in the order in which they are applied."""
    namespace = lab.profile.argocd_namespace
    found = [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}},
        _object(namespace, "v1", "ConfigMap", "argocd-cm", data={"resource.exclusions": EXCLUDED}),
        _object(namespace, "argoproj.io/v1alpha1", "AppProject", "default", spec=_everything()),
    ]
    if lab.profile.openshift:
        found.append(_repository(lab))
    return found


def bootstrap(lab: Lab, api: Api) -> None:
    """Apply the settings; the server's key stays as it is when there is one."""
    for each in settings(lab):
        api.apply(each)
    namespace = lab.profile.argocd_namespace
    if api.get(f"/api/v1/namespaces/{namespace}/secrets/argocd-secret") is None:
        key = {"server.secretkey": secrets.token_urlsafe(32)}
        api.apply(_object(namespace, "v1", "Secret", "argocd-secret", stringData=key))


def _repository(lab: Lab) -> dict[str, Any]:
    """What Argo CD logs in to the Git host with."""
    login = {"type": "git", "url": lab.remote_url, "username": GIT_USER, "password": lab.keys.git_token}
    found = _object(lab.profile.argocd_namespace, "v1", "Secret", "repository-manuela-gitops", stringData=login)
    found["metadata"]["labels"] = {**PART_OF_ARGOCD, "argocd.argoproj.io/secret-type": "repository"}
    return found


def _object(namespace: str, version: str, kind: str, name: str, **content: Any) -> dict[str, Any]:
    meta = {"name": name, "namespace": namespace, "labels": PART_OF_ARGOCD}
    return {"apiVersion": version, "kind": kind, "metadata": meta, **content}


def _everything() -> dict[str, Any]:
    anything = [{"group": "*", "kind": "*"}]
    return {
        "clusterResourceWhitelist": anything,
        "destinations": [{"namespace": "*", "server": "*"}],
        "sourceRepos": ["*"],
    }


def application_path(lab: Lab, name: str) -> str:
    """The URL path of an Application."""
    return f"/apis/argoproj.io/v1alpha1/namespaces/{lab.profile.argocd_namespace}/applications/{name}"


def sync_state(lab: Lab, api: Api, application: str) -> str | None:
    """Nothing when the application is Synced, else what holds it."""
    found = api.get(application_path(lab, application))
    if found is None:
        return "the Application does not exist"
    status = found.get("status", {})
    sync = status.get("sync", {}).get("status")
    if sync == "Synced":
        return None
    return f"sync status {sync or 'not yet known'}{_said(status)}"


def _said(status: dict[str, Any]) -> str:
    messages = [each.get("message", "") for each in status.get("conditions") or []]
    operation = status.get("operationState", {})
    messages.append(f"{operation.get('phase', '')} {operation.get('message', '')}".strip())
    said = "; ".join(message for message in messages if message)
    return f": {said[:LONGEST]}" if said else ""


def refresh_if_failed(lab: Lab, api: Api, application: str) -> None:
    """Have Argo CD compare again: after a failed comparison, such as on an overloaded machine, it waits for minutes."""
    path = application_path(lab, application)
    found = api.get(path) or {}
    if found.get("status", {}).get("sync", {}).get("status") == "Unknown":
        annotations = {"argocd.argoproj.io/refresh": "normal"}
        api.merge(path, {"metadata": {"annotations": annotations}})

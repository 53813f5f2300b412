# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A Kubernetes API, as little of it as starting a lab needs: readiness, reading, and applying objects."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import urllib3

from manuela_lab.errors import LabError
from manuela_lab.lab import Lab
from manuela_lab.profile import Cluster

REQUEST_TIMEOUT = urllib3.Timeout(connect=2.0, read=30.0)
READY_TIMEOUT = urllib3.Timeout(connect=2.0, read=5.0)
# Everything here can be done twice, and a machine that starts two data centres is busy.
PATIENT = urllib3.Retry(
    5, backoff_factor=0.3, allowed_methods=None, status_forcelist=(429, 500, 502, 503, 504), raise_on_status=False
)
DESCRIPTION = "application/com.github.proto-openapi.spec.v2@v1.0+protobuf"
FIELD_MANAGER = "manuela-lab"
PLURALS = {"Ingress": "ingresses", "ValidatingAdmissionPolicy": "validatingadmissionpolicies"}
CLUSTER_WIDE = {
    *("Namespace", "CustomResourceDefinition", "Node", "ClusterRole", "ClusterRoleBinding", "Ingress"),
    *("ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding"),
}


class Api:
    """One cluster's API, with the administrator's certificate."""

    def __init__(self, lab: Lab, cluster: Cluster) -> None:
        pki = lab.places.pki(cluster.name)
        self.cluster = cluster
        self._server = f"https://{lab.network.api(cluster)}"
        self._pool = _pool(pki)

    def ready(self) -> str | None:
        """Nothing when the API is ready, else what it said."""
        try:
            status, body = self._request("GET", "/readyz", None, retries=False, timeout=READY_TIMEOUT)
        except LabError as error:
            return str(error)
        if status == 200:
            return None
        failed = [
            line.partition(" failed")[0]
            for line in body.decode(errors="replace").splitlines()
            if line.startswith("[-]")
        ]
        return f"HTTP {status}, waiting for {', '.join(each.removeprefix('[-]') for each in failed[:3]) or 'itself'}"

    def get(self, path: str) -> dict[str, Any] | None:
        """An object or a list; nothing when it does not exist."""
        status, body = self._request("GET", path, None)
        if status == 404:
            return None
        return self._answer("reading", path, status, body)

    def apply(self, manifest: dict[str, Any]) -> None:
        """Server-side apply: create or change, and keep what others have set."""
        path = object_path(manifest)
        query = f"{path}?fieldManager={FIELD_MANAGER}&force=true"
        status, body = self._request("PATCH", query, manifest, "application/apply-patch+yaml")
        self._answer("applying", path, status, body)

    def create(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Post an object, and return the answer."""
        status, answer = self._request("POST", path, body)
        return self._answer("creating", path, status, answer)

    def describe_itself(self) -> None:
        """Have the API server make the description of its kinds, which it then keeps.

        Argo CD asks for it when it starts and waits half a minute, which a busy machine may need longer than.
        """
        self._request("GET", "/openapi/v2", None, accept=DESCRIPTION)

    def merge(self, path: str, patch: dict[str, Any]) -> None:
        """Change some fields of an object."""
        status, body = self._request("PATCH", path, patch, "application/merge-patch+json")
        self._answer("changing", path, status, body)

    def delete(self, path: str) -> None:
        """Have an object deleted, and what it owns; one that is gone is no error."""
        status, body = self._request("DELETE", path, {"propagationPolicy": "Background"})
        if status != 404:
            self._answer("deleting", path, status, body)

    def text(self, path: str) -> str:
        """What a path says that is no object: a log."""
        status, body = self._request("GET", path, None, accept="*/*")
        if status >= 300:
            self._answer("reading", path, status, body)
        return body.decode(errors="replace")

    def _answer(self, doing: str, path: str, status: int, body: bytes) -> dict[str, Any]:
        try:
            answer: dict[str, Any] = json.loads(body)
        except ValueError:
            answer = {"message": body[:200].decode(errors="replace")}
        if status >= 300:
            raise LabError(f"{doing} {path} in {self.cluster.name}: HTTP {status}: {answer.get('message')}")
        return answer

    def _request(
        self,
        method: str,
        path: str,
        body: Any,
        kind: str = "application/json",
        accept: str = "application/json",
        retries: urllib3.Retry | bool = PATIENT,
        timeout: urllib3.Timeout = REQUEST_TIMEOUT,
    ) -> tuple[int, bytes]:
        data = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": kind, "Accept": accept}
        try:
            answer = self._pool.request(
                method, self._server + path, body=data, headers=headers, retries=retries, timeout=timeout
            )
        except urllib3.exceptions.HTTPError as error:
            raise LabError(f"the API of {self.cluster.name} does not answer ({type(error).__name__})") from error
        return answer.status, answer.data


def _pool(pki: Path) -> urllib3.PoolManager:
    return urllib3.PoolManager(
        ca_certs=str(pki / "ca.crt"), cert_file=str(pki / "admin.crt"), key_file=str(pki / "admin.key")
    )


def object_path(manifest: dict[str, Any]) -> str:
    """The URL path of an object."""
    kind, version, meta = manifest["kind"], manifest["apiVersion"], manifest["metadata"]
    group = f"/api/{version}" if "/" not in version else f"/apis/{version}"
    plural = PLURALS.get(kind, kind.lower() + "s")
    if kind in CLUSTER_WIDE:
        return f"{group}/{plural}/{meta['name']}"
    return f"{group}/namespaces/{meta.get('namespace', 'default')}/{plural}/{meta['name']}"

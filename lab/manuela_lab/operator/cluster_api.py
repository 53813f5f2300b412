# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Kubernetes API as the operator writes to it: plain objects over one connection pool."""

from __future__ import annotations

import asyncio
import base64
import ssl
import tempfile
from pathlib import Path
from typing import Any, Awaitable, Callable, Mapping

import aiohttp
import yaml

from manuela_lab.operator import resources
from manuela_lab.operator.resources import Resource

MERGE = "application/merge-patch+json"
APPLY = "application/apply-patch+yaml"
NO_ANSWER = 0
PASSING = frozenset({NO_ANSWER, 429, 500, 502, 503, 504})
"""Answers of a server that is away or busy: the same request may succeed later."""
REQUEST_TIMEOUT = aiohttp.ClientTimeout(total=20)


class ApiError(Exception):
    """An answer of the API server that is no success."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code


def _material(entry: Mapping[str, Any], name: str, directory: Path) -> str | None:
    """Return a path to the key material ``name`` of a kubeconfig entry, inline data written beside it."""
    if entry.get(name):
        return str(entry[name])
    inline = entry.get(f"{name}-data")
    if not inline:
        return None
    target = directory / name
    target.touch(mode=0o600)
    target.write_bytes(base64.b64decode(inline))
    return str(target)


def _named(entries: list[dict[str, Any]], name: str, field: str) -> dict[str, Any]:
    return dict(next(entry[field] for entry in entries if entry["name"] == name))


def connection(kubeconfig: Path, context: str) -> tuple[str, ssl.SSLContext, dict[str, str]]:
    """Return server, TLS settings and headers of one context of a kubeconfig."""
    config = yaml.safe_load(kubeconfig.read_text(encoding="utf-8"))
    names = _named(config["contexts"], context, "context")
    cluster = _named(config["clusters"], names["cluster"], "cluster")
    user = _named(config["users"], names["user"], "user")
    with tempfile.TemporaryDirectory() as scratch:
        directory = Path(scratch)
        tls = ssl.create_default_context(cafile=_material(cluster, "certificate-authority", directory))
        certificate = _material(user, "client-certificate", directory)
        if certificate:
            tls.load_cert_chain(certificate, _material(user, "client-key", directory))
    headers = {"Authorization": f"Bearer {user['token']}"} if user.get("token") else {}
    return str(cluster["server"]), tls, headers


class ClusterApi:
    """Reads and writes of single objects; watching is kopf's."""

    def __init__(self, server: str, tls: ssl.SSLContext, headers: Mapping[str, str]) -> None:
        self._server = server
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(ssl=tls, limit=8), headers=dict(headers), timeout=REQUEST_TIMEOUT
        )

    async def close(self) -> None:
        """Close all connections."""
        await self._session.close()

    async def request(
        self, method: str, path: str, body: Any = None, media: str = "application/json", **query: str
    ) -> Resource:
        """Send one request and return the parsed answer; a status from 400 on, or none at all, is an ApiError."""
        try:
            async with self._session.request(
                method, self._server + path, json=body, params=query, headers={"Content-Type": media}
            ) as answer:
                if answer.status >= 400:
                    raise ApiError(answer.status, await _reason(answer))
                if answer.content_type != "application/json":
                    return {"text": await answer.text()}
                result: Resource = await answer.json()
                return result
        except (TimeoutError, aiohttp.ClientError) as error:
            raise ApiError(NO_ANSWER, f"{type(error).__name__}: {error}") from error

    async def get(self, path: str) -> Resource | None:
        """Return an object, or None when it does not exist."""
        try:
            return await self.request("GET", path)
        except ApiError as error:
            if error.code == 404:
                return None
            raise

    async def create(self, manifest: Resource) -> Resource:
        """Create an object."""
        where = resources.key(manifest)
        return await self.request(
            "POST", resources.collection_path(manifest["apiVersion"], manifest["kind"], where.namespace), manifest
        )

    async def apply(self, manifest: Resource, owner: str) -> Resource:
        """Create or change an object by server-side apply under the field manager ``owner``."""
        return await self.request("PATCH", resources.path(manifest), manifest, APPLY, fieldManager=owner, force="true")

    async def merge(self, resource: Resource, change: Resource) -> Resource:
        """Change an object by a merge patch."""
        return await self.request("PATCH", resources.path(resource), change, MERGE)

    async def set_status(self, resource: Resource, status: Mapping[str, Any]) -> None:
        """Make the status of an object what ``status`` says; a vanished object is no error."""
        old = resource.get("status") or {}
        change = {name: status.get(name) for name in {*old, *status} if old.get(name) != status.get(name)}
        if not change:
            return
        try:
            await self.request("PATCH", resources.path(resource) + "/status", {"status": change}, MERGE)
        except ApiError as error:
            if error.code != 404:
                raise

    async def delete(self, resource: Resource, grace: int | None = None) -> None:
        """Delete an object (this very one, by its UID); one that is gone is no error."""
        options: Resource = {"apiVersion": "v1", "kind": "DeleteOptions"}
        if grace is not None:
            options["gracePeriodSeconds"] = grace
        if resources.uid(resource):
            options["preconditions"] = {"uid": resources.uid(resource)}
        try:
            await self.request("DELETE", resources.path(resource), options)
        except ApiError as error:
            if error.code not in (404, 409):
                raise

    async def bind(self, pod: Resource, node: str) -> None:
        """Do the scheduler's last step: give the pod to the node."""
        target = {"apiVersion": "v1", "kind": "Node", "name": node}
        body = {
            "apiVersion": "v1",
            "kind": "Binding",
            "metadata": {"name": pod["metadata"]["name"], "namespace": pod["metadata"]["namespace"]},
            "target": target,
        }
        await self.request("POST", resources.path(pod) + "/binding", body)


async def insist(attempt: Callable[[], Awaitable[None]], pause: float = 1.0) -> None:
    """Repeat a write until the API server has answered it, with whatever answer of its own."""
    while True:
        try:
            return await attempt()
        except ApiError as error:
            if error.code not in PASSING:
                raise
        await asyncio.sleep(pause)


async def _reason(answer: aiohttp.ClientResponse) -> str:
    try:
        return str((await answer.json()).get("message") or answer.reason)
    except (aiohttp.ContentTypeError, ValueError, AttributeError):
        return str(answer.reason)

# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The real port to a Kubernetes API server: plain requests over urllib3, which the kubernetes library uses too."""

from __future__ import annotations

import json
import threading
from email.utils import parsedate_to_datetime
from typing import Any, Mapping
from urllib.parse import quote, urlencode

from ansible_collections.manuela.event_streaming.plugins.module_utils import (
    _kube_access,
    _kube_config,
    _kube_discovery,
)
from ansible_collections.manuela.event_streaming.plugins.module_utils._deadline import within
from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import Failure
from ansible_collections.manuela.event_streaming.plugins.module_utils._kube import Clock, Kind, Object, Propagation, at
from ansible_collections.manuela.event_streaming.plugins.module_utils._kube_errors import (
    Request,
    from_connection,
    from_status,
)

_AGGREGATED = ",".join(
    [f"application/json;g=apidiscovery.k8s.io;v={version};as=APIGroupDiscoveryList" for version in ("v2", "v2beta1")]
    + ["application/json"]
)
_PAGE = 500
_EXPIRED = 410
_TRIES = 3
Kinds = list[Kind]
Objects = list[Object]
Names = list[str]
# A server that did not take the request, which may be sent again whatever it asks for.
_NOT_TAKEN = (408, 429)
_BUSY = (*_NOT_TAKEN, 500, 502, 503, 504)


def connect(params: Mapping[str, Any], clock: Clock) -> KubeClient:
    """Return a client for the server that the options name; nothing is asked of it yet."""
    library = _kube_access.load()
    access = _kube_config.access(params)
    return KubeClient(_kube_access.pool(library, access), access, float(params["request_timeout"]), clock)


class KubeClient:
    """One API server.  Reads are tried again when the server is busy; writes only when it did not take them."""

    def __init__(self, pool: Any, access: _kube_access.Access, timeout: float, clock: Clock) -> None:
        self._pool = pool
        self._access = access
        self._timeout = timeout
        self._clock = clock
        self._heard_at = 0.0
        self._kinds: Kinds | None = None
        self._silent: set[str] = set()
        self._counting = threading.Lock()
        self.again = 0

    @property
    def where(self) -> str:
        """The server and the context, for messages."""
        return self._access.where

    @property
    def server(self) -> str:
        """The server's URL."""
        return self._access.server

    def find(self, kind: str, *, group: str = "", version: str = "") -> Kind | None:
        """Return how the server serves a kind, or none.  What was not there is asked for again the next time."""
        known = self._kinds
        found = _kube_discovery.choose(known or [], kind, group=group, version=version)
        if found is None:
            self._kinds = self._discover(group)
            found = _kube_discovery.choose(self._kinds, kind, group=group, version=version)
        silent = _kube_discovery.hidden(kind, group, self._silent) if found is None else []
        if silent:
            what = f"cannot tell whether {self.where} serves {kind}: {', '.join(silent)} does not answer there"
            advice = "Look at the APIService, then run again; or give the group"
            raise Failure("unreachable", f"{what}. {advice}", retryable=True, details={"groups": silent})
        return found

    def versions(self, kind: str, group: str) -> Names:
        """Return the versions in which the server serves a kind, the preferred one first."""
        self._kinds = self._kinds or self._discover("")
        return [entry.version for entry in self._kinds if (entry.kind, entry.group) == (kind, group)]

    def get(self, kind: Kind, namespace: str, name: str) -> Object | None:
        """Return one object, or none."""
        return self._object("GET", Request("get", kind.resource, namespace, name), path_of(kind, namespace, name))

    def list(self, kind: Kind, namespace: str = "", labels: str = "", fields: str = "") -> Objects:
        """Return all objects of a namespace, or of all namespaces, page by page."""
        request = Request("list", kind.resource, namespace)
        query = {"limit": str(_PAGE), "labelSelector": labels, "fieldSelector": fields}
        found: Objects = []
        while True:
            try:
                page = self._object("GET", request, path_of(kind, namespace), query) or {}
            except Failure as failure:
                if failure.details.get("status") != _EXPIRED or not query.get("continue"):
                    raise
                # What the first pages were part of is forgotten: all at once, as kubectl does.
                found, query = [], {**query, "limit": "", "continue": ""}
                continue
            for item in page.get("items") or []:
                # A list's items come without these two.
                found.append({"apiVersion": kind.api_version, "kind": kind.kind, **item})
            query["continue"] = str(at(page, "metadata", "continue") or "")
            if not query["continue"]:
                return found

    def create(self, kind: Kind, namespace: str, body: Mapping[str, Any]) -> Object:
        """Create an object."""
        request = Request("create", kind.resource, namespace, str(at(body, "metadata", "name") or ""))
        created = self._object("POST", request, path_of(kind, namespace), body=body)
        if created is None:
            raise from_status(404, "", request, self.where, self.server)
        return created

    def patch(self, kind: Kind, namespace: str, name: str, body: Mapping[str, Any]) -> Object | None:
        """Apply a JSON merge patch."""
        return self._object(
            "PATCH", Request("patch", kind.resource, namespace, name), path_of(kind, namespace, name), body=body
        )

    def delete(self, kind: Kind, namespace: str, name: str, propagation: Propagation = "Background") -> bool:
        """Ask for deletion."""
        body = {"apiVersion": "v1", "kind": "DeleteOptions", "propagationPolicy": propagation}
        request = Request("delete", kind.resource, namespace, name)
        return self._object("DELETE", request, path_of(kind, namespace, name), body=body) is not None

    def logs(
        self, namespace: str, pod: str, container: str = "", tail: int = 0, *, previous: bool = False, since: int = 0
    ) -> str:
        """Return what a container wrote."""
        query = {"container": container, "tailLines": str(tail or ""), "previous": "true" if previous else ""}
        query["sinceSeconds"] = str(since or "")
        request = Request("get", "pods/log", namespace, pod)
        path = f"/api/v1/namespaces/{quote(namespace)}/pods/{quote(pod)}/log"
        status, text = self._send("GET", request, path, query, None, "*/*")
        if status >= 400:
            raise from_status(status, text, request, self.where, self.server)
        return text

    def server_time(self) -> float:
        """Return the server's clock as its last answer gave it; stamps of its cluster are compared with this one."""
        return self._heard_at or self._clock.epoch()

    def _discover(self, group: str) -> Kinds:
        found: Kinds = []
        self._silent = set()
        for path in ("/api", "/apis"):
            request = Request("discover", path)
            document = self._object("GET", request, path, accept=_AGGREGATED) or {}
            if document.get("kind") == "APIGroupDiscoveryList":
                found += _kube_discovery.from_aggregated(document)
                self._silent |= _kube_discovery.stale_groups(document)
            elif path == "/api":
                found += _kube_discovery.from_resource_list(self._object("GET", request, "/api/v1") or {}, "", "v1")
            else:
                for name, version in _kube_discovery.group_versions(document, group):
                    found += self._served(request, name, version)
        return found

    def _served(self, request: Request, group: str, version: str) -> Kinds:
        """Return the kinds of one group; another server than this one may have to say, and be down."""
        try:
            listed = self._object("GET", request, f"/apis/{group}/{version}") or {}
        except Failure as failure:
            if failure.code != "unreachable" or not failure.details.get("status"):
                raise
            self._silent.add(group)
            return []
        return _kube_discovery.from_resource_list(listed, group, version)

    def _object(
        self,
        method: str,
        request: Request,
        path: str,
        query: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
        accept: str = "application/json",
    ) -> Object | None:
        status, text = self._send(method, request, path, query or {}, body, accept)
        if status == 404:
            return None
        if status >= 400:
            raise from_status(status, text, request, self.where, self.server)
        try:
            document = json.loads(text)
        except ValueError as error:
            raise Failure(
                "unreachable", f"{self.where} answered with something that is not JSON. Is it an API server?"
            ) from error
        return document if isinstance(document, dict) else {}

    def _send(
        self,
        method: str,
        request: Request,
        path: str,
        query: Mapping[str, str],
        body: Mapping[str, Any] | None,
        accept: str,
    ) -> tuple[int, str]:
        url = self.server + path
        wanted = {key: value for key, value in query.items() if value}
        if wanted:
            url += "?" + urlencode(wanted)
        headers = {"Accept": accept, **self._access.credentials(), **self._access.acting}
        data = None
        if body is not None:
            data = json.dumps(body)
            headers["Content-Type"] = "application/merge-patch+json" if method == "PATCH" else "application/json"
        for left in range(_TRIES - 1, -1, -1):
            try:
                answer = within(self._timeout, lambda: self._request(method, url, data, headers))
            except Exception as error:
                if method != "GET" or not left or _is_final(error):
                    raise from_connection(error, self.where) from error
                self._pause(0.5)
                continue
            if not (left and _worth_another(method, answer.status)):
                break
            self._pause(_pause(answer.headers.get("Retry-After")))
        self._heard_at = _date(answer.headers.get("Date"))
        return int(answer.status), answer.data.decode("utf-8", "replace")

    def _pause(self, seconds: float) -> None:
        with self._counting:
            self.again += 1
        self._clock.sleep(seconds)

    def _request(self, method: str, url: str, data: str | None, headers: Mapping[str, str]) -> Any:
        return self._pool.request(
            method, url, body=data, headers=headers, timeout=self._timeout, retries=False, redirect=False
        )


def _worth_another(method: str, status: int) -> bool:
    return status in (_BUSY if method == "GET" else _NOT_TAKEN)


def _is_final(error: BaseException) -> bool:
    """Say whether trying again at once is useless: nobody listens, no such name, no trust, or the time is spent."""
    return any(word in type(error).__name__ for word in ("NewConnection", "NameResolution", "SSL", "Timeout", "Proxy"))


def _date(header: str | None) -> float:
    try:
        return parsedate_to_datetime(header).timestamp() if header else 0.0
    except ValueError:
        return 0.0


def _pause(retry_after: str | None) -> float:
    return min(float(retry_after), 5.0) if retry_after and retry_after.isdecimal() else 0.5


def path_of(kind: Kind, namespace: str = "", name: str = "") -> str:
    """Return the path of an object, or of a collection when there is no name."""
    path = f"/apis/{kind.group}/{kind.version}" if kind.group else f"/api/{kind.version}"
    if kind.namespaced and namespace:
        path += f"/namespaces/{quote(namespace, safe='')}"
    path += f"/{kind.plural}"
    return f"{path}/{quote(name, safe='')}" if name else path

# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A Kubernetes API server on the wire, whose memory is the one that the other unit tests use."""

from __future__ import annotations

import json
import threading
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import Failure
from ansible_collections.manuela.event_streaming.plugins.module_utils._kube import Kind
from ansible_collections.manuela.event_streaming.tests.unit.plugins.module_utils.kube.fake_kube import (
    FakeClock,
    FakeKube,
)

TOKEN = "sha256~s3cr3tBearer"


def answers(*methods: str) -> tuple[tuple[int, str], ...]:
    """Return what API servers, and the proxies before them, say to any request, and to those with these methods."""
    statuses = (400, 401, 403, 404, 405, 408, 409, 410, 413, 415, 422, 429, 500, 502, 503, 504)
    return tuple((status, method) for method in ("", *methods) for status in statuses)


STATUS = {"unauthorized": 403, "conflict": 409, "refused": 422, "unreachable": 500, "not_found": 404}


class Answers(BaseHTTPRequestHandler):
    """One request; the server has ``kube`` and ``rude``, a status that every request gets."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *args: Any) -> None:
        pass

    def answer(self) -> None:
        data = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.headers.get("Authorization") != f"Bearer {TOKEN}":
            return self.say(401, {"kind": "Status", "message": "Unauthorized"})
        if self.server.rude and self.server.rude_to in ("", self.command):
            return self.say(self.server.rude, {"kind": "Status", "message": "says why"})
        try:
            found = self.found(json.loads(data) if data else {})
        except Failure as failure:
            return self.say(STATUS[failure.code], {"kind": "Status", "message": failure.msg})
        if found is None:
            return self.say(404, {"kind": "Status", "message": "not found"})
        return self.say(200, found)

    def found(self, body: dict[str, Any]) -> Any:
        """Return what the memory has for the path of this request."""
        kube: FakeKube = self.server.kube
        address = urlsplit(self.path)
        words = address.path.strip("/").split("/")
        if words in (["api"], ["apis"]):
            return discovery(kube.kinds, core=words == ["api"])
        query = {key: value[0] for key, value in parse_qs(address.query).items()}
        group, version, rest = ("", words[1], words[2:]) if words[0] == "api" else (words[1], words[2], words[3:])
        namespace = ""
        if rest[0] == "namespaces" and len(rest) > 2:
            namespace, rest = rest[1], rest[2:]
        kind = next(
            (one for one in kube.kinds if (one.group, one.version, one.plural) == (group, version, rest[0])), None
        )
        if kind is None:
            return None
        name = rest[1] if len(rest) > 1 else ""
        if rest[2:] == ["log"]:
            return kube.logs(namespace, name, tail=int(query.get("tailLines", "0")))
        return self.done(kube, kind, namespace, name, query, body)

    def done(self, kube: FakeKube, kind: Kind, namespace: str, name: str, query: dict[str, str], body: Any) -> Any:
        if self.command == "POST":
            return kube.create(kind, namespace, body)
        if self.command == "PATCH":
            return kube.patch(kind, namespace, name, body)
        if self.command == "DELETE":
            return {"kind": "Status"} if kube.delete(kind, namespace, name) else None
        if name:
            return kube.get(kind, namespace, name)
        items = kube.list(kind, namespace, query.get("labelSelector", ""), query.get("fieldSelector", ""))
        return {"kind": f"{kind.kind}List", "metadata": {}, "items": items}

    def say(self, status: int, document: Any) -> None:
        data = document.encode() if isinstance(document, str) else json.dumps(document).encode()
        self.send_response_only(status)
        self.send_header("Date", formatdate(self.server.kube.clock.epoch(), usegmt=True))
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_POST = do_PATCH = do_DELETE = answer


def discovery(kinds: list[Kind], *, core: bool) -> dict[str, Any]:
    """Return the aggregated discovery document of the core group, or of all others."""
    groups: dict[str, dict[str, list[dict[str, Any]]]] = {}
    for kind in kinds:
        if core == (kind.group == ""):
            resource = {"resource": kind.plural, "responseKind": {"kind": kind.kind}}
            resource["scope"] = "Namespaced" if kind.namespaced else "Cluster"
            groups.setdefault(kind.group, {}).setdefault(kind.version, []).append(resource)
    items = [
        {
            "metadata": {"name": group},
            "versions": [{"version": one, "resources": all_} for one, all_ in versions.items()],
        }
        for group, versions in groups.items()
    ]
    return {"kind": "APIGroupDiscoveryList", "items": items}


class KubeWorld:
    """The server, its memory and the options that lead to it."""

    secrets: tuple[str, ...] = (TOKEN,)

    def __init__(self, root: Path, kube: type[FakeKube] = FakeKube) -> None:
        self.root = root
        self.clock = FakeClock()
        self.kube = kube(self.clock)
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
        self.server.daemon_threads = True
        self.server.kube, self.server.rude, self.server.rude_to = self.kube, 0, ""
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()
        self.given: dict[str, Any] = {
            "host": f"http://127.0.0.1:{self.server.server_port}",
            "api_key": TOKEN,
            "wait_timeout": 5,
        }

    def be_rude(self, status: int, method: str = "") -> None:
        """Give every request this answer, or every one with this method."""
        self.server.rude, self.server.rude_to = status, method

    def snapshot(self) -> Any:
        return json.dumps(sorted((list(key), item) for key, item in self.kube.objects.items())), self.kube.writes()

    def written(self) -> Any:
        return list(self.kube.writes())

    def kept(self) -> Any:
        return self.snapshot()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An in-memory AWX API for tests: it stores, lists and links objects, and refuses what AWX's serializers refuse."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from .serializer_rules import Refused, check

API = "/api/v2/"
TYPES = {"inventories": "inventory"}
TEMPLATES = ("job_templates", "workflow_job_templates", "workflow_approval_templates", "projects")
OWNED = {
    "organizations": ("projects", "inventories", "credentials", "job_templates", "workflow_job_templates"),
    "inventories": ("hosts", "groups"),
    "workflow_job_templates": ("workflow_job_template_nodes",),
}
SECRET = "$encrypted$"


class FakeAwx:
    """Objects by kind and id, links between them, and a journal of every write."""

    def __init__(self) -> None:
        self.objects: dict[str, dict[int, dict[str, Any]]] = {}
        self.links: dict[str, list[int]] = {}
        self.surveys: dict[str, Any] = {}
        self.journal: list[str] = []
        self._last_id = 0
        self.add("credentials", {"name": "Ansible Galaxy"})
        self.journal.clear()

    def names(self, kind: str) -> list[str]:
        """Return the names of all objects of a kind, in the order they were made."""
        return [item.get("name") or item.get("identifier", "") for item in self.objects.get(kind, {}).values()]

    def one(self, kind: str, name: str) -> dict[str, Any]:
        """Return the object of that kind and name."""
        return next(i for i in self.objects[kind].values() if name in (i.get("name"), i.get("identifier")))

    def linked(self, kind: str, name: str, relation: str) -> list[int]:
        """Return the ids that an object is linked to."""
        return self.links.get(f"{kind}/{self.one(kind, name)['id']}/{relation}", [])

    def questions(self, kind: str, number: int) -> list[dict[str, Any]]:
        """Return the questions of a template's survey, none where it has no survey."""
        asked: list[dict[str, Any]] = self.surveys.get(f"{kind}/{number}/survey_spec", {"spec": []})["spec"]
        return asked

    def add(self, kind: str, data: Mapping[str, Any]) -> dict[str, Any]:
        """Store a new object, after AWX's own checks."""
        check(kind, data, self.objects)
        self._last_id += 1
        item = {**data, "id": self._last_id, "type": TYPES.get(kind, kind[:-1]), "url": f"{API}{kind}/{self._last_id}/"}
        item["related"] = {"create_approval_template": f"{item['url']}create_approval_template/"}
        item["related"] |= {"survey_spec": f"{item['url']}survey_spec/"}
        item |= {"summary_fields": {}, "scm_revision": ""}
        self.objects.setdefault(kind, {})[self._last_id] = item
        self.journal.append(f"POST {kind}")
        return item

    def remove(self, kind: str, number: int) -> None:
        """Delete an object and everything that it owns, as AWX's database does."""
        self.objects[kind].pop(number)
        self.journal.append(f"DELETE {kind}")
        field = {"inventories": "inventory"}.get(kind, kind[:-1])
        for owned in OWNED.get(kind, ()):
            for child in [i for i, item in self.objects.get(owned, {}).items() if item.get(field) == number]:
                self.remove(owned, child)

    def find(self, kind: str, query: Mapping[str, str]) -> list[dict[str, Any]]:
        """Return the objects whose fields equal the query's."""
        kinds = TEMPLATES if kind == "unified_job_templates" else (kind,)
        items = [item for each in kinds for item in self.objects.get(each, {}).values()]
        wanted = {key.removeprefix("or__"): value for key, value in query.items()}
        return [
            i for i in items if all(str(i.get(key, "")) == value for key, value in wanted.items() if key != "page_size")
        ]

    def url(self) -> str:
        """Start serving on a free loopback port and return the address."""
        server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"awx": self}))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{server.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    awx: FakeAwx
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        parts, query = self._where()
        if not parts:
            return self._say(200, {"current_version": API})
        if len(parts) == 1:
            return self._list(self.awx.find(parts[0], query))
        item = self._item(parts)
        if item is None:
            return self._say(404, {"detail": "Not found."})
        if len(parts) == 2:
            return self._say(200, self._shown(parts[0], item))
        if parts[2] == "survey_spec":
            return self._say(200, self.awx.surveys.get("/".join(parts), {}))
        return self._list([{"id": number} for number in self.awx.links.get("/".join(parts), [])])

    def do_POST(self) -> None:
        parts, _query = self._where()
        data = self._body()
        try:
            if len(parts) == 1:
                return self._say(201, self.awx.add(parts[0], data))
            self._post_below(parts, data)
        except Refused as refused:
            self._say(400, refused.answer)

    def _post_below(self, parts: list[str], data: dict[str, Any]) -> None:
        where = "/".join(parts)
        if parts[2] == "survey_spec":
            check("survey_spec", data, self.awx.objects)
            self.awx.surveys[where] = data
            self.awx.journal.append("POST survey_spec")
            return self._say(200, {})
        if parts[2] == "create_approval_template":
            template = self.awx.add("workflow_approval_templates", data)
            self._item(parts)["unified_job_template"] = template["id"]  # type: ignore[index]
            self._item(parts)["related"]["unified_job_template"] = template["url"]  # type: ignore[index]
            return self._say(201, template)
        ids = self.awx.links.setdefault(where, [])
        ids.remove(data["id"]) if data.get("disassociate") else ids.append(data["id"])
        self.awx.journal.append(f"LINK {where}")
        self._say(204)
        return None

    def do_PATCH(self) -> None:
        parts, _query = self._where()
        item, data = self._item(parts), self._body()
        assert item is not None
        try:
            check(parts[0], {**item, **data}, self.awx.objects)
        except Refused as refused:
            return self._say(400, refused.answer)
        item.update(data)
        self.awx.journal.append(f"PATCH {parts[0]}")
        self._say(200, self._shown(parts[0], item))
        return None

    def do_DELETE(self) -> None:
        parts, _query = self._where()
        self.awx.remove(parts[0], int(parts[1]))
        self._say(204)

    def _where(self) -> tuple[list[str], dict[str, str]]:
        url = urlsplit(self.path)
        return [p for p in url.path.removeprefix(API).split("/") if p and p != "api"], dict(parse_qsl(url.query))

    def _item(self, parts: list[str]) -> dict[str, Any] | None:
        return self.awx.objects.get(parts[0], {}).get(int(parts[1]))

    def _shown(self, kind: str, item: dict[str, Any]) -> dict[str, Any]:
        if kind != "credentials":
            return item
        fields = self.awx.objects.get("credential_types", {}).get(item.get("credential_type", 0), {})
        secret = {f["id"] for f in fields.get("inputs", {}).get("fields", []) if f.get("secret")}
        return {**item, "inputs": {k: SECRET if k in secret else v for k, v in item.get("inputs", {}).items()}}

    def _list(self, items: list[dict[str, Any]]) -> None:
        kind = self._where()[0][0]
        shown = [self._shown(kind, item) if "url" in item else item for item in items]
        self._say(200, {"count": len(items), "next": None, "previous": None, "results": shown})

    def _body(self) -> dict[str, Any]:
        return json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or b"{}")

    def _say(self, status: int, data: Any = None) -> None:
        body = b"" if data is None else json.dumps(data).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("X-API-Product-Name", "AWX")
        self.send_header("X-API-Product-Version", "24.6.1")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: Any) -> None:
        """Keep the test's output clean."""

# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A Git host's API on the wire: GitHub, GitLab or Gitea in small, each in its own shape, with a script of faults."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

TOKEN = "glpat-s3cr3tT0ken+with/signs"
OWNER, NAME = "demo", "manuela-gitops"
ROOTS = {"github": "/api/v3", "gitlab": "/api/v4", "gitea": "/api/v1"}
SCHEMES = {"github": "Bearer", "gitlab": "Bearer", "gitea": "token"}
GREETINGS = {
    "github": ("/api/v3/meta", 200, {"verifiable_password_authentication": True, "installed_version": "3.17.0"}),
    "gitlab": ("/api/v4/version", 401, {"message": "401 Unauthorized"}),
    "gitea": ("/api/v1/version", 200, {"version": "1.24.0"}),
}
EXISTS = {
    "github": (422, {"message": "Validation Failed", "errors": [
        {"resource": "PullRequest", "code": "custom", "message": "A pull request already exists for demo:demo."}]}),
    "gitlab": (409, {"message": ["Another open merge request already exists for this source branch: !1"]}),
    "gitea": (409, {"message": "pull request already exists for these targets [id: 1, issue_id: 1]"}),
}  # fmt: skip


class PullHost:
    """Branches and requests; ``script`` holds what is answered first: (part of "METHOD path", status, text)."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.branches = {"main": "a" * 40, "demo": "b" * 40, "other": "c" * 40}
        self.requests: list[dict[str, str]] = []
        self.script: list[tuple[str, int, str]] = []
        self.seen: list[str] = []
        self.tokens: list[str] = []
        self.location = ""
        self.silent = threading.Event()
        self.stopped = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
        self._server.daemon_threads = True
        self._server.host = self  # type: ignore[attr-defined]
        self.origin = f"http://127.0.0.1:{self._server.server_port}"
        self.repo = f"{self.origin}/{OWNER}/{NAME}.git"
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def close(self) -> None:
        self.stopped.set()
        self._server.shutdown()
        self._server.server_close()

    def add(self, head: str, base: str, title: str = "", *, state: str = "open", sha: str = "") -> dict[str, str]:
        """Have a request."""
        number = str(len(self.requests) + 1)
        sha = sha or self.branches.get(head, "d" * 40)
        request = {"number": number, "head": head, "base": base, "title": title, "state": state, "sha": sha}
        self.requests.append(request)
        return request

    @property
    def posted(self) -> int:
        """How many requests were to be opened."""
        return sum(1 for line in self.seen if line.startswith("POST "))


class Answers(BaseHTTPRequestHandler):
    """One request."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *args: Any) -> None:
        pass

    @property
    def host(self) -> PullHost:
        return self.server.host  # type: ignore[attr-defined, no-any-return]

    def do_GET(self) -> None:
        self.answer()

    def do_POST(self) -> None:
        self.answer()

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        host, line = self.host, f"{self.command} {self.path}"
        host.seen.append(line)
        host.tokens.append(self.headers.get("Authorization", ""))
        if host.silent.is_set():
            host.stopped.wait(5)
        for part, status, text in list(host.script):
            if part in line:
                host.script.remove((part, status, text))
                return self.say(status, text)
        path, _mark, query = self.path.partition("?")
        root = ROOTS[host.kind]
        greeting, status, said = GREETINGS[host.kind]
        if path == greeting:
            return self.say(status, said)
        if not path.startswith(f"{root}/"):
            return self.say(404, "<html>404 page not found</html>")
        if self.headers.get("Authorization") != f"{SCHEMES[host.kind]} {TOKEN}":
            return self.say(401, {"message": f"Bad credentials: {self.headers.get('Authorization')}"})
        return self.route(path.removeprefix(root), dict(parse_qsl(query)), json.loads(body or "{}"))

    def route(self, path: str, query: dict[str, str], body: dict[str, str]) -> None:
        gitlab = self.host.kind == "gitlab"
        place = f"/projects/{OWNER}%2F{NAME}" if gitlab else f"/repos/{OWNER}/{NAME}"
        if path == place:
            return self.say(200, {"id": 1, "default_branch": "main"})
        if path != f"{place}/{'merge_requests' if gitlab else 'pulls'}":
            return self.say(404, {"message": "Not Found"})
        if self.command == "GET":
            return self.say(200, self.listed(query))
        head, base = (body["source_branch"], body["target_branch"]) if gitlab else (body["head"], body["base"])
        return self.open(head, base, body["title"])

    def open(self, head: str, base: str, title: str) -> None:
        host = self.host
        if any((one["head"], one["base"], one["state"]) == (head, base, "open") for one in host.requests):
            return self.say(*EXISTS[host.kind])
        if host.branches.get(head) == host.branches[base]:
            errors = [{"code": "custom", "message": f"No commits between {base} and {head}"}]
            return self.say(422, {"message": "Validation Failed", "errors": errors})
        return self.say(201, self.shaped(host.add(head, base, title)))

    def listed(self, query: dict[str, str]) -> list[dict[str, Any]]:
        found = self.host.requests[::-1]
        if self.host.kind == "github":
            found = [one for one in found if (f"{OWNER}:{one['head']}", one["base"]) == (query["head"], query["base"])]
        if self.host.kind == "gitlab":
            wanted = (query["source_branch"], query["target_branch"])
            found = [one for one in found if (one["head"], one["base"]) == wanted]
        size, page = int(query.get("per_page") or query["limit"]), int(query["page"])
        return [self.shaped(one) for one in found[(page - 1) * size : page * size]]

    def shaped(self, one: dict[str, str]) -> dict[str, Any]:
        page, number = f"{self.host.origin}/{OWNER}/{NAME}", int(one["number"])
        if self.host.kind == "gitlab":
            return {
                "id": 1000 + number, "iid": number, "web_url": f"{page}/-/merge_requests/{number}",
                "state": {"open": "opened"}.get(one["state"], one["state"]), "title": one["title"], "sha": one["sha"],
                "source_branch": one["head"], "target_branch": one["base"],
                "source_project_id": 1, "target_project_id": 1,
            }  # fmt: skip
        merged = one["state"] == "merged"
        told: dict[str, Any] = {
            "id": 1000 + number, "number": number, "state": "closed" if merged else one["state"],
            "title": one["title"], "html_url": f"{page}/pull{'s' * (self.host.kind == 'gitea')}/{number}",
            "head": {"ref": one["head"], "sha": one["sha"], "repo": {"id": 1}},
            "base": {"ref": one["base"], "sha": "a" * 40, "repo": {"id": 1}},
            "merged_at": "2027-02-15T08:00:00Z" if merged else None,
        }  # fmt: skip
        return {**told, "merged": merged} if self.host.kind == "gitea" else told

    def say(self, status: int, value: Any) -> None:
        data = (value if isinstance(value, str) else json.dumps(value)).encode()
        self.send_response(status)
        if 300 <= status < 400:
            self.send_header("Location", self.host.location)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

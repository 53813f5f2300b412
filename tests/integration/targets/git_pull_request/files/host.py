# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Start a Git host's API in the background, in small and as Gitea speaks it: host.py prints its address and process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

TOKEN = "a-token"
PULLS = "/api/v1/repos/demo/gitops/pulls"


class Host(BaseHTTPRequestHandler):
    """One request."""

    opened: list[dict[str, Any]] = []

    def log_message(self, *args: Any) -> None:
        pass

    def do_GET(self) -> None:
        answers = {"/api/v1/version": {"version": "1.24.0"}, "/api/v1/repos/demo/gitops": {"default_branch": "main"}}
        path = self.path.partition("?")[0]
        self.say(200, self.opened if path == PULLS else answers.get(path))

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        number, repo = len(self.opened) + 1, {"id": 1}
        made = {
            "number": number, "state": "open", "merged": False, "title": asked["title"],
            "html_url": f"http://{self.headers['Host']}/demo/gitops/pulls/{number}",
            "head": {"ref": asked["head"], "sha": "b" * 40, "repo": repo}, "base": {"ref": asked["base"], "repo": repo},
        }  # fmt: skip
        if self.headers.get("Authorization") == f"token {TOKEN}":
            self.opened.append(made)
        self.say(201, made)

    def say(self, status: int, value: Any) -> None:
        known = self.path == "/api/v1/version" or self.headers.get("Authorization") == f"token {TOKEN}"
        if not known or value is None:
            status, value = (404, {"message": "not found"}) if known else (401, {"message": "token is required"})
        data = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


def main() -> None:
    """Serve, or start what serves."""
    if sys.argv[1:] != ["serve"]:
        child = subprocess.Popen(
            [sys.executable, __file__, "serve"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        assert child.stdout is not None
        port = int(child.stdout.readline())
        sys.stdout.write(json.dumps({"origin": f"http://127.0.0.1:{port}", "pid": child.pid, "token": TOKEN}))
        return
    server = ThreadingHTTPServer(("127.0.0.1", 0), Host)
    os.write(1, f"{server.server_port}\n".encode())
    server.serve_forever()


if __name__ == "__main__":
    main()

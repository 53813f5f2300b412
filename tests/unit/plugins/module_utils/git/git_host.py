# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A Git host on the wire that wants a token."""

from __future__ import annotations

import base64
import os
import subprocess
from http.server import BaseHTTPRequestHandler

TOKEN = "ghp_s3cr3tT0ken/with+signs"


class GitHost(BaseHTTPRequestHandler):
    """git's own HTTP backend behind a user name and a token, with a script of refusals."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def do_GET(self):
        self.answer()

    def do_POST(self):
        self.answer()

    def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path, _mark, query = self.path.partition("?")
        for part, status, text in list(self.server.script):
            if part in self.path:
                self.server.script.remove((part, status, text))
                return self.say(status, text.encode())
        given = self.headers.get("Authorization", "")
        self.server.seen.append(given)
        if given != "Basic " + base64.b64encode(f"git:{TOKEN}".encode()).decode():
            return self.say(401, b"no", {"WWW-Authenticate": 'Basic realm="host"'})
        env = {**os.environ, "GIT_PROJECT_ROOT": str(self.server.root), "GIT_HTTP_EXPORT_ALL": "1", "PATH_INFO": path,
               "QUERY_STRING": query, "REQUEST_METHOD": self.command, "REMOTE_USER": "git", "REMOTE_ADDR": "127.0.0.1",
               "CONTENT_TYPE": self.headers.get("Content-Type", ""),
               "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", "")}  # fmt: skip
        done = subprocess.run(["git", "http-backend"], input=body, env=env, capture_output=True, check=True)
        head, _blank, data = done.stdout.partition(b"\r\n\r\n")
        headers = dict(line.split(": ", 1) for line in head.decode().splitlines())
        return self.say(int(headers.pop("Status", "200").split()[0]), data, headers)

    def say(self, status, data, headers=None):
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

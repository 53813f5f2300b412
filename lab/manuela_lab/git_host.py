# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Git host of the lab: git's own HTTP service behind TLS and a token, as a company's Git server is.

It is a bridge from aiohttp to ``git http-backend``, which speaks CGI.  Hooks of the remote run as on any host.
"""

from __future__ import annotations

import asyncio
import hmac
import os
import ssl
from collections.abc import Mapping
from pathlib import Path

from aiohttp import BasicAuth, web

from manuela_lab import lab
from manuela_lab.errors import LabError
from manuela_lab.lab import Lab
from manuela_lab.places import Places

USER = "presenter"
BLOCK = 64 * 1024
LARGEST = 256 * 1024 * 1024
CHALLENGE = {"WWW-Authenticate": 'Basic realm="the lab\'s Git host"'}
REFUSED = "Invalid username or token. Log in with the token of this Git host.\n"


class GitHost:
    """Serves the repositories below one directory."""

    def __init__(self, root: Path, token: str) -> None:
        self._root = root
        self._token = token

    def application(self) -> web.Application:
        """The web application."""
        app = web.Application(client_max_size=LARGEST)
        app.router.add_route("*", "/manuela/{path:.+}", self.serve)
        return app

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Answer one request as git answers it."""
        if not self._known(request.headers.get("Authorization", "")):
            return web.Response(status=401, headers=CHALLENGE, text=REFUSED)
        process = await asyncio.create_subprocess_exec(
            *("git", "http-backend"),
            env=self._variables(request),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        assert process.stdin is not None and process.stdout is not None
        feeding = asyncio.create_task(_feed(request, process.stdin))
        try:
            return await _answer(request, process.stdout)
        finally:
            feeding.cancel()
            if process.returncode is None and not process.stdout.at_eof():
                process.kill()  # the client has gone
            await process.wait()

    def _known(self, header: str) -> bool:
        """The user's name does not matter, as on the well-known hosts."""
        try:
            given = BasicAuth.decode(header).password
        except ValueError:
            return False
        return hmac.compare_digest(given.encode(), self._token.encode())

    def _variables(self, request: web.Request) -> dict[str, str]:
        """Without the length of the body: aiohttp has unpacked it, and git reads to its end."""
        return {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": str(self._root),
            "GIT_CONFIG_COUNT": "2",
            "GIT_CONFIG_KEY_0": "http.receivepack",
            "GIT_CONFIG_VALUE_0": "true",
            "GIT_CONFIG_KEY_1": "safe.directory",
            "GIT_CONFIG_VALUE_1": "*",
            "GIT_PROJECT_ROOT": str(self._root),
            "GIT_HTTP_EXPORT_ALL": "1",
            "GIT_PROTOCOL": request.headers.get("Git-Protocol", ""),
            "REQUEST_METHOD": request.method,
            "PATH_INFO": f"/{request.match_info['path']}",
            "QUERY_STRING": request.query_string,
            "CONTENT_TYPE": request.headers.get("Content-Type", ""),
            "REMOTE_USER": USER,
            "REMOTE_ADDR": request.remote or "",
        }


async def _feed(request: web.Request, stream: asyncio.StreamWriter) -> None:
    try:
        async for block in request.content.iter_chunked(BLOCK):
            stream.write(block)
            await stream.drain()
        stream.close()
    except ConnectionError:
        return  # git has heard enough


async def _answer(request: web.Request, stream: asyncio.StreamReader) -> web.StreamResponse:
    head = parse_head(await _head(stream))
    status = int(head.pop("Status", "200").split()[0])
    answer = web.StreamResponse(status=status, headers=head)
    try:
        await answer.prepare(request)
        while block := await stream.read(BLOCK):
            await answer.write(block)
        await answer.write_eof()
    except ConnectionError:
        pass  # the client has gone
    return answer


async def _head(stream: asyncio.StreamReader) -> bytes:
    try:
        return await stream.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return b"Status: 500 git http-backend said nothing\r\n\r\n"


def parse_head(text: bytes) -> dict[str, str]:
    """The header lines with which a CGI program begins."""
    pairs = (line.partition(":") for line in text.decode("latin-1").split("\r\n") if line)
    return {name.strip(): value.strip() for name, _colon, value in pairs}


def tls(pki: Path) -> ssl.SSLContext:
    """The server's side of TLS."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(pki / "server.crt", pki / "server.key")
    return context


def of_this_lab(environment: Mapping[str, str]) -> Lab:
    """The lab that the environment names."""
    known = lab.load(Places.of(environment))
    if known is None:
        raise LabError("there is no lab to serve the Git remote of")
    return known


def main() -> None:
    """Serve until a signal."""
    known = of_this_lab(os.environ)
    host = GitHost(known.places.remote.parent, known.keys.git_token)
    endpoint, context = known.network.git, tls(known.places.git_pki)
    web.run_app(host.application(), host=endpoint.host, port=endpoint.port, ssl_context=context, print=None)


if __name__ == "__main__":
    main()

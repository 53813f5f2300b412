# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The kubelet's HTTPS port, as far as ``kubectl logs`` needs it: mutual TLS, one path."""

from __future__ import annotations

import asyncio
import ssl
import time
from datetime import datetime
from pathlib import Path
from typing import Mapping, Protocol

from aiohttp import web

from manuela_lab.operator.container_log import ContainerLog, LogRequest, read, stamp

GOODBYE = 0.5
"""Seconds that open streams get when the operator stops."""


class LogSource(Protocol):
    """Whoever knows where the log of a container is."""

    def find_log(
        self, namespace: str, pod: str, container: str, previous: bool
    ) -> tuple[Path, ContainerLog | None] | str:
        """Return the file and, while the container runs, its writer; or why there is none."""
        ...


def parse_request(query: Mapping[str, str], now: float) -> LogRequest:
    """Return what the query of ``/containerLogs`` asks for."""
    since = ""
    if query.get("sinceSeconds"):
        since = stamp(int((now - int(query["sinceSeconds"])) * 1e9))
    elif query.get("sinceTime"):
        since = stamp(int(datetime.fromisoformat(query["sinceTime"].replace("Z", "+00:00")).timestamp() * 1e9))
    return LogRequest(
        follow=query.get("follow") == "true",
        tail_lines=int(query["tailLines"]) if query.get("tailLines") else None,
        since=since,
        timestamps=query.get("timestamps") == "true",
        limit_bytes=int(query["limitBytes"]) if query.get("limitBytes") else None,
    )


def application(source: LogSource) -> web.Application:
    """Return the web application over a source of logs."""

    async def container_logs(request: web.Request) -> web.StreamResponse:
        where = request.match_info
        found = source.find_log(
            where["namespace"], where["pod"], where["container"], request.query.get("previous") == "true"
        )
        if isinstance(found, str):
            return web.Response(status=400, text=found)
        path, live = found
        answer = web.StreamResponse(headers={"Content-Type": "text/plain"})
        await answer.prepare(request)
        async for block in read(path, parse_request(request.query, time.time()), live):
            await answer.write(block)
        await answer.write_eof()
        return answer

    async def healthy(_request: web.Request) -> web.Response:
        return web.Response(text="ok")

    app = web.Application()
    app.router.add_get("/containerLogs/{namespace}/{pod}/{container}", container_logs)
    app.router.add_get("/healthz", healthy)
    return app


def tls_context(pki: Path) -> ssl.SSLContext:
    """Return TLS settings that let in only what the data centre's authority has signed."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pki / "kubelet.crt", pki / "kubelet.key")
    context.load_verify_locations(pki / "ca.crt")
    context.verify_mode = ssl.CERT_REQUIRED
    return context


async def serve(source: LogSource, address: str, port: int, pki: Path, stop: asyncio.Event) -> None:
    """Serve until ``stop``."""
    runner = web.AppRunner(application(source), access_log=None, shutdown_timeout=GOODBYE)
    await runner.setup()
    try:
        await web.TCPSite(runner, address, port, ssl_context=tls_context(pki)).start()
        await stop.wait()
    finally:
        await runner.cleanup()

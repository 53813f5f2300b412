# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Git host with real git on both sides: who has the token clones and pushes, who has not is told so."""

from __future__ import annotations

import asyncio
import os
import ssl
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from aiohttp import web

from manuela_lab import pki
from manuela_lab.git_host import GitHost, parse_head, tls
from manuela_lab.gitremote import git

TOKEN = "a-token-of-this-test"
HELPER = f"credential.helper=!f() {{ echo username=anybody; echo password={TOKEN}; }}; f"


@pytest.fixture
def host(tmp_path: Path) -> Path:
    root = tmp_path / "git"
    tree = tmp_path / "tree"
    git("init", "-q", "-b", "main", str(tree))
    (tree / "README").write_text("one\n")
    git("add", ".", cwd=tree)
    git("commit", "-q", "-m", "one", cwd=tree)
    git("clone", "-q", "--bare", str(tree), str(root / "demo.git"))
    pki.ensure_server(root / "pki", "git", "127.0.0.1")
    return root


async def command(host: Path, *words: str) -> tuple[int, str]:
    variables = {**os.environ, "GIT_TERMINAL_PROMPT": "0", "GIT_SSL_CAINFO": str(host / "pki" / "ca.crt")}
    child = await asyncio.create_subprocess_exec(
        "git", *words, env=variables, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    said, _none = await asyncio.wait_for(child.communicate(), 60)
    return child.returncode or 0, said.decode()


def served(host: Path, use: Callable[[str], Awaitable[None]]) -> None:
    async def serve() -> None:
        runner = web.AppRunner(GitHost(host, TOKEN).application())
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls(host / "pki"))
        await site.start()
        port = runner.addresses[0][1]
        try:
            await use(f"https://127.0.0.1:{port}/manuela/demo.git")
        finally:
            await runner.cleanup()

    asyncio.run(serve())


def test_a_large_push_arrives_whole_and_is_cloned_again(host: Path, tmp_path: Path):
    async def use(url: str) -> None:
        tree = tmp_path / "clone"
        assert await command(host, "-c", HELPER, "clone", "-q", url, str(tree)) == (0, "")
        (tree / "large").write_bytes(os.urandom(3 * 2**20))  # more than git sends in one piece
        git("add", ".", cwd=tree)
        git("commit", "-q", "-m", "large", cwd=tree)
        code, said = await command(host, "-C", str(tree), "-c", HELPER, "push", "-q", "origin", "main")
        assert code == 0, said
        assert git("rev-parse", "main", cwd=host / "demo.git") == git("rev-parse", "HEAD", cwd=tree)

    served(host, use)


def test_without_the_token_the_answer_names_the_reason(host: Path):
    async def use(url: str) -> None:
        code, said = await command(host, "-c", HELPER.replace(TOKEN, "another"), "ls-remote", url)
        assert code != 0
        assert "Invalid username or token" in said

    served(host, use)


def test_a_hook_of_the_remote_is_heard(host: Path, tmp_path: Path):
    hook = host / "demo.git" / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho 'GH006: Protected branch update failed'\nexit 1\n")
    hook.chmod(0o755)

    async def use(url: str) -> None:
        tree = tmp_path / "clone"
        await command(host, "-c", HELPER, "clone", "-q", url, str(tree))
        git("commit", "-q", "--allow-empty", "-m", "two", cwd=tree)
        code, said = await command(host, "-C", str(tree), "-c", HELPER, "push", "origin", "main")
        assert code != 0
        assert "remote: GH006: Protected branch update failed" in said

    served(host, use)


def test_the_certificate_is_taken_by_a_strict_client(host: Path):
    context = ssl.create_default_context(cafile=str(host / "pki" / "ca.crt"))
    context.verify_flags |= ssl.VERIFY_X509_STRICT

    async def use(url: str) -> None:
        port = int(url.split(":")[2].split("/")[0])
        _reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=context)
        writer.close()

    served(host, use)


def test_the_head_of_a_cgi_answer_is_read():
    assert parse_head(b"Status: 404 Not Found\r\nExpires: Fri, 01 Jan\r\n\r\n") == {
        "Status": "404 Not Found",
        "Expires": "Fri, 01 Jan",
    }

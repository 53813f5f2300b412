# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Child processes as a kubelet runs containers: they die with this process, all of them, whatever kills it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from dataclasses import dataclass, field
from pathlib import Path
from typing import Mapping

from manuela_lab.operator.container_log import ContainerLog

SETPRIV = ("setpriv", "--pdeathsig", "KILL", "--")
READ_SIZE = 65536


@dataclass(frozen=True)
class Program:
    """What a container runs.

    ``ready`` is an address that accepts connections once the program can be used, ``ready_text`` what it prints then.
    """

    argv: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict)
    cwd: Path | None = None
    ready: tuple[str, int] | None = None
    ready_text: str = ""
    exit_code: int | None = None
    """Set for a program that is only played: it ends at once with this code (``argv`` is empty)."""


class Process:
    """One running child: its output goes to a container log, its whole process group dies with it."""

    def __init__(self, child: asyncio.subprocess.Process, pidfile: Path, log: ContainerLog) -> None:
        self._child = child
        self._pidfile = pidfile
        self._pumps = [
            asyncio.create_task(_pump(stream, name, log))
            for stream, name in ((child.stdout, "stdout"), (child.stderr, "stderr"))
            if stream is not None
        ]

    @property
    def pid(self) -> int:
        """Return the process id, which is the process group's too."""
        return self._child.pid

    async def wait(self) -> int:
        """Return the exit code as a container runtime reports it: 128 + N after signal N."""
        code = await self._child.wait()
        self._kill_group()
        await asyncio.wait(self._pumps, timeout=2)
        with contextlib.suppress(FileNotFoundError):
            self._pidfile.unlink()
        return code if code >= 0 else 128 - code

    async def stop(self, grace: float) -> int:
        """Ask the process to end, end it after ``grace`` seconds, and return its exit code."""
        if self._child.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGTERM)
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(asyncio.shield(self._child.wait()), grace)
            self._kill_group()
        return await self.wait()

    def _kill_group(self) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)


async def start(program: Program, log: ContainerLog, pidfile: Path) -> Process:
    """Start a program in a session of its own."""
    child = await asyncio.create_subprocess_exec(
        *SETPRIV,
        *program.argv,
        env=dict(program.env),
        cwd=program.cwd,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    pidfile.write_text(f"{child.pid} {start_ticks(child.pid)}\n", encoding="ascii")
    return Process(child, pidfile, log)


async def _pump(stream: asyncio.StreamReader, name: str, log: ContainerLog) -> None:
    while chunk := await stream.read(READ_SIZE):
        log.write(name, chunk)
    log.write(name, b"", final=True)


def start_ticks(pid: int) -> str:
    """Return the start time of a process, which tells it from a later one with the same number; empty when gone."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    return text.rpartition(")")[2].split()[19]


def sweep(directory: Path) -> int:
    """Kill what an earlier operator left: its children died with it, their children may not have.

    A process group outlives its leader, so the group is looked for by the session number of its members.
    """
    killed = 0
    for pidfile in directory.glob("*/*.pid"):
        pid, _, ticks = pidfile.read_text(encoding="ascii").strip().partition(" ")
        now = start_ticks(int(pid)) if pid.isdigit() else None
        if now is not None and now in ("", ticks):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(int(pid), signal.SIGKILL)
                killed += 1
        pidfile.unlink()
    return killed

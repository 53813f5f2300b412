# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The runs of one container: pull, start, wait for the end, and again as the restart policy says."""

from __future__ import annotations

import asyncio
import time
import uuid
from pathlib import Path
from typing import Awaitable, Callable

from manuela_lab.operator import images, processes, resources
from manuela_lab.operator.container_log import ContainerLog, last_words
from manuela_lab.operator.containers import NotThere, Sandbox
from manuela_lab.operator.pod_status import ContainerState
from manuela_lab.operator.processes import Process, Program

BACKOFF_FIRST, BACKOFF_LAST = 1.0, 60.0
LONG_ENOUGH = 10.0
"""Seconds after which a container counts as having worked: its next restart is immediate."""
PULL_RETRY = 10.0
PROBE_PAUSE = 0.1
JAVA_OUT_OF_MEMORY = 3


class ContainerRunner:
    """Runs one container; ``publish`` reports its state, ``complain`` a warning event."""

    def __init__(
        self,
        state: ContainerState,
        directory: Path,
        publish: Callable[[], Awaitable[None]],
        complain: Callable[[str, str], Awaitable[None]],
    ) -> None:
        self.state = state
        self.log: ContainerLog | None = None
        self.inputs_changed = asyncio.Event()
        self._directory = directory
        self._publish = publish
        self._complain = complain
        self._process: Process | None = None

    async def run(self, policy: str, prepare: Callable[[], Sandbox], build: Callable[[Sandbox], Program]) -> None:
        """Run the container until its restart policy says that it has ended."""
        pause = 0.0
        while True:
            code = self.state.exit_code
            if code is not None:
                if policy == "Never" or (policy == "OnFailure" and code == 0):
                    return
                await self._back_off(pause)
            began = time.monotonic()
            await self._once(prepare, build)
            worked = time.monotonic() - began > LONG_ENOUGH
            pause = 0.0 if worked else min(max(BACKOFF_FIRST, pause * 2), BACKOFF_LAST)

    async def stop(self, grace: float) -> None:
        """End the process, if there is one, and record its end."""
        process, self._process = self._process, None
        if process is not None:
            started = str((self.state.state.get("running") or {}).get("startedAt") or resources.timestamp(time.time()))
            code = await process.stop(grace)
            self.state.terminated(code, started, resources.timestamp(time.time()))

    def close(self) -> None:
        """End the log."""
        if self.log is not None:
            self.log.close()

    def log_path(self, previous: bool) -> Path | None:
        """Return the file of the current or the previous log."""
        files = self._logs()
        index = -2 if previous else -1
        return files[index] if len(files) >= -index else None

    async def _back_off(self, pause: float) -> None:
        self.state.restarting()
        if pause:
            self.state.waiting("CrashLoopBackOff", f"back-off {pause:.0f}s restarting failed container")
            await self._publish()
            await asyncio.sleep(pause)

    async def _once(self, prepare: Callable[[], Sandbox], build: Callable[[Sandbox], Program]) -> None:
        await self._pull()
        sandbox = await self._patiently(prepare)
        writer = self.log = self._open_log()
        started = resources.timestamp(time.time())
        try:
            program = await asyncio.to_thread(build, sandbox)
        except Exception as error:
            writer.say(f"{type(error).__name__}: {error}")
            self.state.terminated(1, started, resources.timestamp(time.time()), "StartError", str(error))
        else:
            self.state.running(started, f"lab://{uuid.uuid4().hex}")
            code = await self._execute(program, writer)
            memory = code == JAVA_OUT_OF_MEMORY and program.argv[:1] == ("java",)
            reason, words = "OOMKilled" if memory else "", self._last_words(code, sandbox)
            self.state.terminated(code, started, resources.timestamp(time.time()), reason, words)
        finally:
            writer.close()
        await self._publish()

    def _last_words(self, code: int, sandbox: Sandbox) -> str:
        """Return the end of the log of a container that failed and asked for it."""
        path = self.log_path(previous=False)
        if code == 0 or path is None or sandbox.container.get("terminationMessagePolicy") != "FallbackToLogsOnError":
            return ""
        return last_words(path)

    async def _execute(self, program: Program, writer: ContainerLog) -> int:
        if not program.argv:
            return await self._play(program.exit_code, writer)
        spoken = writer.said(program.ready_text) if program.ready_text else None
        process = await self._start(program, writer)
        self.state.ready = program.ready is None and spoken is None
        probe = asyncio.create_task(self._probe(program.ready, spoken))
        try:
            await self._publish()
            return await process.wait()
        finally:
            probe.cancel()

    async def _start(self, program: Program, writer: ContainerLog) -> Process:
        """Start the process; a pod that is deleted at this very moment must still know what to stop."""
        starting = asyncio.create_task(processes.start(program, writer, self._directory / f"{self.state.name}.pid"))
        try:
            await asyncio.shield(starting)
        finally:
            self._process = await starting
        return self._process

    async def _play(self, exit_code: int | None, writer: ContainerLog) -> int:
        writer.say("the lab plays this image without a process")
        self.state.ready = exit_code is None
        await self._publish()
        if exit_code is None:
            await asyncio.Event().wait()
        return exit_code or 0

    async def _probe(self, address: tuple[str, int] | None, spoken: asyncio.Event | None) -> None:
        """Report the container ready once it accepts connections and has said so."""
        if self.state.ready:
            return
        while address is not None and not await _accepts(address):
            await asyncio.sleep(PROBE_PAUSE)
        if spoken is not None:
            await spoken.wait()
        self.state.ready = True
        await self._publish()

    async def _pull(self) -> None:
        image = self.state.image
        while problem := images.pull_error(image):
            await self._complain("Failed", f'Failed to pull image "{image}": {problem}')
            for reason, message in (
                ("ErrImagePull", problem),
                ("ImagePullBackOff", f'Back-off pulling image "{image}": ErrImagePull: {problem}'),
            ):
                self.state.waiting(reason, message)
                await self._publish()
            await asyncio.sleep(PULL_RETRY)

    async def _patiently(self, prepare: Callable[[], Sandbox]) -> Sandbox:
        """Try until all ConfigMaps and Secrets are there."""
        said = ""
        while True:
            self.inputs_changed.clear()
            try:
                return prepare()
            except NotThere as missing:
                if str(missing) != said:
                    said = str(missing)
                    self.state.waiting("CreateContainerConfigError", said)
                    await self._complain("Failed", f"Error: {said}")
                    await self._publish()
                await self.inputs_changed.wait()

    def _open_log(self) -> ContainerLog:
        self.close()
        writer = ContainerLog(self._directory / "logs" / self.state.name / f"{self.state.restarts}.log")
        for path in self._logs()[:-2]:
            path.unlink()
        return writer

    def _logs(self) -> list[Path]:
        folder = self._directory / "logs" / self.state.name
        return sorted(folder.glob("*.log"), key=lambda path: int(path.stem))


async def _accepts(address: tuple[str, int]) -> bool:
    try:
        _, writer = await asyncio.open_connection(*address)
    except OSError:
        return False
    writer.close()
    return True

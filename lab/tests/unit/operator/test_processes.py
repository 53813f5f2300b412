# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Children end as containers do, and nothing of an earlier operator survives."""

from __future__ import annotations

import asyncio
import os
import select
import signal
from pathlib import Path

import pytest

from manuela_lab.operator import processes
from manuela_lab.operator.container_log import ContainerLog
from manuela_lab.operator.processes import Process, Program

ENV = {"PATH": os.environ["PATH"]}


async def start(tmp_path: Path, *argv: str) -> tuple[Process, ContainerLog]:
    log = ContainerLog(tmp_path / "pod" / "0.log")
    return await processes.start(Program(argv, ENV), log, tmp_path / "pod" / "c.pid"), log


@pytest.mark.parametrize(("script", "code"), [("exit 0", 0), ("exit 7", 7), ("kill -KILL $$", 137)])
def test_exit_codes(tmp_path: Path, script: str, code: int) -> None:
    async def run() -> int:
        process, _ = await start(tmp_path, "sh", "-c", script)
        return await process.wait()

    assert asyncio.run(run()) == code
    assert not (tmp_path / "pod" / "c.pid").exists()


def test_output_is_complete_when_the_process_has_ended(tmp_path: Path) -> None:
    async def run() -> bytes:
        process, log = await start(tmp_path, "sh", "-c", "echo out; echo err >&2; printf end")
        await process.wait()
        return log.path.read_bytes()

    text = asyncio.run(run())
    assert b" stdout F out\n" in text and b" stderr F err\n" in text and b" stdout F end\n" in text


def test_a_process_that_will_not_go_is_killed_with_its_children(tmp_path: Path) -> None:
    async def run() -> tuple[int, bool]:
        script = "trap '' TERM; sleep 1000 & echo $!; wait; wait"
        process, log = await start(tmp_path, "sh", "-c", script)
        changed = log.changed
        if not log.path.read_bytes():
            await asyncio.wait_for(changed.wait(), 5)
        child = os.pidfd_open(int(log.path.read_bytes().split()[-1]))
        code = await process.stop(0.05)
        ended, _, _ = select.select([child], [], [], 10)
        os.close(child)
        return code, bool(ended)

    assert asyncio.run(run()) == (137, True)


def test_what_an_earlier_operator_left_is_swept(tmp_path: Path) -> None:
    async def run() -> int:
        process, _ = await start(tmp_path, "sleep", "1000")
        assert processes.sweep(tmp_path) == 1
        return await process.wait()

    assert asyncio.run(run()) == 128 + signal.SIGKILL


def test_a_number_that_is_somebody_elses_now_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "pod").mkdir()
    (tmp_path / "pod" / "c.pid").write_text(f"{os.getpid()} 1\n")
    assert processes.sweep(tmp_path) == 0
    assert not (tmp_path / "pod" / "c.pid").exists()

# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Real processes for tests: they die with the test, and live on an address of their own."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from manuela_lab.places import Places

Start = Callable[[str, list[str]], "subprocess.Popen[bytes]"]
WaitFor = Callable[..., None]


@pytest.fixture(scope="session")
def cache() -> Path:
    """The cache of the machine's labs: jars are downloaded once."""
    return Places.of(os.environ).cache


@pytest.fixture
def address() -> str:
    """A loopback address that no lab chooses (labs end in other numbers)."""
    return f"127.{100 + os.getpid() % 100}.{os.getpid() // 100 % 250}.77"


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start a program; its output is in tmp_path/NAME.log."""
    with contextlib.ExitStack() as running:

        def started(name: str, command: list[str]) -> subprocess.Popen[bytes]:
            log = running.enter_context((tmp_path / f"{name}.log").open("ab"))
            process = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", "--", *command], stdout=log, stderr=log, stdin=subprocess.DEVNULL
            )
            running.callback(process.wait)
            running.callback(process.kill)
            return process

        yield started


@pytest.fixture
def wait_for() -> WaitFor:
    """Wait with a deadline; a failure says what was waited for."""
    return _wait_for


@pytest.fixture
def listens() -> Callable[[str, int], bool]:
    """Whether somebody answers at an address."""
    return _listens


def _wait_for(what: str, met: Callable[[], object], seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not met():
        assert time.monotonic() < deadline, f"no {what} within {seconds:.0f} s"
        time.sleep(0.2)


def _listens(host: str, port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection((host, port), timeout=1):
        return True
    return False

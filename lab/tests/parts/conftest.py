# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Real processes for tests: they die with the test, and live on an address of their own."""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from manuela_lab.places import Places

Start = Callable[[str, list[str]], "subprocess.Popen[bytes]"]


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

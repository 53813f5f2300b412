# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The processes of a lab, found by their mark: what a killed Supervisor or operator may have left."""

from __future__ import annotations

import time
from collections.abc import Iterable
from pathlib import Path

import psutil

from manuela_lab.errors import LabError
from manuela_lab.supervision import MARK

KILL_TIMEOUT = 10.0


def of_lab(state: Path) -> list[psutil.Process]:
    """Every process that carries the lab's mark or descends from one that does; never this one or its parents."""
    ours = {each.pid for each in [psutil.Process(), *psutil.Process().parents()]}
    found: dict[int, psutil.Process] = {}
    for process in psutil.process_iter():
        if process.pid in ours or not _marked(process, state):
            continue
        for each in [process, *_children(process)]:
            found[each.pid] = each
    return list(found.values())


def _marked(process: psutil.Process, state: Path) -> bool:
    try:
        return process.environ().get(MARK) == str(state)
    except (psutil.Error, OSError):
        return False


def _children(process: psutil.Process) -> list[psutil.Process]:
    try:
        return process.children(recursive=True)
    except psutil.Error:
        return []


def kill(state: Path, timeout: float = KILL_TIMEOUT) -> int:
    """Kill them all, also those that are born meanwhile; returns how many there were."""
    seen: set[int] = set()
    deadline = time.monotonic() + timeout
    while processes := of_lab(state):
        seen.update(each.pid for each in processes)
        _kill(processes)
        _, left = psutil.wait_procs(processes, timeout=1.0)
        if left and time.monotonic() > deadline:
            names = ", ".join(f"{each.pid}" for each in left)
            raise LabError(f"processes of the lab do not end although killed: {names}; look at them with ps")
    return len(seen)


def _kill(processes: Iterable[psutil.Process]) -> None:
    for each in processes:
        try:
            each.kill()
        except psutil.NoSuchProcess:
            continue
        except psutil.AccessDenied as error:
            raise LabError(f"process {each.pid} of the lab is another user's; run 'lab down' as that user") from error

# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``lab logs PART``: what a program has said; ``-f`` follows it across restarts and rotation."""

from __future__ import annotations

import os
import time
from collections import deque
from pathlib import Path
from typing import BinaryIO, TextIO

from manuela_lab.errors import LabError
from manuela_lab.places import Places

CONTAINERS = "*/pods/*/logs/*/*.log"
"""cluster/pods/namespace_pod/logs/container/start.log"""

LINES = 100
POLL = 0.3


def parts(places: Places) -> dict[str, Path]:
    """Every log of the lab: fixed programs by their names, containers by cluster/namespace/pod/container."""
    found = {path.stem: path for path in sorted(places.logs.glob("*.log"))}
    return found | {_container(path): path for path in sorted(places.state.glob(CONTAINERS))}


def _container(path: Path) -> str:
    """The last start of a container, since logs are sorted by the number of the start."""
    cluster, _, pod, _, container, _ = path.parts[-6:]
    return "/".join([cluster, *pod.split("_")[:2], container])


def find(places: Places, part: str) -> Path:
    """The log of a part; a piece of its name is enough when only one has it."""
    known = parts(places)
    if not known:
        raise LabError(f"no lab in {places.state}; start one with 'lab up'")
    if part in known:
        return known[part]
    matching = [name for name in known if part in name]
    if len(matching) == 1:
        return known[matching[0]]
    problem = f"{part!r} could be {', '.join(matching)}" if matching else f"no part {part!r}"
    raise LabError(problem if matching else f"{problem}; there are: {', '.join(known)}")


def show(path: Path, follow: bool, output: TextIO, lines: int = LINES) -> None:
    """The last lines, then whatever is added."""
    with path.open("rb") as stream:
        for line in deque(stream, maxlen=lines):
            output.write(line.decode(errors="replace"))
        output.flush()
        position = stream.tell()
    while follow:
        position = added(path, position, output)
        time.sleep(POLL)


def added(path: Path, position: int, output: TextIO) -> int:
    """Write what came after ``position``; returns where the log ends now."""
    try:
        with path.open("rb") as stream:
            if os.fstat(stream.fileno()).st_size < position:
                position = 0  # rotated
            return _copy(stream, position, output)
    except FileNotFoundError:
        return 0


def _copy(stream: BinaryIO, position: int, output: TextIO) -> int:
    stream.seek(position)
    output.write(stream.read().decode(errors="replace"))
    output.flush()
    return stream.tell()

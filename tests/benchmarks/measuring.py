# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a command costs: seconds by the clock and seconds of the processor, with all its children."""

from __future__ import annotations

import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

RUNS = int(os.environ.get("EVENT_STREAMING_BENCH_RUNS", "5"))


@dataclass(frozen=True)
class Cost:
    """Seconds by the clock, and seconds of the processor."""

    wall: float
    cpu: float


Way = Callable[[], Cost]


def of_command(
    argv: Sequence[object], environment: Mapping[str, str] | None = None, directory: object = None
) -> tuple[Cost, str]:
    """Run a command, in our environment unless another is given; return what it cost and what it said."""
    with tempfile.TemporaryFile("w+") as said:
        start = time.monotonic()
        child = subprocess.Popen(
            [str(word) for word in argv],
            env=None if environment is None else dict(environment),
            cwd=None if directory is None else str(directory),
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
        )
        # The usage of this child alone, and of those that it waited for.
        _pid, status, used = os.wait4(child.pid, 0)
        wall = time.monotonic() - start
        child.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        text = said.read()
    assert child.returncode == 0, f"{argv[0]} ended with {child.returncode}:\n{text[-4000:]}"
    return Cost(wall, used.ru_utime + used.ru_stime), text


def alternate(ways: Mapping[str, Way], runs: int = RUNS) -> dict[str, list[Cost]]:
    """Take the ways in turn, in every other run from the last to the first: no way always comes after the same one."""
    figures: dict[str, list[Cost]] = {name: [] for name in ways}
    for run in range(runs):
        for name in list(ways)[:: -1 if run % 2 else 1]:
            figures[name].append(ways[name]())
    return figures


def median(costs: Sequence[Cost]) -> Cost:
    """Return the median of each figure."""
    columns = zip(*((one.wall, one.cpu) for one in costs), strict=True)
    return Cost(*(statistics.median(column) for column in columns))

# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One task over 1,000 files against one over ten, and against what Ansible takes for a task that does nothing."""

from __future__ import annotations

import itertools
import json
import sys
from collections.abc import Callable
from pathlib import Path

from jobs import JOBS, Job
from measuring import Cost, alternate, median, of_command
from playing import PING, ROOT, playbook
from report import Report

FEW, MANY, RUNS = 10, 1000, 3


def _fresh(root: Path, job: Job, count: int, way: Callable[[Path], Cost]) -> Callable[[], Cost]:
    """Make the files anew, run, and insist that every one of them is as it should be; only the run is measured."""
    numbers = itertools.count()

    def measured() -> Cost:
        place = root / f"{job.module}-{way.__name__}-{count}-{next(numbers)}"
        place.mkdir()
        job.prepare(place, count)
        cost = way(place)
        assert job.done(place, count) == count
        return cost

    return measured


def _ways(root: Path, job: Job, count: int) -> dict[str, Callable[[], Cost]]:
    def task(place: Path) -> Cost:
        asked = job.options(place, count)
        away = root / f"play-{job.module}-{count}"
        away.mkdir(exist_ok=True)
        return playbook([{f"manuela.event_streaming.{job.module}": asked}], away)

    def module(place: Path) -> Cost:
        arguments = root / f"{job.module}-{count}.json"
        arguments.write_text(json.dumps({"ANSIBLE_MODULE_ARGS": job.options(place, count)}))
        return of_command([sys.executable, ROOT / "plugins" / "modules" / f"{job.module}.py", arguments])[0]

    return {f"{way.__name__} {count}": _fresh(root, job, count, way) for way in (task, module)}


def test_a_task_over_many_files(tmp_path: Path, report: Report) -> None:
    rows = []
    nothing = alternate({"ping": lambda: playbook([PING], tmp_path)}, RUNS)["ping"]
    rows.append(["ansible.builtin.ping", "", "", f"{median(nothing).cpu:.2f}", "", ""])
    for job in JOBS:
        figures = alternate({**_ways(tmp_path, job, FEW), **_ways(tmp_path, job, MANY)}, RUNS)
        cpu = {name: median(costs).cpu for name, costs in figures.items()}
        alone, whole = (f"{name} {FEW}" for name in ("module", "task"))
        more = [cpu[f"{name} {MANY}"] - cpu[f"{name} {FEW}"] for name in ("module", "task")]
        rows.append([job.module, *(f"{one:.2f}" for one in (cpu[alone], more[0], cpu[whole], more[1])), RUNS])
    report.table(
        f"One task over {MANY:,} files instead of {FEW}",
        "CPU seconds. The module alone is its file started with its options, the task is the whole of "
        "ansible-playbook, which takes part of what is more for the long list of options. Every file is changed in "
        "every run. Aim: at most one second more.",
        ["module", f"alone, {FEW} files", f"{MANY:,}: more", f"task, {FEW} files", f"{MANY:,}: more", "runs"],
        rows,
    )

# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page that a run of the benchmarks writes."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path

from measuring import Cost, median

HEAD = """\
# Benchmarks

`make bench` writes this page, on a machine with nothing else to do; `make bench LARGE=1` takes the large sizes too.
A figure is the median of a few runs, which alternate with those of the other ways in the same table. CPU seconds
are those of the command and its children, without the servers. Seconds differ from machine to machine: the
ratios are what to look at, and no test fails because of a figure. The code is in `tests/benchmarks/`.
"""


class Report:
    """Tables in the order in which they were measured, and the versions of what took part."""

    def __init__(self) -> None:
        self._sections: list[str] = []
        self._left_out: list[str] = []
        self._versions = {name: version(name) for name in ("ansible-core", "boto3", "confluent-kafka", "kubernetes")}

    def used(self, name: str, its_version: str) -> None:
        """Keep the version of a program that took part."""
        self._versions[name] = its_version

    def left_out(self, what: str, why: str) -> None:
        """Keep that something could not be measured here."""
        self._left_out.append(f"- {what}: {why}")

    def comparison(self, title: str, words: str, figures: Mapping[str, Sequence[Cost]], against: str) -> None:
        """Add a table of ways to do one job; ratios are to the way ``against``."""
        base = median(figures[against])
        rows = []
        for name, costs in figures.items():
            cost = median(costs)
            ratios = [f"{cost.wall / base.wall:.2f}", f"{cost.cpu / base.cpu:.2f}" if base.cpu else ""]
            rows.append([name, f"{cost.wall:.2f}", f"{cost.cpu:.2f}", *ratios, len(costs)])
        columns = ["way", "wall s", "CPU s", "wall ratio", "CPU ratio", "runs"]
        self.table(title, f"{words} Ratios are to *{against}*.", columns, rows)

    def table(self, title: str, words: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
        """Add a table, and show it at once."""
        lines = [f"| {' | '.join(map(str, row))} |" for row in (columns, ["---"] * len(columns), *rows)]
        section = "\n".join([f"## {title}", "", words, "", *lines, ""])
        print(f"\n{section}", flush=True)
        self._sections.append(section)

    def text(self) -> str:
        """Return the whole page."""
        left_out = ["## Not measured", "", *self._left_out, ""] if self._left_out else []
        return "\n".join([HEAD, self._machine(), *self._sections, *left_out]).rstrip("\n") + "\n"

    def _machine(self) -> str:
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
        shape = f"{len(os.sched_getaffinity(0))} cores, {memory:.0f} GB of memory, {platform.system()}"
        named = ", ".join(f"{name} {number}" for name, number in sorted(self._versions.items(), key=_by_name))
        return f"Machine: {shape}. Python {platform.python_version()}, {named}.\n"


def write(path: Path, report: Report) -> None:
    """Replace the page."""
    path.write_text(report.text(), encoding="utf-8")


def _by_name(item: tuple[str, str]) -> str:
    return item[0].lower()

# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The parts of a test run: what each runs, in which runs it takes part, and how long it may take."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PYTHON = sys.executable
BIN = Path(PYTHON).parent


class Skip(Exception):
    """This part cannot run here; the text says why."""


@dataclass(frozen=True)
class Step:
    """One command; one that is run ``always`` cleans up, and its result does not count."""

    argv: tuple[object, ...]
    directory: Path | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    always: bool = False


@dataclass(frozen=True)
class Part:
    """Some steps under one name.

    Parts of one lane run one after the other; lanes run side by side: what reads the tree keeps the processors busy,
    and what drives a lab mostly waits. Parts without a lane run before all lanes.
    """

    name: str
    steps: Callable[[], Iterable[Step]]
    runs: frozenset[str]
    limit: float
    lane: str = "tree"


def command(*argv: object, directory: Path | None = None, **environment: str) -> Callable[[], Iterable[Step]]:
    """Return a part's steps that are one command."""
    return lambda: (Step(argv, directory, environment),)


def existing(*paths: str) -> list[str]:
    """Return those of ``paths`` that this checkout has."""
    return [path for path in paths if (ROOT / path).exists()]


def pytest(*paths: str, options: tuple[str, ...] = (), **environment: str) -> Callable[[], Iterator[Step]]:
    """Return one pytest run over those of ``paths`` that exist."""

    def steps() -> Iterator[Step]:
        found = existing(*paths)
        if not found:
            raise Skip(f"no {' or '.join(paths)}")
        yield Step((PYTHON, "-m", "pytest", *options, *found), None, environment)

    return steps


def coverage() -> Iterator[Step]:
    """Run all unit tests, and insist on what they reach of the core, branches included."""
    tool = (PYTHON, "-m", "coverage")
    yield Step((*tool, "erase"))
    # Being watched, the slowest tests take several times as long.
    yield Step((*tool, "run", "-m", "pytest", "-n", "2", "--timeout=900", "tests/unit"))
    yield Step((*tool, "combine", "--quiet"))
    core = ",".join(f"plugins/{room}/*" for room in ("module_utils", "plugin_utils"))
    yield Step((*tool, "report", f"--include={core}", "--fail-under=95"))
    yield Step((*tool, "erase"), always=True)


def types() -> Iterator[Step]:
    """Check the types of the collection (under its import name) and of the lab."""
    rooms = [room for room in ("module_utils", "plugin_utils") if (ROOT / "plugins" / room).is_dir()]
    packages = [
        word for room in rooms for word in ("-p", f"ansible_collections.manuela.event_streaming.plugins.{room}")
    ]
    yield Step((BIN / "mypy", *packages))
    if existing("lab/manuela_lab"):
        yield Step((BIN / "mypy", "lab/manuela_lab"))

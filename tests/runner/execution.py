# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run one part: its steps in order, their output into a file, its result as counts."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from parts import ROOT, Part, Skip, Step

OUTPUT = Path("tests/output")
EXCERPT_LINES = 25
CLEANUP_SECONDS = 120
PYTEST_COUNTS = re.compile(r"(\d+) (passed|failed|error|errors|skipped|xfailed)\b")
PYTEST_CLOSING = re.compile(r"^=*\s?.*\d+ (passed|failed|error|skipped).* in [\d.]+s", re.MULTILINE)
TELLING = re.compile(r"^(ERROR|FATAL|fatal:|FAILED |E  )")
_RUNNING: set[subprocess.Popen[bytes]] = set()
_STOPPED = threading.Event()


@dataclass(frozen=True)
class Outcome:
    """How one part went."""

    word: str
    seconds: float
    note: str
    passed: int
    failed: int
    skipped: int
    excerpt: tuple[str, ...] = ()


def run_part(part: Part) -> Outcome:
    """Run the steps of ``part`` until one fails, within the part's deadline."""
    begin = time.monotonic()
    log = ROOT / OUTPUT / f"{part.name}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("w", encoding="utf-8") as sink:
        try:
            code = _code(part, sink, begin)
        except Skip as reason:
            return Outcome("skipped", time.monotonic() - begin, str(reason), 0, 0, 1)
    return _judge(code, time.monotonic() - begin, log.read_text(encoding="utf-8", errors="replace"), part)


def stop() -> None:
    """End what runs and begin nothing else, but for the steps that clean up."""
    _STOPPED.set()
    for child in tuple(_RUNNING):
        _end_group(child)


def _code(part: Part, sink: object, begin: float) -> int:
    code = 0
    for step in part.steps():
        if step.always:
            _run(step, sink, CLEANUP_SECONDS)
        elif _STOPPED.is_set():
            code = 130
        elif not code:
            code = _run(step, sink, part.limit - (time.monotonic() - begin))
    return code


def _run(step: Step, sink: object, seconds: float) -> int:
    environment = {**os.environ, **step.environment}
    sink.write(f"$ {' '.join(map(str, step.argv))}\n")  # type: ignore[attr-defined]
    sink.flush()  # type: ignore[attr-defined]
    child = subprocess.Popen(
        [str(word) for word in step.argv],
        cwd=step.directory or ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=sink,  # type: ignore[arg-type]
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    _RUNNING.add(child)
    try:
        return child.wait(timeout=max(seconds, 1))
    except subprocess.TimeoutExpired:
        sink.write(f"\nENDED: not done after the part's time limit (this step had {seconds:.0f} s left)\n")  # type: ignore[attr-defined]
        return 124
    finally:
        _end_group(child)
        _RUNNING.discard(child)


def _end_group(child: subprocess.Popen[bytes]) -> None:
    for kind, patience in ((signal.SIGTERM, 10), (signal.SIGKILL, 5)):
        if child.poll() is not None:
            return
        os.killpg(child.pid, kind)
        try:
            child.wait(timeout=patience)
        except subprocess.TimeoutExpired:
            continue


def _judge(code: int, seconds: float, text: str, part: Part) -> Outcome:
    counts = _pytest_counts(text)
    failed = counts.get("failed", 0) + counts.get("error", 0)
    if code == 0 and not failed:
        return Outcome("ok", seconds, _note(counts), counts.get("passed", 0) or 1, 0, counts.get("skipped", 0))
    return Outcome(
        "FAILED", seconds, f"exit {code}; {OUTPUT / part.name}.log", counts.get("passed", 0), failed or 1,
        counts.get("skipped", 0), _excerpt(text),
    )  # fmt: skip


def _pytest_counts(text: str) -> dict[str, int]:
    total: dict[str, int] = {}
    for closing in PYTEST_CLOSING.finditer(text):
        for number, word in PYTEST_COUNTS.findall(closing.group()):
            word = "error" if word == "errors" else word
            total[word] = total.get(word, 0) + int(number)
    return total


def _note(counts: dict[str, int]) -> str:
    return ", ".join(f"{number} {word}" for word, number in counts.items() if number)


def _excerpt(text: str) -> tuple[str, ...]:
    lines = [line.rstrip()[:200] for line in text.splitlines() if line.strip()]
    telling = [line for line in lines if TELLING.match(line)]
    return tuple((telling or lines)[-EXCERPT_LINES:])

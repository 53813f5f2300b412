# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ansible-core versions that are tested, each in an environment of its own under the user's cache."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from parts import BIN, ROOT, Skip, Step
from scratch import CACHE, copy_collection, home_for


@dataclass(frozen=True)
class Core:
    """One ansible-core line and the Pythons it runs on (3.OLDEST to 3.NEWEST)."""

    line: str
    oldest: int
    newest: int


OLDEST = Core("2.16", 11, 12)
# What a stock execution environment has: the jobs of AWX are run in it.
EXECUTION = Core("2.18", 11, 13)
NEWEST = Core("2.21", 12, 14)
# Supported too, and tested before a release.
BETWEEN = (Core("2.17", 11, 12), EXECUTION, Core("2.20", 12, 14))


def programs(core: Core) -> Path:
    """Return the bin directory of an environment with ``core``, made on first use."""
    lock = ROOT / "requirements" / f"core-{core.line}.txt"
    python = _python(core)
    key = hashlib.sha256(lock.read_bytes() + python.encode()).hexdigest()[:12]
    place = CACHE / f"core-{core.line}-{key}"
    if not (place / "complete").exists():
        shutil.rmtree(place, ignore_errors=True)
        subprocess.run([python, "-m", "venv", str(place)], check=True)
        _install(place / "bin" / "python", lock)
        (place / "complete").touch()
    return place / "bin"


def _install(python: Path, lock: Path) -> None:
    uv = shutil.which("uv") or str(BIN / "uv")
    quick = [uv, "pip", "install", "-q", "--python", str(python), "-r", str(lock)]
    certificates = {"UV_SYSTEM_CERTS": "1", "UV_NATIVE_TLS": "1"}
    if subprocess.run(quick, env={**os.environ, **certificates}, capture_output=True, check=False).returncode:
        subprocess.run([str(python), "-m", "pip", "install", "-q", "-r", str(lock)], check=True)


def _python(core: Core) -> str:
    found = subprocess.run(
        [str(ROOT / "tools/find-python"), str(core.oldest), str(core.newest)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PATH": os.environ["PATH"].replace(f"{BIN}{os.pathsep}", "")},
    )
    if found.returncode:
        raise Skip(f"ansible-core {core.line} needs Python 3.{core.oldest} to 3.{core.newest}, which is not here")
    return found.stdout.strip()


def _version(place: Path) -> str:
    asked = "import sys; print('%d.%d' % sys.version_info[:2])"
    return subprocess.run([place / "python", "-c", asked], capture_output=True, text=True, check=True).stdout.strip()


def ansible_test(core: Core | None, *words: str) -> Callable[[], Iterator[Step]]:
    """Return the steps that run ansible-test on ``core`` (None: the one of .venv) in the scratch copy."""

    def steps() -> Iterator[Step]:
        place = programs(core) if core else BIN
        tree = copy_collection()
        home = home_for(place / "ansible-test", place / "python")
        path = f"{place}{os.pathsep}{os.environ['PATH']}"
        # One Python, named: otherwise it tries every pythonX.Y on PATH, also a version manager's dead shims.
        argv = (place / "ansible-test", words[0], "--local", "--python", _version(place), "--color", "no", *words[1:])
        yield Step(argv, tree, {"HOME": str(home), "PATH": path})

    return steps

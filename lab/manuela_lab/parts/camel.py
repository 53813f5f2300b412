# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From a readable Integration to a command line: route files, compiled classes, properties and the right Camel."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from manuela_lab.parts.integration import Integration, NotRunnable, Source
from manuela_lab.parts.jars import PROJECTS, JarSet, Report, jar_set, silent
from manuela_lab.parts.java import Program

LAUNCHER = PROJECTS / "launcher" / "Launcher.java"
COMPILE_TIMEOUT = 120.0
HEAP_MB = 128
PACKAGE = re.compile(r"^\s*package\s+([\w.]+)\s*;", re.MULTILINE)
# The MQTT client logs by java.util.logging, at level INFO one line per message.
LOGGING = "handlers=java.util.logging.ConsoleHandler\n.level=WARNING\n"
QUIET = {"org.slf4j.simpleLogger.log.org.apache.kafka": "warn", "org.slf4j.simpleLogger.log.software.amazon": "warn"}


@dataclass(frozen=True)
class Cache:
    """Where jars and compiled routes are kept between labs, and who is told when something takes long."""

    directory: Path
    report: Report = silent


def prepare(
    integration: Integration, properties: str, directory: Path, cache: Cache, hosts_file: Path | None = None
) -> Program:
    """Lay out ``directory`` for one Integration and return the program to start.

    ``properties`` is the text of application.properties (``integration.application_properties``); it may hold keys of
    S3, so it is written for its owner only and never into an argument.  The first Java source of a kind costs a
    download and a compilation, both kept in the cache.  Raises NotRunnable and jars.JarsMissing.
    """
    libraries = jar_set(integration.runtime, cache.directory, cache.report)
    settings = directory / "conf"
    _write_private(settings / "application.properties", properties)
    _write_private(settings / "logging.properties", LOGGING)
    java = [source for source in integration.sources if source.name.endswith(".java")]
    yaml = [source for source in integration.sources if not source.name.endswith(".java")]
    launcher = Source("Launcher.java", LAUNCHER.read_text(encoding="utf-8"))
    routes = ("-r", ",".join(_class_name(source) for source in java)) if java else ()
    return Program(
        main_class="Launcher",
        arguments=("org.apache.camel.main.Main", *routes),
        jars=libraries.jars,
        classes=(*(_compiled(sources, libraries, cache) for sources in ([launcher], java) if sources), settings),
        heap_mb=HEAP_MB,
        log_level="info",
        hosts_file=hosts_file,
        archive=libraries.archive,
        properties={
            **QUIET,
            **_routes(yaml, directory / "routes"),
            "camel.main.shutdownTimeout": "5",
            "java.util.logging.config.file": str(settings / "logging.properties"),
        },
    )


def _routes(sources: Sequence[Source], directory: Path) -> dict[str, str]:
    """The directory holds this Integration's routes and nothing that an earlier version left."""
    shutil.rmtree(directory, ignore_errors=True)
    for source in sources:
        _write_private(directory / source.name, source.content)
    return {"camel.main.routesIncludePattern": f"file:{directory}/*"} if sources else {}


def _class_name(source: Source) -> str:
    package = PACKAGE.search(source.content)
    simple = source.name.removesuffix(".java")
    return f"{package.group(1)}.{simple}" if package else simple


def _compiled(sources: Sequence[Source], libraries: JarSet, cache: Cache) -> Path:
    """Classes of these sources against these jars, compiled once."""
    digest = hashlib.sha256(libraries.directory.name.encode())
    for source in sources:
        digest.update(f"\0{source.name}\0{source.content}".encode())
    target = cache.directory / f"routes-{digest.hexdigest()[:16]}"
    if not target.exists():
        cache.report("compiling " + ", ".join(source.name for source in sources))
        arriving = Path(tempfile.mkdtemp(prefix=".routes-", dir=cache.directory))
        try:
            _javac(sources, libraries, arriving)
            _keep(arriving / "classes", target)
        finally:
            shutil.rmtree(arriving, ignore_errors=True)
    return target


def _javac(sources: Sequence[Source], libraries: JarSet, directory: Path) -> None:
    for source in sources:
        _write_private(directory / source.name, source.content)
    class_path = ":".join(str(jar) for jar in libraries.jars)
    command = ["javac", "-nowarn", "-proc:none", "-encoding", "UTF-8", "-cp", class_path]
    command += ["-d", str(directory / "classes"), *(str(directory / source.name) for source in sources)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=COMPILE_TIMEOUT)
    except FileNotFoundError as error:
        raise NotRunnable("a Java route needs javac: install a JDK, version 17 or later") from error
    except subprocess.TimeoutExpired as error:
        raise NotRunnable(f"javac did not finish within {COMPILE_TIMEOUT:.0f} s") from error
    if done.returncode != 0:
        complaint = next((line for line in done.stderr.splitlines() if ": error:" in line), done.stderr.strip())
        raise NotRunnable("javac: " + complaint.replace(f"{directory}/", ""))


def _keep(arrived: Path, target: Path) -> None:
    try:
        os.rename(arrived, target)
    except OSError:
        if not target.exists():  # otherwise somebody else compiled the same at the same time
            raise


def _write_private(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)

# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Jars of the data plane: named by a Maven project with pinned versions, copied once into the cache."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Name = Literal["kafka", "camel", "camel3"]
Report = Callable[[str], None]

PROJECTS = Path(__file__).resolve().parents[2] / "dataplane"
COPY_DEPENDENCIES = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies"
DOWNLOAD_TIMEOUT = 900.0


class JarsMissing(RuntimeError):
    """Maven did not deliver; the message ends with what it said."""


@dataclass(frozen=True)
class JarSet:
    """The jars of one project, in the order of the class path.

    The order is sorted, hence the same on every machine: a class data archive is only valid for one class path.
    """

    name: str
    directory: Path
    jars: tuple[Path, ...]

    @property
    def archive(self) -> Path:
        """Where the class data archive of these jars lies, if one was made."""
        return self.directory / "classes.jsa"


def silent(_line: str) -> None:
    """A report that nobody reads."""


def directory_of(name: Name, cache: Path) -> Path:
    """The cache directory of a project; another version pinned in the project is another directory."""
    digest = hashlib.sha256((PROJECTS / name / "pom.xml").read_bytes()).hexdigest()
    return cache / f"jars-{name}-{digest[:12]}"


def cached(name: Name, cache: Path) -> JarSet | None:
    """The jars when they are there already, without asking anybody."""
    directory = directory_of(name, cache)
    jars = tuple(sorted(directory.glob("*.jar")))
    return JarSet(name, directory, jars) if jars else None


def jar_set(name: Name, cache: Path, report: Report = silent, timeout: float = DOWNLOAD_TIMEOUT) -> JarSet:
    """The jars of a project, downloaded when the cache has none.  ``report`` gets one line per step."""
    found = cached(name, cache)
    if found is None:
        report(f"downloading the jars of {name} (once; kept in the cache)")
        _download(name, cache, timeout)
        found = cached(name, cache)
        if found is None:
            raise JarsMissing(f"Maven ended well but copied no jar for {name}; look at {PROJECTS / name / 'pom.xml'}")
        report(f"{len(found.jars)} jars of {name} are in the cache")
    return found


def _download(name: Name, cache: Path, timeout: float) -> None:
    """Into a directory beside, then one rename: a killed download leaves nothing that looks complete."""
    if shutil.which("mvn") is None:
        raise JarsMissing("the lab needs Maven to fetch Kafka and Camel: install mvn (Debian: maven) and try again")
    cache.mkdir(parents=True, exist_ok=True)
    arriving = Path(tempfile.mkdtemp(prefix=f".jars-{name}-", dir=cache))
    try:
        _copy_dependencies(name, arriving, timeout)
        _keep(arriving, directory_of(name, cache))
    finally:
        shutil.rmtree(arriving, ignore_errors=True)


def _copy_dependencies(name: Name, target: Path, timeout: float) -> None:
    command = ["mvn", "-q", "-B", "-f", str(PROJECTS / name / "pom.xml"), COPY_DEPENDENCIES]
    command += ["-DincludeScope=runtime", f"-DoutputDirectory={target}", "-Dmdep.overWriteReleases=true"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=timeout, stdin=subprocess.DEVNULL)
    except subprocess.TimeoutExpired as error:
        raise JarsMissing(f"Maven did not finish the jars of {name} within {timeout:.0f} s; try again") from error
    if done.returncode != 0:
        said = (done.stdout + done.stderr).strip().splitlines()
        raise JarsMissing(f"Maven failed for the jars of {name} (exit {done.returncode}): " + " / ".join(said[:3]))


def _keep(arrived: Path, directory: Path) -> None:
    arrived.chmod(0o755)
    try:
        os.rename(arrived, directory)
    except OSError:
        if not any(directory.glob("*.jar")):  # otherwise another lab was faster, and its copy is as good
            raise

# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Class data archives: what the JVM would read and verify at every start, kept in a form that it maps into memory.

With one, a broker starts with half the CPU time and a tool in a third of the time.  An archive is optional everywhere:
it is made once per set of jars, and a JVM that cannot use it starts without.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterable
from pathlib import Path

from manuela_lab.parts.jars import JarSet, Report, jar_set, silent
from manuela_lab.parts.java import SMALL
from manuela_lab.parts.rehearsal import Rehearsal, RehearsalFailed

DUMP_TIMEOUT = 180.0


def make(cache: Path, report: Report = silent) -> bool:
    """Archives for Kafka and Camel, if there are none; whether all are there now.

    Starts a broker, the tools, MirrorMaker and both Integrations of the sample once, on an address of their own, to
    learn which classes they load.  What goes wrong is reported and harmless.
    """
    kafka, camel = jar_set("kafka", cache, report), jar_set("camel", cache, report)
    if kafka.archive.exists() and camel.archive.exists():
        return True
    report("rehearsing Kafka and Camel once, so that they start faster from now on")
    directory = Path(tempfile.mkdtemp(prefix=".rehearsal-", dir=cache))
    try:
        classes = Rehearsal(kafka, camel, directory).run()
        _dump(kafka, classes["kafka"], directory)
        _dump(camel, classes["camel"], directory)
    except (RehearsalFailed, OSError, subprocess.SubprocessError) as error:
        report(f"no class data archive ({error}); Java programs start more slowly")
        return False
    finally:
        shutil.rmtree(directory, ignore_errors=True)
    return True


def merged(lists: Iterable[str]) -> str:
    """One class list of several.  Comments and lambda forms (``@``) depend on one run and are left out."""
    lines = {line.strip() for text in lists for line in text.splitlines()}
    return "\n".join(sorted(line for line in lines if line and line[0] not in "#@")) + "\n"


def _dump(jars: JarSet, lists: Iterable[str], directory: Path) -> None:
    """Into a file beside, then one rename: a half-written archive is never used."""
    classes, arriving = directory / f"{jars.name}.classes", jars.archive.with_suffix(f".{os.getpid()}")
    classes.write_text(merged(lists), encoding="utf-8")
    class_path = ":".join(str(jar) for jar in jars.jars)
    command = ["java", *SMALL, "-Xshare:dump", f"-XX:SharedClassListFile={classes}"]
    command += [f"-XX:SharedArchiveFile={arriving}", "-Xlog:disable", "-cp", class_path]
    try:
        subprocess.run(command, check=True, capture_output=True, timeout=DUMP_TIMEOUT, stdin=subprocess.DEVNULL)
        os.replace(arriving, jars.archive)
    finally:
        arriving.unlink(missing_ok=True)

# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Java command lines with a small footprint: many JVMs share two cores, and none of them lives long."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

# One compiler tier and the serial collector halve the time to the first record; a megabyte of stack each is too much.
SMALL = ("-Xss512k", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-XX:-UsePerfData", "-XX:+ExitOnOutOfMemoryError")
# An archive that does not fit this JVM is passed over without a word: tools' output is read by programs.
SHARING = ("-Xshare:auto", "-Xlog:disable")
LOGGER = "org.slf4j.simpleLogger"


@dataclass(frozen=True)
class Program:
    """One Java program: what runs, with which classes and which settings.

    ``jars`` come first on the class path and ``classes`` (directories of compiled routes or of property files) last,
    so that a class data archive of the jars alone stays valid.  ``hosts_file`` replaces the machine's name service:
    it must list every name that the program asks for.
    """

    main_class: str
    arguments: tuple[str, ...] = ()
    jars: tuple[Path, ...] = ()
    classes: tuple[Path, ...] = ()
    heap_mb: int = 160
    log_level: str = "warn"
    hosts_file: Path | None = None
    archive: Path | None = None
    properties: Mapping[str, str] = field(default_factory=dict)

    def command(self, java: str = "java") -> list[str]:
        """The command line; every argument is free of secrets as long as ``arguments`` and ``properties`` are."""
        class_path = ":".join(str(entry) for entry in (*self.jars, *self.classes))
        return [java, *self.options(), "-cp", class_path, self.main_class, *self.arguments]

    def options(self) -> list[str]:
        """The options in front of the class path."""
        options = [f"-Xmx{self.heap_mb}m", "-Xms32m", *SMALL]
        if self.archive is not None and self.archive.exists():
            options += [*SHARING, f"-XX:SharedArchiveFile={self.archive}"]
        if self.hosts_file is not None:
            options.append(f"-Djdk.net.hosts.file={self.hosts_file}")
        logging = {"defaultLogLevel": self.log_level, "showDateTime": "true", "dateTimeFormat": "HH:mm:ss.SSS"}
        settings = {f"{LOGGER}.{key}": value for key, value in logging.items()} | dict(self.properties)
        return options + [f"-D{key}={value}" for key, value in sorted(settings.items())]

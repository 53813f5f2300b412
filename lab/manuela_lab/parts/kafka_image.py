# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The inside of the lab's Kafka image: a directory where the command lines of real pods work.

A pod with the cluster's image runs ``bin/kafka-console-consumer.sh …`` in the image's work directory.  ``lay_out``
makes that directory; whoever plays kubelet starts the pod's own command with the directory as its current one and
gives it ``KAFKA_OPTS`` (for ``-Djdk.net.hosts.file=…``), which these scripts honour as Kafka's do.
"""

from __future__ import annotations

import os
from pathlib import Path

from manuela_lab.parts.jars import JarSet
from manuela_lab.parts.java import SHARING, SMALL

TOOLS = {
    "kafka-broker-api-versions.sh": "org.apache.kafka.tools.BrokerApiVersionsCommand",
    "kafka-configs.sh": "kafka.admin.ConfigCommand",
    "kafka-console-consumer.sh": "org.apache.kafka.tools.consumer.ConsoleConsumer",
    "kafka-console-producer.sh": "org.apache.kafka.tools.ConsoleProducer",
    "kafka-consumer-groups.sh": "org.apache.kafka.tools.consumer.group.ConsumerGroupCommand",
    "kafka-get-offsets.sh": "org.apache.kafka.tools.GetOffsetShell",
    "kafka-metadata-quorum.sh": "org.apache.kafka.tools.MetadataQuorumCommand",
    "kafka-topics.sh": "org.apache.kafka.tools.TopicCommand",
}

RUN_CLASS = """#!/bin/sh
# Runs a class of the Kafka distribution: kafka-run-class.sh CLASS ARGUMENT…
exec java ${{KAFKA_HEAP_OPTS:--Xmx128m}} {options} ${{KAFKA_OPTS:-}} -cp '{class_path}' "$@"
"""

TOOL = """#!/bin/sh
exec "$(dirname "$0")/kafka-run-class.sh" {main_class} "$@"
"""


def lay_out(root: Path, jars: JarSet) -> Path:
    """Write ``root/bin/*.sh`` over the given jars and return ``root``; a second call changes nothing."""
    scripts = {name: TOOL.format(main_class=main_class) for name, main_class in TOOLS.items()}
    scripts["kafka-run-class.sh"] = _run_class(jars)
    binaries = root / "bin"
    binaries.mkdir(parents=True, exist_ok=True)
    for name, text in scripts.items():
        _write_script(binaries / name, text)
    return root


def _run_class(jars: JarSet) -> str:
    options = [*SMALL, "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn"]
    if jars.archive.exists():
        options += [*SHARING, f"-XX:SharedArchiveFile='{jars.archive}'"]
    return RUN_CLASS.format(options=" ".join(options), class_path=":".join(str(jar) for jar in jars.jars))


def _write_script(path: Path, text: str) -> None:
    """In one rename: a pod may be running the script at this very moment."""
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return
    arriving = path.with_name(f".{path.name}.{os.getpid()}")
    arriving.write_text(text, encoding="utf-8")
    arriving.chmod(0o755)
    os.replace(arriving, path)

# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What runs in a container of the Kafka image: a broker, MirrorMaker, or the command line of somebody's pod."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Mapping

from manuela_lab.operator import pem
from manuela_lab.operator.containers import Sandbox, rewrite
from manuela_lab.operator.images import base_environment
from manuela_lab.operator.processes import Program
from manuela_lab.parts import jars, java, kafka_image

ROOT = "/opt/kafka"
BROKER_COMMAND = "/opt/kafka/kafka_run.sh"
MIRROR_COMMAND = "/opt/kafka/kafka_mirror_maker_2_run.sh"
CONFIG = "/opt/kafka/custom-config"
KEY_STORES = "/opt/kafka/certificates"
TRUST = "/opt/kafka/mm2-certs"
BROKER_HEAP_MB = 160
MIRROR_HEAP_MB = 256
MIRROR_STARTED = "Kafka MirrorMaker started"
#: Which topics are found and which connector starts is what somebody reads this log for.
MIRROR_LOGGERS = {f"org.apache.kafka.connect.mirror.Mirror{name}": "info" for name in ("SourceConnector", "Maker")}


class KafkaImage:
    """The Kafka image of the lab: the jars of the cache, and a directory with ``bin/kafka-*.sh``."""

    def __init__(self, cache: Path, root: Path) -> None:
        self._cache = cache
        self._root = root
        self._jars: jars.JarSet | None = None

    def program(self, sandbox: Sandbox) -> Program:
        """Return what the container runs."""
        command = list(sandbox.container.get("command") or ())
        if command[:1] == [BROKER_COMMAND]:
            return self._broker(sandbox)
        if command[:1] == [MIRROR_COMMAND]:
            return self._mirror_maker(sandbox)
        return self._command_line(sandbox)

    def _jar_set(self) -> jars.JarSet:
        if self._jars is None:
            self._jars = jars.jar_set("kafka", self._cache)
            kafka_image.lay_out(self._root, self._jars)
        return self._jars

    def _java(
        self,
        sandbox: Sandbox,
        main_class: str,
        arguments: tuple[str, ...],
        heap_mb: int,
        loggers: Mapping[str, str] | None = None,
    ) -> Program:
        found = self._jar_set()
        command = java.Program(
            main_class,
            arguments,
            found.jars,
            heap_mb=heap_mb,
            hosts_file=sandbox.hosts_file,
            archive=found.archive,
            properties={f"{java.LOGGER}.log.{name}": level for name, level in (loggers or {}).items()},
        ).command()
        return Program(tuple(command), base_environment(sandbox), sandbox.directory)

    def _broker(self, sandbox: Sandbox) -> Program:
        config = sandbox.local(CONFIG)
        properties = (config / "server.config").read_text(encoding="utf-8")
        settings = dict(line.split("=", 1) for line in properties.splitlines() if "=" in line and line[0] != "#")
        data = sandbox.local(settings["log.dirs"])
        identify(data, (config / "cluster.id").read_text(encoding="utf-8").strip(), settings["node.id"])
        for name, store in sandbox.mounted_below(KEY_STORES):
            text = pem.key_store((store / "tls.key").read_bytes(), (store / "tls.crt").read_bytes())
            private(sandbox.local("/tmp") / f"{name}.pem", text)
        target = sandbox.directory / "server.properties"
        private(target, rewrite(properties, sandbox.paths).encode())
        port = int(settings["advertised.listeners"].split(",")[0].rpartition(":")[2])
        program = self._java(sandbox, "kafka.Kafka", (str(target),), BROKER_HEAP_MB)
        return replace(program, ready=(sandbox.address, port))

    def _mirror_maker(self, sandbox: Sandbox) -> Program:
        config = sandbox.local(CONFIG)
        target_alias = (config / "target").read_text(encoding="utf-8").strip()
        trusted: dict[str, list[bytes]] = {}
        for name, directory in sandbox.mounted_below(TRUST):
            texts = trusted.setdefault(name.partition("/")[0], [])
            texts += [path.read_bytes() for path in sorted(directory.iterdir()) if path.is_file()]
        for alias, texts in trusted.items():
            private(sandbox.local("/tmp") / f"{alias}.truststore.pem", pem.trust_store(texts))
        target = sandbox.directory / "mm2.properties"
        private(target, rewrite((config / "mm2.properties").read_text(encoding="utf-8"), sandbox.paths).encode())
        arguments = (str(target), "--clusters", target_alias)
        main_class = "org.apache.kafka.connect.mirror.MirrorMaker"
        program = self._java(sandbox, main_class, arguments, MIRROR_HEAP_MB, MIRROR_LOGGERS)
        return replace(program, ready_text=MIRROR_STARTED)

    def _command_line(self, sandbox: Sandbox) -> Program:
        self._jar_set()
        argv = tuple(sandbox.argv({ROOT: str(self._root)}))
        return Program(argv or ("sleep", "infinity"), base_environment(sandbox), self._root)


def identify(data: Path, cluster_id: str, node_id: str) -> None:
    """Write what Kafka's storage tool writes into a new log directory; an old one keeps its identity."""
    data.mkdir(parents=True, exist_ok=True)
    target = data / "meta.properties"
    if target.exists():
        return
    directory_id = cluster_id[:-2] + ("AA" if not cluster_id.endswith("AA") else "BA")
    text = f"version=1\ncluster.id={cluster_id}\nnode.id={node_id}\ndirectory.id={directory_id}\n"
    target.write_text(text, encoding="ascii")


def private(path: Path, data: bytes) -> None:
    """Write a file that only its owner may read, from the first byte on."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)

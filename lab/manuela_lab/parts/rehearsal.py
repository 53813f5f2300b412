# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A short run of every Java program of the data plane, to learn which classes each one loads."""

from __future__ import annotations

import contextlib
import os
import re
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import yaml

from manuela_lab.parts import camel, integration
from manuela_lab.parts.jars import PROJECTS, JarSet
from manuela_lab.parts.java import Program

SAMPLE = PROJECTS.parent / "gitops" / "config"
INTEGRATIONS = (
    "templates/manuela/messaging-kafka/mqtt2kafka",
    "instances/manuela-data-lake/central-s3-store/kafka-to-s3",
)
TOPICS = ("manuela-factory.iot-sensor-sw-temperature", "manuela-factory.iot-sensor-sw-vibration")
START_TIMEOUT = 90.0
TOOL_TIMEOUT = 60.0
LISTEN_SECONDS = 10.0
STOP_SECONDS = 5.0

BROKER = """process.roles=broker,controller
node.id=1
controller.quorum.voters=1@{address}:9093
controller.listener.names=CONTROLLER
listeners=PLAINTEXT://{address}:9092,CONTROLLER://{address}:9093
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
log.dirs={data}
offsets.topic.num.partitions=1
offsets.topic.replication.factor=1
group.initial.rebalance.delay.ms=0
log.cleaner.dedupe.buffer.size=2097152
"""
META = "version=1\ncluster.id=BBBBBBBBBBBBBBBBBBBBBA\nnode.id=1\ndirectory.id=CCCCCCCCCCCCCCCCCCCCCA\n"
MIRROR = """clusters=one, two
one.bootstrap.servers={address}:9092
two.bootstrap.servers={address}:9092
one->two.enabled=true
one->two.topics=.*
replication.factor=1
offset-syncs.topic.replication.factor=1
heartbeats.topic.replication.factor=1
checkpoints.topic.replication.factor=1
config.storage.replication.factor=1
offset.storage.replication.factor=1
status.storage.replication.factor=1
plugin.discovery=service_load
one.plugin.discovery=service_load
two.plugin.discovery=service_load
"""


class RehearsalFailed(RuntimeError):
    """A program did not start; the message names it."""


class Rehearsal:
    """One run, in a directory and at a loopback address that nothing else uses."""

    def __init__(self, kafka: JarSet, camel_jars: JarSet, directory: Path) -> None:
        self._kafka = kafka
        self._camel = camel_jars
        self._directory = directory
        self._address = f"127.{200 + os.getpid() % 50}.{os.getpid() // 50 % 250}.1"
        self._server = f"{self._address}:9092"

    def run(self) -> dict[str, list[str]]:
        """The class lists of the programs of each set of jars."""
        with self._running("broker", self._broker()) as broker:
            self._await_port(broker)
            self._use_tools()
            with contextlib.ExitStack() as together:
                together.enter_context(self._running("mirror", self._mirror()))
                for name in INTEGRATIONS:
                    together.enter_context(self._running(f"camel-{Path(name).name}", self._integration(name)))
                time.sleep(LISTEN_SECONDS)
        lists = {path.stem: path.read_text(encoding="utf-8") for path in self._directory.glob("*.lst")}
        of_camel = [text for name, text in lists.items() if name.startswith("camel-")]
        return {"camel": of_camel, "kafka": [text for name, text in lists.items() if not name.startswith("camel-")]}

    def _use_tools(self) -> None:
        server = ("--bootstrap-server", self._server)
        for topic in TOPICS:
            self._tool("topics", "org.apache.kafka.tools.TopicCommand", *server, "--create", "--topic", topic)
            producer = "org.apache.kafka.tools.ConsoleProducer"
            self._tool("producer", producer, *server, "--topic", topic, text="m,d,1.0,1\n" * 20)
        consumer = "org.apache.kafka.tools.consumer.ConsoleConsumer"
        self._tool("consumer", consumer, *server, "--topic", TOPICS[0], "--from-beginning", "--max-messages", "1")
        self._tool("offsets", "org.apache.kafka.tools.GetOffsetShell", *server)

    def _broker(self) -> Program:
        data = self._directory / "data"
        data.mkdir()
        (data / "meta.properties").write_text(META, encoding="utf-8")
        settings = self._file("broker.properties", BROKER.format(address=self._address, data=data))
        return Program("kafka.Kafka", (str(settings),), self._kafka.jars)

    def _mirror(self) -> Program:
        settings = self._file("mirror.properties", MIRROR.format(address=self._address))
        main_class = "org.apache.kafka.connect.mirror.MirrorMaker"
        return Program(main_class, (str(settings), "--clusters", "two"), self._kafka.jars, heap_mb=256)

    def _integration(self, name: str) -> Program:
        """An Integration of the sample, with nobody at the other end of MQTT and S3."""
        spec = yaml.safe_load((SAMPLE / f"{name}-integration.yaml").read_text(encoding="utf-8"))["spec"]
        settings = yaml.safe_load((SAMPLE / f"{name}-cm.yaml").read_text(encoding="utf-8"))["data"]
        nobody = f"//{self._address}:1"
        replaced = f"kafka.broker.uri={self._server}\nmqtt.broker.uri=tcp:{nobody}\n"
        replaced += f"s3.custom.endpoint.url=http:{nobody}\ns3.accessKey=none\ns3.secretKey=none\n"
        properties = settings["application.properties"] + replaced
        cache = camel.Cache(self._camel.directory.parent)
        return camel.prepare(integration.read(spec), properties, self._directory / Path(name).name, cache)

    def _await_port(self, broker: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + START_TIMEOUT
        while True:
            with contextlib.suppress(OSError), socket.create_connection((self._address, 9092), timeout=1):
                return
            if broker.poll() is not None or time.monotonic() > deadline:
                said = (self._directory / "broker.log").read_text(errors="replace").strip().splitlines() or ["nothing"]
                raise RehearsalFailed(f"a broker at {self._server} did not start; it said: {said[-1]}")
            time.sleep(0.1)

    def _tool(self, name: str, main_class: str, *arguments: str, text: str = "") -> None:
        command = self._learning(name, Program(main_class, arguments, self._kafka.jars))
        subprocess.run(command, input=text.encode(), capture_output=True, timeout=TOOL_TIMEOUT, check=True)

    @contextlib.contextmanager
    def _running(self, name: str, program: Program) -> Iterator[subprocess.Popen[bytes]]:
        with (self._directory / f"{name}.log").open("wb") as log:
            command = ["setpriv", "--pdeathsig", "KILL", "--", *self._learning(name, program)]
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def _learning(self, name: str, program: Program) -> list[str]:
        java, *rest = program.command()
        kept = [word for word in rest if not re.match(r"-Xshare|-XX:SharedArchiveFile|-Xlog", word)]
        return [java, "-Xshare:off", f"-XX:DumpLoadedClassList={self._directory / name}.lst", *kept]

    def _file(self, name: str, text: str) -> Path:
        path = self._directory / name
        path.write_text(text, encoding="utf-8")
        return path

# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One Kafka broker for the benchmarks, from the jars of the lab, with topics of many records."""

from __future__ import annotations

import contextlib
import os
import re
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from confluent_kafka.admin import AdminClient, NewTopic
from measuring import of_command

from manuela_lab.parts import jars, kafka_image
from manuela_lab.parts.java import Program
from manuela_lab.parts.rehearsal import BROKER, META
from manuela_lab.places import Places

RECORD_BYTES = 100
START_SECONDS = 90


@dataclass(frozen=True)
class Broker:
    """A broker that answers, and Kafka's own tools."""

    server: str
    tools: Path
    version: str

    def topic(self, name: str, records: int, partitions: int) -> None:
        """Create a topic, and fill it with Kafka's own producer of load."""
        admin = AdminClient({"bootstrap.servers": self.server})
        admin.create_topics([NewTopic(name, partitions, 1)])[name].result(timeout=30)
        words = ("--topic", name, "--num-records", records, "--record-size", RECORD_BYTES, "--throughput", -1)
        producer = "org.apache.kafka.tools.ProducerPerformance"
        server = f"bootstrap.servers={self.server}"
        of_command([self.tools / "kafka-run-class.sh", producer, *words, "--producer-props", server])


@contextlib.contextmanager
def running(directory: Path) -> Iterator[Broker]:
    """Start a broker on an address of its own, and end it."""
    address = f"127.{100 + os.getpid() % 100}.{os.getpid() // 100 % 250}.78"
    kafka = jars.jar_set("kafka", Places.of(os.environ).cache)
    tools = kafka_image.lay_out(directory / "image", kafka) / "bin"
    data = directory / "data"
    data.mkdir(parents=True)
    (data / "meta.properties").write_text(META)
    settings = directory / "broker.properties"
    settings.write_text(BROKER.format(address=address, data=data))
    program = Program("kafka.Kafka", (str(settings),), kafka.jars, heap_mb=512, archive=kafka.archive)
    with (directory / "log").open("wb") as log:
        command = ["setpriv", "--pdeathsig", "KILL", "--", *program.command()]
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        try:
            _await(address, process, directory / "log")
            yield Broker(f"{address}:9092", tools, _version(kafka))
        finally:
            process.kill()
            process.wait()


def _await(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while True:
        with contextlib.suppress(OSError), socket.create_connection((address, 9092), timeout=1):
            return
        assert process.poll() is None and time.monotonic() < end, log.read_text(errors="replace")[-2000:]
        time.sleep(0.1)


def _version(kafka: jars.JarSet) -> str:
    found = [re.fullmatch(r"kafka-clients-([\d.]+)\.jar", jar.name) for jar in kafka.jars]
    return next((one[1] for one in found if one), "of unknown version")

# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""kafka_topic_info with the connection direct, against kcat, Kafka's own consumer and confluent-kafka's bare loop."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from brokers import RECORD_BYTES, Broker, running
from confluent_kafka import libversion
from measuring import RUNS, Cost, alternate, median, of_command
from playing import playbook
from programs import Program, kcat
from report import Report

READER = Path(__file__).with_name("topic_reader.py")
FEW, TEN, WINDOW = 1_000, 10, 100_000
PARTITIONS = 3


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory, report: Report) -> Iterator[Broker]:
    with running(tmp_path_factory.mktemp("broker")) as started:
        report.used("Kafka", started.version)
        report.used("librdkafka in confluent-kafka", libversion()[0])
        started.topic("few", FEW, 1)
        yield started


@pytest.fixture(scope="module")
def many(broker: Broker, large: bool) -> int:
    records = 10_000_000 if large else 1_000_000
    broker.topic("many", records, PARTITIONS)
    return records


def _read(broker: Broker, way: str, **asked: Any) -> tuple[Cost, dict[str, Any]]:
    """Read in a process of its own; what it cost without the imports."""
    params = {"bootstrap_servers": broker.server, **asked}
    _whole, said = of_command([sys.executable, str(READER), way, json.dumps(params)])
    told = json.loads(said)
    return Cost(told["wall"], told["cpu"]), told


def _insisting(broker: Broker, way: str, records: int, **asked: Any) -> Cost:
    cost, told = _read(broker, way, **asked)
    assert told["records"] == records
    return cost


def _kcat(broker: Broker, program: Program) -> Cost:
    argv = [
        program.path,
        "-C",
        "-q",
        "-e",
        "-b",
        broker.server,
        "-t",
        "few",
        "-p",
        "0",
        "-o",
        f"-{TEN}",
        "-c",
        str(TEN),
    ]
    cost, said = of_command(argv, program.environment)
    assert len(said.splitlines()) == TEN
    return cost


def test_the_tenth_record(broker: Broker, report: Report) -> None:
    program = kcat()
    report.used("kcat", program.version)
    asked = {"topics": ["few"], "sample": TEN}
    figures = alternate(
        {
            "kafka_topic_info, direct": lambda: _insisting(broker, "newest", TEN, **asked),
            "kcat -C -o -10 -c 10": lambda: _kcat(broker, program),
            "confluent-kafka, bare loop": lambda: _insisting(broker, "bare-newest", TEN, **asked),
        }
    )
    report.comparison(
        "From connecting to the tenth record",
        f"The newest {TEN} records of a topic of {FEW:,}. Imports of Python are excluded; the start of kcat is in its "
        "figure. Aim: at most twice kcat.",
        figures,
        "kcat -C -o -10 -c 10",
    )


def test_a_task_that_reads_ten_records(broker: Broker, report: Report, tmp_path: Path) -> None:
    asked = {"connection": "direct", "bootstrap_servers": broker.server, "topics": ["few"], "sample": TEN}
    ours = {"manuela.event_streaming.kafka_topic_info": asked}
    console = [str(broker.tools / "kafka-console-consumer.sh"), "--bootstrap-server", broker.server, "--topic", "few",
               "--from-beginning", "--max-messages", str(TEN)]  # fmt: skip
    theirs = {"ansible.builtin.command": {"argv": console}}
    figures = alternate(
        {
            "kafka_topic_info, direct": lambda: playbook([ours], tmp_path),
            "command: kafka-console-consumer.sh": lambda: playbook([theirs], tmp_path),
            "no task": lambda: playbook([], tmp_path),
        }
    )
    report.comparison(
        f"A task that reads {TEN} records",
        "The whole of ansible-playbook. kafka_topic_info looks twice with a fifth of a second between, for the rate, "
        "and reads the newest records with offsets and times; the consumer prints the first ones. Aim: quicker.",
        figures,
        "command: kafka-console-consumer.sh",
    )


def test_the_state_of_a_large_topic(broker: Broker, many: int, report: Report) -> None:
    rows = []
    for topic, records in (("few", FEW), ("many", many)):
        runs = [_read(broker, "state", topics=[topic], sample=5) for _run in range(RUNS)]
        assert all(told["records"] == records for _cost, told in runs)
        cost, told = median([cost for cost, _told in runs]), runs[-1][1]
        named = ", ".join(f"{count} {name}" for name, count in sorted(told["requests"].items()))
        received = f"{told['bytes'] / 1024:.0f}"
        rows.append([f"{records:,}", sum(told["requests"].values()), named, received, *_seconds(cost)])
    whole, told = _read(broker, "bare-all", topics=["many"])
    assert told["records"] == many
    rows.append([f"{many:,}, all read by a bare loop", "", "", "", *_seconds(whole)])
    report.table(
        "Offsets, rate and age of a topic",
        f"Two looks half a second apart, in the figure; records of {RECORD_BYTES} bytes. The smaller topic "
        f"has one partition, the other {PARTITIONS}. Aim: a few requests, however many records there are.",
        ["records", "requests", "which", "KB received", "wall s", "CPU s"],
        rows,
    )


def test_a_window_of_records(broker: Broker, many: int, report: Report) -> None:
    asked = {
        "topics": ["many"],
        "windows": [{"topic": "many", "partition": 0, "from_offset": 1000, "to_offset": 1000 + WINDOW}],
    }
    figures = alternate(
        {
            "kafka_topic_info, direct": lambda: _insisting(broker, "window", WINDOW, **asked),
            "confluent-kafka, bare loop": lambda: _insisting(broker, "bare-window", WINDOW, **asked),
        }
    )
    report.comparison(
        f"A window of {WINDOW:,} records",
        "Ours makes a digest of each record, by which windows of two clusters are compared; the loop counts them. "
        "Aim: at least half as quick as the loop.",
        figures,
        "confluent-kafka, bare loop",
    )


def _seconds(cost: Cost) -> list[str]:
    return [f"{cost.wall:.2f}", f"{cost.cpu:.2f}"]

# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sample's Integration from Kafka to S3, in a real Camel between a real broker and a real store."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest
import yaml
from botocore.exceptions import BotoCoreError, ClientError
from confluent_kafka import Producer

from manuela_lab.parts import camel, integration, jars, seaweed
from manuela_lab.parts.java import Program
from manuela_lab.parts.rehearsal import BROKER, META, SAMPLE

TOPIC = "manuela-factory.iot-sensor-sw-temperature"
BUCKET = "manuela-data-lake"
KEY = re.compile(r"manuela-temperature-\d{8}T\d{6}\.\d{3}Z-p0-o(\d+)\.txt")


@dataclass
class Pipeline:
    """A broker and a store, and the program that carries records from one to the other."""

    broker: str
    s3: Any
    writer: Program

    def produce(self, first: int, count: int) -> None:
        """Records that tell themselves apart."""
        producer = Producer({"bootstrap.servers": self.broker})
        for number in range(first, first + count):
            producer.produce(TOPIC, f"line-1,pump-1,50.0,{number}".encode())
        assert producer.flush(30) == 0

    def records(self) -> list[int]:
        """What the store holds, in the order of the objects' first offsets."""
        listed = self.s3.list_objects_v2(Bucket=BUCKET).get("Contents", [])
        keys = sorted((each["Key"] for each in listed), key=lambda key: int(KEY.fullmatch(key)[1]))
        texts = [self.s3.get_object(Bucket=BUCKET, Key=key)["Body"].read().decode() for key in keys]
        assert all(text.endswith("\n") for text in texts)
        return [int(line.rsplit(",", 1)[1]) for text in texts for line in text.splitlines()]


@pytest.fixture
def pipeline(tmp_path, cache, address, start, wait_for, listens) -> Pipeline:
    """A broker and a store that run; the writer is started by the test."""
    kafka = jars.jar_set("kafka", cache)
    data = tmp_path / "broker"
    data.mkdir()
    (data / "meta.properties").write_text(META)
    settings = tmp_path / "broker.properties"
    settings.write_text(BROKER.format(address=address, data=data))
    start("broker", Program("kafka.Kafka", (str(settings),), kafka.jars, archive=kafka.archive).command())
    store = seaweed.Store(tmp_path / "s3", address)
    command = store.command()
    store.configuration_file.write_text(seaweed.configuration("test-access", "test-secret"))
    start("s3", command)
    wait_for("broker", lambda: listens(address, 9092))
    s3 = client(store)
    wait_for("store", lambda: has_bucket(s3))
    yield Pipeline(f"{address}:9092", s3, writer(tmp_path, cache, address, store))
    for socket_file in store.sockets():
        socket_file.unlink(missing_ok=True)


def client(store: seaweed.Store) -> Any:
    return boto3.client(
        "s3",
        endpoint_url=store.endpoint_url,
        aws_access_key_id="test-access",
        aws_secret_access_key="test-secret",
        region_name="us-east-1",
    )


def has_bucket(s3: Any) -> bool:
    """Whether the store has made the bucket; it answers before it can."""
    try:
        s3.create_bucket(Bucket=BUCKET)
    except ClientError as error:
        return error.response["Error"]["Code"] == "BucketAlreadyOwnedByYou"
    except BotoCoreError:
        return False
    return True


def writer(tmp_path: Path, cache: Path, address: str, store: seaweed.Store) -> Program:
    directory = SAMPLE / "instances/manuela-data-lake/central-s3-store"
    spec = yaml.safe_load((directory / "kafka-to-s3-integration.yaml").read_text())["spec"]
    settings = yaml.safe_load((directory / "kafka-to-s3-cm.yaml").read_text())["data"]["application.properties"]
    settings += f"kafka.broker.uri={address}:9092\ns3.custom.endpoint.url={store.endpoint_url}\n"
    settings += "s3.accessKey=test-access\ns3.secretKey=test-secret\n"
    return camel.prepare(integration.read(spec), settings, tmp_path / "writer", camel.Cache(cache))


def test_every_record_is_in_one_object_though_the_writer_is_killed(pipeline, start, wait_for):
    pipeline.produce(0, 95)
    first = start("writer", pipeline.writer.command())
    wait_for("first objects", lambda: len(pipeline.records()) >= 20)
    first.kill()
    pipeline.produce(95, 30)
    start("writer", pipeline.writer.command())
    wait_for("all records, the incomplete batch too", lambda: len(set(pipeline.records())) == 125, 90)
    assert pipeline.records() == list(range(125))

# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything is there and green, and yet no data comes."""

from __future__ import annotations

import base64
import re

from manuela_lab.faults import where
from manuela_lab.faults.commits import Commit, Replace, Rewrite, commit
from manuela_lab.faults.fault import Fault
from manuela_lab.faults.objects import Patched
from manuela_lab.faults.programs import Cut, Frozen, Stopped
from manuela_lab.faults.signs import AtOnce, Logged

ARCHIVE_LOG = "camel.apache.org/integration=kafka-to-s3-integration"
SENSOR_LOG = "app=machine-sensor-1"
INGEST_LOG = "camel.apache.org/integration=mqtt2kafka-integration"
KEY_REFUSED = "SignatureDoesNotMatch|InvalidAccessKey|Status Code: 403"
# The newest object is too old after a minute; the pod before writes its last one when the new one has long failed.
STANDS_STILL = 85
# Sensors are given their settings once more in the instance; each machine has a file of its own.
MACHINES = tuple(f"{where.SHOP}/machine-sensor/machine-sensor-{number}-configmap.properties" for number in (1, 2))
NONE, ONE = {"spec": {"replicas": 0}}, {"spec": {"replicas": 1}}


def wrong_key(manifest: str) -> str:
    """Put another secret key into the archive's Secret."""

    def replaced(match: re.Match[str]) -> str:
        text = base64.b64decode(match["data"]).decode()
        wrong = re.sub(r"(?m)^(s3\.secretKey=).*$", r"\1a-key-that-was-withdrawn", text)
        return match["head"] + base64.b64encode(wrong.encode()).decode()

    return re.sub(r"(?P<head>application\.properties: )(?P<data>\S+)", replaced, manifest)


def silence(*metrics: str) -> Commit:
    """Switch metrics off at every machine."""

    def silenced(settings: str) -> str:
        kept = [line for line in settings.splitlines() if not line.startswith(tuple(map(_switch, metrics)))]
        return "".join(f"{line}\n" for line in (*kept, *(f"{_switch(metric)}false" for metric in metrics)))

    return commit(*(Rewrite(machine, silenced) for machine in MACHINES))


def _switch(metric: str) -> str:
    return f"SENSOR_{metric}_ENABLED="


DATA = (
    Fault(
        "sensors-stopped",
        "the sensors are stopped, and the topics hold old records",
        (
            Patched("factory", where.deployment(where.SENSORS, "machine-sensor-1"), NONE, ONE),
            Patched("factory", where.deployment(where.SENSORS, "machine-sensor-2"), NONE, ONE),
        ),
        AtOnce(),
        "sensors_stopped",
        ("machine-sensor-1", "machine-sensor-2"),
    ),
    Fault(
        "temperature-silent",
        "the sensors run, and send no temperature any more",
        (silence("TEMPERATURE"),),
        Logged("factory", where.SENSORS, SENSOR_LOG, "sends vibration to"),
        "one_topic_still",
        ("iot-sensor-sw-temperature", "while iot-sensor-sw-vibration gets records"),
    ),
    Fault(
        "sensors-silent",
        "the sensors run, and send nothing",
        (silence("TEMPERATURE", "VIBRATION"),),
        Logged("factory", where.SENSORS, SENSOR_LOG, "sends nothing to"),
        "no_new_records",
        ("nothing new arrives in", "the sensors, or what brings their records here"),
    ),
    Fault(
        "mqtt-host-wrong",
        "the integration is given an MQTT broker that no name server knows",
        (commit(Replace(f"{where.TEMPLATE}/mqtt2kafka-cm.yaml", r"tcp://[^:]+:", "tcp://no-such-broker:")),),
        Logged("factory", where.MESSAGING, INGEST_LOG, "(?i)unknownhost|no-such-broker"),
        "name_unresolved",
        ("mqtt2kafka-integration", "no-such-broker"),
    ),
    Fault(
        "link-cut",
        "the link between factory and central is cut",
        (Cut(),),
        Logged("factory", where.MIRROR, "strimzi.io/cluster=factory-to-central", "could not be established|disconnect"),
        "mirror_cut_off",
        ("cannot reach the central Kafka",),
    ),
    Fault(
        "mirror-hangs",
        "the mirror's process hangs",
        (Frozen(("java", "connect.mirror.MirrorMaker", "factory")),),
        AtOnce(),
        "mirror_still",
        ("manuela-factory.iot-sensor-sw-",),
    ),
    Fault(
        "broker-hangs",
        "the factory's Kafka takes connections and answers nothing",
        (Frozen(("java", "kafka.Kafka", "manuela-kafka-cluster")),),
        AtOnce(),
        "broker_unreachable",
        ("Kafka does not answer", "manuela-kafka-cluster"),
    ),
    Fault(
        "s3-down",
        "the S3 store does not run",
        (Stopped("s3"),),
        AtOnce(),
        "s3_unreachable",
        ("the S3 store http", "does not answer"),
    ),
    Fault(
        "s3-key-wrong",
        "the archive has a key that the store refuses",
        (commit(Rewrite(f"{where.ARCHIVE}/s3-secret.yaml", wrong_key)),),
        Logged("central", where.S3_STORE, ARCHIVE_LOG, KEY_REFUSED, STANDS_STILL),
        "s3_denied",
        ("refuses the keys",),
    ),
    Fault(
        "s3-bucket-wrong",
        "the archive writes to a bucket that does not exist",
        (commit(Replace(f"{where.ARCHIVE}/kafka-to-s3-cm.yaml", r"bucket.name=\S+", "bucket.name=no-such-bucket")),),
        Logged(
            "central", where.S3_STORE, ARCHIVE_LOG, "NoSuchBucket|no-such-bucket|bucket does not exist", STANDS_STILL
        ),
        "s3_bucket_missing",
        ("does not exist",),
    ),
)

# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What runs in the cluster, what it may do there, and what is read from its words."""

from __future__ import annotations

import pytest
from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import Failure
from ansible_collections.manuela.event_streaming.plugins.module_utils._kafka_topic import manifest
from ansible_collections.manuela.event_streaming.plugins.module_utils._kafka_topic.transcript import transcript_of
from ansible_collections.manuela.event_streaming.plugins.module_utils._kafka_topic.wanted import wanted_of
from ansible_collections.manuela.event_streaming.plugins.module_utils._kube import at

START = 1_800_000_000.0
TOPICS = ["iot-sensor-sw-temperature", "manuela-factory.iot-sensor-sw-vibration"]


def options(**given):
    params = {"connection": "pod", "namespace": "ns", "cluster": "k", "image": None, "bootstrap_servers": None}
    params |= {"topics": TOPICS, "wait_for": "flowing", "max_age": 30.0, "sample": 2, "pod_name": "kafka-consumer"}
    return {**params, "wait": True, "wait_timeout": 60, "wait_sleep": 1.0, **given}


def test_the_pod_meets_the_restricted_standard_and_ends_by_itself():
    job = manifest.job(wanted_of(options()), "r/kafka:4", "run")
    spec = job["spec"]["template"]["spec"]
    container = spec["containers"][0]
    assert spec["securityContext"] == {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}
    assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
    assert container["securityContext"]["allowPrivilegeEscalation"] is False
    assert spec["automountServiceAccountToken"] is False
    assert {"requests", "limits"} <= set(container["resources"])
    assert (job["spec"]["backoffLimit"], job["spec"]["activeDeadlineSeconds"]) == (
        0,
        manifest.deadline(wanted_of(options())),
    )
    assert job["spec"]["ttlSecondsAfterFinished"] > 0
    assert at(job, "metadata", "labels", "app.kubernetes.io/managed-by") == "manuela.event_streaming"


def test_the_script_takes_no_group_and_nothing_of_the_users_text():
    container = manifest.job(wanted_of(options()), "i", "run")["spec"]["template"]["spec"]["containers"][0]
    script = container["command"][-1]
    assert "--group" not in script and "--from-beginning" not in script
    assert not any(topic in script for topic in TOPICS)
    patterns = next(entry["value"] for entry in container["env"] if entry["name"] == "ES_PATTERNS")
    assert patterns == r"iot-sensor-sw-temperature,manuela-factory\.iot-sensor-sw-vibration"


@pytest.mark.parametrize(
    "given",
    [
        {"topics": ["a b"]},
        {"topics": ["$(reboot)"]},
        {"pod_name": "Kafka_Consumer"},
        {"wait_for": "none"},
        {"sample": 0},
        {"sample": -1, "wait_for": "exists"},
        {"cluster": None},
        {"topics": ["a\n"]},
        {"pod_name": "a\n"},
        {"watch": -1},
        {"max_age": float("nan")},
        {"wait_for": "still", "quiet_seconds": -1},
        {"wait_for": "still", "quiet_seconds": float("inf")},
        {"wait_for": "still", "quiet_seconds": 7, "connection": "direct"},
        {"windows": [{"topic": TOPICS[0], "partition": -1, "from_offset": 0, "to_offset": None}]},
    ],
)
def test_options_that_make_no_sense_are_refused(given):
    with pytest.raises(Failure) as caught:
        wanted_of(options(**given))
    assert caught.value.code == "invalid_option"


def test_a_private_key_does_not_get_into_a_pod_and_is_not_shown():
    kind = "PRIVATE KEY"
    trusted = f"-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n-----BEGIN {kind}-----\nMIIhunter2\n"
    with pytest.raises(Failure, match="there is a private key in it") as caught:
        wanted_of(options(trusted_certificates=trusted))
    assert "hunter2" not in str(caught.value.as_result())


def test_values_with_line_breaks_and_foreign_lines_are_read_whole():
    log = (
        "noise\n@@r records t 0\nCreateTime:5\tPartition:0\tOffset:7\tkey\tfirst\nsecond\n@@not-ours\n"
        f"@@r ends {START}\nt:0:8\nnonsense\n@@r done {START}\n@@r records t 0\nCreateTime:9\tPartition:0\tOff"
    )
    script = transcript_of(log, "r")
    assert script.rounds == 1
    assert [(record.offset, record.key, record.value) for record in script.seen.records] == [
        (7, "key", "first\nsecond\n@@not-ours")
    ]


@pytest.mark.parametrize("separator", ["\r", "\x0b", "\x1c", "\x85", "\u2028"])
def test_only_a_line_break_divides_lines(separator):
    line = f"CreateTime:5\tPartition:0\tOffset:7\tnull\ta{separator}b"
    log = f"@@r records t 0\n{line}\n@@r ends {START}\n@@r done {START}\n"
    assert [record.value for record in transcript_of(log, "r").seen.records] == [f"a{separator}b"]


def test_a_value_of_none_is_told_from_an_empty_one():
    line = "CreateTime:5\tPartition:0\tOffset:{}\tnull\t{}\n"
    log = f"@@r records t 0\n{line.format(7, 'null')}{line.format(8, '')}@@r ends {START}\n@@r done {START}\n"
    assert [record.value for record in transcript_of(log, "r").seen.records] == [None, ""]


def test_records_of_tools_that_print_less_are_read_too():
    log = f"@@r records t 3\nCreateTime:5\tnull\tvalue\n@@r ends {START}\nt:3:-1\n@@r done {START}\n"
    record = transcript_of(log, "r").seen.records[0]
    assert (record.partition, record.offset, record.timestamp_ms, record.value) == (3, None, 5, "value")

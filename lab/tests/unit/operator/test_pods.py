# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A pod's environment, volumes, command line and status are what a kubelet would give and report."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from manuela_lab.operator import containers, images, pod_status
from manuela_lab.operator.containers import NotThere, Sandbox
from manuela_lab.operator.kafka_image import KafkaImage
from manuela_lab.operator.pod_status import ContainerState
from manuela_lab.operator.resources import Resource

NOW = 1_767_323_045.0
LATER = "2026-01-02T03:04:05Z"
OBJECTS: dict[tuple[str, str], Resource] = {
    ("ConfigMap", "settings"): {"kind": "ConfigMap", "data": {"HOST": "broker", "a.properties": "x=1"}},
    ("Secret", "keys"): {"kind": "Secret", "data": {"token": base64.b64encode(b"s3cr3t").decode()}},
}


def lookup(kind: str, name: str) -> Resource | None:
    return OBJECTS.get((kind, name))


def pod(policy: str = "Always", **container: object) -> Resource:
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "p", "namespace": "n", "uid": "u", "labels": {"app": "a"}},
        "spec": {"restartPolicy": policy, "containers": [{"name": "c", "image": "busybox", **container}]},
    }


def environment(**container: object) -> dict[str, str]:
    found = pod(**container)
    return containers.environment(found, found["spec"]["containers"][0], lookup)


def test_variables_from_everywhere() -> None:
    found = environment(
        envFrom=[{"configMapRef": {"name": "settings"}, "prefix": "MQTT_"}],
        env=[
            {"name": "TOKEN", "valueFrom": {"secretKeyRef": {"name": "keys", "key": "token"}}},
            {"name": "ME", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}},
            {"name": "APP", "valueFrom": {"fieldRef": {"fieldPath": "metadata.labels['app']"}}},
            {"name": "URL", "value": "tcp://$(MQTT_HOST):1883/$(UNKNOWN)"},
        ],
    )
    assert found["TOKEN"] == "s3cr3t" and found["ME"] == "p" and found["APP"] == "a"
    assert found["URL"] == "tcp://broker:1883/$(UNKNOWN)"


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ({"envFrom": [{"secretRef": {"name": "gone"}}]}, 'secret "gone" not found'),
        (
            {"env": [{"name": "X", "valueFrom": {"configMapKeyRef": {"name": "settings", "key": "no"}}}]},
            "couldn't find key no in ConfigMap n/settings",
        ),
    ],
)
def test_what_is_missing_is_named_as_a_kubelet_does(source: dict[str, object], said: str) -> None:
    with pytest.raises(NotThere) as caught:
        environment(**source)
    assert str(caught.value) == said


def test_optional_sources_may_be_missing() -> None:
    assert environment(envFrom=[{"secretRef": {"name": "gone", "optional": True}}]) == {}


def test_volumes_hold_the_chosen_keys() -> None:
    volume = {"name": "v", "configMap": {"name": "settings", "items": [{"key": "HOST", "path": "dir/host"}]}}
    assert containers.volume_plan(volume, lookup).files == {"dir/host": b"broker"}
    assert containers.volume_plan({"name": "v", "secret": {"secretName": "keys"}}, lookup).files == {"token": b"s3cr3t"}
    assert containers.volume_plan({"name": "v", "emptyDir": {}}, lookup).scratch


def test_the_service_account_volume_needs_no_publisher_of_the_root_certificate() -> None:
    volume = {"name": "v", "projected": {"sources": [{"configMap": {"name": "kube-root-ca.crt"}}]}}
    assert containers.volume_plan(volume, lookup).files == {}


def test_paths_are_rewritten_once_and_only_as_whole_paths() -> None:
    paths = {"/tmp": "/tmp/lab/tmp", "/opt/kafka": "/image"}
    text = "/opt/kafka/bin/x --to=/tmp/y /optional/kafka /data/opt/kafka /opt/kafka-2"
    assert (
        containers.rewrite(text, paths)
        == "/image/bin/x --to=/tmp/lab/tmp/y /optional/kafka /data/opt/kafka /opt/kafka-2"
    )


def test_a_command_line_of_the_kafka_image_runs_in_its_root(tmp_path: Path) -> None:
    command = ["sh", "-c", "/opt/kafka/bin/kafka-get-offsets.sh; bin/kafka-topics.sh"]
    found = pod(command=command, image="quay.io/strimzi/kafka:0.51.0-kafka-4.3.1")
    hosts = tmp_path / "hosts"
    sandbox = Sandbox(found, found["spec"]["containers"][0], tmp_path, {}, {}, hosts, "127.9.8.40")
    image = KafkaImage(tmp_path, tmp_path / "root")
    image._jar_set = lambda: None  # type: ignore[assignment,method-assign,return-value]
    program = image.program(sandbox)
    assert program.cwd == tmp_path / "root"
    assert program.argv[2] == f"{tmp_path}/root/bin/kafka-get-offsets.sh; bin/kafka-topics.sh"
    assert program.env["KAFKA_OPTS"] == f"-Djdk.net.hosts.file={hosts}"


@pytest.mark.parametrize(
    ("image", "known"),
    [
        ("quay.io/strimzi/kafka:0.51.0-kafka-4.3.1", True),
        ("quay.io/strimzi/kafka:9.9", False),
        ("quay.io/strimzi/kafka:0.51.0-kafka-4.3.1-missing", False),
        ("registry.redhat.io/amq-streams/kafka-39-rhel9:2.9.1", True),
        ("registry.redhat.io/openshift4/ose-cli:v4.18", True),
        ("image-registry.openshift-image-registry.svc:5000/ns/machine-sensor:0.3.1-18", True),
        ("image-registry.openshift-image-registry.svc:5000/ns/machine-sensor:does-not-exist", False),
        ("example.com/who/knows:1", False),
        ("machine-sensor", False),
    ],
)
def test_images_of_the_lab_and_all_others(image: str, known: bool) -> None:
    problem = images.pull_error(image)
    assert (problem == "") == known
    assert known or problem.endswith("not found")


def states(*codes: int | None) -> list[ContainerState]:
    found = []
    for number, code in enumerate(codes):
        state = ContainerState(f"c{number}", "busybox")
        if code is None:
            state.running(LATER, "lab://1")
            state.ready = True
        else:
            state.terminated(code, LATER, LATER)
        found.append(state)
    return found


@pytest.mark.parametrize(
    ("policy", "codes", "phase"),
    [
        ("Always", [None, None], "Running"),
        ("Always", [1], "Running"),
        ("Never", [0, 0], "Succeeded"),
        ("Never", [0, 1], "Failed"),
        ("OnFailure", [0, 1], "Running"),
        ("Never", [0, None], "Running"),
    ],
)
def test_phases(policy: str, codes: list[int | None], phase: str) -> None:
    assert pod_status.phase(policy, states(*codes), initialized=True) == phase


def test_a_waiting_pod_is_pending_and_says_for_what() -> None:
    state = ContainerState("c", "nowhere/x:1")
    state.waiting("ImagePullBackOff", "Back-off pulling image")
    status = pod_status.render(pod(), [state], [], ("1", "2"), NOW)
    assert status["phase"] == "Pending"
    assert status["containerStatuses"][0]["state"]["waiting"]["reason"] == "ImagePullBackOff"
    ready = next(entry for entry in status["conditions"] if entry["type"] == "Ready")
    assert (ready["status"], ready["reason"]) == ("False", "ContainersNotReady")


def test_transition_times_move_only_with_the_condition() -> None:
    first = pod_status.render(pod(), states(None), [], ("1", "2"), NOW)
    second = pod_status.render({**pod(), "status": first}, states(None), [], ("1", "2"), NOW + 60)
    assert second == first


def test_a_restart_keeps_what_was_and_counts() -> None:
    (state,) = states(137)
    state.restarting()
    state.running(LATER, "lab://2")
    report = state.report()
    assert report["restartCount"] == 1 and report["lastState"]["terminated"]["exitCode"] == 137
    again = pod_status.restored({"name": "c0", "image": "busybox"}, [report])
    assert again.restarts == 1 and "running" in again.state

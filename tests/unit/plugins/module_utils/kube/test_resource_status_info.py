# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Readiness in each operator's own words, early ends, and evidence of what is behind."""

from __future__ import annotations

import pytest
from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import Failure
from ansible_collections.manuela.event_streaming.plugins.module_utils._kube import EVENT, POD
from ansible_collections.manuela.event_streaming.plugins.module_utils._kube_errors import Request, from_status
from ansible_collections.manuela.event_streaming.plugins.module_utils._resource_status.core import observe
from ansible_collections.manuela.event_streaming.tests.unit.plugins.module_utils.kube.fake_kube import (
    INTEGRATION,
    KAFKA,
    MIRROR,
    NAMESPACE,
    SECRET,
    SUBSCRIPTION,
    TOPIC,
    forbidden,
)


def condition(kind, status="True", reason=None, message=None):
    return {"type": kind, "status": status, "reason": reason, "message": message}


READY = condition("Ready")


def options(*resources, **given):
    blank = dict.fromkeys(("group", "api_version", "namespace", "name", "label_selector"))
    params = {"wait": False, "wait_timeout": 30, "wait_sleep": 1.0, **given}
    return {**params, "resources": [{**blank, "state": "ready", **entry} for entry in resources]}


K = {"kind": "Kafka", "namespace": "ns", "name": "k"}


def make(kube, kind, name, *conditions, **status):
    return kube.put(kind, name, status={"conditions": list(conditions), **status})


def test_all_of_a_list_by_name_and_by_label(kube, clock):
    make(kube, KAFKA, "k", READY)
    for name in ("a", "b"):
        make(kube, TOPIC, name, READY)["metadata"]["labels"] = {"x": "y"}
    topics = {"kind": "KafkaTopic", "namespace": "ns", "label_selector": "x=y"}
    state = observe(options(K, topics), False, clock, kube).state
    assert state["met"] and [entry["name"] for entry in state["resources"]] == ["k", "a", "b"]
    assert state["resources"][0]["api_version"] == "kafka.strimzi.io/v1beta2"
    assert state["progress"] == "Kafka k Ready, KafkaTopic a Ready, KafkaTopic b Ready"


def test_waits_until_ready(kube, clock):
    make(kube, KAFKA, "k")
    clock.at(7, lambda: make(kube, KAFKA, "k", READY))
    state = observe(options(K, wait=True), False, clock, kube).state
    assert (state["met"], state["attempts"]) == (True, 8)
    assert 7 <= clock.seconds <= 8
    kube.again = 2  # requests that were sent again
    assert observe(options(K), False, clock, kube).state["attempts"] == 3


def test_a_token_that_expires_ends_the_wait_at_once_and_says_where_to_log_in(kube, clock):
    make(kube, KAFKA, "k")
    said = '{"message": "Unauthorized"}'
    where = "the API server https://central.example:6443 (context central)"
    expired = from_status(401, said, Request("get", "kafkas", "ns", "k"), where, "https://central.example:6443")
    kube.fail("get", KAFKA, None, None, None, expired)
    with pytest.raises(Failure) as caught:
        observe(options(K, wait=True), False, clock, kube)
    assert (caught.value.code, caught.value.retryable) == ("unauthorized", False)
    assert "(context central)" in caught.value.msg
    assert "'oc login https://central.example:6443'" in caught.value.msg
    assert clock.seconds <= 4


def test_a_pod_that_cannot_start_ends_the_wait(kube, clock):
    make(kube, KAFKA, "k")
    waiting = {"state": {"waiting": {"reason": "ImagePullBackOff", "message": "not found"}}}
    kube.put(POD, "k-0", metadata={"labels": {"strimzi.io/cluster": "k"}}, status={"containerStatuses": [waiting]})
    with pytest.raises(Failure) as caught:
        observe(options(K, wait=True), False, clock, kube)
    assert (caught.value.code, clock.seconds) == ("failed", 0)
    assert caught.value.msg == "pod k-0 ImagePullBackOff: not found. Look at it: oc -n ns describe pod k-0"
    assert {"hop": "pod", "object": "Pod k-0 in ns", "ok": False, "message": "pod k-0 ImagePullBackOff: not found"} in (
        caught.value.details["last_seen"]["evidence"]
    )


def test_an_unsupported_version_ends_the_wait_in_the_operators_words(kube, clock):
    make(
        kube,
        KAFKA,
        "k",
        condition("NotReady", reason="KafkaUpgradeException", message="Unsupported Kafka.spec.kafka.version: 2.4.0"),
    )
    with pytest.raises(Failure) as caught:
        observe(options(K, wait=True), False, clock, kube)
    assert caught.value.msg.startswith("Kafka k will not become ready: NotReady: KafkaUpgradeException")


def test_a_kind_whose_crd_arrives_later_is_waited_for(kube, clock):
    kube.kinds.remove(KAFKA)
    state = observe(options(K), False, clock, kube).state
    assert (state["met"], state["resources"][0]["api_version"]) == (False, None)
    assert "its CRD is not installed" in state["progress"]
    clock.at(4, lambda: (kube.kinds.append(KAFKA), make(kube, KAFKA, "k", READY)))
    assert observe(options(K, wait=True), False, clock, kube).state["met"]


def test_absence_with_what_keeps_it(kube, clock):
    make(kube, TOPIC, "t")["metadata"] |= {"deletionTimestamp": "x", "finalizers": ["strimzi.io/topic-operator"]}
    entry = {"kind": "KafkaTopic", "namespace": "ns", "name": "t", "state": "absent"}
    state = observe(options(entry), False, clock, kube).state
    assert (state["met"], state["progress"]) == (
        False,
        "KafkaTopic t: being deleted, held by the finalizer strimzi.io/topic-operator",
    )
    kube.drop(TOPIC, "t")
    assert observe(options(entry), False, clock, kube).state["met"]


def test_a_namespace_that_does_not_go_says_what_remains(kube, clock):
    text = "kafkatopics.kafka.strimzi.io has 2 resource instances"
    remaining = condition("NamespaceFinalizersRemaining", message=text)
    kube.put(NAMESPACE, "n", metadata={"deletionTimestamp": "x"}, status={"conditions": [remaining]})
    state = observe(options({"kind": "Namespace", "name": "n", "state": "absent"}), False, clock, kube).state
    assert text in state["progress"]


def test_exists_is_met_by_what_is_not_ready_yet(kube, clock):
    make(kube, KAFKA, "k")
    state = observe(options({**K, "state": "exists"}), False, clock, kube).state
    assert state["met"] and state["resources"][0]["ready"] is False


def test_a_kind_of_several_groups_is_taken_by_group(kube, clock):
    make(kube, SUBSCRIPTION, "s", state="AtLatestKnown")
    entry = {"kind": "Subscription", "namespace": "ns", "name": "s", "group": "operators.coreos.com"}
    assert observe(options(entry), False, clock, kube).state["met"]


def test_evidence_shows_the_operator_behind_a_resource_without_status(kube, clock):
    make(kube, KAFKA, "k")
    text = "clusterserviceversion a.v1 exists and is not referenced by a subscription"
    make(kube, SUBSCRIPTION, "amq-streams", condition("ResolutionFailed", message=text))
    hops = {
        (entry["hop"], entry["object"]): entry for entry in observe(options(K), False, clock, kube).state["evidence"]
    }
    assert not hops["operator", "Subscription amq-streams in ns"]["ok"]
    assert text in hops["operator", "Subscription amq-streams in ns"]["message"]


def test_evidence_has_events_and_the_telling_line_of_a_log(kube, clock):
    make(kube, INTEGRATION, "s3", phase="Running")
    kube.item(INTEGRATION, "s3")["status"]["conditions"] = [condition("Ready", "False", "x")]
    crash = {"state": {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off"}}}
    kube.put(
        POD, "s3-1", metadata={"labels": {"camel.apache.org/integration": "s3"}}, status={"containerStatuses": [crash]}
    )
    kube.texts["ns", "s3-1"] = "starting\nNoSuchBucket: The specified bucket does not exist ERROR\nbye\n"
    kube.put(
        EVENT, "e", involvedObject={"kind": "Pod", "name": "s3-1"}, type="Warning", reason="BackOff", message="again"
    )
    entry = {"kind": "Integration", "namespace": "ns", "name": "s3"}
    said = [one["message"] for one in observe(options(entry), False, clock, kube).state["evidence"]]
    assert "event BackOff: again" in said
    assert "NoSuchBucket: The specified bucket does not exist ERROR" in said


CAMEL = (
    "04:29:43.866 [Camel (camel-1) thread #3 - KafkaConsumer[manuela-factory.iot-sensor-sw-vibration]] WARN "
    "org.apache.camel.processor.errorhandler.DefaultErrorHandler - Failed delivery for (MessageId: E28-01 on "
    "ExchangeId: E28-01). On delivery attempt: 15 caught: software.amazon.awssdk.services.s3.model.S3Exception: "
)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (
            f"{CAMEL}The signature does not match (Status Code: 403)",
            "S3Exception: The signature does not match (Status Code: 403)",
        ),
        (
            "03:55:13.103 [main] ERROR org.apache.kafka.connect.mirror.MirrorMaker - Stopping due to error",
            "Stopping due to error",
        ),
        ("Caused by: javax.net.ssl.SSLHandshakeException: expired", "Caused by: SSLHandshakeException: expired"),
        ("Could not resolve host kafka.example.com", "Could not resolve host kafka.example.com"),
    ],
)
def test_a_line_of_a_log_is_told_without_its_head_and_java_packages(kube, clock, line, said):
    make(kube, MIRROR, "m")
    crash = {"state": {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off"}}}
    kube.put(POD, "m-0", metadata={"labels": {"strimzi.io/cluster": "m"}}, status={"containerStatuses": [crash]})
    kube.texts["ns", "m-0"] = f"{line}\n"
    evidence = observe(
        options({"kind": "KafkaMirrorMaker2", "namespace": "ns", "name": "m"}), False, clock, kube
    ).state["evidence"]
    assert [one["message"] for one in evidence if one["object"].startswith("log of")] == [said]


@pytest.mark.parametrize(
    ("uid", "ready", "told"), [("now", "False", True), ("before", "False", False), ("now", "True", False)]
)
def test_events_of_an_earlier_pod_of_that_name_and_of_a_pod_that_is_well_are_no_evidence(kube, clock, uid, ready, told):
    make(kube, INTEGRATION, "s3", phase="Running")
    kube.item(INTEGRATION, "s3")["status"]["conditions"] = [condition("Ready", "False", "x")]
    status = {"phase": "Running", "conditions": [condition("Ready", ready)]}
    labels = {"camel.apache.org/integration": "s3"}
    kube.put(POD, "s3-1", metadata={"uid": "now", "labels": labels}, status=status)
    pod = {"kind": "Pod", "name": "s3-1", "uid": uid}
    kube.put(EVENT, "e", involvedObject=pod, type="Warning", reason="Failed", message="cannot pull")
    entry = {"kind": "Integration", "namespace": "ns", "name": "s3"}
    said = [one["message"] for one in observe(options(entry), False, clock, kube).state["evidence"]]
    assert ("event Failed: cannot pull" in said) is told


def test_what_may_not_be_read_hides_nothing_else(kube, clock):
    make(kube, KAFKA, "k")
    kube.fail("list", EVENT, forbidden("list events"))
    evidence = observe(options(K), False, clock, kube).state["evidence"]
    assert evidence[0]["object"] == "Kafka k in ns"
    assert "could not look further: may not list events" in evidence[1]["message"]


def test_check_mode_looks_once_and_never_fails(kube, clock):
    make(kube, KAFKA, "k")
    assert observe(options(K, wait=True), True, clock, kube).state["met"] is False
    assert clock.seconds == 0


def test_a_name_and_labels_exclude_each_other(kube, clock):
    with pytest.raises(Failure) as caught:
        observe(options({**K, "label_selector": "a=b"}), False, clock, kube)
    assert caught.value.code == "invalid_option"


def test_a_pod_that_is_older_than_the_secret_that_it_reads_is_not_ready(kube, clock):
    written = [{"time": "2026-01-01T00:00:10Z"}, {"time": "2026-01-01T00:00:05Z"}]
    kube.put(SECRET, "s", metadata={"managedFields": written})
    status = {"phase": "Running", "conditions": [READY]}
    kube.put(POD, "old", metadata={"creationTimestamp": "2026-01-01T00:00:09Z"}, status=status)
    kube.put(POD, "new", metadata={"creationTimestamp": "2026-01-01T00:00:10Z"}, status=status)
    pods = [{"kind": "Pod", "namespace": "ns", "name": name, "newer_than": "Secret/s"} for name in ("old", "new")]
    old, new = observe(options(*pods), False, clock, kube).state["resources"]
    assert (old["ready"], old["message"], new["ready"]) == (False, "older than Secret s", True)


@pytest.mark.parametrize(("replicas", "met"), [(0, False), (1, True)])
def test_a_mirror_without_replicas_is_ready_and_does_not_run(kube, clock, replicas, met):
    make(kube, MIRROR, "m")
    kube.item(MIRROR, "m").update(spec={"replicas": replicas}, status={"conditions": [READY]})
    entry = {"kind": "KafkaMirrorMaker2", "namespace": "ns", "name": "m"}
    assert observe(options({**entry, "state": "running"}), False, clock, kube).state["met"] is met
    assert observe(options({**entry, "state": "ready"}), False, clock, kube).state["met"] is True


def test_what_shall_be_newer_than_something_waits_until_that_is_there(kube, clock):
    kube.put(POD, "p", status={"phase": "Running", "conditions": [READY]})
    entry = {"kind": "Pod", "namespace": "ns", "name": "p", "newer_than": "Secret/s"}
    found = observe(options(entry), False, clock, kube).state
    assert (found["met"], found["resources"][0]["message"]) == (False, "there is no Secret s that it could have read")
    assert observe(options({**entry, "state": "none"}), False, clock, kube).state["met"] is True


@pytest.mark.parametrize("wrong", [{"newer_than": "s"}, {"newer_than": "Secret/"}, {"namespace": None}])
def test_newer_than_that_says_too_little_is_an_error(kube, clock, wrong):
    entry = {"kind": "Pod", "namespace": "ns", "name": "p", "newer_than": "Secret/s", **wrong}
    with pytest.raises(Failure, match="Give KIND/NAME") as caught:
        observe(options(entry), False, clock, kube)
    assert caught.value.code == "invalid_option"


def test_what_is_stuck_in_one_namespace_is_no_evidence_in_another(kube, clock):
    make(kube, KAFKA, "k")
    make(kube, KAFKA, "other", namespace="there")
    kube.put(EVENT, "e", namespace="there", type="Warning", reason="Gone", message="x",
             involvedObject={"kind": "Kafka", "name": "k"})  # fmt: skip
    found = observe(options(K, {**K, "namespace": "there", "name": "other"}), False, clock, kube)
    assert not [entry for entry in found.state["evidence"] if "event" in entry["message"]]

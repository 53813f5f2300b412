# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects become absent, patched or scaled once, and the wait tells what holds them."""

from __future__ import annotations

import copy
import json

import pytest
from ansible_collections.manuela.event_streaming.plugins.module_utils._cluster_object.core import carry_out
from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import Failure
from ansible_collections.manuela.event_streaming.tests.unit.plugins.module_utils.kube.fake_kube import (
    DEPLOYMENT,
    KAFKA,
    NAMESPACE,
    SECRET,
    TOPIC,
)


def options(*objects, state="absent", **given):
    blank = {"group": None, "api_version": None, "namespace": None, "name": None, "label_selector": None}
    params = {"patch": None, "replicas": None, "propagation": "Foreground", "wait": False, "wait_timeout": 30}
    params |= {"wait_sleep": 1.0, "state": state, "objects": [{**blank, **entry} for entry in objects], **given}
    return params


T = {"kind": "KafkaTopic", "namespace": "ns", "name": "t"}
D = {"kind": "Deployment", "namespace": "ns", "name": "d"}


def test_deletes_once_and_then_changes_nothing(kube, clock):
    kube.put(TOPIC, "t")
    first = carry_out(options(T), False, clock, kube)
    again = carry_out(options(T), False, clock, kube)
    assert (first.changed, again.changed) == (True, False)
    assert first.state["deleted"] == ["KafkaTopic t in ns"]
    assert first.reasons == ("KafkaTopic t in ns exists",)
    assert len(kube.writes()) == 1


def test_check_mode_predicts_the_same_and_writes_nothing(kube, clock):
    kube.put(TOPIC, "t")
    before = copy.deepcopy(kube.objects)
    predicted = carry_out(options(T, wait=True), True, clock, kube)
    assert (kube.objects, kube.writes()) == (before, [])
    done = carry_out(options(T), False, clock, kube)
    assert (predicted.changed, predicted.state, predicted.before, predicted.after) == (
        done.changed,
        done.state,
        done.before,
        done.after,
    )


def test_by_labels_only_what_carries_them(kube, clock):
    kube.put(TOPIC, "a", metadata={"labels": {"strimzi.io/cluster": "k"}})
    kube.put(TOPIC, "b", metadata={"labels": {"strimzi.io/cluster": "other"}})
    entry = {"kind": "KafkaTopic", "namespace": "ns", "label_selector": "strimzi.io/cluster=k"}
    carry_out(options(entry), False, clock, kube)
    assert kube.writes() == [("delete", "kafkatopics.kafka.strimzi.io", "ns", "a")]


def test_a_kind_that_is_not_served_is_absent(kube, clock):
    entry = {"kind": "Route", "namespace": "ns", "name": "r"}
    assert carry_out(options(entry, wait=True), False, clock, kube).changed is False


def test_waits_until_the_finalizer_is_taken_off(kube, clock):
    kube.put(TOPIC, "t", metadata={"finalizers": ["strimzi.io/topic-operator"]})
    clock.at(5, lambda: kube.drop(TOPIC, "t"))
    result = carry_out(options(T, wait=True), False, clock, kube)
    assert (result.changed, result.state["attempts"]) == (True, 6)
    assert 5 <= clock.seconds <= 6
    kube.again = 2  # requests that were sent again
    assert carry_out(options(T), False, clock, kube).state["attempts"] == 3


def test_a_timeout_names_the_finalizer_and_keeps_what_was_done(kube, clock):
    kube.put(TOPIC, "t", metadata={"finalizers": ["strimzi.io/topic-operator"]})
    with pytest.raises(Failure) as caught:
        carry_out(options(T, wait=True, wait_timeout=8), False, clock, kube)
    assert caught.value.code == "timeout"
    assert "held by the finalizer strimzi.io/topic-operator" in caught.value.msg
    assert caught.value.details["so_far"]["changed"] is True
    assert caught.value.details["so_far"]["cluster_object"]["deleted"] == ["KafkaTopic t in ns"]


def test_what_is_being_deleted_is_not_deleted_again_but_waited_for(kube, clock):
    kube.put(NAMESPACE, "n", metadata={"deletionTimestamp": "2026-01-01T00:00:00Z"})
    clock.at(3, lambda: kube.drop(NAMESPACE, "n"))
    result = carry_out(options({"kind": "Namespace", "name": "n"}, wait=True), False, clock, kube)
    assert (result.changed, kube.writes()) == (False, [])


def test_patches_only_what_differs(kube, clock):
    kube.put(KAFKA, "k", spec={"kafka": {"version": "4.0.0", "replicas": 3}})
    entry = {"kind": "Kafka", "namespace": "ns", "name": "k"}
    params = options(entry, state="patched", patch={"spec": {"kafka": {"version": "4.1.0"}}})
    first = carry_out(params, False, clock, kube)
    again = carry_out(params, False, clock, kube)
    assert (first.changed, again.changed) == (True, False)
    assert kube.item(KAFKA, "k")["spec"] == {"kafka": {"version": "4.1.0", "replicas": 3}}
    assert first.before == {"Kafka k in ns": {"spec": {"kafka": {"version": "4.0.0"}}}}
    assert first.after == {"Kafka k in ns": {"spec": {"kafka": {"version": "4.1.0"}}}}
    assert first.state["objects"][0]["after"] == {"spec": {"kafka": {"version": "4.1.0"}}}


def test_a_null_in_a_patch_removes_and_is_not_sent_twice(kube, clock):
    kube.put(TOPIC, "t", metadata={"finalizers": ["x"]})
    params = options(T, state="patched", patch={"metadata": {"finalizers": None}})
    assert carry_out(params, False, clock, kube).changed
    assert not carry_out(params, False, clock, kube).changed


def test_taking_the_only_annotation_away_leaves_no_difference(kube, clock):
    kube.put(TOPIC, "t", metadata={"annotations": {"x": "y"}})
    params = options(T, state="patched", patch={"metadata": {"annotations": {"x": None}}})
    assert carry_out(params, False, clock, kube).changed
    assert not carry_out(params, False, clock, kube).changed


def test_the_last_finalizer_of_a_leaving_object_takes_it_away(kube, clock):
    kube.put(TOPIC, "t", metadata={"finalizers": ["x"], "deletionTimestamp": "2026-01-01T00:00:00Z"})
    kube.patched = lambda kind, item: kube.drop(TOPIC, "t")
    params = options(T, state="patched", patch={"metadata": {"finalizers": None}})
    assert carry_out(params, False, clock, kube).changed


def test_values_of_secrets_are_shown_by_fingerprint_only(kube, clock):
    kube.put(SECRET, "s", data={"password": "b2xkLXNlY3JldA=="})
    entry = {"kind": "Secret", "namespace": "ns", "name": "s"}
    result = carry_out(
        options(entry, state="patched", patch={"data": {"password": "bmV3LXNlY3JldA=="}}), False, clock, kube
    )
    shown = json.dumps([result.before, result.after, dict(result.state), result.reasons])
    assert "sha256:" in shown
    assert "b2xkLXNlY3JldA" not in shown and "bmV3LXNlY3JldA" not in shown


def test_a_named_object_that_is_not_there_cannot_be_patched(kube, clock):
    with pytest.raises(Failure) as caught:
        carry_out(options(D, state="scaled", replicas=0), False, clock, kube)
    assert (caught.value.code, caught.value.msg[:32]) == ("not_found", "there is no Deployment d in ns t")


def test_scales_and_waits_until_the_pods_are_gone(kube, clock):
    kube.put(DEPLOYMENT, "d", spec={"replicas": 1}, status={"replicas": 1, "readyReplicas": 1})
    clock.at(4, lambda: kube.item(DEPLOYMENT, "d").update(status={"replicas": 0}))
    result = carry_out(options(D, state="scaled", replicas=0, wait=True), False, clock, kube)
    assert result.changed and clock.seconds >= 4
    assert result.state["objects"][0] == {
        "kind": "Deployment",
        "namespace": "ns",
        "name": "d",
        "before": {"spec": {"replicas": 1}},
        "after": {"spec": {"replicas": 0}},
    }


def test_a_writer_that_undoes_it_is_reported(kube, clock):
    kube.put(DEPLOYMENT, "d", spec={"replicas": 1})
    kube.patched = lambda kind, item: item["spec"].update(replicas=1)
    with pytest.raises(Failure) as caught:
        carry_out(options(D, state="scaled", replicas=0), False, clock, kube)
    assert caught.value.code == "not_converged"


@pytest.mark.parametrize(
    ("params", "named"),
    [
        (options({"kind": "KafkaTopic", "namespace": "ns"}), "name or a label_selector"),
        (options({"kind": "KafkaTopic", "name": "t"}), "needs a namespace"),
        (options(T, state="scaled"), "Give replicas"),
        (options(T, state="patched"), "Give patch"),
    ],
)
def test_options_that_would_mean_too_much_or_nothing_are_refused(kube, clock, params, named):
    with pytest.raises(Failure) as caught:
        carry_out(params, False, clock, kube)
    assert caught.value.code == "invalid_option"
    assert named in caught.value.msg


CUT = {"metadata": {"labels": {"a": "b"}}, "spec": {"replicas": 2}}


def test_what_is_missing_is_created_once(kube, clock):
    first = carry_out(options(D, state="present", patch=CUT), False, clock, kube)
    again = carry_out(options(D, state="present", patch=CUT), False, clock, kube)
    assert (first.changed, again.changed) == (True, False)
    assert first.reasons == ("Deployment d in ns does not exist",)
    created = kube.get(DEPLOYMENT, "ns", "d")
    assert created["metadata"]["labels"] == {"a": "b"} and created["spec"] == {"replicas": 2}
    assert len(kube.writes()) == 1


def test_what_is_there_is_patched_and_keeps_the_rest(kube, clock):
    kube.put(DEPLOYMENT, "d", spec={"replicas": 1, "paused": True})
    done = carry_out(options(D, state="present", patch=CUT), False, clock, kube)
    assert done.changed
    assert kube.get(DEPLOYMENT, "ns", "d")["spec"] == {"replicas": 2, "paused": True}


def test_check_mode_predicts_the_creation(kube, clock):
    predicted = carry_out(options(D, state="present", patch=CUT), True, clock, kube)
    assert kube.writes() == []
    done = carry_out(options(D, state="present", patch=CUT), False, clock, kube)
    assert (predicted.changed, predicted.state, predicted.before, predicted.after) == (
        done.changed,
        done.state,
        done.before,
        done.after,
    )


def test_nothing_is_created_by_labels(kube, clock):
    entry = {"kind": "Deployment", "namespace": "ns", "label_selector": "a=b"}
    with pytest.raises(Failure, match="needs to know what to create"):
        carry_out(options(entry, state="present", patch=CUT), False, clock, kube)

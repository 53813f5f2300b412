# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What ready means for resources that no rule knows: what their own status says, in whatever words."""

from __future__ import annotations

import pytest
from ansible_collections.manuela.event_streaming.plugins.module_utils._resource_status.readiness import judge
from ansible_collections.manuela.event_streaming.tests.unit.plugins.module_utils.kube.test_readiness import (
    condition,
    thing,
)


def custom(status, spec=None, kind="Widget", **metadata):
    return thing("widgets.example.com/v1", kind, status, spec, **metadata)


def says(*conditions, **more):
    return custom({"conditions": list(conditions), **more})


def stale(kind, seen):
    return {**condition(kind), "observedGeneration": seen}


WORDS = [
    # what the object says, ready, part of the message
    (says(condition("Ready")), True, "Ready"),
    (says(condition("Ready"), condition("Synced", "False", "Error", "no role")), False, "not Synced: Error: no role"),
    (says(condition("Ready", "Unknown")), False, "not Ready"),
    (says(condition("Ready"), condition("Reconciling", reason="NewRevision")), False, "Reconciling: NewRevision"),
    (says(condition("Ready"), condition("Degraded", "False")), True, "Ready"),
    (says(condition("Ready"), condition("RollbackFailed", reason="x")), False, "RollbackFailed: x"),
    (says(condition("Established"), condition("NonStructuralSchema", message="x")), False, "NonStructural"),
    (says(condition("Deployed"), condition("ChildrenHealthy", "False", "Down")), False, "not ChildrenHealthy: Down"),
    (says(condition("Ready"), condition("ReplicaAvailable", "False")), True, "Ready"),
    (says(condition("PodScheduled", "False")), True, "exists"),
    (says(condition("Available"), readyReplicas=1), True, "Available"),
    (custom({"conditions": [condition("Available")], "readyReplicas": 1}, {"replicas": 3}), False, "1 of 3 replicas"),
    (custom({"conditions": []}), False, "has said nothing of it yet"),
    (custom({"phase": "Running"}), True, "Running"),
    (custom({"phase": "Running"}, kind="NightlyBackup"), False, "Running"),
    (custom({"phase": "Completed"}, kind="NightlyBackup"), True, "Completed"),
    (custom({"phase": "Frobnicating"}), False, "Frobnicating"),
    (custom({"state": "Error", "message": "no\nspace"}), False, "Error: no space"),
    (custom({"state": "Gazing"}), False, "Gazing"),
    (custom({"state": "open"}), True, "open"),
    (custom({"health": "yellow", "phase": "Ready"}), False, "yellow"),
    (custom({"clusterStatus": "UpdateFailed"}), False, "UpdateFailed"),
    (custom({"job": {"state": "PENDING_RERUN"}}), False, "PENDING_RERUN"),
    (custom({"statuses": {"one": {"state": "Accepted"}, "two": {"state": "Rejected"}}}), False, "Rejected"),
    (custom({"currentState": "Ready", "desiredState": "Terminating"}), True, "Ready"),
    (custom({"ready": False}), False, "not ready"),
    (custom({"readyToUse": False, "error": {"message": "no such disk"}}), False, "error: no such disk"),
    (custom({"observedSomething": 4}), True, "exists"),
    (custom({"conditions": [stale("Accepted", 1)]}, generation=2), False, "has seen generation 1 of 2"),
    (custom({"conditions": [stale("Accepted", 2)]}, generation=2), True, "Accepted"),
    (custom({"parents": [{"conditions": [condition("Accepted")]}, {"conditions": [condition("Programmed", "False")]}]}),
     False, "not Programmed"),
    (says(condition("Available"), condition("Failing", reason="ImageGone")), False, "Failing: ImageGone"),
    (says(condition("Available"), condition("InvalidSpec", message="x")), False, "InvalidSpec: x"),
    (says(condition("Ready"), condition("RolloutProgressing", reason="Step1")), False, "RolloutProgressing: Step1"),
    (says(condition("Available"), condition("Progressing", reason="NewReplicaSetAvailable")), True, "Available"),
    (says(condition("NamesAccepted"), condition("Terminating", message="deleted")), False, "Terminating: deleted"),
    (says(condition("PartiallyReady", reason="x")), False, "PartiallyReady: x"),
    (says(condition("Ready"), condition("PartiallyReady", reason="x")), True, "Ready"),
    (says(condition("Advertised", "False", "AdvertiseError", "no host")), False, "not Advertised: AdvertiseError"),
    (says(condition("Advertised", "False", "NoError")), True, "exists"),
    (says(condition("SpecError", "False", "ErrorGone")), True, "exists"),
    (says(condition("Valid", "False")), False, "not Valid"),
    (says(condition("DashboardSynchronized", "False")), False, "not DashboardSynchronized"),
    (says({"type": "Ready", "status": True}), True, "Ready"),
    (says(condition("Ready"), phase="Provisioning"), False, "Provisioning"),
    (says(condition("Ready"), phase="Paused"), True, "Ready"),
    (says(condition("Ready"), environments=[{"phase": "success"}, {"phase": "failure"}]), False, "failure"),
    (says(condition("Ready"), parts=[{"health": "Unknown"}]), True, "Ready"),
    (says(condition("Ready"), phaseTransitions=[{"phase": "Pending"}, {"phase": "Failed"}]), True, "Ready"),
    (custom({"pod": {"conditions": [condition("Ready", "False", "x")]}}), False, "not Ready: x"),
    (custom({"compliant": "NonCompliant"}), False, "NonCompliant"),
    (custom({"compliant": "Compliant"}), True, "Compliant"),
    (custom({"ceph": {"health": "HEALTH_WARN"}, "state": "Created", "message": "slow"}), False, "HEALTH_WARN: slow"),
    (custom({"result": {"status": "canceled"}}), False, "canceled"),
    (custom({"errMsg": "no\nroute"}), False, "errMsg: no route"),
    (custom({"errMsg": ""}), True, "exists"),
    (custom({"state": 2, "reason": "no such upstream"}), False, "state 2: no such upstream"),
    (custom({"state": 1}), True, "exists"),
    (custom({"replicas": 3, "readyReplicas": 1}), False, "1 of 3 replicas"),
    (custom({"desiredNumberScheduled": 2, "numberReady": 1}), False, "1 of 2 replicas"),
    (custom({"scale": {"statusReplicas": "1/3"}}), False, "1 of 3 replicas"),
    (custom({"scale": {"statusReplicas": "0/0"}}), True, "exists"),
    (custom({"observedGeneration": "1", "phase": "Ready"}, generation=2), False, "has seen generation 1 of 2"),
    (custom({"observedGeneration": "7f6c5b4d", "phase": "Ready"}, generation=2), True, "Ready"),
]  # fmt: skip


@pytest.mark.parametrize(("item", "ready", "message"), WORDS)
def test_what_it_says_decides(item, ready, message):
    verdict = judge(item)
    assert (verdict.ready, verdict.terminal, message in verdict.message) == (ready, False, True), verdict


@pytest.mark.parametrize(
    "entry",
    [condition("Stalled", reason="InvalidSpec"), condition("Progressing", "False", "ProgressDeadlineExceeded", "slow")],
)
def test_what_a_controller_has_given_up_ends_the_wait(entry):
    assert judge(says(condition("Available"), entry)).terminal


MADE = "2026-01-01T00:00:00Z"
THEN = 1767225600.0


@pytest.mark.parametrize(
    ("item", "seconds", "reports", "ready"),
    [
        (custom(None, creationTimestamp=MADE), 3, False, False),
        (custom(None, creationTimestamp=MADE), 30, False, True),
        (custom(None, creationTimestamp=MADE), 30, True, False),
        (custom(None, creationTimestamp=MADE), 90, True, True),
        (custom({"phase": "Ready"}, creationTimestamp=MADE), 3, True, True),
        (thing("v1", "ConfigMap", creationTimestamp=MADE), 3, False, True),
        (thing("networking.k8s.io/v1", "NetworkPolicy", creationTimestamp=MADE), 3, True, True),
    ],
)
def test_a_custom_resource_is_not_ready_before_its_controller_has_had_time_to_speak(item, seconds, reports, ready):
    assert judge(item, THEN + seconds, reports=reports).ready is ready


PARTLY = {"type": "RollingUpdate", "rollingUpdate": {"partition": 2}}
PODS = [
    # kind, spec, status, ready
    ("StatefulSet", {"replicas": 3, "updateStrategy": PARTLY}, {"readyReplicas": 3, "updatedReplicas": 1}, True),
    ("StatefulSet", {"replicas": 3, "updateStrategy": PARTLY}, {"readyReplicas": 3, "updatedReplicas": 0}, False),
    ("StatefulSet", {"replicas": 3}, {"readyReplicas": 3, "updatedReplicas": 1}, False),
    ("StatefulSet", {"replicas": 3, "updateStrategy": {"type": "OnDelete"}},
     {"readyReplicas": 3, "updatedReplicas": 0}, True),
    ("DaemonSet", {}, {"desiredNumberScheduled": 3, "numberReady": 3, "updatedNumberScheduled": 1}, False),
    ("DaemonSet", {}, {"desiredNumberScheduled": 3, "numberReady": 3, "updatedNumberScheduled": 3}, True),
    ("DaemonSet", {"updateStrategy": {"type": "OnDelete"}},
     {"desiredNumberScheduled": 3, "numberReady": 3, "updatedNumberScheduled": 1}, True),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "spec", "status", "ready"), PODS)
def test_pods_that_are_still_as_they_were_are_not_ready_unless_that_is_wanted(kind, spec, status, ready):
    verdict = judge(thing("apps/v1", kind, {"replicas": 3, **status}, spec))
    assert verdict.ready is ready
    assert ready or "of them as it is now" in verdict.message


def test_a_quota_that_allows_no_pod_is_told():
    refused = condition("ReplicaFailure", reason="FailedCreate", message="exceeded quota")
    verdict = judge(thing("apps/v1", "Deployment", {"conditions": [refused]}, {"replicas": 2}))
    assert verdict.message == "0 of 2 replicas ready: FailedCreate: exceeded quota"


@pytest.mark.parametrize(
    ("spec", "status", "ready"),
    [
        ({"type": "LoadBalancer"}, {"loadBalancer": {}}, False),
        ({"type": "LoadBalancer"}, {"loadBalancer": {"ingress": [{"ip": "192.0.2.7"}]}}, True),
        ({"type": "ClusterIP"}, {"loadBalancer": {}}, True),
    ],
)
def test_a_load_balancer_is_ready_once_it_has_an_address(spec, status, ready):
    assert judge(thing("v1", "Service", status, spec)).ready is ready

# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What ready means, in the words of each operator."""

from __future__ import annotations

import pytest
from ansible_collections.manuela.event_streaming.plugins.module_utils._resource_status.readiness import judge


def thing(api_version, kind, status=None, spec=None, **metadata):
    return {"apiVersion": api_version, "kind": kind, "metadata": metadata, "status": status or {}, "spec": spec or {}}


def condition(kind, status="True", reason=None, message=None):
    return {"type": kind, "status": status, "reason": reason, "message": message}


def strimzi(kind, *conditions, **more):
    return thing("kafka.strimzi.io/v1beta2", kind, {"conditions": list(conditions), **more})


def connector(state="RUNNING", task="RUNNING", trace=""):
    return {
        "name": "a->b.MirrorSourceConnector",
        "connector": {"state": state},
        "tasks": [{"id": 0, "state": task, "trace": trace}],
    }


def olm(kind, **status):
    return thing("operators.coreos.com/v1alpha1", kind, status)


READY = condition("Ready")
WORDS = [
    # what the object says, ready, part of the message, terminal
    (strimzi("Kafka", READY), True, "Ready", False),
    (strimzi("Kafka"), False, "its operator has not looked at it", False),
    (
        strimzi("Kafka", condition("NotReady", reason="Creating", message="Kafka is being created")),
        False,
        "Creating",
        False,
    ),
    (
        strimzi(
            "Kafka",
            condition(
                "NotReady", reason="KafkaUpgradeException", message="Unsupported Kafka.spec.kafka.version: 2.4.0"
            ),
        ),
        False,
        "Unsupported Kafka.spec.kafka.version: 2.4.0",
        True,
    ),
    (
        strimzi("Kafka", condition("Ready", "False", "TimeoutException", "pod not ready")),
        False,
        "TimeoutException",
        False,
    ),
    (strimzi("KafkaNodePool"), True, "exists", False),
    (strimzi("KafkaMirrorMaker2", READY, connectors=[connector(), connector()]), True, "2 connectors RUNNING", False),
    (
        strimzi("KafkaMirrorMaker2", READY, connectors=[connector(task="FAILED", trace="Boom\n at x")]),
        False,
        "Boom",
        True,
    ),
    (strimzi("KafkaMirrorMaker2", READY, connectors=[connector("UNASSIGNED")]), False, "connector UNASSIGNED", False),
    (strimzi("KafkaMirrorMaker2", READY), True, "Ready", False),
    (
        {**strimzi("KafkaMirrorMaker2", READY, connectors=[connector("UNASSIGNED")]), "spec": {"replicas": 0}},
        True,
        "it is stopped",
        False,
    ),
    (thing("camel.apache.org/v1", "Integration", {"phase": "Running"}, {"replicas": 0}), True, "it is stopped", False),
    (thing("camel.apache.org/v1", "Integration", {"phase": "Running"}), True, "Running", False),
    (thing("camel.apache.org/v1", "Integration", {"phase": "Building Kit"}), False, "Building Kit", False),
    (
        thing(
            "camel.apache.org/v1",
            "Integration",
            {"phase": "Running", "conditions": [condition("Ready", "False", "x", "y")]},
        ),
        False,
        "Running, not Ready: x: y",
        False,
    ),
    (
        thing(
            "camel.apache.org/v1",
            "Integration",
            {"phase": "Error", "conditions": [condition("Ready", "False", "BuildError")]},
        ),
        False,
        "BuildError",
        True,
    ),
    (thing("camel.apache.org/v1", "IntegrationPlatform", {"phase": "Ready"}), True, "Ready", False),
    (
        thing("camel.apache.org/v1", "IntegrationKit", {"phase": "Error", "failure": {"reason": "no maven"}}),
        False,
        "no maven",
        True,
    ),
    (olm("Subscription", state="AtLatestKnown", installedCSV="amq.v2"), True, "AtLatestKnown amq.v2", False),
    (olm("Subscription", state="UpgradePending", installedCSV="amq.v1"), True, "UpgradePending", False),
    (olm("Subscription"), False, "OLM has not looked at it", False),
    (
        olm(
            "Subscription",
            conditions=[
                condition("ResolutionFailed", message="csv a.v1 exists and is not referenced by a subscription")
            ],
        ),
        False,
        "ResolutionFailed",
        True,
    ),
    (
        olm("Subscription", conditions=[condition("ResolutionFailed", message="no operators found")]),
        False,
        "no operators",
        False,
    ),
    (
        olm(
            "Subscription",
            state="UpgradePending",
            installPlanRef={"name": "install-x"},
            conditions=[condition("InstallPlanPending", reason="RequiresApproval")],
        ),
        False,
        "its InstallPlan install-x waits: RequiresApproval",
        False,
    ),
    (olm("ClusterServiceVersion", phase="Succeeded"), True, "Succeeded", False),
    (
        olm("ClusterServiceVersion", phase="Pending", reason="RequirementsNotMet", message="x"),
        False,
        "RequirementsNotMet x",
        False,
    ),
    (
        olm("InstallPlan", phase="Failed", conditions=[condition("Installed", "False", "InstallComponentFailed")]),
        False,
        "Failed",
        True,
    ),
    (
        thing("apps/v1", "Deployment", {"replicas": 2, "updatedReplicas": 2, "availableReplicas": 2}, {"replicas": 2}),
        True,
        "2 of 2",
        False,
    ),
    (
        thing("apps/v1", "Deployment", {"replicas": 2, "updatedReplicas": 1, "availableReplicas": 2}, {"replicas": 2}),
        False,
        "2 of 2",
        False,
    ),
    (
        thing(
            "apps/v1",
            "Deployment",
            {"conditions": [condition("Progressing", "False", "ProgressDeadlineExceeded", "x")]},
        ),
        False,
        "ProgressDeadlineExceeded",
        True,
    ),
    (thing("apps/v1", "Deployment", {}, {"replicas": 0}), True, "0 of 0", False),
    (thing("apps/v1", "DaemonSet", {"desiredNumberScheduled": 2, "numberReady": 1}), False, "1 of 2", False),
    (thing("core.strimzi.io/v1beta2", "StrimziPodSet", {"pods": 1, "readyPods": 1}), True, "1 of 1", False),
    (thing("core.strimzi.io/v1beta2", "StrimziPodSet", {"pods": 0, "readyPods": 0}), True, "0 of 0", False),
    (thing("core.strimzi.io/v1beta2", "StrimziPodSet"), False, "0 of 0", False),
    (
        thing("batch/v1", "Job", {"conditions": [condition("Failed", reason="DeadlineExceeded")]}),
        False,
        "DeadlineExceeded",
        True,
    ),
    (thing("batch/v1", "Job", {"conditions": [condition("Complete")]}), True, "Complete", False),
    (thing("batch/v1", "Job", {"failed": 1}), False, "1 attempts failed", False),
    (
        thing("route.openshift.io/v1", "Route", {"ingress": [{"conditions": [condition("Admitted")]}]}, {"host": "h"}),
        True,
        "admitted as h",
        False,
    ),
    (
        thing(
            "route.openshift.io/v1",
            "Route",
            {"ingress": [{"conditions": [condition("Admitted", "False", "HostAlreadyClaimed")]}]},
        ),
        False,
        "HostAlreadyClaimed",
        True,
    ),
    (thing("route.openshift.io/v1", "Route"), False, "no router", False),
    (
        thing("argoproj.io/v1alpha1", "Application", {"sync": {"status": "Synced"}, "health": {"status": "Healthy"}}),
        True,
        "Synced",
        False,
    ),
    (
        thing("broker.amq.io/v1beta1", "ActiveMQArtemis", {"podStatus": {"ready": ["b-0"]}}),
        True,
        "1 of 1 pods ready",
        False,
    ),
    (
        thing(
            "broker.amq.io/v1beta1",
            "ActiveMQArtemis",
            {"podStatus": {"ready": ["b-0"]}},
            {"deploymentPlan": {"size": 2}},
        ),
        False,
        "1 of 2 pods ready",
        False,
    ),
    (thing("broker.amq.io/v1beta1", "ActiveMQArtemis", {}, {"deploymentPlan": {"size": 0}}), True, "stopped", False),
    (
        thing("broker.amq.io/v1beta1", "ActiveMQArtemis", {"conditions": [condition("Ready", "False", "x")]}),
        False,
        "not Ready: x",
        False,
    ),
    (thing("v1", "ConfigMap"), True, "exists", False),
    (thing("v1", "PersistentVolumeClaim", {"phase": "Pending"}), False, "Pending", False),
    (thing("v1", "Namespace", {"phase": "Active"}), True, "Active", False),
    (
        thing(
            "v1", "Pod", {"phase": "Running", "conditions": [READY], "containerStatuses": [{"state": {"running": {}}}]}
        ),
        True,
        "Running",
        False,
    ),
    (
        thing(
            "v1",
            "Pod",
            {
                "phase": "Running",
                "containerStatuses": [
                    {
                        "restartCount": 6,
                        "state": {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off"}},
                        "lastState": {"terminated": {"reason": "OOMKilled", "exitCode": 137}},
                    }
                ],
            },
        ),
        False,
        "CrashLoopBackOff: it ran out of memory (OOMKilled)",
        True,
    ),
    (thing("v1", "Pod", {"phase": "Failed", "reason": "Evicted", "message": "disk"}), False, "Evicted: disk", True),
    (
        thing("example.com/v1", "Thing", {"observedGeneration": 1, "conditions": [READY]}, generation=2),
        False,
        "1 of 2",
        False,
    ),
]


def kind_of(value):
    return value["kind"] if isinstance(value, dict) else None


@pytest.mark.parametrize(
    ("item", "ready", "message", "terminal"),
    WORDS,
    ids=kind_of,
)
def test_readiness_in_the_operators_words(item, ready, message, terminal):
    verdict = judge(item)
    assert (verdict.ready, verdict.terminal) == (ready, terminal), verdict
    assert message in verdict.message

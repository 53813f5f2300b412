# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One sentence from evidence, and none where nothing is known."""

from __future__ import annotations

import pytest
from ansible_collections.manuela.event_streaming.plugins.plugin_utils.root_cause import RULES, root_cause

NS = "in manuela-stormshift-messaging"
KAFKA = f"Kafka manuela-kafka-cluster {NS}"
APP = "Application manuela-stormshift-messaging in argocd"
MIRROR = "KafkaMirrorMaker2 factory-to-central in mirror"

# What a hop says in the words of the program that says it, and the class of the cause.
SAID = [
    ("api_unreachable", "resource", "this task", "no answer from the API server https://a:6443: Connection refused."),
    (
        "not_logged_in",
        "resource",
        "this task",
        "the API server https://a:6443 does not accept the credentials (Unauthorized)",
    ),
    ("no_permission", "resource", "this task", "may not list kafkas in namespace x: the API server says: forbidden"),
    ("revision_missing", "application", APP, "ComparisonError: unable to resolve 'master' to a commit SHA"),
    ("repository_refused", "application", APP, "ComparisonError: authentication required"),
    ("path_missing", "application", APP, "ComparisonError: deployment/x: app path does not exist"),
    ("broken_link", "application", APP, "ComparisonError: destination of symlink deployment/a.yaml is missing"),
    ("link_outside", "application", APP, "ComparisonError: repository contains out-of-bounds symlinks. file: a.yaml"),
    (
        "repo_server_down",
        "application",
        APP,
        'ComparisonError: connection error: desc = "transport: error while dialing: dial tcp 10.0.0.7:8081: refused"',
    ),
    ("manifest_broken", "application", APP, "ComparisonError: `kustomize build` failed: yaml: line 24: did not find"),
    ("older_sync_running", "application", APP, "sync of 16428ff Running: failed to apply. Retrying attempt #3"),
    ("crd_missing", "application", APP, "ComparisonError: could not find route.openshift.io/Route"),
    (
        "namespace_not_managed",
        "application",
        APP,
        "InvalidSpecError: namespace x is not permitted in project 'default'",
    ),
    ("sync_failed", "application", APP, "sync Failed: one or more objects failed to apply"),
    (
        "sync_unexplained",
        "application",
        APP,
        "sync Error: one or more synchronization tasks completed unsuccessfully. Retrying attempt #2",
    ),
    ("automated_sync_off", "application", APP, "OutOfSync, and automated sync is off: sync it by hand"),
    ("application_controller_down", "application", APP, "Synced, not compared since the refresh"),
    ("application_missing", "application", APP, "absent"),
    (
        "orphaned_csv",
        "operator",
        f"Subscription amq-streams {NS}",
        "ResolutionFailed: ConstraintsNotSatisfiable: constraints not satisfiable: clusterserviceversion "
        "amqstreams.v2.9.0 exists and is not referenced by a subscription",
    ),
    ("catalog_unhealthy", "operator", f"Subscription amq-streams {NS}", "CatalogSourcesUnhealthy: no catalog"),
    ("install_plan_failed", "operator", f"InstallPlan install-abc {NS}", "Failed: InstallComponentFailed: x"),
    (
        "approval_missing",
        "operator",
        f"Subscription amq-streams {NS}",
        "its InstallPlan install-x7 waits: RequiresApproval",
    ),
    (
        "resolution_failed",
        "operator",
        f"Subscription amq-streams {NS}",
        "ResolutionFailed: no operators found in channel",
    ),
    ("image_missing", "pod", f"Pod k-0 {NS}", "pod k-0 ImagePullBackOff: not found"),
    ("out_of_memory", "pod", f"Pod k-0 {NS}", "pod k-0 CrashLoopBackOff: it ran out of memory (OOMKilled)"),
    ("unschedulable", "pod", f"Pod k-0 {NS}", "pod k-0 Unschedulable: 0/3 nodes are available: Insufficient memory"),
    ("quota", "resource", f"ReplicaSet x {NS}", "event FailedCreate: pods is forbidden: exceeded quota: small"),
    ("pod_security", "resource", f"Job x {NS}", 'event FailedCreate: violates PodSecurity "restricted:latest"'),
    ("configuration_missing", "pod", f"Pod s3 {NS}", 'pod s3 CreateContainerConfigError: secret "s3-secret" not found'),
    ("s3_bucket_missing", "pod", f"log of pod s3 {NS}", "NoSuchBucket: The specified bucket does not exist"),
    ("s3_denied", "pod", f"log of pod s3 {NS}", "InvalidAccessKeyId: The access key does not exist"),
    ("tls_expired", "resource", MIRROR, "NotReady: CertificateExpiredException: NotAfter: Thu Jul 29"),
    ("tls_wrong_name", "resource", MIRROR, "task 0 FAILED: No subject alternative DNS name matching x found"),
    ("tls_untrusted", "resource", MIRROR, "task 0 FAILED: PKIX path building failed"),
    ("name_unresolved", "resource", MIRROR, "connector FAILED: No resolvable bootstrap urls given"),
    (
        "s3_unreachable",
        "resource",
        "this task",
        "cannot list bucket b: the S3 store at http://s3.example:8333 does not answer: Connection refused. Check it",
    ),
    ("stopped", "resource", MIRROR, "Ready, with 0 replicas: it is stopped"),
    ("crash_loop", "pod", f"Pod k-0 {NS}", "pod k-0 CrashLoopBackOff: back-off 40s"),
    (
        "kafka_version",
        "resource",
        KAFKA,
        "NotReady: KafkaUpgradeException: Unsupported Kafka.spec.kafka.version: 2.4.0. Supported versions are: [2.6.0]",
    ),
    ("resource_invalid", "resource", KAFKA, "NotReady: InvalidResourceException: listeners are missing"),
    ("connector_failed", "resource", MIRROR, "a->b.MirrorSourceConnector task 0 FAILED: ConnectException: x"),
    ("integration_platform", "resource", f"Integration i {NS}", "phase Waiting For Platform"),
    ("integration_build", "resource", f"Integration i {NS}", "phase Building Kit"),
    ("integration_error", "resource", f"Integration i {NS}", "phase Error: cannot compile"),
    ("route_refused", "resource", f"Route r {NS}", "not admitted: HostAlreadyClaimed: other/r holds it"),
    ("finalizer", "topic", f"KafkaTopic t {NS}", "being deleted, held by the finalizer strimzi.io/topic-operator"),
    ("operator_missing", "resource", KAFKA, "no status yet: its operator has not looked at it"),
    ("sensors_stopped", "resource", f"Deployment machine-sensor-1 {NS}", "0 of 0 replicas ready: it is stopped"),
    (
        "mirror_cut_off",
        "pod",
        f"log of pod factory-to-central-mirrormaker2-0 {NS}",
        "WARN Connection to node -1 (b.apps.x/10.0.0.7:443) could not be established. Node may not be available.",
    ),
    ("broker_unreachable", "topic", "Kafka", "k-kafka-bootstrap:9092 does not answer: Timed out"),
    ("topic_missing", "topic", "topic t", "absent"),
    ("no_new_records", "topic", "topic t", "1200 records, newest 640 s old"),
    ("mirror_still", "topic", "topic manuela-factory.t", "1200 records, newest 640 s old"),
    ("archive_still", "s3", "bucket b", "264 objects, newest 75 s old"),
    ("no_objects", "s3", "bucket b", "no objects"),
]


def bad(hop: str, title: str, message: str) -> dict[str, object]:
    return {"hop": hop, "object": title, "ok": False, "message": message}


@pytest.mark.parametrize(("cause", "hop", "title", "message"), SAID, ids=[entry[0] for entry in SAID])
def test_each_known_cause_has_its_sentence_and_next_step(cause, hop, title, message):
    found = root_cause([bad(hop, title, message)])
    assert (found["cause"], found["known"]) == (cause, True)
    assert "?" not in found["sentence"], found["sentence"]
    assert found["next_step"] and "?" not in found["next_step"]


def test_every_rule_is_reached_by_an_example():
    # It needs a second topic, and has a test of its own.
    assert {rule.cause for rule in RULES} == {entry[0] for entry in SAID} | {"one_topic_still"}


def test_the_deeper_cause_wins_whatever_the_order_of_the_evidence():
    chain = [
        bad("topic", "topic t", "absent"),
        bad("resource", KAFKA, "no status yet: its operator has not looked at it"),
        bad(
            "operator",
            f"Subscription amq-streams {NS}",
            "ResolutionFailed: clusterserviceversion a.v1 exists and is not referenced by a subscription",
        ),
    ]
    for order in (chain, chain[::-1]):
        found = root_cause(order)
        assert found["sentence"] == (
            "the operator a.v1 was left by an earlier show and blocks its own Subscription amq-streams"
        )
        assert found["next_step"] == "oc -n manuela-stormshift-messaging delete csv a.v1"


def test_an_install_plan_is_named_from_the_other_evidence():
    found = root_cause(
        [
            bad("operator", f"Subscription amq-streams {NS}", "its InstallPlan  waits: RequiresApproval"),
            bad("operator", f"InstallPlan install-x7f2z {NS}", "RequiresApproval"),
        ]
    )
    assert "install-x7f2z" in found["next_step"]


def test_what_is_not_known_is_not_guessed():
    found = root_cause([bad("resource", KAFKA, "the moon is in the way"), bad("pod", "Pod p in x", "blue")])
    assert (found["cause"], found["known"]) == ("unknown", False)
    assert found["sentence"] == f"the cause is not known; last seen: {KAFKA}: the moon is in the way; Pod p in x: blue"


def test_good_evidence_explains_nothing():
    found = root_cause([{"hop": "resource", "object": KAFKA, "ok": True, "message": "Unsupported nonsense"}])
    assert (found["cause"], found["sentence"]) == ("none", "nothing is wrong with what was looked at")


def test_reads_a_failed_wait_of_the_status_module():
    failed = {
        "failed": True,
        "msg": "timed out",
        "failure": {
            "code": "timeout",
            "details": {"last_seen": {"evidence": [bad("pod", f"Pod k-0 {NS}", "pod k-0 ErrImagePull: nope")]}},
        },
    }
    assert root_cause(failed)["cause"] == "image_missing"


def test_reads_what_all_info_modules_return():
    results = [
        {
            "argocd_application_info": {
                "applications": [
                    {
                        "name": "a",
                        "namespace": "argocd",
                        "exists": True,
                        "sync_status": "OutOfSync",
                        "health_status": "Missing",
                        "operation": {"phase": "Failed", "message": 'no matches for kind "Kafka"'},
                        "conditions": [],
                        "unhealthy_resources": [],
                    }
                ]
            }
        },
        {"kafka_topic_info": {"topics": [{"name": "t", "exists": False}], "reason": ""}},
        {"s3_object_info": {"bucket": "b", "count": 0}},
    ]
    found = root_cause(results)
    assert found["cause"] == "crd_missing"
    assert [entry["hop"] for entry in found["chain"]] == ["application", "topic", "s3"]


@pytest.mark.parametrize(
    ("revision", "cause"), [("a" * 40, "older_sync_running"), ("b" * 40, "crd_missing")], ids=["older", "ours"]
)
def test_a_sync_that_is_retried_is_told_from_one_that_is_in_the_way(revision, cause):
    operation = {"phase": "Running", "revision": revision, "message": 'no matches for kind "X". Retrying attempt #1'}
    app = {"name": "a", "exists": True, "sync_status": "OutOfSync", "revision": "b" * 40, "operation": operation}
    assert root_cause({"argocd_application_info": {"applications": [app]}})["cause"] == cause


def test_a_refused_request_is_evidence_too():
    failed = {"msg": "no answer from the API server https://a:6443: refused", "failure": {"code": "unreachable"}}
    assert root_cause({"results": [failed]})["cause"] == "api_unreachable"


HOST = "bootstrap-central.apps.example.com:443"


@pytest.mark.parametrize(
    ("cause", "said"),
    [
        ("tls_untrusted", "SSLHandshakeException: PKIX path building failed: unable to find valid certification path"),
        ("tls_expired", "SSLHandshakeException: PKIX path validation failed: validity check failed"),
        ("tls_wrong_name", "CertificateException: No subject alternative DNS name matching bootstrap-central found."),
        ("name_unresolved", "ConfigException: No resolvable bootstrap urls given in bootstrap.servers"),
        ("mirror_cut_off", "TimeoutException: Timed out waiting for a node assignment. Call: listTopics"),
    ],
)
def test_a_route_is_judged_by_a_client_on_the_other_side(cause, said):
    state = {"observed": False, "reason": f"{HOST} does not answer: {said}", "met": False, "topics": []}
    found = root_cause([{"kafka_topic_info": state, "route": "factory"}])
    assert (found["cause"], found["hop"], found["object"]) == (cause, "tls", "route from factory")


def test_a_host_that_does_not_resolve_is_named_where_a_log_names_it():
    pod = "log of pod mirror-0 in edge"
    unnamed = bad("pod", pod, "Caused by: ConfigException: No resolvable bootstrap urls given")
    named = bad("pod", pod, "WARN Couldn't resolve server no-such-host.example:443 from bootstrap.servers")
    found = root_cause([unnamed, named])
    assert found["sentence"] == "mirror-0 is given the host no-such-host.example, which does not resolve"


def test_topics_that_central_does_not_have_say_nothing_of_the_route():
    topics = [{"name": "iot-sensor-sw-temperature", "exists": False}]
    state = {"observed": True, "reason": "", "met": True, "topics": topics}
    (hop,) = root_cause([{"kafka_topic_info": state, "route": "factory"}])["chain"]
    assert (hop["hop"], hop["ok"], hop["message"]) == ("tls", True, "it answers, and its certificate is trusted")


def test_a_pod_that_could_not_run_says_nothing_of_the_route():
    failed = {"failed": True, "failure": {"code": "refused", "details": {}}, "msg": "exceeded quota"}
    assert root_cause([{**failed, "route": "factory"}])["chain"] == []


GENERIC = "sync Error: one or more synchronization tasks completed unsuccessfully. Retrying attempt #2 at 12:52AM"
RESOLUTION = "ResolutionFailed: ConstraintsNotSatisfiable: no operators found in channel no-such of package amq-streams"


def test_a_sync_that_gives_no_reason_is_explained_by_what_does():
    chain = [bad("application", APP, GENERIC), bad("operator", f"Subscription amq-streams {NS}", RESOLUTION)]
    assert root_cause(chain)["cause"] == "resolution_failed"


def test_a_log_of_a_minute_ago_does_not_outweigh_a_route_that_answers_now():
    log = bad("pod", "log of pod mirror-0 in mirror", "Connection to node -1 (x:443) could not be established")
    still = bad("topic", "topic manuela-factory.iot", "12 records, newest 51 s old")
    assert root_cause([log, still])["cause"] == "mirror_cut_off"
    answers = {"kafka_topic_info": {"observed": True, "reason": "", "topics": []}, "route": "factory"}
    assert root_cause([log, still, answers])["cause"] == "mirror_still"


def test_a_quota_is_named_with_its_namespace():
    reason = "the consumer pod is refused in messaging: pods x is forbidden: exceeded quota: no-more-pods"
    assert "the quota of messaging is used up" in root_cause([bad("topic", "Kafka", reason)])["sentence"]


def topics(**ages):
    seen = [
        {"name": name, "exists": True, "records": 900, "newest_age_seconds": age, "flowing": age < 15}
        for name, age in ages.items()
    ]
    return root_cause({"kafka_topic_info": {"observed": True, "reason": "", "met": False, "topics": seen}})


def test_one_topic_that_stands_still_beside_one_that_flows_is_not_the_broker():
    found = topics(temperature=77.0, vibration=0.2)
    assert found["cause"] == "one_topic_still"
    assert found["sentence"].startswith(
        "nothing new arrives in temperature (900 records, newest 77 s old) while vibration gets records"
    )
    assert topics(temperature=77.0, vibration=78.0)["cause"] == "no_new_records"


def test_a_question_that_was_never_asked_is_no_good_news():
    wrong = {"changed": False, "failed_when_result": False, "msg": "value of wait_for must be one of: none, got: x"}
    found = root_cause([wrong, {"changed": False, "skipped": True, "msg": "conditional result was False"}])
    assert (found["cause"], len(found["chain"])) == ("unknown", 1)
    assert "value of wait_for must be one of" in found["sentence"]

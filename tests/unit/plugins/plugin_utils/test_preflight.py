# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each thing that would spoil the show is one row with its fix, and what is ready has none."""

from __future__ import annotations

import pytest
from ansible_collections.manuela.event_streaming.plugins.plugin_utils.preflight import preflight
from ansible_collections.manuela.event_streaming.tests.unit.plugins.plugin_utils.preflight_evidence import (
    CENTRAL,
    FACTORY,
    KAFKA,
    LAKE,
    MIRROR,
    NAMESPACE,
    SAMPLE,
    ready,
    resource,
)

pytestmark = pytest.mark.skipif(not SAMPLE.is_dir(), reason="this copy of the collection comes without the lab")

HOST = "bootstrap-manuela-data-lake-central-kafka-cluster.apps.central.lab.example"
OLM = "operators.coreos.com"


@pytest.fixture
def evidence():
    return ready()


def bad(evidence, before="show"):
    return [(row["where"], row["check"]) for row in preflight(evidence, before) if row["state"] == "failure"]


def only(evidence, state="failure"):
    (row,) = [row for row in preflight(evidence) if row["state"] == state]
    return row


def states(evidence):
    return evidence["centres"][0]["states"]["resource_status_info"]["resources"]


def test_what_is_ready_is_green(evidence):
    assert {row["state"] for row in preflight(evidence)} == {"ok"}


def test_an_api_that_is_down_is_one_failure_and_the_rest_is_not_asked(evidence):
    evidence["centres"][0]["cluster"] = {
        "msg": "cannot reach https://api.example:6443: refused. Start it",
        "failure": {},
    }
    row = only(evidence)
    assert (row["where"], row["check"], row["fix"]) == ("factory", "API", "Start it")
    assert "https://api.example:6443" in row["said"]


def test_denied_verbs_are_named_together(evidence):
    denied = {"resource": "pods", "namespace": "msg", "allowed": False, "reason": ""}
    evidence["centres"][0]["cluster"]["cluster_info"]["permissions"] = [
        {**denied, "verb": "create"},
        {**denied, "verb": "delete"},
    ]
    assert only(evidence)["said"] == "not allowed: create, delete pods in msg"


@pytest.mark.parametrize(
    ("change", "check", "words"),
    [
        ({"exists": False}, "Argo CD", "no Application deploys"),
        ({"path": "deployment/other"}, "Argo CD", "no Application deploys"),
        ({"repo_url": "https://github.com/somebody/manuela-gitops"}, "its source", "github.com/somebody"),
        ({"target_revision": "master"}, "its source", "follows master, and we push to main"),
        ({"conditions": [{"type": "ComparisonError", "message": "no such\nrevision"}]}, "Argo CD", "no such revision"),
    ],
)
def test_the_parent_must_be_there_and_follow_us(evidence, change, check, words):
    evidence["centres"][0]["argocd"]["argocd_application_info"]["applications"][0].update(change)
    row = only(evidence)
    assert row["check"] == check and words in row["said"] and row["fix"]


@pytest.mark.parametrize("followed", ["main", "HEAD"])
def test_a_branch_that_is_proposed_need_not_be_followed(evidence, followed):
    evidence["centres"][0]["argocd"]["argocd_application_info"]["applications"][0]["target_revision"] = followed
    evidence["centres"][0] |= {"branch": "demo", "proposed": True}
    evidence["git"] |= {"branch": "demo", "proposed": True}
    assert bad(evidence) == []


def test_the_same_repository_by_another_protocol_is_ours(evidence):
    evidence["centres"][0]["argocd"]["argocd_application_info"]["applications"][0]["repo_url"] = (
        "git@git.example.com:org/manuela-gitops.git"
    )
    assert bad(evidence) == []


def test_a_parent_of_another_name_than_the_inventory_says(evidence):
    evidence["centres"][0]["argocd_namespace"] = "openshift-gitops"
    assert only(evidence)["fix"] == "set event_streaming_argocd_namespace: argocd for factory, or leave them out"


@pytest.mark.parametrize("path", [KAFKA, MIRROR])
def test_hosts_that_disagree_are_named_and_prepare_mends_them(evidence, path):
    evidence["files"][path] = evidence["files"][path].replace("apps.central.lab.example", "apps.old.example")
    row = only(evidence)
    assert row["check"] == "domains" and "apps.old.example" in row["said"] and "the playbook prepare" in row["fix"]
    assert bad(evidence, before="prepare") == []


def test_a_domain_that_the_router_does_not_serve(evidence):
    evidence["git"]["domain"] = "apps.new.example"
    assert "central's router serves apps.new.example" in only(evidence)["said"]


@pytest.mark.parametrize(
    ("label", "why"),
    [("boot_strap", "small letters, digits and hyphens"), ("b" * 64, "has 64 characters, 63 are allowed")],
)
def test_a_host_that_no_router_serves(evidence, label, why):
    for path in (KAFKA, MIRROR):
        evidence["files"][path] = evidence["files"][path].replace(
            "bootstrap-manuela-data-lake-central-kafka-cluster", label
        )
    row = only(evidence)
    assert row["check"] == "host names" and why in row["said"]


def test_the_hosts_that_strimzi_makes_up_for_brokers_count_too(evidence):
    evidence["files"][KAFKA] = evidence["files"][KAFKA].replace("  name: kafka\n", "  name: combined\n", 1)
    assert "has 64 characters" in only(evidence)["said"]


def test_mirror_maker_that_reads_from_another_namespace(evidence):
    evidence["files"][MIRROR] = evidence["files"][MIRROR].replace(f"{NAMESPACE}.svc", "manuela-tst-all.svc")
    assert (only(evidence)["where"], only(evidence)["check"]) == ("factory", "mirror")


def test_a_manifest_that_is_no_yaml_is_named_with_its_line(evidence):
    evidence["files"][KAFKA] += "\n  bad: [\n"
    found = [row for row in preflight(evidence) if row["check"] == "manifests"]
    assert KAFKA in found[0]["said"] and "line" in found[0]["said"]


@pytest.mark.parametrize("setting", ["s3_bucket", "s3_endpoint"])
def test_s3_settings_that_differ(evidence, setting):
    evidence["git"][setting] = "another"
    assert "asked for is another" in only(evidence)["said"]


def test_without_a_bucket_s3_is_not_asked(evidence):
    evidence["git"]["s3_bucket"] = ""
    evidence["s3"] = {"skipped": True}
    rows = [row for row in preflight(evidence) if row["state"] == "not asked"]
    assert [(row["where"], row["check"]) for row in rows] == [("git", "S3 settings"), ("S3", "bucket")]


def test_wrong_s3_keys(evidence):
    evidence["s3"] = {"msg": "cannot list bucket b: the secret key is wrong. Check secret_key", "failure": {}}
    assert (only(evidence)["where"], only(evidence)["fix"]) == ("S3", "Check secret_key")


def test_a_certificate_about_to_expire(evidence):
    evidence["git"]["certificate"]["reasons"] = [f"{KAFKA}: it expires within 30 days, on 2026-01-01T00:00:00Z"]
    assert only(evidence)["said"] == "it expires within 30 days, on 2026-01-01T00:00:00Z"


def test_a_stray_link_and_a_dangling_one(evidence):
    stray = f"/copy/{FACTORY}/manuela-data-lake-central-s3-store.yaml"
    gone = f"/copy/{FACTORY}/gone.yaml"
    evidence["git"].update(links=[stray, gone], dangling=[gone])
    found = [row for row in preflight(evidence) if row["state"] == "failure"]
    assert [row["said"] for row in found] == [
        f"{FACTORY}/gone.yaml leads to nothing",
        f"{FACTORY}/manuela-data-lake-central-s3-store.yaml belongs into {CENTRAL}",
    ]


def test_an_environment_without_a_placeholder(evidence):
    evidence["git"]["files"].pop()
    assert only(evidence)["said"].startswith(f"{CENTRAL} holds no manifest of its own")


def test_a_context_that_the_kubeconfig_lacks_names_the_value_to_set(evidence):
    said = "kc has no context factory; it has: mine. Give one of these as context"
    evidence["centres"][0]["cluster"] = {"failed": True, "msg": said}
    row = next(row for row in preflight(evidence) if row["check"] == "API" and row["state"] == "failure")
    assert row["fix"] == "Give one of these as event_streaming_context of factory"


@pytest.mark.parametrize(
    ("line", "rows"), [("#  - a/messaging-kafka", 0), ("- a/messaging-kafka # off", 0), ("- a", 1)]
)
def test_a_kustomization_without_the_entry_that_is_switched(evidence, line, rows):
    path = evidence["centres"][0]["switch"]["path"]
    evidence["files"][path] = f"resources:\n{line}\n"
    found = [row for row in preflight(evidence) if row["check"] == "switch"]
    assert len(found) == rows and all(path in row["said"] for row in found)


def test_a_parent_that_was_found_twice_is_one(evidence):
    found = evidence["centres"][0]["argocd"]["argocd_application_info"]["applications"]
    found.append(dict(found[0]))
    assert {row["state"] for row in preflight(evidence) if row["check"] == "Argo CD"} == {"ok"}


def test_a_copy_where_a_link_should_be(evidence):
    path = f"{CENTRAL}/manuela-data-lake-central-s3-store.yaml"
    evidence["git"]["links"].remove(f"/copy/{path}")
    evidence["git"]["files"].append(f"/copy/{path}")
    row = only(evidence)
    assert (row["said"], row["mended"]) == (f"{path} is a copy, where a link should be", False)


def test_an_environment_that_the_repository_does_not_have(evidence):
    evidence["git"]["files"].pop()
    evidence["git"]["directories"] = [FACTORY, "deployment/staging-central", "config/instances"]
    row = only(evidence)
    assert row["said"] == f"the repository has no {CENTRAL}; it has {FACTORY}, deployment/staging-central"
    assert "event_streaming_environment" in row["fix"]


def test_a_manifest_that_is_missing_is_said_once(evidence):
    evidence["git"]["missing"] = [KAFKA]
    del evidence["files"][KAFKA]
    row = only(evidence)
    assert row["said"] == f"{KAFKA} is missing" and row["fix"].startswith(f"bring it back (git log -- {KAFKA})")


def test_an_environment_that_is_deployed_under_another_name(evidence):
    parent = evidence["centres"][0]["argocd"]["argocd_application_info"]["applications"][0]
    parent["path"] = "deployment/staging-factory"
    row = only(evidence)
    assert row["said"] == (
        f"no Application deploys {FACTORY}; deployed there: deployment/staging-factory (factorydatacenter)"
    )


def test_an_application_of_another_fork(evidence):
    path = f"{LAKE}/manuela-data-lake-central-s3-store.yaml"
    evidence["git"]["applications"] = [path]
    row = only(evidence)
    assert "manuela-data-lake-central-s3-store.yaml deploys from" in row["said"] and row["mended"]


def test_an_application_where_argo_cd_does_not_look(evidence):
    name = "manuela-data-lake-central-s3-store.yaml"
    evidence["git"]["applications"] = [f"{LAKE}/{name}"]
    evidence["git"]["argocd_namespaces"] = {CENTRAL: "openshift-gitops"}
    evidence["files"][f"{LAKE}/{name}"] = "kind: Application\nmetadata: {namespace: argocd}\n"
    row = only(evidence)
    assert row["said"] == f"{name} is for the namespace argocd, and Argo CD looks into openshift-gitops"
    assert row["mended"]


def test_an_api_generation_that_the_cluster_does_not_serve(evidence):
    for kind in evidence["centres"][0]["cluster"]["cluster_info"]["kinds"]:
        kind["versions"] = ["v1"]
    row = only(evidence)
    assert row["said"] == (
        "KafkaMirrorMaker2 is written as kafka.strimzi.io/v1beta2, and the cluster serves v1"
    ) and row["fix"].startswith("write it as kafka.strimzi.io/v1")


def test_kinds_that_come_with_their_operator_are_a_warning(evidence):
    for kind in evidence["centres"][0]["cluster"]["cluster_info"]["kinds"]:
        kind["versions"] = []
    assert "not served yet: KafkaMirrorMaker2" in only(evidence, "warning")["said"]


@pytest.mark.parametrize(
    ("found", "check", "fix"),
    [
        (
            resource("Subscription", "amq-streams", "ResolutionFailed: no channel", ready=False),
            "operators",
            f"oc -n {NAMESPACE} describe subscription.operators.coreos.com amq-streams",
        ),
        (
            resource("ClusterServiceVersion", "amqstreams.v2", labels={f"{OLM}/amq-streams.{NAMESPACE}": ""}),
            "leftovers",
            f"oc -n {NAMESPACE} delete csv amqstreams.v2",
        ),
        (
            resource("KafkaTopic", "t", "being deleted, held by the finalizer strimzi.io/topic-operator", ready=False),
            "leftovers",
            f"""oc -n {NAMESPACE} patch kafkatopic t --type merge -p '{{"metadata":{{"finalizers":null}}}}'""",
        ),
        (
            resource("Namespace", "old", "Terminating: some finalizers remain", ready=False, namespace=None),
            "leftovers",
            "oc describe namespace old",
        ),
        (resource("Kafka", "manuela-kafka-cluster", "Ready"), "leftovers", None),
    ],
)
def test_operators_and_leftovers(evidence, found, check, fix):
    states(evidence).append(found)
    row = only(evidence)
    assert row["check"] == check and (fix is None or row["fix"] == fix)


def test_a_version_that_olm_copied_from_elsewhere_is_no_orphan(evidence):
    states(evidence).append(
        resource("ClusterServiceVersion", "gitops", labels={f"{OLM}/gitops.openshift-operators": ""})
    )
    assert bad(evidence) == []


def test_sensors_that_are_dead_asleep_or_elsewhere(evidence):
    sensor = states(evidence)[-1]
    sensor.update(ready=False, message="0 of 1 replicas ready")
    assert only(evidence)["said"] == "Deployment machine-sensor-1: 0 of 1 replicas ready"
    sensor.update(ready=True, message="0 of 0 replicas ready")
    assert only(evidence)["fix"] == "oc -n sensors scale deployment machine-sensor-1 --replicas=1"
    states(evidence).remove(sensor)
    assert "another cluster" in only(evidence, "warning")["said"]


def test_before_prepare_access_alone_is_judged_without_the_files(evidence):
    rows = preflight({"centres": evidence["centres"], "s3": evidence["s3"]}, before="prepare")
    assert [row["check"] for row in rows] == ["API", "permissions", "Argo CD", "its source", "bucket"]

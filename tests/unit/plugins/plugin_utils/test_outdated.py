# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a current cluster would refuse in old manifests is named, and nothing else is."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from ansible_collections.manuela.event_streaming.plugins.plugin_utils.outdated import outdated

SAMPLE = Path(__file__).resolve().parents[4] / "lab" / "gitops"
OLD_KAFKA = {
    "apiVersion": "kafka.strimzi.io/v1beta1",
    "kind": "Kafka",
    "metadata": {"name": "old"},
    "spec": {"kafka": {"version": "2.6.0", "listeners": {"plain": {}}}, "zookeeper": {"replicas": 3}},
}


def resource(kind, spec, version="kafka.strimzi.io/v1"):
    return {"apiVersion": version, "kind": kind, "metadata": {"name": "x"}, "spec": spec}


def test_the_kafka_of_the_public_repository_has_four_things_of_its_time():
    found = outdated([OLD_KAFKA])
    assert [entry["what"] for entry in found] == [
        "is written as kafka.strimzi.io/v1beta1",
        "has its listeners as a map",
        "has a section zookeeper",
        "asks for an old Kafka version",
    ]
    assert found[2]["sentence"] == (
        "Kafka old has a section zookeeper: Strimzi runs no ZooKeeper since 0.46; "
        "remove it and add a KafkaNodePool with the roles controller and broker"
    )


@pytest.mark.parametrize(
    ("manifest", "what"),
    [
        (resource("KafkaMirrorMaker2", {}, "kafka.strimzi.io/v1alpha1"), "is written as kafka.strimzi.io/v1alpha1"),
        (resource("KafkaMirrorMaker2", {"version": "2.6.0"}), "asks for an old Kafka version"),
        (
            resource("Subscription", {"startingCSV": "amqstreams.v1.5.2"}, "operators.coreos.com/v1alpha1"),
            "starts at an operator version of years ago",
        ),
    ],
)
def test_each_is_named(manifest, what):
    assert [entry["what"] for entry in outdated([manifest])] == [what]


@pytest.mark.parametrize(
    ("version", "is_old"), [("0.11.0", True), ("1.1", True), ("3.9.1", True), ("4.0.0", False), ("10.0", False)]
)
def test_the_versions_of_kafka_that_no_operator_of_today_runs(version, is_old):
    manifest = resource("Kafka", {"kafka": {"version": version, "listeners": []}})
    assert ["Kafka version" in entry["what"] for entry in outdated([manifest])] == [True] * is_old


def test_a_finding_says_which_object_why_and_what_to_do():
    (finding,) = outdated([resource("Kafka", {"kafka": {"listeners": []}, "zookeeper": {}})])
    assert (finding["kind"], finding["name"]) == ("Kafka", "x")
    assert finding["sentence"] == f"Kafka x {finding['what']}: {finding['why']}; {finding['fix']}"


@pytest.mark.parametrize("metadata", [None, {}, "text"])
def test_a_finding_in_a_manifest_without_a_name_has_none(metadata):
    (finding,) = outdated([{**resource("Kafka", {"zookeeper": {}}), "metadata": metadata}])
    assert (finding["kind"], finding["name"]) == ("Kafka", "")


def test_an_operator_version_counts_in_a_subscription_only():
    other = resource("InstallPlan", {"startingCSV": "amqstreams.v1.5.2"}, "operators.coreos.com/v1alpha1")
    assert outdated([other]) == []


def test_what_is_of_today_or_no_manifest_is_passed_over():
    today = resource("Kafka", {"kafka": {"version": "4.2.0", "listeners": [{"name": "plain"}]}})
    odd = resource("Kafka", {"kafka": "text"})
    assert outdated([today, odd, None, "text", {}, {"kind": "Kafka"}, resource("Deployment", {}, "apps/v1")]) == []


def test_nothing_of_our_sample_is_outdated():
    paths = [path for path in sorted(SAMPLE.rglob("*.yaml")) if not path.is_symlink()]
    assert outdated([each for path in paths for each in yaml.safe_load_all(path.read_text())]) == []

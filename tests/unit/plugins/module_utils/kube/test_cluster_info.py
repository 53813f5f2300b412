# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What one may do in a cluster is asked for verb by verb, and nothing is left there."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.manuela.event_streaming.plugins.module_utils import _cluster_info
from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import Failure
from ansible_collections.manuela.event_streaming.plugins.module_utils._kube import Kind
from ansible_collections.manuela.event_streaming.tests.unit.plugins.module_utils.kube.fake_kube import FakeKube

INGRESS = Kind("Ingress", "ingresses", "v1", "config.openshift.io", namespaced=False)
SELF = Kind("SelfSubjectReview", "selfsubjectreviews", "v1", "authentication.k8s.io", namespaced=False)


class Reviewing(FakeKube):
    """Answers reviews: everything is allowed but what ``denied`` holds."""

    denied: frozenset[tuple[str, str, str]] = frozenset()

    def create(self, kind: Kind, namespace: str, body: dict[str, Any]) -> dict[str, Any]:
        if kind.kind == "SelfSubjectReview":
            return {"status": {"userInfo": {"username": "presenter"}}}
        asked = body["spec"]["resourceAttributes"]
        key = (asked["verb"], asked["resource"], asked["subresource"])
        return {"status": {"allowed": key not in self.denied, "reason": "" if key not in self.denied else "no rule"}}


@pytest.fixture
def cluster(clock) -> Reviewing:
    return Reviewing(clock)


def look(cluster, *permissions, kinds=()):
    return _cluster_info.observe({"kinds": list(kinds), "permissions": list(permissions)}, cluster).state


def test_each_verb_is_asked_for_and_the_denied_ones_are_named(cluster):
    cluster.denied = frozenset({("get", "pods", "log")})
    state = look(
        cluster,
        {"verbs": ["get", "patch"], "resource": "applications.argoproj.io"},
        {"verbs": ["get"], "resource": "pods/log", "namespace": "msg"},
    )
    assert [(one["verb"], one["resource"], one["namespace"], one["allowed"]) for one in state["permissions"]] == [
        ("get", "applications.argoproj.io", None, True),
        ("patch", "applications.argoproj.io", None, True),
        ("get", "pods/log", "msg", False),
    ]
    assert cluster.writes() == []


def test_an_answer_without_a_verdict_is_a_no(cluster):
    cluster.create = lambda kind, namespace, body: {"status": {}}
    assert look(cluster, {"verbs": ["get"], "resource": "pods"})["permissions"][0]["allowed"] is False


def test_requests_that_were_sent_again_are_told(cluster):
    assert look(cluster)["attempts"] == 1
    cluster.again = 2
    assert look(cluster)["attempts"] == 3


def test_versions_of_kinds_that_are_served_and_of_those_that_are_not(cluster):
    kinds = [{"kind": "Kafka", "group": "kafka.strimzi.io"}, {"kind": "Kafka", "group": "elsewhere.io"}]
    cluster.kinds.append(Kind("Kafka", "kafkas", "v1beta1", "kafka.strimzi.io"))
    assert [one["versions"] for one in look(cluster, kinds=kinds)["kinds"]] == [["v1beta2", "v1beta1"], []]


def test_user_and_domain_are_null_where_nobody_tells_them(cluster):
    assert (look(cluster)["user"], look(cluster)["apps_domain"]) == (None, None)


def test_user_and_domain_as_openshift_tells_them(cluster):
    cluster.kinds += [INGRESS, SELF]
    cluster.put(INGRESS, "cluster", spec={"domain": "apps.example.com"})
    assert (look(cluster)["user"], look(cluster)["apps_domain"]) == ("presenter", "apps.example.com")


def test_a_domain_that_one_may_not_read_is_not_known(cluster):
    cluster.kinds.append(INGRESS)
    cluster.fail("get", INGRESS, Failure("unauthorized", "may not"))
    assert look(cluster)["apps_domain"] is None
    cluster.fail("get", INGRESS, Failure("unreachable", "gone"))
    with pytest.raises(Failure, match="gone"):
        look(cluster)

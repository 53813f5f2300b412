# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests to an API server: what is tried again, what its refusals mean, which kinds it serves."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest
from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import Failure
from ansible_collections.manuela.event_streaming.plugins.module_utils._kube import POD, Kind
from ansible_collections.manuela.event_streaming.plugins.module_utils._kube_access import Access
from ansible_collections.manuela.event_streaming.plugins.module_utils._kube_client import KubeClient, path_of

SERVER = "https://api.factory.example:6443"
ROUTE = Kind("Route", "routes", "v1", "route.openshift.io")


class FakePool:
    """Answers from a script: (status, body, headers), or an error to raise."""

    def __init__(self, *script):
        self.script = list(script)
        self.asked = []

    def request(self, method, url, **given):
        self.asked.append((method, url.removeprefix(SERVER), given))
        answer = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        if isinstance(answer, BaseException):
            raise answer
        status, body, *headers = answer
        text = body if isinstance(body, str) else json.dumps(body)
        return SimpleNamespace(status=status, data=text.encode(), headers=headers[0] if headers else {})


def client(clock, *script, token="secret-token"):
    pool = FakePool(*script)
    where = f"the API server {SERVER} (context factory)"
    access = Access(SERVER, where, lambda: {"Authorization": f"Bearer {token}"})
    return KubeClient(pool, access, 5.0, clock), pool


def refused(status, message=""):
    return status, {"kind": "Status", "message": message}


def failure_of(call):
    with pytest.raises(Failure) as caught:
        call()
    assert "secret-token" not in caught.value.msg
    return caught.value


def test_credentials_that_expired_name_the_context_and_the_line_to_log_in(clock):
    kube, _pool = client(clock, refused(401, "Unauthorized"))
    failure = failure_of(lambda: kube.list(POD, "ns"))
    assert (failure.code, failure.retryable) == ("unauthorized", False)
    assert "context factory" in failure.msg and f"oc login {SERVER}" in failure.msg


def test_a_missing_right_names_verb_resource_and_namespace(clock):
    text = 'routes.route.openshift.io is forbidden: User "x" cannot list resource "routes" in API group ...'
    kube, _pool = client(clock, refused(403, text))
    failure = failure_of(lambda: kube.list(ROUTE, "msg"))
    assert failure.code == "unauthorized"
    assert "role with the verb list on routes.route.openshift.io and namespace msg" in failure.msg


@pytest.mark.parametrize("text", ["exceeded quota: small", 'violates PodSecurity "restricted:latest"'])
def test_what_admission_refuses_is_no_question_of_rights(clock, text):
    kube, _pool = client(clock, refused(403, f'pods "x" is forbidden: {text}'))
    failure = failure_of(lambda: kube.create(POD, "ns", {"metadata": {"name": "x"}}))
    assert (failure.code, text in failure.msg) == ("refused", True)


@pytest.mark.parametrize(("status", "code", "retryable"), [
    (409, "conflict", True), (422, "refused", False), (400, "refused", False), (500, "unreachable", True)
])  # fmt: skip
def test_other_refusals(clock, status, code, retryable):
    kube, _pool = client(clock, refused(status, "says why"))
    failure = failure_of(lambda: kube.create(POD, "ns", {"metadata": {"name": "x"}}))
    assert (failure.code, failure.retryable, "says why" in failure.msg) == (code, retryable, True)


def test_a_read_has_no_conflict(clock):
    kube, _pool = client(clock, refused(409, "says a proxy"))
    failure = failure_of(lambda: kube.list(POD, "ns"))
    assert (failure.code, failure.retryable, "Somebody else" in failure.msg) == ("refused", False, False)


def test_what_is_not_there_is_none(clock):
    kube, _pool = client(clock, refused(404, "not found"))
    assert kube.get(POD, "ns", "x") is None
    assert kube.patch(POD, "ns", "x", {}) is None
    assert kube.delete(POD, "ns", "x") is False


def test_a_busy_server_is_asked_again_after_the_pause_that_it_asks_for(clock):
    kube, pool = client(clock, (503, "", {"Retry-After": "3"}), (200, {"kind": "Pod"}))
    assert kube.get(POD, "ns", "x") == {"kind": "Pod"}
    assert (len(pool.asked), clock.seconds, kube.again) == (2, 3, 1)


@pytest.mark.parametrize("status", [408, 429])
def test_a_write_is_repeated_only_when_the_server_did_not_take_it(clock, status):
    kube, pool = client(clock, (status, "", {"Retry-After": "1"}), (201, {"kind": "Pod"}))
    kube.create(POD, "ns", {"metadata": {"name": "x"}})
    assert len(pool.asked) == 2
    for trouble in (refused(503), ConnectionResetError(104, "Connection reset by peer")):
        kube, pool = client(clock, trouble)
        failure_of(lambda kube=kube: kube.create(POD, "ns", {"metadata": {"name": "x"}}))
        assert len(pool.asked) == 1


def test_a_read_that_was_cut_is_tried_again_three_times_at_most(clock):
    kube, pool = client(clock, ConnectionResetError(104, "Connection reset by peer"))
    failure = failure_of(lambda: kube.get(POD, "ns", "x"))
    assert (failure.code, failure.retryable, len(pool.asked)) == ("unreachable", True, 3)
    assert SERVER in failure.msg and "Connection reset by peer" in failure.msg


def test_every_request_has_its_time_out_and_follows_nobody_elsewhere(clock):
    kube, pool = client(clock, (200, {}))
    kube.get(POD, "ns", "x")
    given = pool.asked[0][2]
    assert (given["timeout"], given["retries"], given["redirect"]) == (5.0, False, False)


def test_an_answer_that_is_no_json_is_no_api_server(clock):
    kube, _pool = client(clock, (200, "<html>login</html>"))
    assert "not JSON" in failure_of(lambda: kube.get(POD, "ns", "x")).msg


def test_long_lists_come_in_pages_with_kind_and_version_on_each_item(clock):
    first = {"metadata": {"continue": "next"}, "items": [{"metadata": {"name": "a"}}]}
    kube, pool = client(clock, (200, first), (200, {"items": [{"metadata": {"name": "b"}}]}))
    found = kube.list(ROUTE, "ns", labels="a=b")
    assert [(item["kind"], item["apiVersion"], item["metadata"]["name"]) for item in found] == [
        ("Route", "route.openshift.io/v1", "a"),
        ("Route", "route.openshift.io/v1", "b"),
    ]
    assert "labelSelector=a%3Db" in pool.asked[1][1] and "continue=next" in pool.asked[1][1]


def test_a_patch_is_a_merge_patch(clock):
    kube, pool = client(clock, (200, {}))
    kube.patch(ROUTE, "ns", "r", {"a": None})
    method, url, given = pool.asked[0]
    assert (method, url) == ("PATCH", "/apis/route.openshift.io/v1/namespaces/ns/routes/r")
    assert given["headers"]["Content-Type"] == "application/merge-patch+json"


def test_the_servers_clock_is_told(clock):
    kube, _pool = client(clock, (200, {}, {"Date": "Fri, 15 Jan 2027 08:00:00 GMT"}))
    assert kube.server_time() == clock.epoch()
    kube.get(POD, "ns", "x")
    assert kube.server_time() == 1_800_000_000.0


def aggregated(*kinds):
    groups = {}
    for group, version, kind, plural, scope in kinds:
        resource = {"resource": plural, "responseKind": {"kind": kind}, "scope": scope}
        groups.setdefault(group, {}).setdefault(version, []).append(resource)
    items = [
        {
            "metadata": {"name": group} if group else {},
            "versions": [{"version": v, "resources": r} for v, r in vs.items()],
        }
        for group, vs in groups.items()
    ]
    return 200, {"kind": "APIGroupDiscoveryList", "items": items}


CORE = aggregated(("", "v1", "Pod", "pods", "Namespaced"), ("", "v1", "Namespace", "namespaces", "Cluster"))
GROUPS = aggregated(
    ("kafka.strimzi.io", "v1", "Kafka", "kafkas", "Namespaced"),
    ("kafka.strimzi.io", "v1beta2", "Kafka", "kafkas", "Namespaced"),
    ("messaging.knative.dev", "v1", "Subscription", "subscriptions", "Namespaced"),
    ("operators.coreos.com", "v1alpha1", "Subscription", "subscriptions", "Namespaced"),
    ("a.example", "v1", "Widget", "widgets", "Namespaced"),
    ("b.example", "v1", "Widget", "widgets", "Namespaced"),
)


def test_a_kind_is_found_in_the_version_that_the_server_prefers(clock):
    kube, pool = client(clock, CORE, GROUPS)
    assert kube.find("Kafka") == Kind("Kafka", "kafkas", "v1", "kafka.strimzi.io")
    assert kube.find("kafkas", version="v1beta2").version == "v1beta2"
    assert kube.find("Namespace").namespaced is False
    assert len(pool.asked) == 2


def test_a_kind_of_several_groups_is_the_usual_one_or_has_to_be_given(clock):
    kube, _pool = client(clock, CORE, GROUPS)
    assert kube.find("Subscription").group == "operators.coreos.com"
    assert kube.find("Subscription", group="messaging.knative.dev").version == "v1"
    failure = failure_of(lambda: kube.find("Widget"))
    assert (failure.code, failure.details) == ("invalid_option", {"groups": ["a.example", "b.example"]})


def test_a_kind_that_is_not_served_yet_is_looked_for_again(clock):
    kube, pool = client(clock, CORE, aggregated(), CORE, GROUPS)
    assert kube.find("Kafka") is None
    assert kube.find("Kafka") is not None
    assert len(pool.asked) == 4


def test_older_servers_are_asked_group_by_group(clock):
    groups = {"groups": [{"name": "kafka.strimzi.io", "versions": [{"version": "v1beta2"}, {"version": "v1"}],
                          "preferredVersion": {"version": "v1"}}]}  # fmt: skip
    listed = {
        "resources": [
            {"name": "kafkas", "kind": "Kafka", "namespaced": True},
            {"name": "kafkas/status", "kind": "Kafka"},
        ]
    }
    core = {"resources": [{"name": "pods", "kind": "Pod", "namespaced": True}]}
    kube, _pool = client(clock, (200, {"kind": "APIVersions"}), (200, core), (200, groups), (200, listed))
    assert kube.find("Kafka") == Kind("Kafka", "kafkas", "v1", "kafka.strimzi.io")
    assert kube.find("Pod") == POD
    assert (kube.find("Kafka").reports, kube.find("Pod").reports) == (True, False)


def test_a_kind_whose_status_is_written_apart_is_known(clock):
    status, groups = (
        {"subresources": [{"subresource": "status"}]},
        aggregated(("x.org", "v1", "Thing", "things", "Cluster")),
    )
    groups[1]["items"][0]["versions"][0]["resources"][0].update(status)
    kube, _pool = client(clock, CORE, groups)
    assert (kube.find("Thing").reports, kube.find("Pod").reports) == (True, False)


def test_a_list_whose_pages_have_expired_is_read_anew_and_whole(clock):
    first = {"metadata": {"continue": "next"}, "items": [{"metadata": {"name": "a"}}]}
    whole = {"items": [{"metadata": {"name": "b"}}, {"metadata": {"name": "c"}}]}
    kube, pool = client(clock, (200, first), refused(410, "The provided continue parameter is too old"), (200, whole))
    assert [item["metadata"]["name"] for item in kube.list(POD, "ns")] == ["b", "c"]
    assert pool.asked[-1][1] == "/api/v1/namespaces/ns/pods"


def test_a_list_that_is_gone_at_once_is_a_failure(clock):
    kube, pool = client(clock, refused(410, "too old"))
    assert failure_of(lambda: kube.list(POD, "ns")).code == "refused"
    assert len(pool.asked) == 1


OLD_CORE = (200, {"kind": "APIVersions"}), (200, {"resources": [{"name": "pods", "kind": "Pod", "namespaced": True}]})
OLD_GROUPS = (
    200,
    {"groups": [{"name": name, "versions": [{"version": "v1"}]} for name in ("metrics.k8s.io", "kafka.strimzi.io")]},
)
KAFKAS = (200, {"resources": [{"name": "kafkas", "kind": "Kafka", "namespaced": True}]})
DOWN = [refused(503, "the server is currently unable to handle the request")] * 3
STALE = {"metadata": {"name": "metrics.k8s.io"}, "versions": [{"version": "v1", "freshness": "Stale"}]}


@pytest.mark.parametrize("old", [True, False])
def test_a_group_whose_server_is_down_hides_nothing_but_itself(clock, old):
    new = 200, {**GROUPS[1], "items": [*GROUPS[1]["items"], STALE]}
    kube, _pool = client(clock, *((*OLD_CORE, OLD_GROUPS, *DOWN, KAFKAS) if old else (CORE, new)))
    assert kube.find("Kafka").version == "v1"


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (("NodeMetrics", ""), True),
        (("NodeMetrics", "metrics.k8s.io"), True),
        (("Thing", "things.example.com"), False),
        (("Integration", ""), False),  # which is known to be of another group
    ],
)
def test_of_a_kind_that_such_a_group_may_serve_it_is_not_said_that_it_is_not_there(clock, asked, told):
    kube, _pool = client(clock, CORE, (200, {"kind": "APIGroupDiscoveryList", "items": [STALE]}))
    kind, group = asked
    if not told:
        assert kube.find(kind, group=group) is None
        return
    failure = failure_of(lambda: kube.find(kind, group=group))
    assert (failure.code, failure.retryable) == ("unreachable", True)
    assert f"serves {kind}: metrics.k8s.io does not answer there" in failure.msg


def test_paths_of_objects():
    assert path_of(POD, "ns", "p") == "/api/v1/namespaces/ns/pods/p"
    assert path_of(Kind("Namespace", "namespaces", "v1", namespaced=False), "", "n") == "/api/v1/namespaces/n"
    assert path_of(POD, "ns", "../../secrets") == "/api/v1/namespaces/ns/pods/..%2F..%2Fsecrets"


def test_logs_are_text_and_ask_for_the_last_lines(clock):
    kube, pool = client(clock, (200, "one\ntwo\n"))
    assert kube.logs("ns", "p", "c", tail=5, previous=True) == "one\ntwo\n"
    assert pool.asked[0][1] == "/api/v1/namespaces/ns/pods/p/log?container=c&tailLines=5&previous=true"
    kube, _pool = client(clock, refused(404, 'pods "p" not found'))
    assert failure_of(lambda: kube.logs("ns", "p")).code == "not_found"


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed", "Give ca_cert"),
        ("Failed to resolve 'x' ([Errno -2] Name or service not known)", "name resolution"),
        ("timed out", "Check that the server runs"),
    ],
)
def test_no_answer_says_why_and_what_to_do(clock, text, advice):
    class NewConnectionError(Exception):
        """Named as urllib3 names what is not worth another try."""

    kube, pool = client(clock, NewConnectionError(f"HTTPSConnection(host='x', port=6443): {text}"))
    failure = failure_of(lambda: kube.get(POD, "ns", "x"))
    assert (failure.code, len(pool.asked)) == ("unreachable", 1)
    assert f"(context factory): {text}. " in failure.msg and advice in failure.msg

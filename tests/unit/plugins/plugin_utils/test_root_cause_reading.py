# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the results of the info modules become as evidence: hop, object, whether it is well, and what it says."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.manuela.event_streaming.plugins.plugin_utils.root_cause import root_cause

WELL = {"name": "a", "namespace": "argocd", "exists": True, "sync_status": "Synced", "health_status": "Healthy"}
OURS, OTHER = "b" * 40, "0123456789" * 4
UNHEALTHY = [
    {"kind": "Kafka", "name": "k", "health_status": "Degraded", "message": "not ready"},
    {"kind": "Route", "name": "r", "sync_status": "OutOfSync"},
]
OF_OTHER = {"phase": "Running", "revision": OTHER, "message": "waiting"}


def chain(*results: Any) -> list[tuple[Any, ...]]:
    return [(one["hop"], one["object"], one["ok"], one["message"]) for one in root_cause(list(results))["chain"]]


@pytest.mark.parametrize(
    ("differs", "ok", "said"),
    [
        pytest.param({}, True, "Synced Healthy", id="well"),
        pytest.param({"sync_status": "OutOfSync"}, False, "OutOfSync Healthy", id="out of sync"),
        pytest.param({"health_status": "Progressing"}, False, "Synced Progressing", id="not healthy"),
        pytest.param({"exists": False}, False, "absent", id="absent"),
        pytest.param({"refreshing": True}, False, "not compared since the refresh", id="not looked at"),
        pytest.param({"sync_status": "Unknown", "automated": False}, False, "automated sync is off", id="by hand"),
        pytest.param({"automated": False}, True, "Synced Healthy", id="by hand, and done"),
        pytest.param({"exists": False, "sync_status": None, "automated": False}, False, "absent", id="nothing by hand"),
        pytest.param(
            {"conditions": [{"type": "SyncError", "message": "one"}, {"type": "B", "message": "two"}]},
            True,
            "SyncError: one; B: two",
            id="conditions",
        ),
        pytest.param(
            {"health_status": "Degraded", "unhealthy_resources": UNHEALTHY},
            False,
            "Kafka/k Degraded not ready; Route/r OutOfSync",
            id="its resources",
        ),
        pytest.param(
            {
                "sync_status": "OutOfSync",
                "conditions": [{"type": "A", "message": "b"}],
                "operation": {"phase": "Failed", "message": "no"},
            },
            False,
            "A: b; sync Failed: no",
            id="conditions before the operation",
        ),
        pytest.param({"operation": {"phase": "Error", "message": "no"}}, True, "sync Error: no", id="an error"),
        pytest.param({"operation": {"phase": "Error"}}, True, "sync Error:", id="an error without words"),
        pytest.param({"operation": {"phase": "Succeeded", "message": "ok"}}, True, "Synced Healthy", id="it succeeded"),
        pytest.param(
            {"operation": {"phase": "Failed", "message": "operation was terminated"}},
            True,
            "Synced Healthy",
            id="terminated, and in sync",
        ),
        pytest.param(
            {"sync_status": "OutOfSync", "operation": {"phase": "Failed", "message": "terminated"}},
            False,
            "sync Failed: terminated",
            id="terminated, and out of sync",
        ),
        pytest.param(
            {"revision": OURS, "operation": OF_OTHER}, True, "sync of 0123456 Running: waiting", id="an older commit"
        ),
        pytest.param(
            {"revision": OURS, "operation": {"phase": "Running", "message": "waiting"}},
            True,
            "Synced Healthy",
            id="ours runs",
        ),
        pytest.param(
            {"revision": OURS, "operation": {"phase": "Running", "message": "no. Retrying attempt #1"}},
            True,
            "sync Error: no. Retrying attempt #1",
            id="ours is tried again",
        ),
        pytest.param(
            {"operation": {"phase": "Succeeded", "message": "after Retrying"}},
            True,
            "Synced Healthy",
            id="ours was tried again",
        ),
        pytest.param({"operation": {"phase": "Running"}}, True, "Synced Healthy", id="nothing is known of the commit"),
    ],
)
def test_an_application(differs, ok, said):
    state = {"applications": [{**WELL, **differs}]}
    assert chain({"argocd_application_info": state}) == [("application", "Application a in argocd", ok, said)]


@pytest.mark.parametrize(
    ("named", "title"),
    [
        ({"name": "a"}, "Application a"),
        ({"name": "a", "path": "p"}, "Application a"),
        ({"path": "deployment/p"}, "Application deployment/p"),
    ],
)
def test_an_application_is_named_as_it_is_known(named, title):
    assert chain({"argocd_application_info": {"applications": [named]}}) == [("application", title, False, "absent")]


@pytest.mark.parametrize(
    ("topic", "ok", "said"),
    [
        ({"exists": False, "records": 3}, False, "absent"),
        ({"exists": True, "records": 0}, False, "0 records"),
        ({"exists": True, "records": 9, "newest_age_seconds": 0.4, "flowing": True}, True, "9 records, newest 0 s old"),
        ({"exists": True, "records": 9, "newest_age_seconds": 77.6}, False, "9 records, newest 78 s old"),
    ],
)
def test_a_topic(topic, ok, said):
    state = {"topics": [{"name": "t", **topic}], "reason": ""}
    assert chain({"kafka_topic_info": state}) == [("topic", "topic t", ok, said)]


def test_a_kafka_that_gave_no_answer():
    assert chain({"kafka_topic_info": {"topics": [], "reason": "x does not answer: no"}}) == [
        ("topic", "Kafka", False, "x does not answer: no")
    ]


def test_a_reason_is_kafkas_only_beside_its_topics():
    assert chain({"s3_object_info": {"reason": "busy", "bucket": "b", "count": 1}}) == [
        ("s3", "bucket b", True, "1 objects")
    ]


@pytest.mark.parametrize(
    ("state", "ok", "said"),
    [
        ({"count": 0}, False, "no objects"),
        ({"count": None, "newest": None}, False, "no objects"),
        ({"count": 3, "newest": {"age_seconds": 0}}, True, "3 objects, newest 0 s old"),
        ({"count": 3, "met": True}, True, "3 objects"),
        ({"count": 3, "met": False, "newest": {"age_seconds": 90}}, False, "3 objects, newest 90 s old"),
        ({"exists": False, "count": 0}, False, "the bucket does not exist"),
        ({"exists": True, "count": 1}, True, "1 objects"),
    ],
)
def test_a_bucket(state, ok, said):
    assert chain({"s3_object_info": {"bucket": "b", **state}}) == [("s3", "bucket b", ok, said)]


def failed(code: str, last_seen: Any = None) -> dict[str, Any]:
    return {"failed": True, "msg": "it said no", "failure": {"code": code, "details": {"last_seen": last_seen}}}


STATE = {"evidence": [{"hop": "pod", "object": "Pod a in x", "ok": True, "message": "runs"}]}
BAD = {"evidence": [*STATE["evidence"], {"hop": "tls", "object": "route from x", "ok": False, "message": "blue"}]}


@pytest.mark.parametrize(
    ("result", "said"),
    [
        pytest.param(failed("refused"), [("resource", "this task", False, "it said no")], id="nothing was seen"),
        pytest.param(
            failed("failed", STATE),
            [("pod", "Pod a in x", True, "runs"), ("resource", "this task", False, "it said no")],
            id="what was seen is well",
        ),
        pytest.param(
            failed("failed", BAD),
            [
                ("pod", "Pod a in x", True, "runs"),
                ("tls", "route from x", False, "blue"),
                ("tls", "route from x", False, "it said no"),
            ],
            id="it is told of what is not well",
        ),
        pytest.param(
            failed("timeout", BAD),
            [("pod", "Pod a in x", True, "runs"), ("tls", "route from x", False, "blue")],
            id="a wait that ended says nothing new",
        ),
        pytest.param(
            {"failure": {"code": "failed"}}, [("resource", "this task", False, "")], id="a failure without words"
        ),
        pytest.param({"msg": "a wrong option"}, [("resource", "this task", False, "a wrong option")], id="never asked"),
        pytest.param({"msg": "ok", "s3_object_info": {}}, [], id="asked"),
        pytest.param({"msg": "no", "skipped": True}, [], id="skipped"),
        pytest.param("text", [], id="no result"),
        pytest.param({"hop": "pod", "object": "o", "message": "m"}, [("pod", "o", False, "m")], id="bare evidence"),
    ],
)
def test_a_failure(result, said):
    assert chain(result) == said


def test_several_results_are_one_chain_and_a_fact_stands_once():
    loop = {"results": [{"resource_status_info": STATE}, failed("failed", BAD)]}
    assert [entry[1] for entry in chain(loop, {"resource_status_info": STATE})] == [
        "Pod a in x", "route from x", "route from x"
    ]  # fmt: skip


def test_what_is_not_known_says_where_to_look():
    found = root_cause({"resource_status_info": BAD})
    told = {key: found[key] for key in ("cause", "next_step", "hop", "object", "known")}
    assert told == {
        "cause": "unknown",
        "next_step": "look at what is named there",
        "hop": "tls",
        "object": "route from x",
        "known": False,
    }
    found = root_cause({"resource_status_info": STATE})
    assert (found["next_step"], found["hop"], found["object"], found["known"]) == ("", None, None, True)


@pytest.mark.parametrize(
    ("title", "next_step"),
    [
        ("topic iot in messaging", "oc -n messaging get kafkatopics"),
        ("topic iot", "oc get -A kafkatopics"),
    ],
)
def test_the_next_step_looks_where_it_is_or_everywhere(title, next_step):
    evidence = {"hop": "topic", "object": title, "ok": False, "message": "absent"}
    assert root_cause(evidence)["next_step"] == next_step


def test_a_word_that_nobody_said_stays_open():
    found = root_cause({"hop": "pod", "object": "Pod a", "ok": False, "message": "exceeded quota"})
    assert found["sentence"] == "the quota of ? is used up: exceeded quota"
    assert found["next_step"] == "oc -n ? describe quota"


def test_all_that_stand_still_are_named():
    stopped = [
        {
            "hop": "resource",
            "object": f"Deployment {name} in m",
            "ok": False,
            "message": "0 of 0 replicas ready: it is stopped",
        }
        for name in ("s1", "s2")
    ]
    found = root_cause(stopped)
    assert found["sentence"] == "the sensors are stopped, so nothing is sent: s1, s2 in m"
    assert found["next_step"] == "oc -n m scale deployment s1 s2 --replicas=1"


def test_an_install_plan_that_nobody_names_stays_open():
    evidence = {"hop": "operator", "object": "Subscription a in x", "ok": False, "message": "RequiresApproval"}
    assert root_cause(evidence)["next_step"].startswith("oc -n x patch installplan NAME --type merge")

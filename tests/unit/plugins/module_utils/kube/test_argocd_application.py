# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A commit is deployed when Argo CD says so of that commit, after our refresh, and goes on saying it."""

from __future__ import annotations

import pytest
from ansible_collections.manuela.event_streaming.plugins.module_utils._argocd_application.application import (
    REFRESH,
    TRACKING,
)
from ansible_collections.manuela.event_streaming.plugins.module_utils._argocd_application.core import observe
from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import Failure
from ansible_collections.manuela.event_streaming.tests.unit.plugins.module_utils.kube.fake_kube import (
    APPLICATION,
    START,
    stamp,
)

OLD, OURS, LATER = "a" * 40, "b" * 40, "c" * 40
REPO = "https://git.example.com/x/manuela-gitops.git"


class FakeHistory:
    """OLD ← OURS ← LATER; anything else is not known."""

    def includes(self, revision, ancestor):
        order = [OLD, OURS, LATER]
        return order.index(revision) >= order.index(ancestor) if revision in order else None


def options(*applications, **given):
    blank = {"name": None, "namespace": None, "path": None, "repo_url": None}
    params = {"wait_for": "healthy", "revision": OURS, "refresh": "normal", "refreshed_after": None, "wait": True}
    params |= {"settle_seconds": 2, "wait_timeout": 60, "wait_sleep": 1.0}
    return {**params, "applications": [{**blank, **entry} for entry in applications or ({"name": "app"},)], **given}


@pytest.fixture
def argo(kube, clock):
    """An Application as Argo CD leaves it; refreshes are answered when a test says so."""
    kube.put(
        APPLICATION,
        "app",
        "argocd",
        spec={"source": {"path": "deployment/x", "repoURL": REPO}, "syncPolicy": {"automated": {}}},
        status=status(OLD, reconciled=-100),
    )

    def says(second, **changes):
        def write():
            item = kube.item(APPLICATION, "app", "argocd")
            item["metadata"].get("annotations", {}).pop(REFRESH, None)
            item["status"] = status(**{"reconciled": second, **changes})

        clock.at(second, write)

    kube.says = says
    return kube


def status(revision, reconciled, sync="Synced", health="Healthy", since=None, operation=None, conditions=()):
    return {
        "sync": {"status": sync, "revision": revision},
        "health": {"status": health, **({"lastTransitionTime": stamp(START + since)} if since is not None else {})},
        "reconciledAt": stamp(START + reconciled),
        "conditions": list(conditions),
        **({"operationState": operation} if operation else {}),
    }


def operation(phase, revision=OURS, message="", **more):
    return {"phase": phase, "message": message, "operation": {"sync": {"revision": revision}}, **more}


def run(argo, clock, *applications, check=False, **given):
    return observe(options(*applications, **given), check, clock, argo, FakeHistory())


def test_waits_for_our_revision_and_not_for_an_older_green(argo, clock):
    argo.says(3, revision=OLD)
    argo.says(6, revision=OURS)
    result = run(argo, clock)
    assert result.state["met"]
    assert result.state["applications"][0]["revision"] == OURS
    assert clock.seconds >= 8  # and two seconds to settle
    assert result.state["attempts"] >= 7  # one in each second, and then one after the time to settle


def test_a_descendant_of_our_revision_is_as_good(argo, clock):
    argo.says(3, revision=LATER)
    assert run(argo, clock).state["met"]


def test_a_green_of_before_the_refresh_does_not_count(argo, clock):
    argo.item(APPLICATION, "app", "argocd")["status"] = status(OURS, reconciled=-100)
    with pytest.raises(Failure) as caught:
        run(argo, clock, wait_timeout=10)
    assert caught.value.code == "timeout"
    assert "not compared since the refresh" in caught.value.msg
    assert caught.value.details["resume"] == {"refreshed_after": stamp(START)}


def test_a_later_slice_does_not_refresh_again_but_remembers_since_when(argo, clock):
    argo.item(APPLICATION, "app", "argocd")["status"] = status(OURS, reconciled=-3, since=-100)
    result = run(argo, clock, refreshed_after=stamp(START - 4))
    assert result.state["met"] and clock.seconds == 0
    assert argo.writes() == []
    argo.again = 2  # requests that were sent again
    assert run(argo, clock, refreshed_after=stamp(START - 4)).state["attempts"] == result.state["attempts"] + 2


def test_a_comparison_that_missed_the_revision_is_refreshed_again(argo, clock):
    argo.says(1, revision=OLD)
    argo.patched = lambda kind, item: argo.says(clock.seconds + 1, revision=OURS) if clock.seconds > 1 else None
    assert run(argo, clock).state["met"]
    assert len(argo.writes()) == 2


def test_an_unknown_revision_is_named_as_such(argo, clock):
    argo.says(1, revision="d" * 40)
    with pytest.raises(Failure) as caught:
        run(argo, clock, wait_timeout=5)
    assert "Synced@ddddddd Healthy, a revision that the work copy does not know" in caught.value.msg


def test_a_merge_that_is_waited_for_is_named_once(argo, clock):
    argo.put(APPLICATION, "child", "argocd", spec={}, status=status(OLD, reconciled=1))
    argo.says(1, revision=OLD)
    with pytest.raises(Failure) as caught:
        run(
            argo,
            clock,
            {"name": "app"},
            {"name": "child"},
            wait_timeout=5,
            merge_of="https://git.example.com/x/pulls/7",
        )
    assert caught.value.msg.count("waiting for the merge of https://git.example.com/x/pulls/7") == 1
    assert "App app Synced@aaaaaaa Healthy | App child" in caught.value.msg


def test_what_was_merged_is_not_waited_for(argo, clock):
    argo.says(1, revision=LATER)
    assert "merge" not in run(argo, clock, merge_of="https://git.example.com/x/pulls/7").state["progress"]


def test_compared_is_met_once_argo_cd_knows_the_revision_whatever_comes_of_it(argo, clock):
    argo.says(3, revision=LATER, sync="OutOfSync", health="Degraded", operation=operation("Running"))
    assert run(argo, clock, wait_for="compared", merge_of="demo").state["met"]
    assert 3 <= clock.seconds < 10


def test_compared_is_not_met_by_the_revision_before(argo, clock):
    argo.says(1, revision=OLD)
    with pytest.raises(Failure) as caught:
        run(argo, clock, wait_for="compared", merge_of="demo", wait_timeout=5)
    assert "waiting for the merge of demo" in caught.value.msg


def test_a_failed_sync_of_our_revision_ends_the_wait_with_its_reason(argo, clock):
    resources = [{"kind": "Kafka", "name": "k", "status": "SyncFailed", "message": "spec.kafka is missing"}]
    argo.says(
        2,
        revision=OURS,
        sync="OutOfSync",
        operation=operation("Failed", syncResult={"revision": OURS, "resources": resources}),
    )
    with pytest.raises(Failure) as caught:
        run(argo, clock)
    assert caught.value.code == "failed"
    assert caught.value.msg.startswith("the sync of Application app at bbbbbbb Failed: Kafka/k: spec.kafka is missing.")
    assert clock.seconds < 5


def test_a_failed_sync_of_another_revision_does_not(argo, clock):
    argo.says(2, revision=OURS, sync="OutOfSync", operation=operation("Failed", revision=OLD))
    argo.says(5, revision=OURS, operation=operation("Succeeded"))
    assert run(argo, clock).state["met"]


def test_synced_counts_only_when_its_operation_has_ended(argo, clock):
    argo.says(2, revision=OURS, operation=operation("Running", message="waiting for completion of hook batch/Job/x"))
    argo.says(9, revision=OURS, operation=operation("Succeeded"))
    run(argo, clock, wait_for="synced")
    assert clock.seconds >= 9


def test_nothing_out_of_sync_means_no_operation_and_is_done(argo, clock):
    argo.says(2, revision=OURS, operation=operation("Succeeded", revision=OLD))
    assert run(argo, clock).state["met"]


@pytest.mark.parametrize(
    ("kind", "text"),
    [("ComparisonError", "kustomize build failed: yaml: line 24"), ("InvalidSpecError", "destination not permitted")],
)
def test_what_cannot_be_deployed_ends_the_wait_with_its_text(argo, clock, kind, text):
    condition = {"type": kind, "message": text, "lastTransitionTime": stamp(START + 2)}
    argo.says(
        2, revision=OLD, reconciled=-100 if kind == "InvalidSpecError" else 2, sync="Unknown", conditions=[condition]
    )
    with pytest.raises(Failure) as caught:
        run(argo, clock)
    assert (caught.value.code, clock.seconds < 5) == ("failed", True)
    assert caught.value.msg == f"Application app cannot be deployed: {kind}: {text}. Correct that and push"


@pytest.fixture
def child(argo, clock):
    """A child whose manifest, as the parent has deployed it so far, follows a repository that cannot be reached."""
    error = {"type": "ComparisonError", "message": "lookup git.example.com: no such host"}
    wrong = {"path": "config/y", "repoURL": "https://git.example.com/upstream.git"}
    failed = status("", reconciled=1, sync="Unknown", conditions=[error])
    failed["sync"]["comparedTo"] = {"source": wrong}
    argo.put(APPLICATION, "child", "argocd", spec={"source": wrong}, status=failed)

    def says(second, **changes):
        def write():
            item = argo.item(APPLICATION, "child", "argocd")
            item["metadata"]["annotations"] = {TRACKING: "app:argoproj.io/Application:argocd/child"}
            item.update(changes)

        clock.at(second, write)

    says(1)
    return says


def test_what_the_parent_is_about_to_correct_does_not_end_the_wait(argo, clock, child):
    argo.says(5, revision=OURS)
    child(5, spec={"source": {"path": "config/y", "repoURL": REPO}})
    child(9, status=status(OURS, reconciled=9))
    assert run(argo, clock, {"name": "app"}, {"name": "child"}, wait_for="synced").state["met"]
    assert clock.seconds >= 9


def test_what_the_parent_has_left_wrong_ends_the_wait(argo, clock, child):
    argo.says(3, revision=OURS)
    with pytest.raises(Failure) as caught:
        run(argo, clock, {"name": "app"}, {"name": "child"}, wait_for="synced")
    assert caught.value.code == "failed"
    assert "Application child cannot be deployed" in caught.value.msg
    assert 3 <= clock.seconds < 10


def test_a_repo_server_that_restarts_is_waited_for(argo, clock):
    condition = {"type": "ComparisonError", "message": "rpc error: code = Unavailable desc = connection refused"}
    argo.says(2, revision=OLD, sync="Unknown", conditions=[condition])
    argo.says(6, revision=OURS)
    assert run(argo, clock).state["met"]


def test_health_must_last(argo, clock):
    argo.says(2, revision=OURS, since=2)
    argo.says(4, revision=OURS, health="Degraded", since=4)
    argo.says(9, revision=OURS, since=9)
    run(argo, clock, settle_seconds=3)
    assert clock.seconds >= 12


def test_health_that_has_lasted_already_needs_no_pause(argo, clock):
    argo.item(APPLICATION, "app", "argocd")["status"] = status(OURS, reconciled=-1, since=-60)
    run(argo, clock, refresh="none", settle_seconds=5)
    assert clock.seconds == 0


def test_finds_by_path_and_repository_in_any_namespace(argo, clock):
    entry = {"path": "./deployment/x/", "repo_url": "git@git.example.com:x/manuela-gitops"}
    result = run(argo, clock, entry, wait=False, wait_for="none", refresh="none")
    assert [(app["name"], app["namespace"]) for app in result.state["applications"]] == [("app", "argocd")]
    assert result.state["applications"][0]["target_revision"] == "HEAD"


def test_one_that_is_not_there_is_said_to_be_absent(argo, clock):
    result = run(argo, clock, {"path": "nope"}, wait=False, wait_for="synced", refresh="none")
    assert (result.state["met"], result.state["progress"]) == (False, "App of nope absent")
    assert result.state["applications"][0]["exists"] is False


def test_absence_is_waited_for_and_a_finalizer_named(argo, clock):
    metadata = argo.item(APPLICATION, "app", "argocd")["metadata"]
    metadata |= {"deletionTimestamp": stamp(START), "finalizers": ["resources-finalizer.argocd.argoproj.io"]}
    with pytest.raises(Failure) as caught:
        run(argo, clock, wait_for="absent", wait_timeout=3)
    assert "being deleted, held by resources-finalizer.argocd.argoproj.io" in caught.value.msg
    clock.at(5, lambda: argo.drop(APPLICATION, "app", "argocd"))
    assert run(argo, clock, wait_for="absent").state["met"]


def test_check_mode_asks_for_nothing_and_says_so(argo, clock):
    result = run(argo, clock, check=True)
    assert (argo.writes(), clock.seconds) == ([], 0)
    assert (result.changed, result.state["observed"], result.state["met"]) == (False, False, False)
    assert "check mode" in result.state["reason"]


def test_without_argo_cd_there_is_nothing_to_wait_for(argo, clock):
    argo.kinds.remove(APPLICATION)
    with pytest.raises(Failure) as caught:
        run(argo, clock)
    assert caught.value.code == "not_found"
    assert run(argo, clock, wait_for="absent").state["met"]


def test_automated_sync_that_is_off_is_said(argo, clock):
    argo.item(APPLICATION, "app", "argocd")["spec"].pop("syncPolicy")
    argo.says(1, revision=OURS, sync="OutOfSync")
    with pytest.raises(Failure) as caught:
        run(argo, clock, wait_timeout=4)
    assert "automated sync is off: sync it by hand" in caught.value.msg


@pytest.mark.parametrize("given", [{"wait_for": "none"}, {"refreshed_after": "yesterday"}])
def test_a_wait_that_cannot_be_honoured_is_an_error(argo, clock, given):
    with pytest.raises(Failure) as caught:
        run(argo, clock, **given)
    assert caught.value.code == "invalid_option"


def test_several_sources_have_a_revision_each(argo, clock):
    item = argo.item(APPLICATION, "app", "argocd")
    item["spec"] = {"sources": [{"repoURL": "https://other/y"}, {"repoURL": REPO, "path": "deployment/x"}]}
    item["status"]["sync"] = {"status": "Synced", "revisions": ["1.2.3", OURS]}
    result = run(argo, clock, {"path": "deployment/x"}, wait=False, refresh="none")
    assert (result.state["applications"][0]["revision"], result.state["met"]) == (OURS, True)


FAILED_TRY = "one or more synchronization tasks completed unsuccessfully, reason: port is invalid. Retrying attempt #2"


@pytest.mark.parametrize(
    "ends",
    [
        operation("Running", message=FAILED_TRY),
        operation("Failed", message="one or more objects failed to apply"),
        operation("Running", syncResult={"resources": [{"kind": "Service", "name": "s", "status": "SyncFailed"}]}),
    ],
    ids=["between two tries", "given up", "a part failed"],
)
def test_a_sync_that_is_underway_is_waited_for_until_it_says_why_it_fails(argo, clock, ends):
    argo.item(APPLICATION, "app", "argocd")["status"] = status(
        OURS, 0, sync="OutOfSync", operation=operation("Running", message="waiting for healthy state of Kafka")
    )
    argo.says(5, revision=OURS, sync="OutOfSync", operation=ends)
    result = run(argo, clock, wait_for="operation", revision=None, refresh="none")
    assert result.state["met"] and clock.seconds >= 5


def test_a_sync_of_what_is_synced_needs_no_waiting(argo, clock):
    argo.item(APPLICATION, "app", "argocd")["status"] = status(OURS, 0, operation=operation("Running", message="waits"))
    assert run(argo, clock, wait_for="operation", revision=None, refresh="none").state["met"]
    assert clock.seconds == 0


def test_a_failed_try_is_told_without_the_temporary_file_and_with_every_other_path(argo, clock):
    said = 'reason: error when patching "/dev/shm/381112": Service "s" is invalid, see "/etc/hosts"'
    argo.item(APPLICATION, "app", "argocd")["status"] = status(OURS, 0, operation=operation("Failed", message=said))
    (seen,) = run(argo, clock, wait_for="operation", revision=None, refresh="none").state["applications"]
    assert seen["operation"]["message"] == ('reason: error when patching: Service "s" is invalid, see "/etc/hosts"')

# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is read of Applications as Argo CD writes them: several sources, hydrated ones, sync switched off."""

from __future__ import annotations

import pytest
from ansible_collections.manuela.event_streaming.plugins.module_utils._argocd_application.application import read
from ansible_collections.manuela.event_streaming.plugins.module_utils._argocd_application.wanted import Wanted

REPO = "https://git.example.com/x/gitops.git"
CHART = {"repoURL": "https://charts.example.com", "chart": "kafka", "targetRevision": "1.2.0"}
OURS = {"repoURL": REPO, "path": "deployment/x", "targetRevision": "main"}


def application(spec, status=None, **more):
    return {"metadata": {"name": "app", "namespace": "argocd"}, "spec": spec, "status": status or {}, **more}


def seen(item):
    return read(item, Wanted(repo_url=REPO))


@pytest.mark.parametrize(
    ("policy", "automated"),
    [({}, True), ({"prune": True}, True), ({"enabled": True}, True), ({"enabled": False}, False), (None, False)],
)
def test_sync_may_be_switched_off_inside_its_policy(policy, automated):
    assert seen(application({"source": OURS, "syncPolicy": {"automated": policy}})).automated is automated


@pytest.mark.parametrize(
    ("before", "outdated"),
    [
        ([CHART, OURS], False),
        ([CHART, {**OURS, "targetRevision": "old"}], True),
        ([{**CHART, "chart": "other"}, OURS], True),
        ([OURS], True),
    ],
)
def test_an_answer_about_other_sources_is_outdated(before, outdated):
    item = application({"sources": [CHART, OURS]}, {"sync": {"comparedTo": {"sources": before}}})
    assert seen(item).outdated is outdated


def test_an_operation_that_is_asked_for_names_a_revision_for_each_source():
    spec = {"sources": [CHART, OURS]}
    item = application(spec, operation={"sync": {"revisions": ["1.2.0", "b" * 40]}})
    assert (seen(item).operation.phase, seen(item).operation.revision) == ("Running", "b" * 40)


def hydrated(synced):
    spec = {"sourceHydrator": {"drySource": OURS, "syncSource": {"targetBranch": "env/x", "path": "x"}}}
    done = {"drySHA": "b" * 40, "hydratedSHA": "d" * 40}
    operation = {"phase": "Succeeded", "syncResult": {"revision": synced}}
    status = {"sync": {"status": "Synced", "revision": synced}, "operationState": operation}
    return application(spec, {**status, "sourceHydrator": {"lastSuccessfulOperation": done}})


def test_a_hydrated_application_is_found_by_its_dry_source_and_is_at_the_commit_that_was_pushed():
    app = seen(hydrated("d" * 40))
    assert Wanted(repo_url=REPO, path="deployment/x").fits(hydrated("d" * 40))
    assert (app.revision, app.operation.revision, app.as_result()["path"]) == ("b" * 40, "b" * 40, "deployment/x")


def test_what_was_hydrated_and_is_not_yet_synced_does_not_count():
    assert seen(hydrated("c" * 40)).revision == "c" * 40

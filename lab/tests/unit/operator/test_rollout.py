# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A pod of another revision is replaced, also when a second change follows the first at once."""

from __future__ import annotations

import asyncio

from memory_cluster import MemoryCluster

from manuela_lab.operator.resources import Resource
from manuela_lab.operator.rollout import Rollout
from manuela_lab.operator.strimzi_pods import REVISION
from manuela_lab.operator.view import View


def pod(revision: str, uid: str = "") -> Resource:
    meta = {"name": "mirror-0", "namespace": "mirror", "annotations": {REVISION: revision}}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {**meta, **({"uid": uid} if uid else {})}}


def rolled(cluster: MemoryCluster, view: View, revision: str) -> Resource | None:
    return asyncio.run(Rollout(cluster, view, "operator").roll(pod(revision)))  # type: ignore[arg-type]


def test_another_revision_is_another_pod() -> None:
    cluster = MemoryCluster()
    cluster.has(pod("old"))
    assert rolled(cluster, cluster.view, "new") is None
    assert rolled(cluster, cluster.view, "new") is None
    found = rolled(cluster, cluster.view, "new")
    assert found is not None and found["metadata"]["annotations"] == {REVISION: "new"}
    assert [what for what, *_ in cluster.journal] == ["delete", "create"]


def test_a_pod_that_was_not_seen_yet_keeps_its_revision() -> None:
    cluster = MemoryCluster()
    cluster.has(pod("old"))
    assert rolled(cluster, View(), "new") is None
    found = cluster.view.get("Pod", "mirror", "mirror-0")
    assert found is not None and found["metadata"]["annotations"] == {REVISION: "old"}


def test_the_end_of_an_older_pod_of_that_name_is_no_end_of_this_one() -> None:
    view = View()
    view.store(pod("old", "1"), gone=False)
    view.store(pod("new", "2"), gone=False)
    view.store(pod("old", "1"), gone=True)
    assert view.get("Pod", "mirror", "mirror-0") == pod("new", "2")
    view.store(pod("new", "2"), gone=True)
    assert view.get("Pod", "mirror", "mirror-0") is None

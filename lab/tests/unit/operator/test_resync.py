# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects that vanished while a watch was broken are found; namesakes that came meanwhile are left alone."""

from __future__ import annotations

import asyncio
from typing import Any

from manuela_lab.operator import resources, resync, watching
from manuela_lab.operator.cluster_api import ApiError
from manuela_lab.operator.resources import Resource
from manuela_lab.operator.resync import fill, vanished
from manuela_lab.operator.view import View


def pod(name: str, uid: str) -> Resource:
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"namespace": "n", "name": name, "uid": uid}}


class Lister:
    """An API that lists what it is given, while something else happens."""

    def __init__(self, view: View, items: list[Resource], meanwhile: list[Resource]) -> None:
        self._view, self._items, self._meanwhile = view, items, meanwhile

    async def request(self, method: str, path: str) -> dict[str, Any]:
        assert (method, path) == ("GET", "/api/v1/pods")
        for resource in self._meanwhile:
            self._view.store(resource, gone=False)
        return {"items": self._items}


def found(view: View, items: list[Resource], meanwhile: list[Resource]) -> list[str]:
    api = Lister(view, items, meanwhile)
    return [resources.uid(one) for one in asyncio.run(vanished(api, view, "Pod"))]  # type: ignore[arg-type]


def test_only_what_is_gone_is_reported() -> None:
    view = View()
    for resource in (pod("stays", "1"), pod("gone", "2"), pod("replaced", "3")):
        view.store(resource, gone=False)
    meanwhile = [pod("replaced", "4"), pod("new", "5")]
    assert found(view, [pod("stays", "1")], meanwhile) == ["2"]


def test_a_kind_of_which_nothing_is_known_costs_no_request() -> None:
    assert found(View(), [], []) == []


class Server:
    """An API server with two groups, one kind of which has no objects and one of which is not served."""

    async def get(self, path: str) -> dict[str, Any] | None:
        served = {"/apis/kafka.strimzi.io": {"preferredVersion": {"groupVersion": "kafka.strimzi.io/v1beta2"}}}
        return served.get(path)

    async def request(self, method: str, path: str) -> dict[str, Any]:
        lists: dict[str, list[dict[str, Any]]] = {
            "/api/v1/pods": [{"metadata": {"namespace": "n", "name": "p"}}],
            "/apis/kafka.strimzi.io/v1beta2/kafkas": [{"metadata": {"namespace": "n", "name": "k"}}],
        }
        if path not in lists:
            raise ApiError(404, "the server could not find the requested resource")
        return {"items": lists[path]}


def test_everything_is_known_before_the_first_judgement() -> None:
    view = View()
    groups = {"v1": ("pods",), "kafka.strimzi.io": ("kafkas", "kafkatopics"), "camel.apache.org": ("integrations",)}
    asyncio.run(fill(Server(), view, groups))  # type: ignore[arg-type]
    assert [resources.key(one).name for one in view.all("Pod")] == ["p"]
    (kafka,) = view.all("Kafka")
    assert (kafka["apiVersion"], kafka["kind"]) == ("kafka.strimzi.io/v1beta2", "Kafka")


def test_every_watched_kind_can_be_listed_at_the_start() -> None:
    watched = {plural for plurals in (watching.CORE, *watching.GROUPS.values()) for plural in plurals}
    assert watched <= set(resync.KINDS)

# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects that vanished while a watch was broken are found; namesakes that came meanwhile are left alone."""

from __future__ import annotations

import asyncio
from typing import Any

from manuela_lab.operator import resources
from manuela_lab.operator.resources import Resource
from manuela_lab.operator.resync import vanished
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

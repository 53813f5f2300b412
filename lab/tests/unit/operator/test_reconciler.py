# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A key is reconciled until it is as wanted: again after a change meanwhile, again after a failure."""

from __future__ import annotations

import asyncio
from typing import Callable, Iterable

import pytest

from manuela_lab.operator import reconciler
from manuela_lab.operator.reconciler import Reconciler
from manuela_lab.operator.resources import Key, Resource

KEY = Key("n", "a")


class Script:
    """A controller whose results are given beforehand."""

    name = "script"

    def __init__(self, *steps: Callable[[], float | None]) -> None:
        self.steps = list(steps)
        self.looks = 0
        self.finished = asyncio.Event()

    def concerned(self, resource: Resource) -> Iterable[Key]:
        return [KEY]

    async def reconcile(self, key: Key) -> float | None:
        self.looks += 1
        step = self.steps.pop(0)
        if not self.steps:
            self.finished.set()
        return step()


def fail() -> float | None:
    raise RuntimeError("the API server is away")


def looks(*steps: Callable[[Reconciler], float | None]) -> int:
    async def run() -> int:
        controller = Script()
        loop = Reconciler(controller)
        controller.steps = [lambda step=step: step(loop) for step in steps]  # type: ignore[misc]
        loop.observe({})
        await asyncio.wait_for(controller.finished.wait(), 5)
        await loop.close()
        return controller.looks

    return asyncio.run(run())


def test_done_is_done() -> None:
    assert looks(lambda _: None) == 1


def test_a_change_while_at_work_is_not_lost() -> None:
    def changed_meanwhile(loop: Reconciler) -> None:
        loop.enqueue(KEY)
        loop.enqueue(KEY)

    assert looks(changed_meanwhile, lambda _: None) == 2


def test_failures_are_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reconciler, "RETRY_FIRST", 0.0)
    assert looks(lambda _: fail(), lambda _: fail(), lambda _: None) == 3


def test_it_looks_again_when_asked_to() -> None:
    assert looks(lambda _: 0.0, lambda _: None) == 2

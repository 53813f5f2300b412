# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Level-triggered control loops: an event names keys, a key is reconciled until it is as wanted."""

from __future__ import annotations

import asyncio
import logging
from typing import Iterable, Protocol

from manuela_lab.operator.resources import Key, Resource

log = logging.getLogger("lab.operator")

RETRY_FIRST = 0.5
RETRY_LAST = 15.0


class Controller(Protocol):
    """One operator: which keys an observed object concerns, and how a key is brought to what is wanted."""

    name: str

    def concerned(self, resource: Resource) -> Iterable[Key]:
        """Return the keys that must be looked at because ``resource`` changed."""
        ...

    async def reconcile(self, key: Key) -> float | None:
        """Bring one key to what is wanted; return the seconds after which to look again, or None."""
        ...


class Reconciler:
    """Runs one controller: each key by one task at a time, again when it changed meanwhile or failed."""

    def __init__(self, controller: Controller) -> None:
        self._controller = controller
        self._running: dict[Key, asyncio.Task[None]] = {}
        self._wake: dict[Key, asyncio.Event] = {}
        self._failures: dict[Key, int] = {}

    def observe(self, resource: Resource) -> None:
        """Take in an observed object."""
        for key in self._controller.concerned(resource):
            self.enqueue(key)

    def enqueue(self, key: Key) -> None:
        """Ask for one more reconciliation of ``key``."""
        self._wake.setdefault(key, asyncio.Event()).set()
        if key not in self._running:
            self._running[key] = asyncio.create_task(self._run(key), name=f"{self._controller.name} {key}")

    async def close(self) -> None:
        """Stop all tasks."""
        tasks = list(self._running.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self, key: Key) -> None:
        wake = self._wake[key]
        try:
            while wake.is_set():
                wake.clear()
                pause = await self._once(key)
                if pause is not None and not wake.is_set():
                    await self._rest(wake, pause)
        finally:
            del self._running[key]

    async def _once(self, key: Key) -> float | None:
        try:
            pause = await self._controller.reconcile(key)
        except Exception as error:
            failures = self._failures[key] = self._failures.get(key, 0) + 1
            log.warning("%s %s/%s: %s: %s", self._controller.name, *key, type(error).__name__, error)
            return float(min(RETRY_FIRST * 2 ** (failures - 1), RETRY_LAST))
        self._failures.pop(key, None)
        return pause

    async def _rest(self, wake: asyncio.Event, seconds: float) -> None:
        try:
            await asyncio.wait_for(wake.wait(), seconds)
        except TimeoutError:
            wake.set()

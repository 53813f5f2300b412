# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Emptying a bucket: list and delete at the same time, in batches, with bounded threads and flat memory."""

from __future__ import annotations

import threading
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import Iterator, Protocol

from ansible_collections.manuela.event_streaming.plugins.module_utils._s3_errors import Said, StoreFailure
from ansible_collections.manuela.event_streaming.plugins.module_utils._s3_listing import Item, Kind
from ansible_collections.manuela.event_streaming.plugins.module_utils._wait import Clock

THREADS = 16
BATCH = 1000  # as many as a request takes; smaller ones were slower on SeaweedFS
_SMALLEST = 250
_SINGLE_TRIES = 6
_LONGEST_PAUSE = 5.0


class Store(Protocol):
    """What emptying needs of a store."""

    def pages(self, bucket: str, kind: Kind, prefix: str = "") -> Iterator[list[Item]]:
        """Yield what the bucket holds."""

    def delete(self, bucket: str, items: list[Item]) -> list[tuple[Item, Said]]:
        """Delete a batch; return what was refused."""

    def delete_one(self, bucket: str, item: Item) -> None:
        """Delete one."""


class Emptying:
    """One emptying of one bucket, with its counts."""

    def __init__(self, store: Store, bucket: str, clock: Clock, *, threads: int = THREADS, batch: int = BATCH) -> None:
        self._store = store
        self._bucket = bucket
        self._clock = clock
        self._threads = threads
        self._batch = batch
        self._batches_work = True
        self._counting = threading.Lock()
        self.deleted = 0
        self.bytes_deleted = 0
        self.again = 0

    def run(self, kinds: tuple[Kind, ...], prefixes: tuple[str, ...]) -> None:
        """Delete everything of these kinds below these prefixes.

        :raises StoreFailure: with the store's own code, once all threads have ended and what they deleted is counted.
        """
        try:
            with ThreadPoolExecutor(self._threads) as pool:
                self._run(pool, self._batches_of(kinds, prefixes))
        except StoreFailure as failure:
            failure.details["deleted"] = self.deleted
            if self.deleted:
                failure.msg += f". {self.deleted} object(s) were deleted before; run again to go on"
            raise

    def _run(self, pool: ThreadPoolExecutor, batches: Iterator[list[Item]]) -> None:
        running: set[Future[None]] = set()
        try:
            for items in batches:
                if len(running) >= self._threads * 2:  # memory stays flat however large the bucket is
                    running = _rest_of(running)
                running.add(pool.submit(self._delete, items))
            while running:
                running = _rest_of(running)
        except BaseException:
            for future in running:
                future.cancel()
            raise

    def _batches_of(self, kinds: tuple[Kind, ...], prefixes: tuple[str, ...]) -> Iterator[list[Item]]:
        for kind in kinds:
            for prefix in prefixes:
                for page in self._store.pages(self._bucket, kind, prefix):
                    for start in range(0, len(page), self._batch):
                        yield page[start : start + self._batch]

    def _delete(self, items: list[Item]) -> None:
        left = self._refused_in_batch(items)
        refused = {item for item, _said in left}
        self._count([item for item in items if item not in refused])
        for item, said in reversed(left):  # a store of files lets a directory go only after what is in it
            self._delete_single(item, said)
            self._count([item])

    def _count(self, items: list[Item]) -> None:
        with self._counting:
            self.deleted += len(items)
            self.bytes_deleted += sum(item.size for item in items)

    def _refused_in_batch(self, items: list[Item]) -> list[tuple[Item, Said]]:
        """Delete a batch; return what is left for single requests: all of it where the store takes no batches."""
        if items[0].upload or not self._batches_work:
            return [(item, Said("")) for item in items]
        try:
            return self._store.delete(self._bucket, items)
        except StoreFailure as failure:
            if failure.slow and len(items) > _SMALLEST:  # a store may need longer for a batch than an answer may take
                half = len(items) // 2
                return self._refused_in_batch(items[:half]) + self._refused_in_batch(items[half:])
            if not failure.said.unsupported:
                raise
            self._batches_work = False  # an old store: one request for each object from here on
            return [(item, Said("")) for item in items]

    def _delete_single(self, item: Item, said: Said) -> None:
        """Delete one object that a batch did not take; a store that was busy (``said``) gets a pause before each try.

        :raises StoreFailure: with the store's own code when it refuses for good, or is busy for too long.
        """
        pause = 0.2
        for attempt in range(_SINGLE_TRIES):
            try:
                if said.transient or attempt:
                    self._clock.sleep(pause)
                    pause = min(_LONGEST_PAUSE, pause * 2)
                    with self._counting:
                        self.again += 1
                self._store.delete_one(self._bucket, item)
            except StoreFailure as failure:
                if not failure.retryable or attempt == _SINGLE_TRIES - 1:
                    failure.details["key"] = item.key
                    raise
                continue
            return


def _rest_of(running: set[Future[None]]) -> set[Future[None]]:
    """Return what still runs, once at least one batch is done; raise what one of them raised."""
    done, left = wait(running, return_when=FIRST_COMPLETED)
    for future in done:
        future.result()
    return left

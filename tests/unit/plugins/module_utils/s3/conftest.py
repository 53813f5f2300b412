# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An S3 store in memory, with a script of faults."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from ansible_collections.manuela.event_streaming.plugins.module_utils._s3_errors import Said, refusal
from ansible_collections.manuela.event_streaming.plugins.module_utils._s3_listing import Item


class FakeClock:
    """Seconds that pass only by sleeping; ``during`` happens while somebody sleeps."""

    def __init__(self) -> None:
        self.seconds = 100.0
        self.pauses: list[float] = []
        self.during: Any = None

    def now(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.seconds += seconds
        if self.during:
            self.during()

    def epoch(self) -> float:
        return 1_000_000.0 + self.seconds


class FakeStore:
    """Buckets of items.

    ``script`` maps the name of a call to what it does next: an error code is raised, a function is called with the
    arguments, ``None`` is an ordinary answer.  ``calls`` is the journal, ``writes`` the part of it that writes.
    """

    def __init__(self) -> None:
        self.buckets: dict[str, dict[tuple[str, str], Item]] = {}
        self.keeps_versions: set[str] = set()
        self.uploads: dict[str, list[Item]] = {}
        self.script: dict[str, list[Any]] = {}
        self.refused: dict[str, list[str]] = {}
        self.contents: dict[str, bytes] = {}
        self.calls: list[str] = []
        self.batches: list[int] = []
        self.time: float | None = None
        self.again = 0
        self.blind: set[str] = set()  # buckets of which it may not be known whether they keep versions
        self.undeletable: set[str] = set()  # keys whose deletion changes nothing, whatever is said of it
        self.starts_anywhere: set[str] = set()  # kinds whose listing does not heed where it is told to begin
        self.ends_early: set[str] = set()  # kinds of which nothing is listed behind a mark
        self._lock = threading.Lock()

    @property
    def writes(self) -> list[str]:
        return [call for call in self.calls if call in ("create", "remove", "delete", "delete_one")]

    def put(self, bucket: str, key: str, size: int = 1, modified: float = 0.0, version: str = "") -> None:
        self.buckets.setdefault(bucket, {})[(key, version)] = Item(key, size, modified, version)

    def exists(self, bucket: str) -> bool:
        self._call("exists", bucket)
        return bucket in self.buckets

    def create(self, bucket: str) -> None:
        self._call("create", bucket)
        self.buckets.setdefault(bucket, {})

    def remove(self, bucket: str) -> None:
        self._call("remove", bucket)
        if self.buckets.get(bucket) or self.uploads.get(bucket):
            raise failure("BucketNotEmpty", 409)
        self.buckets.pop(bucket, None)

    def versioned(self, bucket: str) -> bool | None:
        return None if bucket in self.blind else bucket in self.keeps_versions

    def pages(self, bucket: str, kind: str, prefix: str = "", *, after: str = "", size: int = 1000):
        self._call("pages", bucket, kind, prefix)
        if bucket not in self.buckets:
            raise failure("NoSuchBucket", 404)
        with self._lock:
            held = self.uploads.get(bucket, []) if kind == "uploads" else list(self.buckets[bucket].values())
        if after and kind in self.ends_early:
            return
        if kind in self.starts_anywhere:
            after = ""
        wanted = (item for item in held if item.key.startswith(prefix) and item.key > after)
        rows = sorted(wanted, key=lambda item: item.key)
        for start in range(0, len(rows), size):
            yield rows[start : start + size]

    def delete(self, bucket: str, items: list[Item]) -> list[tuple[Item, Said]]:
        self._call("delete", bucket, items)
        errors = []
        with self._lock:
            self.batches.append(len(items))
            for item in items:
                codes = self.refused.get(item.key)
                if codes:
                    errors.append((item, Said(codes.pop(0))))
                elif item.key not in self.undeletable:
                    self.buckets[bucket].pop((item.key, item.version), None)
        return errors

    def delete_one(self, bucket: str, item: Item) -> None:
        self._call("delete_one", bucket, item)
        codes = self.refused.get(item.key)
        if codes:
            raise failure(codes.pop(0), 503 if codes is not None else 0)
        with self._lock:
            self.buckets[bucket].pop((item.key, item.version), None)
            self.uploads[bucket] = [one for one in self.uploads.get(bucket, []) if one != item]

    def read(self, bucket: str, key: str, most: int) -> tuple[bytes, int]:
        self._call("read", bucket, key)
        if key not in self.contents:
            raise failure("NoSuchKey", 404)
        return self.contents[key][:most], len(self.contents[key])

    def _call(self, name: str, *args: Any) -> None:
        with self._lock:
            self.calls.append(name)
            steps = self.script.get(name)
            step = steps.pop(0) if steps else None
        if callable(step):
            step(*args)
        elif step:
            raise failure(step)


def failure(code: str, status: int = 400) -> Exception:
    status = 503 if code in ("SlowDown", "InternalError") else 403 if code == "AccessDenied" else status
    return refusal("do that", Said(code, "words of the store", status), "http://store", "KEY")


@pytest.fixture
def store():
    return FakeStore()


@pytest.fixture
def clock():
    return FakeClock()

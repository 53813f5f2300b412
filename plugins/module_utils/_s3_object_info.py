# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a bucket holds: count, bytes, the newest objects, one object's content; it can wait for objects."""

from __future__ import annotations

import heapq
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Iterable, Iterator, Mapping, Protocol

from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import Failure
from ansible_collections.manuela.event_streaming.plugins.module_utils._plan import Result
from ansible_collections.manuela.event_streaming.plugins.module_utils._s3 import S3
from ansible_collections.manuela.event_streaming.plugins.module_utils._s3_client import Endpoint
from ansible_collections.manuela.event_streaming.plugins.module_utils._s3_errors import StoreFailure
from ansible_collections.manuela.event_streaming.plugins.module_utils._s3_listing import Item, Kind, outermost
from ansible_collections.manuela.event_streaming.plugins.module_utils._s3_patience import Patience
from ansible_collections.manuela.event_streaming.plugins.module_utils._wait import Clock, Look, wait_until

_GZIP = b"\x1f\x8b"


class ReadingStore(Protocol):
    """What the noun needs of a store; ``time`` is the store's own clock in its last answer."""

    time: float | None

    @property
    def again(self) -> int:
        """How many requests were sent again."""

    def pages(self, bucket: str, kind: Kind, prefix: str = "") -> Iterator[list[Item]]:
        """Yield what the bucket holds."""

    def read(self, bucket: str, key: str, most: int) -> tuple[bytes, int]:
        """Return first bytes and size of an object."""


@dataclass(frozen=True)
class Wanted:
    """What to look at, and what to wait for."""

    name: str
    prefixes: tuple[str, ...] = ("",)
    key: str = ""
    read: str = "none"
    max_read_bytes: int = 65536
    limit: int = 20
    wait_for: str = "none"
    min_count: int = 1
    modified_after: float | None = None


@dataclass(frozen=True)
class Seen:
    """One look: ``fresh`` counts the objects that the condition asks for."""

    exists: bool
    count: int = 0
    bytes: int = 0
    fresh: int = 0
    newest: tuple[Item, ...] = ()
    time: float = 0.0


def execute(params: Mapping[str, Any], check_mode: bool, clock: Clock) -> Result:
    """Look, and wait when asked."""
    for name in ("max_read_bytes", "limit", "min_count"):
        if params[name] < 0:
            raise Failure("invalid_option", f"{name}: {params[name]} is less than nothing. Give 0 or more")
    if params["wait"] and params["wait_for"] == "none":
        raise Failure("invalid_option", "wait needs something to wait for. Give wait_for: objects")
    if params["key"] and params["read"] != "key":
        raise Failure("invalid_option", f"key: nothing is read of it with read: {params['read']}. Give read: key")
    prefixes = tuple(params["prefix"] or ("",))
    wanted = Wanted(params["name"], prefixes, params["key"] or "", params["read"], params["max_read_bytes"],
                    params["limit"], params["wait_for"], params["min_count"], params["modified_after"])  # fmt: skip
    waits = params["wait"] and not check_mode
    until = clock.now() + params["wait_timeout"] if waits else None
    info = ObjectInfo(S3(Endpoint.of(params), Patience(clock, until)), wanted, clock)
    return info.run(wait=waits, timeout=params["wait_timeout"], interval=params["wait_sleep"])


class ObjectInfo:
    """The noun."""

    def __init__(self, store: ReadingStore, wanted: Wanted, clock: Clock) -> None:
        self._store = store
        self._wanted = wanted
        self._clock = clock

    def run(self, *, wait: bool, timeout: float, interval: float) -> Result:
        """Return what the bucket holds, after waiting for the condition when asked."""
        waited = wait_until(self.look, what=self._what(), clock=self._clock, timeout=timeout, interval=interval,
                            once=not wait or self._wanted.wait_for == "none", describe=self._describe)  # fmt: skip
        seen, look = waited.value, waited.look
        state = {**self._describe(seen), "content": self._content(seen), "met": look.met, "progress": look.progress}
        return Result(False, {**state, "attempts": waited.attempts + self._store.again})

    def look(self) -> Look[Seen]:
        """Look once."""
        try:
            seen = self._look()
        except StoreFailure as failure:
            if failure.said.name != "NoSuchBucket":
                raise
            seen = Seen(False, time=self._now())
        wants = self._wanted.wait_for == "objects"
        return Look(seen, met=not wants or seen.fresh >= self._wanted.min_count, progress=self._progress(seen))

    def _look(self) -> Seen:
        count = total = fresh = 0
        since = self._wanted.modified_after
        newest: list[tuple[float, str, Item]] = []
        for item in self._items():
            count += 1
            total += item.size
            fresh += since is None or item.modified >= since
            entry = (item.modified, item.key, item)
            if len(newest) < max(1, self._wanted.limit):
                heapq.heappush(newest, entry)
            else:
                heapq.heappushpop(newest, entry)
        ordered = tuple(entry[-1] for entry in sorted(newest, key=lambda entry: entry[:2], reverse=True))
        return Seen(True, count, total, fresh, ordered, self._now())

    def _items(self) -> Iterable[Item]:
        for prefix in outermost(self._wanted.prefixes):
            for page in self._store.pages(self._wanted.name, "objects", prefix):
                yield from page

    def _content(self, seen: Seen) -> dict[str, Any] | None:
        key = {"newest": seen.newest[0].key if seen.newest else "", "key": self._wanted.key}.get(self._wanted.read, "")
        if not key or not seen.exists:
            return None
        data, size = self._store.read(self._wanted.name, key, self._wanted.max_read_bytes)
        text, cut = _unpacked(data, self._wanted.max_read_bytes)
        return {
            "key": key,
            "text": text.decode("utf-8", "replace"),
            "bytes": size,
            "truncated": size > len(data) or cut,
        }

    def _describe(self, seen: Seen) -> dict[str, Any]:
        rows = [self._row(item, seen.time) for item in seen.newest]
        return {
            "bucket": self._wanted.name,
            "exists": seen.exists,
            "count": seen.count,
            "bytes": seen.bytes,
            "newest": rows[0] if rows else None,
            "objects": rows[: self._wanted.limit],
        }

    def _row(self, item: Item, now: float) -> dict[str, Any]:
        stamp = datetime.fromtimestamp(item.modified, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        age = max(0, round(now - item.modified))
        return {"key": item.key, "size": item.size, "last_modified": stamp, "age_seconds": age}

    def _now(self) -> float:
        """Return the store's time, so that a difference of the clocks does not make objects old or young."""
        epoch = getattr(self._clock, "epoch", None)
        return self._store.time or (epoch() if epoch else 0.0)

    def _what(self) -> str:
        wanted = self._wanted
        fresh = "" if wanted.modified_after is None else " new"
        return f"{wanted.min_count}{fresh} object(s) in bucket {wanted.name}{self._where()}"

    def _where(self) -> str:
        names = [prefix for prefix in self._wanted.prefixes if prefix]
        return f" beginning with {' or '.join(repr(name) for name in names)}" if names else ""

    def _progress(self, seen: Seen) -> str:
        if not seen.exists:
            return f"bucket {self._wanted.name} does not exist"
        fresh = "" if self._wanted.modified_after is None else f", {seen.fresh} new"
        newest = ""
        if seen.newest:
            row = self._row(seen.newest[0], seen.time)
            newest = f", newest {row['key']!r} {row['age_seconds']} s old"
        return f"bucket {self._wanted.name}: {seen.count} object(s){self._where()}{fresh}{newest}"


def _unpacked(data: bytes, most: int) -> tuple[bytes, bool]:
    """Return the bytes to show, at most ``most`` of what gzip holds, and whether that is not all of it."""
    if not data.startswith(_GZIP):
        return data, False
    text = b""
    while data.startswith(_GZIP) and len(text) < most:  # it may be written in parts, one behind the other
        unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16)
        try:
            text += unpacker.decompress(data, most - len(text))
        except zlib.error:
            return (text or data), bool(text)
        if not unpacker.eof:
            return text, True
        data = unpacker.unused_data
    return text, bool(data.strip(b"\0"))

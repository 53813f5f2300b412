# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A bucket: present, empty or absent, behind a guard of prefixes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import inf
from typing import Any, Iterator, Mapping, Protocol

from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import Failure
from ansible_collections.manuela.event_streaming.plugins.module_utils._plan import Plan, Result, converge
from ansible_collections.manuela.event_streaming.plugins.module_utils._s3 import S3
from ansible_collections.manuela.event_streaming.plugins.module_utils._s3_client import Endpoint
from ansible_collections.manuela.event_streaming.plugins.module_utils._s3_emptying import THREADS, Emptying, Store
from ansible_collections.manuela.event_streaming.plugins.module_utils._s3_errors import StoreFailure, undeletable
from ansible_collections.manuela.event_streaming.plugins.module_utils._s3_listing import Item, Kind, outermost
from ansible_collections.manuela.event_streaming.plugins.module_utils._s3_patience import Patience
from ansible_collections.manuela.event_streaming.plugins.module_utils._wait import Clock

_COUNTED = 10_000  # a bucket with as many objects is not counted only to be shown
_LAST = "\U0010ffff"  # sorts behind every other character of a key
_BLIND = (
    "bucket {} may hold older versions that cannot be seen: the access key may not ask whether it keeps versions. "
    "Give the key s3:GetBucketVersioning, and s3:ListBucketVersions and s3:DeleteObjectVersion to be rid of them"
)


class BucketStore(Store, Protocol):
    """What the noun needs of a store."""

    @property
    def again(self) -> int:
        """How many requests were sent again."""

    def exists(self, bucket: str) -> bool:
        """Say whether it exists."""

    def create(self, bucket: str) -> None:
        """Create it."""

    def remove(self, bucket: str) -> None:
        """Delete it."""

    def versioned(self, bucket: str) -> bool | None:
        """Say whether it keeps versions; none when that may not be known."""

    def pages(
        self, bucket: str, kind: Kind, prefix: str = "", *, after: str = "", size: int = 1000
    ) -> Iterator[list[Item]]:
        """Yield what it holds."""


@dataclass(frozen=True)
class Desired:
    """What is asked for."""

    name: str
    state: str
    prefixes: tuple[str, ...] = ()
    all_keys: bool = False
    quiet_seconds: float = 0


@dataclass(frozen=True)
class Current:
    """What the store holds: the first of everything, and the first key that no prefix allows to delete."""

    exists: bool
    first: Item | None = None
    foreign: str | None = None
    versioned: bool | None = False
    objects: int | None = 0


def execute(params: Mapping[str, Any], check_mode: bool, clock: Clock) -> Result:
    """Make the bucket what the options ask for."""
    endpoint = Endpoint.of(params)
    if "" in (params["prefixes"] or ()):
        raise Failure("invalid_option", "prefixes: an empty one begins every key, so it would guard nothing. "
                      "Take it out, or give all_keys: true to delete every object")  # fmt: skip
    if not 0 <= params["quiet_seconds"] < inf:
        raise Failure("invalid_option", f"quiet_seconds: {params['quiet_seconds']:g} cannot be waited. Give 0 or more")
    desired = Desired(params["name"], params["state"], tuple(sorted(set(params["prefixes"] or ()))),
                      params["all_keys"], params["quiet_seconds"])  # fmt: skip
    bucket = Bucket(
        S3(endpoint, Patience(clock), connections=THREADS + 2), desired, clock, endpoint.url, predict=check_mode
    )
    result = converge(bucket, check_mode=check_mode)
    if desired.state == "empty" and not check_mode:
        bucket.stays_empty()
    return replace(result, warnings=bucket.warnings)


class Bucket:
    """The noun; to ``predict`` how many objects would be deleted it counts them first."""

    def __init__(
        self, store: BucketStore, desired: Desired, clock: Clock, endpoint: str = "", *, predict: bool = False
    ) -> None:
        self._predict = predict
        self._store = store
        self._desired = desired
        self._clock = clock
        self._endpoint = endpoint
        self._emptying = Emptying(store, desired.name, clock)
        self._first: Item | None = None
        self._emptied_of: list[Item] = []  # what was first, each time that it was emptied
        self.warnings: tuple[str, ...] = ()

    def observe(self) -> Current:
        """Look at the bucket."""
        name, self.warnings = self._desired.name, ()
        if not self._store.exists(name):
            return Current(False)
        if self._desired.state == "present":
            return Current(True, objects=self._counted(("objects",)))
        versioned = self._store.versioned(name)
        self.warnings = (_BLIND.format(name),) if versioned is None else ()
        self._first = first = self._first_of(versioned)
        if len(self._emptied_of) > 1:
            self._insist_on_change(first)
        foreign = None if self._desired.all_keys or first is None else self._foreign(versioned)
        objects = 0 if first is None else self._counted(_kinds(versioned)) if self._predict else None
        return Current(True, first, foreign, versioned, objects)

    def plan(self, current: Current) -> Plan:
        """Decide what to do."""
        desired, steps, reasons = self._desired, [], []
        if desired.state != "absent" and not current.exists:
            steps, reasons = ["create"], ["the bucket does not exist"]
        if desired.state != "present" and current.first is not None:
            self._guard(current)
            steps, reasons = ["empty"], [f"the bucket holds objects, the first is {current.first.key!r}"]
        if desired.state == "absent" and current.exists:
            steps, reasons = [*steps, "remove"], [*reasons, "the bucket exists"]
        before, after = {"exists": current.exists}, {"exists": desired.state != "absent"}
        if desired.state == "empty":
            before, after = {**before, "empty": current.exists and current.first is None}, {**after, "empty": True}
        return Plan(tuple(steps), before, after, tuple(reasons))

    def apply(self, plan: Plan) -> None:
        """Do it."""
        for step in plan.steps:
            if step == "create":
                self._store.create(self._desired.name)
            elif step == "empty":
                self._empty()
            elif step == "remove":
                self._remove()

    def describe(self, current: Current, pending: Plan) -> Mapping[str, Any]:
        """Return the state of the bucket, with a pending plan the one that it would have."""
        exists = (current.exists or "create" in pending.steps) and "remove" not in pending.steps
        emptied = "empty" in pending.steps
        looks_empty = exists and not pending and self._desired.state != "present" and current.first is None
        return {
            "name": self._desired.name,
            "exists": exists,
            "endpoint_url": self._endpoint,
            "objects": 0 if emptied else current.objects,
            "deleted": current.objects if emptied else self._emptying.deleted,
            "bytes_deleted": None if emptied else self._emptying.bytes_deleted,
            "observed_empty": None if looks_empty and current.versioned is None else looks_empty,
            "attempts": 1 + self._store.again + self._emptying.again,
        }

    def stays_empty(self) -> None:
        """Look again after the quiet time: a writer that is still on fills the bucket again."""
        if not self._desired.quiet_seconds:
            return
        self._clock.sleep(self._desired.quiet_seconds)
        name, seconds = self._desired.name, self._desired.quiet_seconds
        found = self._first_of(self._store.versioned(name))
        if found is not None:
            raise Failure(
                "not_converged",
                f"bucket {name} was empty, and {seconds:g} s later it holds {found.key!r}: "
                "somebody writes to it. Switch the writer off, then run again",
                retryable=True,
                details={"key": found.key, "deleted": self._emptying.deleted},
            )

    # --- parts ---------------------------------------------------------------------------------------------------

    def _empty(self) -> None:
        self._emptied_of += [self._first] if self._first else []
        self._emptying.run(_kinds(self._store.versioned(self._desired.name)), self._scope())

    def _remove(self) -> None:
        """Delete the bucket; where something came while it was emptied, the next look finds it."""
        try:
            self._store.remove(self._desired.name)
        except StoreFailure as failure:
            if failure.said.name != "BucketNotEmpty":
                raise
            left = self._first_of(self._store.versioned(self._desired.name))
            self._insist_on_change(left)
            if left is None or len(self._emptied_of) > 1:
                raise

    def _insist_on_change(self, first: Item | None) -> None:
        """Tell a store that keeps what it says that it deletes from a writer that is still on."""
        if first is not None and first in self._emptied_of[-1:]:
            raise undeletable(self._desired.name, first.key, self._endpoint, self._emptying.deleted)

    def _scope(self) -> tuple[str, ...]:
        """Return the prefixes to delete below."""
        return ("",) if self._desired.all_keys else outermost(self._desired.prefixes)

    def _guard(self, current: Current) -> None:
        if current.foreign is None:
            return
        named = ", ".join(repr(prefix) for prefix in self._desired.prefixes) or "none are given"
        raise Failure(
            "refused",
            f"bucket {self._desired.name} holds {current.foreign!r}, which begins with none of the prefixes ({named}): "
            "is it the right bucket? Correct name or prefixes, or give all_keys: true to delete every object; "
            + self._so_far(),
            details={"key": current.foreign, "prefixes": list(self._desired.prefixes)},
        )

    def _so_far(self) -> str:
        deleted = self._emptying.deleted
        return (
            f"{deleted} object(s) with those prefixes were deleted before it came" if deleted else "nothing was deleted"
        )

    def _first_of(self, versioned: bool | None) -> Item | None:
        for kind in _kinds(versioned):
            for page in self._store.pages(self._desired.name, kind, size=1):
                return page[0]
        return None

    def _foreign(self, versioned: bool | None) -> str | None:
        """Return the first key outside of the prefixes, jumping over the keys that are inside.

        Unfinished uploads are few, and stores do not agree on where a listing of them begins: all of them are read.
        """
        kind, uploads = _kinds(versioned)
        return self._foreign_behind_jumps(kind) or self._foreign_among(uploads)

    def _foreign_behind_jumps(self, kind: Kind) -> str | None:
        after = ""
        while page := next(iter(self._store.pages(self._desired.name, kind, after=after, size=1)), None):
            key = page[0].key
            if key <= after:  # the store does not begin where it was told to
                return self._foreign_among(kind)
            inside = self._allowing(key)
            if not inside:
                return key
            after = max(min(inside, key=len) + _LAST, key)
        return None

    def _foreign_among(self, kind: Kind) -> str | None:
        items = (item for page in self._store.pages(self._desired.name, kind) for item in page)
        return next((item.key for item in items if not self._allowing(item.key)), None)

    def _allowing(self, key: str) -> list[str]:
        return [prefix for prefix in self._desired.prefixes if key.startswith(prefix)]

    def _counted(self, kinds: tuple[Kind, ...]) -> int | None:
        """Return how many there are, or none for a bucket that is too large to count for its own sake."""
        count = 0
        for kind in kinds:
            for page in self._store.pages(self._desired.name, kind):
                count += len(page)
                if count >= _COUNTED:
                    return None
        return count


def _kinds(versioned: bool | None) -> tuple[Kind, Kind]:
    """Return what a bucket has to be rid of, as far as it may be known."""
    return ("versions" if versioned else "objects", "uploads")

# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the answers to listings hold, and how the next page is asked for.  Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Callable, Iterable, Literal, Mapping

Kind = Literal["objects", "versions", "uploads"]
# One of these is in every page of a store; other XML, which would look like an empty bucket, has none.
KNOWN_BY = frozenset({"IsTruncated", "Name", "Contents", "MaxKeys", "Versions", "DeleteMarkers"})


@dataclass(frozen=True)
class Item:
    """One object, version, delete marker or unfinished upload."""

    key: str
    size: int = 0
    modified: float = 0.0
    version: str = ""
    upload: str = ""


@dataclass(frozen=True)
class Listing:
    """How a kind is listed: the call, its options that say where a page begins, and what it answers."""

    call: str
    size: str
    start: str
    marks: Mapping[str, str]
    read: Callable[[Mapping[str, Any]], list[Item]]


def _epoch(value: Any) -> float:
    return value.timestamp() if isinstance(value, datetime) else 0.0


def _item(row: Mapping[str, Any], version: str = "") -> Item:
    return Item(row["Key"], int(row.get("Size", 0)), _epoch(row.get("LastModified")), version)


def _objects(answer: Mapping[str, Any]) -> list[Item]:
    return [_item(row) for row in answer.get("Contents", [])]


def _versions(answer: Mapping[str, Any]) -> list[Item]:
    rows = [*answer.get("Versions", []), *answer.get("DeleteMarkers", [])]
    return [_item(row, row["VersionId"]) for row in rows]


def _uploads(answer: Mapping[str, Any]) -> list[Item]:
    return [Item(row["Key"], upload=row["UploadId"]) for row in answer.get("Uploads", [])]


LISTINGS = {
    "objects": Listing(
        "list_objects_v2", "MaxKeys", "StartAfter", {"ContinuationToken": "NextContinuationToken"}, _objects
    ),
    "versions": Listing(
        "list_object_versions",
        "MaxKeys",
        "KeyMarker",
        {"KeyMarker": "NextKeyMarker", "VersionIdMarker": "NextVersionIdMarker"},
        _versions,
    ),
    "uploads": Listing(
        "list_multipart_uploads",
        "MaxUploads",
        "KeyMarker",
        {"KeyMarker": "NextKeyMarker", "UploadIdMarker": "NextUploadIdMarker"},
        _uploads,
    ),
}


def following(kind: Kind, answer: Mapping[str, Any], asked: Mapping[str, Any]) -> tuple[str, dict[str, Any]] | None:
    """Return call and options for the page behind ``answer``, or none when it was the last.

    :raises ValueError: when there is said to be more, but nothing that says where.
    """
    listing = LISTINGS[kind]
    marks = {mark: answer[name] for mark, name in listing.marks.items() if answer.get(name)}
    if not answer.get("IsTruncated", bool(marks)):
        return None
    call, page = listing.call, listing.read(answer)
    if not marks and page:
        call, marks = _behind(kind, page[-1])
    if marks.items() <= asked.items():
        raise ValueError("the next page would be the same one")
    kept = {name: value for name, value in asked.items() if name not in ("StartAfter", "ContinuationToken")}
    return call, {**kept, **marks}


def _behind(kind: Kind, last: Item) -> tuple[str, dict[str, Any]]:
    """Return the call and options that list what comes behind an item: the oldest stores name no next page."""
    if kind == "objects":
        return "list_objects", {"Marker": last.key}
    if kind == "versions":
        return "list_object_versions", {"KeyMarker": last.key, "VersionIdMarker": last.version}
    return "list_multipart_uploads", {"KeyMarker": last.key, "UploadIdMarker": last.upload}


def outermost(prefixes: Iterable[str]) -> tuple[str, ...]:
    """Return the prefixes in order, each once and without those inside another, so that no key is met twice."""
    different = tuple(dict.fromkeys(prefixes))
    return tuple(one for one in different if not any(one != other and one.startswith(other) for other in different))

# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The preflight's table, from what the modules answered; pure."""

from __future__ import annotations

from typing import Any, Iterator, Mapping

from ansible_collections.manuela.event_streaming.plugins.plugin_utils.preflight_datacenter import (
    access_rows,
    readiness_rows,
)
from ansible_collections.manuela.event_streaming.plugins.plugin_utils.preflight_files import Files
from ansible_collections.manuela.event_streaming.plugins.plugin_utils.preflight_repository import repository_rows
from ansible_collections.manuela.event_streaming.plugins.plugin_utils.preflight_row import (
    Row,
    from_result,
    not_asked,
    ok,
)


def preflight(evidence: Mapping[str, Any], before: str = "show") -> list[dict[str, Any]]:
    """Return the rows.  Before prepare, what it mends by itself is a warning."""
    rows = list(_rows(evidence))
    return [(row.before_prepare() if before == "prepare" else row).as_result() for row in rows]


def _rows(evidence: Mapping[str, Any]) -> Iterator[Row]:
    files = Files(evidence.get("files") or {})
    if "git" in evidence:
        yield from repository_rows(evidence["git"], files)
    for centre in evidence.get("centres") or []:
        yield from access_rows(centre)
        if "files" in evidence:
            yield from readiness_rows(centre, files)
    if "s3" in evidence:
        yield _store(evidence["s3"])


def _store(answer: Mapping[str, Any]) -> Row:
    if answer.get("skipped") or not answer:
        return not_asked("S3", "bucket", "no bucket is given (event_streaming_s3_bucket, BUCKET_NAME)")
    found = answer.get("s3_object_info")
    if not found:
        return from_result("S3", "bucket", answer)
    if not found["exists"]:
        return ok("S3", "bucket", f"{found['bucket']} does not exist yet: prepare creates it with these keys")
    return ok("S3", "bucket", f"{found['bucket']} can be read with these keys, {found['count']} objects in it")

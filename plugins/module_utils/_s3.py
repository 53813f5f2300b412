# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The port to an S3 store: one client of botocore, its answers as plain data, its errors as failures."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any, Iterator, Literal, Mapping

from ansible_collections.manuela.event_streaming.plugins.module_utils._deadline import RequestTimeout, within
from ansible_collections.manuela.event_streaming.plugins.module_utils._s3_client import Endpoint, client, load
from ansible_collections.manuela.event_streaming.plugins.module_utils._s3_errors import (
    Said,
    StoreFailure,
    no_answer,
    refusal,
)

_PAGE = 1000
Kind = Literal["objects", "versions", "uploads"]


@dataclass(frozen=True)
class Item:
    """One object, version, delete marker or unfinished upload."""

    key: str
    size: int = 0
    modified: float = 0.0
    version: str = ""
    upload: str = ""


class S3:
    """An S3 store; safe to use from several threads."""

    def __init__(self, endpoint: Endpoint, *, connections: int = 10) -> None:
        self.endpoint = endpoint
        self._library = load()
        self._client = client(self._library, endpoint, connections)
        self.time: float | None = None

    # --- buckets -------------------------------------------------------------------------------------------------

    def exists(self, bucket: str) -> bool:
        """Say whether the bucket exists and may be used; a refusal (301, 403) is raised in the store's words."""
        doing = f"look at bucket {bucket}"
        try:
            self._call(doing, "head_bucket", Bucket=bucket)
        except StoreFailure as failure:
            if failure.said.status not in (301, 400, 403, 404):
                raise
            return self._exists_in_words(bucket, doing)  # HEAD has no body to say what is wrong
        return True

    def _exists_in_words(self, bucket: str, doing: str) -> bool:
        try:
            self._call(doing, "list_objects_v2", Bucket=bucket, MaxKeys=1)
        except StoreFailure as failure:
            if failure.said.name == "NoSuchBucket":
                return False
            raise
        return True

    def create(self, bucket: str) -> None:
        """Create the bucket; one that is ours already is fine."""
        options: dict[str, Any] = {}
        if self.endpoint.url.endswith(".amazonaws.com") and self.endpoint.region != "us-east-1":
            options["CreateBucketConfiguration"] = {"LocationConstraint": self.endpoint.region}
        try:
            self._call(f"create bucket {bucket}", "create_bucket", Bucket=bucket, **options)
        except StoreFailure as failure:
            if failure.said.name != "BucketAlreadyOwnedByYou":
                raise

    def remove(self, bucket: str) -> None:
        """Delete the empty bucket; one that is gone already is fine."""
        try:
            self._call(f"delete bucket {bucket}", "delete_bucket", Bucket=bucket)
        except StoreFailure as failure:
            if failure.said.name != "NoSuchBucket":
                raise

    def versioned(self, bucket: str) -> bool:
        """Say whether the bucket keeps, or once kept, versions."""
        try:
            answer = self._call(f"read the versioning of bucket {bucket}", "get_bucket_versioning", Bucket=bucket)
        except StoreFailure as failure:
            if failure.said.unsupported or failure.said.name == "AccessDenied":
                return False
            raise
        return bool(answer.get("Status"))

    # --- listing -------------------------------------------------------------------------------------------------

    def pages(
        self, bucket: str, kind: Kind, prefix: str = "", *, after: str = "", size: int = _PAGE
    ) -> Iterator[list[Item]]:
        """Yield what the bucket holds, page by page."""
        call, marks, read = _LISTINGS[kind]
        options: dict[str, Any] = {"Bucket": bucket, "Prefix": prefix}
        options["MaxUploads" if kind == "uploads" else "MaxKeys"] = size
        if after:
            options["StartAfter" if kind == "objects" else "KeyMarker"] = after
        while True:
            try:
                answer = self._call(f"list bucket {bucket}", call, **options)
            except StoreFailure as failure:
                if kind == "uploads" and failure.said.unsupported:
                    return
                raise
            page = read(answer)
            if page:
                yield page
            if not answer.get("IsTruncated"):
                return
            options.pop("StartAfter", None)
            options.update({mark: answer[name] for mark, name in marks if answer.get(name)})

    # --- deleting ------------------------------------------------------------------------------------------------

    def delete(self, bucket: str, items: list[Item]) -> list[tuple[Item, Said]]:
        """Delete up to a thousand items with one request; return those that the store refused one by one."""
        wanted = [_identity(item) for item in items]
        doing = f"delete objects of bucket {bucket}"
        request = {"Objects": wanted, "Quiet": True}
        answer = self._call(doing, "delete_objects", Bucket=bucket, Delete=request)
        by_name = {(item.key, item.version): item for item in items}
        refused = []
        for error in answer.get("Errors", []):
            name = (error.get("Key", ""), error.get("VersionId") or "")
            item = by_name.get(name) or by_name.get((name[0], "")) or Item(name[0], version=name[1])
            if error.get("Code") not in ("NoSuchKey", "NoSuchVersion"):
                refused.append((item, Said(error.get("Code", ""), error.get("Message", ""))))
        return refused

    def delete_one(self, bucket: str, item: Item) -> None:
        """Delete one object or version, or abort one upload."""
        doing = f"delete {item.key!r} from bucket {bucket}"
        try:
            if item.upload:
                self._call(doing, "abort_multipart_upload", Bucket=bucket, Key=item.key, UploadId=item.upload)
            else:
                self._call(doing, "delete_object", Bucket=bucket, **_identity(item))
        except StoreFailure as failure:
            if failure.said.name not in ("NoSuchKey", "NoSuchVersion", "NoSuchUpload"):
                raise

    # --- reading -------------------------------------------------------------------------------------------------

    def read(self, bucket: str, key: str, most: int) -> tuple[bytes, int]:
        """Return at most ``most`` first bytes of an object, and its size."""
        doing = f"read {key!r} of bucket {bucket}"
        answer = self._call(doing, "get_object", Bucket=bucket, Key=key)
        with answer["Body"] as body:
            try:
                data = within(self.endpoint.timeout, lambda: body.read(most))
            except (RequestTimeout, self._library.exceptions.BotoCoreError) as error:
                raise self._silence(doing, error) from error
        return data, int(answer.get("ContentLength", len(data)))

    # --- calls ---------------------------------------------------------------------------------------------------

    def _call(self, doing: str, name: str, **options: Any) -> dict[str, Any]:
        errors = self._library.exceptions
        try:
            answer = self._complete(name, options)
        except errors.ClientError as error:
            raise refusal(doing, _said(error.response), self.endpoint.url, self.endpoint.access_key) from error
        except errors.ParamValidationError as error:
            raise StoreFailure("invalid_option", f"cannot {doing}: {error}. Correct it") from error
        except (self._library.parsers.ResponseParserError, KeyError) as error:
            url = self.endpoint.url
            text = f"cannot {doing}: what answers at {url} is no S3 store. Check endpoint_url"
            raise StoreFailure("failed", text, details={"endpoint_url": url}) from error
        except (errors.BotoCoreError, errors.HTTPClientError, ValueError) as error:
            raise self._silence(doing, error) from error
        self.time = server_time(answer.get("ResponseMetadata", {}).get("HTTPHeaders", {})) or self.time
        return answer

    def _complete(self, name: str, options: dict[str, Any]) -> dict[str, Any]:
        """Call the client; an answer that is cut off may be whole the next time."""
        for last in (False, False, True):
            try:
                answer: dict[str, Any] = getattr(self._client, name)(**options)
            except self._library.parsers.ResponseParserError:
                if last:
                    raise
                continue
            if name in ("list_objects_v2", "list_object_versions"):
                _more = answer["IsTruncated"]  # a page of something else than a store would look like an empty bucket
            return answer
        raise AssertionError("not reached")

    def _silence(self, doing: str, error: Exception) -> StoreFailure:
        cause = getattr(error, "kwargs", {}).get("error") or error
        text = re.sub(r"^.*?(object at 0x\w+>|HTTPS?Connection\([^)]*\)): ", "", str(cause))
        return no_answer(doing, type(error).__name__, text.strip() or type(cause).__name__, self.endpoint.url,
                         https_assumed=self.endpoint.https_assumed)  # fmt: skip


def _said(response: Mapping[str, Any]) -> Said:
    error = response.get("Error", {})
    status = int(response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
    message = str(error.get("Message", ""))
    only_status = message in ("Forbidden", "Not Found", "Bad Request")  # made up by the library from a HEAD's status
    region = response.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("x-amz-bucket-region")
    hint = f" (the bucket is in region {region})" if region and status in (301, 307, 400) else ""
    return Said(str(error.get("Code", "")), ("" if only_status else message) + hint, status)


def _identity(item: Item) -> dict[str, str]:
    return {"Key": item.key, "VersionId": item.version} if item.version else {"Key": item.key}


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


_LISTINGS: dict[str, Any] = {
    "objects": ("list_objects_v2", (("ContinuationToken", "NextContinuationToken"),), _objects),
    "versions": ("list_object_versions",
                 (("KeyMarker", "NextKeyMarker"), ("VersionIdMarker", "NextVersionIdMarker")), _versions),
    "uploads": ("list_multipart_uploads",
                (("KeyMarker", "NextKeyMarker"), ("UploadIdMarker", "NextUploadIdMarker")), _uploads),
}  # fmt: skip


def server_time(headers: Mapping[str, str]) -> float | None:
    """Return the store's own time from an answer's ``Date`` header."""
    try:
        return parsedate_to_datetime(headers["date"]).timestamp()
    except (KeyError, TypeError, ValueError):
        return None

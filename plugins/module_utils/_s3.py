# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The port to an S3 store: one client of botocore, its answers as plain data, its errors as failures."""

from __future__ import annotations

import re
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any, Callable, Iterator, Mapping

from ansible_collections.manuela.event_streaming.plugins.module_utils._deadline import RequestTimeout, within
from ansible_collections.manuela.event_streaming.plugins.module_utils._s3_client import Endpoint, client, load
from ansible_collections.manuela.event_streaming.plugins.module_utils._s3_errors import (
    GONE,
    Said,
    StoreFailure,
    locked,
    no_answer,
    refusal,
    said_in,
)
from ansible_collections.manuela.event_streaming.plugins.module_utils._s3_listing import (
    KNOWN_BY,
    LISTINGS,
    Item,
    Kind,
    following,
)
from ansible_collections.manuela.event_streaming.plugins.module_utils._s3_patience import Patience

_PAGE = 1000
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # no document may hold them


class S3:
    """An S3 store; safe to use from several threads."""

    def __init__(self, endpoint: Endpoint, patience: Patience, *, connections: int = 10) -> None:
        self.endpoint = endpoint
        self._patience = patience
        self._library = load()
        self._client = client(self._library, endpoint, connections)
        self.time: float | None = None

    @property
    def again(self) -> int:
        """How many requests were sent again."""
        return self._patience.again

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
        doing = f"create bucket {bucket}"
        region = self.endpoint.region
        try:
            self._call(doing, "create_bucket", Bucket=bucket)
        except StoreFailure as failure:
            if failure.said.name == "IllegalLocationConstraintException" and region != "us-east-1":
                # Some stores want their region named here, and others take no name at all.
                place = {"LocationConstraint": region}
                self._call(doing, "create_bucket", Bucket=bucket, CreateBucketConfiguration=place)
            elif failure.said.name != "BucketAlreadyOwnedByYou":
                raise

    def remove(self, bucket: str) -> None:
        """Delete the empty bucket; one that is gone already is fine."""
        try:
            self._call(f"delete bucket {bucket}", "delete_bucket", Bucket=bucket)
        except StoreFailure as failure:
            if failure.said.name != "NoSuchBucket":
                raise

    def versioned(self, bucket: str) -> bool | None:
        """Say whether the bucket keeps, or once kept, versions; none when this key may not know."""
        try:
            answer = self._call(f"read the versioning of bucket {bucket}", "get_bucket_versioning", Bucket=bucket)
        except StoreFailure as failure:
            if failure.said.unsupported:
                return False
            if failure.said.name == "AccessDenied":
                return None
            raise
        return bool(answer.get("Status"))

    # --- listing -------------------------------------------------------------------------------------------------

    def pages(
        self, bucket: str, kind: Kind, prefix: str = "", *, after: str = "", size: int = _PAGE
    ) -> Iterator[list[Item]]:
        """Yield what the bucket holds, page by page."""
        listing, doing = LISTINGS[kind], f"list bucket {bucket}"
        options: dict[str, Any] = {"Bucket": bucket, "Prefix": prefix, listing.size: size}
        if after:
            options[listing.start] = after
        more: tuple[str, dict[str, Any]] | None = (listing.call, options)
        while more:
            call, options = more
            try:
                answer = self._call(doing, call, **options)
            except StoreFailure as failure:
                if kind == "uploads" and (failure.said.unsupported or failure.said.name == "NoSuchUpload"):
                    return
                raise
            try:
                page = listing.read(answer)
                more = following(kind, answer, options)
            except KeyError as error:
                raise self._strange(doing, f"lists something without its {error}") from error
            except ValueError as error:
                raise self._strange(doing, "says that there is more, and not where it goes on") from error
            if page:
                yield page

    def _strange(self, doing: str, what: str) -> StoreFailure:
        text = f"cannot {doing}: the store at {self.endpoint.url} {what}"
        return StoreFailure("failed", f"{text}. Look at the store's log", details={"endpoint_url": self.endpoint.url})

    # --- deleting ------------------------------------------------------------------------------------------------

    def delete(self, bucket: str, items: list[Item]) -> list[tuple[Item, Said]]:
        """Delete up to a thousand items with one request; return those that were refused or cannot be written in it."""
        refused = [(item, Said("")) for item in items if _NOT_IN_XML.search(item.key)]
        unwritten = {item for item, _said in refused}
        wanted = [_identity(item) for item in items if item not in unwritten]
        if not wanted:
            return refused
        doing = f"delete objects of bucket {bucket}"
        request = {"Objects": wanted, "Quiet": True}
        answer = self._call(doing, "delete_objects", Bucket=bucket, Delete=request)
        by_name = {(item.key, item.version): item for item in items}
        for error in answer.get("Errors", []):
            name = (error.get("Key", ""), error.get("VersionId") or "")
            item = by_name.get(name) or by_name.get((name[0], ""))
            said = Said(error.get("Code", ""), error.get("Message", ""))
            if item is None:  # not a name that it was asked for, and no other one is ever deleted: one by one, then
                return [(one, said) for one in items]
            if said.name not in GONE:
                refused.append((item, said))
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
            if failure.said.name in GONE:
                return
            if failure.retryable or not item.version:
                raise
            self._refused(bucket, item, doing, failure)

    def _refused(self, bucket: str, item: Item, doing: str, failure: StoreFailure) -> None:
        """Raise what keeps a version from being deleted; stores say no more than that access is denied, or less.

        versitygw calls the argument invalid for a version that somebody else has just deleted, or is about to move.
        """
        odd = failure.said.name == "InvalidArgument"
        try:
            answer = self._call(f"look at {item.key!r}", "head_object", Bucket=bucket, **_identity(item))
        except StoreFailure as looked:
            if odd and looked.said.status == 404:
                return
            answer = {}
        lock = _lock(answer)
        if lock:
            raise locked(doing, failure, lock) from failure
        failure.retryable = odd  # it is still there, and may be deleted once it has been moved
        raise failure

    # --- reading -------------------------------------------------------------------------------------------------

    def read(self, bucket: str, key: str, most: int) -> tuple[bytes, int]:
        """Return at most ``most`` first bytes of an object, and its size."""

        def fetch() -> dict[str, Any]:
            answer = self._client.get_object(Bucket=bucket, Key=key)
            with answer["Body"] as body:
                data = self._within(lambda: body.read(most))
            size = int(answer.get("ContentLength", len(data)))
            if len(data) < min(most, size):
                raise self._library.exceptions.IncompleteReadError(actual_bytes=len(data), expected_bytes=size)
            return {**answer, "Data": data, "ContentLength": size}

        answer = self._ask(f"read {key!r} of bucket {bucket}", fetch)
        return answer["Data"], answer["ContentLength"]

    def _within(self, work: Callable[[], bytes]) -> bytes:
        try:
            return within(self.endpoint.timeout, work)
        except RequestTimeout as error:
            raise self._library.exceptions.ReadTimeoutError(endpoint_url=self.endpoint.url, error=error) from error

    # --- calls ---------------------------------------------------------------------------------------------------

    def _call(self, doing: str, name: str, **options: Any) -> dict[str, Any]:
        def work() -> dict[str, Any]:
            answer: dict[str, Any] = getattr(self._client, name)(**options)
            if name.startswith("list_object") and KNOWN_BY.isdisjoint(answer):
                raise KeyError(name)  # a page of something else than a store would look like an empty bucket
            return answer

        return self._ask(doing, work)

    def _ask(self, doing: str, work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        errors = self._library.exceptions
        url, who = self.endpoint.url, self.endpoint.access_key
        try:
            answer = self._patience.ask(self._library, work)
        except errors.ClientError as error:
            raise refusal(doing, said_in(error.response), url, who) from error
        except errors.ParamValidationError as error:
            if "bucket name" in str(error):
                raise refusal(doing, Said("InvalidBucketName"), url, who) from error
            raise StoreFailure("invalid_option", f"cannot {doing}: {error}. Correct it") from error
        except (self._library.parsers.ResponseParserError, KeyError) as error:
            text = f"cannot {doing}: what answers at {url} is no S3 store. Check endpoint_url"
            raise StoreFailure("failed", text, details={"endpoint_url": url}) from error
        except (errors.BotoCoreError, errors.HTTPClientError, ValueError) as error:
            raise self._silence(doing, error) from error
        self.time = server_time(answer.get("ResponseMetadata", {}).get("HTTPHeaders", {})) or self.time
        return answer

    def _silence(self, doing: str, error: Exception) -> StoreFailure:
        cause = getattr(error, "kwargs", {}).get("error") or error
        text = re.sub(r"^.*?(object at 0x\w+>|HTTPS?Connection\([^)]*\)): ", "", str(cause))
        return no_answer(doing, type(error).__name__, text.strip() or type(cause).__name__, self.endpoint.url,
                         https_assumed=self.endpoint.https_assumed)  # fmt: skip


def _identity(item: Item) -> dict[str, str]:
    return {"Key": item.key, "VersionId": item.version} if item.version else {"Key": item.key}


def _lock(answer: Mapping[str, Any]) -> str:
    """Return what locks a version, from what the store says of it."""
    mode, until = answer.get("ObjectLockMode"), answer.get("ObjectLockRetainUntilDate")
    kept = f"{mode} retention until {until:%Y-%m-%dT%H:%M:%SZ}" if mode and isinstance(until, datetime) else ""
    hold = "a legal hold" if answer.get("ObjectLockLegalHoldStatus") == "ON" else ""
    return " and ".join(filter(None, (kept, hold)))


def server_time(headers: Mapping[str, str]) -> float | None:
    """Return the store's own time from an answer's ``Date`` header."""
    try:
        return parsedate_to_datetime(headers["date"]).timestamp()
    except (KeyError, TypeError, ValueError):
        return None

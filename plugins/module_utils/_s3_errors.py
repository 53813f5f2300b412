# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What S3 stores and the network say when they refuse, sorted into the collection's failure codes.  Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Mapping

from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import Code, Failure
from ansible_collections.manuela.event_streaming.plugins.module_utils._strict_certificates import advice_on

_FIX_KEYS = "Check access_key and secret_key"
_UNKNOWN_KEY: tuple[Code, str, str] = ("unauthorized", "the store does not know the access key", _FIX_KEYS)
_KINDS: dict[str, tuple[Code, str, str]] = {
    "InvalidAccessKeyId": _UNKNOWN_KEY,
    "XAdminUserNotFound": _UNKNOWN_KEY,  # versitygw
    "SignatureDoesNotMatch": ("unauthorized", "the secret key does not belong to the access key", _FIX_KEYS),
    "InvalidSecurity": ("unauthorized", "the store does not accept the keys", _FIX_KEYS),
    "ExpiredToken": ("unauthorized", "the keys have expired", "Get new ones"),
    "RequestTimeTooSkewed": ("unauthorized", "the clocks of this host and of the store differ too much",
                             "Set the clock of this host"),
    "AccessDenied": ("unauthorized", "the access key may not do that",
                     "Give the key that right, or take another bucket"),
    "AllAccessDisabled": ("unauthorized", "access is disabled", "Ask the owner of the bucket"),
    "NoSuchBucket": ("not_found", "there is no such bucket", "Check the name, or create it with s3_bucket"),
    "NoSuchKey": ("not_found", "there is no such object", "Check the key"),
    "InvalidObjectState": ("refused", "the object is in an archive", "Restore it from the archive first"),
    "BucketAlreadyExists": ("refused", "the bucket belongs to somebody else", "Take another name"),
    "InvalidBucketName": ("invalid_option", "it does not do as the name of a bucket",
                          "Use 3 to 63 lower-case letters, digits, dots and hyphens"),
    "PermanentRedirect": ("invalid_option", "the bucket is in another region or at another endpoint",
                          "Give the region and endpoint of the bucket"),
    "AuthorizationHeaderMalformed": ("invalid_option", "the store wants another region", "Give the region it names"),
    "IllegalLocationConstraintException": ("invalid_option", "the store wants another region",
                                           "Give the region it names"),
    "BucketNotEmpty": ("conflict", "the bucket is not empty",
                       "Look for a writer that is still on, and for versions that this key may not list"),
    "TooManyBuckets": ("refused", "the account may have no more buckets", "Delete one, or use one that exists"),
    "QuotaExceeded": ("refused", "the quota is used up", "Free some space"),
}  # fmt: skip
# What a store says that has not, or no longer, what it is to delete.
GONE = frozenset({"NoSuchKey", "NoSuchVersion", "NoSuchUpload"})
# What a store without one of the newer requests answers to it.
UNSUPPORTED = frozenset({"NotImplemented", "MalformedXML", "MethodNotAllowed", "MissingContentMD5", "XNotImplemented"})
_TRANSIENT = ("SlowDown", "InternalError", "ServiceUnavailable", "RequestTimeout", "OperationAborted", "Throttling")
_REPLACED = "\ufffd"
_BY_STATUS = {301: "PermanentRedirect", 307: "PermanentRedirect", 401: "InvalidAccessKeyId", 403: "AccessDenied",
              404: "NoSuchBucket", 405: "MethodNotAllowed", 501: "NotImplemented"}  # fmt: skip


@dataclass(frozen=True)
class Said:
    """An error answer of a store."""

    code: str
    message: str = ""
    status: int = 0

    @property
    def name(self) -> str:
        """The S3 error code; derived from the HTTP status where the answer had no body (HEAD)."""
        return _BY_STATUS.get(self.status, self.code) if self.code.isdigit() or not self.code else self.code

    @property
    def transient(self) -> bool:
        """Whether the same request may succeed a moment later."""
        return self.status in (408, 429, 500, 502, 503, 504) or self.name in _TRANSIENT

    @property
    def unsupported(self) -> bool:
        """Whether the store does not know this kind of request."""
        return self.name in UNSUPPORTED or self.status == 501


def said_in(response: Mapping[str, Any]) -> Said:
    """Return what an error answer says, in the form that botocore gives it."""
    error = response.get("Error", {})
    status = int(response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
    message = str(error.get("Message", ""))
    only_status = message in ("Forbidden", "Not Found", "Bad Request")  # made up by the library from a HEAD's status
    region = response.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("x-amz-bucket-region")
    hint = f" (the bucket is in region {region})" if region and status in (301, 307, 400) else ""
    return Said(str(error.get("Code", "")), ("" if only_status else message) + hint, status)


class StoreFailure(Failure):
    """A failure of a store that still knows what the store said."""

    said: Said = Said("")
    slow: bool = False  # the store took the request and gave no answer in time


def refusal(doing: str, said: Said, endpoint: str, access_key: str) -> StoreFailure:
    """Return the failure for an error answer; ``doing`` completes the sentence "cannot ..."."""
    unknown: tuple[Code, str, str] = ("failed", "the store refused", "Look at the store's log")
    if said.transient:
        unknown = ("unreachable", "the store is busy or broken at the moment", "Run again later")
        if said.name.isdigit():  # an answer without an S3 error in it
            unknown = ("unreachable", "what answers is no S3 store, or a broken one", "Check endpoint_url")
    code, why, advice = _KINDS.get(said.name, unknown)
    who = f" (access key {access_key})" if code == "unauthorized" else ""
    words = f": {said.name}" + (f", {said.message.rstrip('.')}" if said.message else "")
    failure = StoreFailure(
        code,
        f"cannot {doing} at {endpoint}{who}: {why}{words}. {advice}",
        retryable=said.transient,
        details={"error": said.name, "message": said.message, "status": said.status, "endpoint_url": endpoint},
    )
    failure.said = said
    return failure


def locked(doing: str, failure: StoreFailure, lock: str) -> StoreFailure:
    """Return the failure for a version that ``lock`` protects, in place of the store's that does not say so."""
    told = StoreFailure(
        "refused",
        f"cannot {doing}: the version is locked by {lock}. Wait until it ends, or lift it with a key that may do so",
        details={**failure.details, "lock": lock},
    )
    told.said = failure.said
    return told


def undeletable(bucket: str, key: str, endpoint: str, deleted: int) -> Failure:
    """Return the failure for a store that says that it deletes something, and lists it as before."""
    why, advice = "the store says that it deletes it, and does not", "Look at the store's log"
    if _REPLACED in key:
        why = "the store shows U+FFFD for a character that XML cannot hold, so no listing tells its true name"
        advice = "Delete it with a tool of the store itself"
    return Failure(
        "not_converged",
        f"bucket {bucket} at {endpoint} still lists {key!r} as it was before it was deleted: {why}. {advice}",
        details={"key": key, "deleted": deleted, "endpoint_url": endpoint},
    )


def no_answer(doing: str, kind: str, cause: str, endpoint: str, *, https_assumed: bool) -> StoreFailure:
    """Return the failure for a store that gave no answer; ``kind`` is the name of the library's exception."""
    advice = "Check endpoint_url, the network and the proxy variables"
    text = f"{kind} {cause}".lower()
    if "ssl" in text or "certificate" in text:
        advice = advice_on(text) or "Give the store's CA with ca_cert; validate_certs: false trusts every store"
        if "wrong_version_number" in text or "unknown protocol" in text or "record layer" in text:
            advice = "The store seems to speak plain http: give endpoint_url with http://"
    elif "resolve" in text or "name or service" in text or "nodename" in text or "getaddrinfo" in text:
        advice = "Check the host name in endpoint_url, DNS and the proxy variables"
    assumed = " (https was assumed, since endpoint_url names no scheme)" if https_assumed else ""
    slow = kind == "ReadTimeoutError"
    state = "gave no answer in time" if slow else "does not answer"
    if slow:
        advice = "Give a longer request_timeout, or look at the store"
    failure = StoreFailure(
        "unreachable",
        f"cannot {doing}: the S3 store at {endpoint}{assumed} {state}: {cause}. {advice}",
        retryable=True,
        details={"error": kind, "message": cause, "endpoint_url": endpoint},
    )
    failure.slow = slow
    return failure

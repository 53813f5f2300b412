# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A small S3 store on the wire, with a journal of what it was asked."""

from __future__ import annotations

import copy
import re
import threading
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

from ansible_collections.manuela.event_streaming.tests.unit.plugins.modules.contract.file_world import Clock

SECRET = "wJalrXUtnFEMI/s3cr3t+Key"
ROW = "<Contents><Key>{}</Key><Size>{}</Size><LastModified>2020-07-29T14:36:38Z</LastModified></Contents>"
# What stores answer to any request, and to those that write, as far as nothing is tried again for it.
ANSWERS = (
    *((403, code) for code in ("InvalidAccessKeyId", "SignatureDoesNotMatch", "AllAccessDisabled", "QuotaExceeded")),
    *((403, code) for code in ("RequestTimeTooSkewed", "AccessDenied", "InvalidSecurity", "InvalidObjectState")),
    *((400, code) for code in ("ExpiredToken", "InvalidBucketName", "InvalidRequest", "AuthorizationHeaderMalformed")),
    *((404, code) for code in ("NoSuchBucket", "NoSuchKey")),
    (301, "PermanentRedirect"), (405, "MethodNotAllowed"), (412, "PreconditionFailed"), (501, "NotImplemented"),
)  # fmt: skip
WRITE_ANSWERS = tuple(
    (status, code, "PUT")
    for status, code in (
        *((409, code) for code in ("BucketAlreadyExists", "BucketNotEmpty")),
        *(
            (400, code)
            for code in ("TooManyBuckets", "IllegalLocationConstraintException", "InvalidLocationConstraint")
        ),
        *((403, code) for code in ("AccessDenied", "QuotaExceeded")),
    )
)


class Answers(BaseHTTPRequestHandler):
    """One request; the server has ``buckets``, a ``journal``, and ``rude``, a (status, code) for every request.

    One that ``hides`` something does not let a bucket go.
    """

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *args: Any) -> None:
        pass

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        self.server.journal.append(f"{self.command} {self.path}")
        address = urlsplit(self.path)
        bucket, _slash, key = unquote(address.path).lstrip("/").partition("/")
        query = parse_qs(address.query, keep_blank_values=True)
        if self.server.rude and self.server.rude_to in ("", self.command):
            return self.refuse(*self.server.rude)
        if bucket not in self.server.buckets and (self.command, key) != ("PUT", ""):
            return self.refuse(404, "NoSuchBucket")
        return self.on_key(bucket, key) if key else self.on_bucket(bucket, query, body)

    def on_bucket(self, bucket: str, query: dict[str, list[str]], body: str) -> None:
        buckets = self.server.buckets
        if self.command == "PUT":
            buckets.setdefault(bucket, {})
            return self.say(200, "")
        if self.command == "POST":
            for key in re.findall(r"<Key>(.*?)</Key>", body):
                buckets[bucket].pop(key, None)
            return self.say(200, "<DeleteResult></DeleteResult>")
        if self.command == "DELETE" and self.server.hides:
            return self.refuse(409, "BucketNotEmpty")
        if self.command == "DELETE":
            buckets.pop(bucket)
            return self.say(204, "")
        if "versioning" in query:
            return self.say(200, "<VersioningConfiguration/>")
        if "uploads" in query:
            return self.say(
                200, "<ListMultipartUploadsResult><IsTruncated>false</IsTruncated></ListMultipartUploadsResult>"
            )
        prefix, most = query.get("prefix", [""])[0], int(query.get("max-keys", ["1000"])[0])
        after = query.get("start-after", [""])[0]
        keys = sorted(key for key in buckets[bucket] if key.startswith(prefix) and key > after)[:most]
        rows = "".join(ROW.format(escape(key), len(buckets[bucket][key])) for key in keys)
        return self.say(200, f"<ListBucketResult><IsTruncated>false</IsTruncated>{rows}</ListBucketResult>")

    def on_key(self, bucket: str, key: str) -> None:
        objects = self.server.buckets[bucket]
        if self.command == "DELETE":
            objects.pop(key, None)
            return self.say(204, "")
        return self.say(200, objects[key]) if key in objects else self.refuse(404, "NoSuchKey")

    def refuse(self, status: int, code: str) -> None:
        self.say(status, f"<Error><Code>{code}</Code><Message>words of the store</Message></Error>")

    def say(self, status: int, text: str) -> None:
        data = text.encode()
        self.send_response_only(status)
        self.send_header("Date", formatdate(self.server.clock.epoch(), usegmt=True))
        if status != 204:
            self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = answer


class S3World:
    """The store and the options that lead to it."""

    secrets: tuple[str, ...] = (SECRET,)

    def __init__(self, root: Path) -> None:
        self.root = root
        self.clock = Clock()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
        self.server.daemon_threads = True
        self.server.clock, self.server.rude, self.server.rude_to = self.clock, None, ""
        self.server.hides = False
        self.server.buckets, self.server.journal = {}, []
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()
        self.given: dict[str, Any] = {
            "endpoint_url": f"http://127.0.0.1:{self.server.server_port}",
            "access_key": "demo",
            "secret_key": SECRET,
            "request_timeout": 5,
        }

    def put(self, bucket: str, **objects: str) -> None:
        """Make the bucket and put objects into it, behind the module's back."""
        self.server.buckets.setdefault(bucket, {}).update(
            {key.replace("_", "-"): text for key, text in objects.items()}
        )

    def be_rude(self, status: int, code: str, method: str = "") -> None:
        """Give every request this answer, or every one with this method."""
        self.server.rude, self.server.rude_to = (status, code), method

    def hide_something(self) -> None:
        """Hold what no listing shows, such as versions that a key may not list."""
        self.server.hides = True

    def snapshot(self) -> Any:
        return copy.deepcopy(self.server.buckets), self.written()

    def written(self) -> Any:
        return [call for call in self.server.journal if not call.startswith(("GET", "HEAD"))]

    def kept(self) -> Any:
        return self.snapshot()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

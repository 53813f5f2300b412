# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The port to S3 on the wire: what it sends, and what it makes of answers that are late, broken or rude."""

from __future__ import annotations

import base64
import hashlib
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import Failure
from ansible_collections.manuela.event_streaming.plugins.module_utils._s3 import S3
from ansible_collections.manuela.event_streaming.plugins.module_utils._s3_client import Endpoint
from ansible_collections.manuela.event_streaming.plugins.module_utils._s3_listing import Item
from ansible_collections.manuela.event_streaming.plugins.module_utils._s3_patience import Patience
from ansible_collections.manuela.event_streaming.tests.unit.plugins.module_utils.s3.conftest import FakeClock

pytestmark = pytest.mark.slow

pytest.importorskip("botocore")
SECRET = "s3cr3t/with+signs"
LISTING = b"""<?xml version="1.0"?><ListBucketResult><IsTruncated>false</IsTruncated><Contents>
<Key>manuela-Wed%20Jul%2029%2014%3A36.txt</Key><Size>3</Size><LastModified>2020-07-29T14:36:38Z</LastModified>
</Contents><EncodingType>url</EncodingType></ListBucketResult>"""
NOTHING = b'<?xml version="1.0"?><DeleteResult></DeleteResult>'


def error(code, message="words"):
    return f'<?xml version="1.0"?><Error><Code>{code}</Code><Message>{message}</Message></Error>'.encode()


class Handler(BaseHTTPRequestHandler):
    """Gives the answers of the script, in order; the last one again and again."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *args):
        pass

    def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.server.seen.append((self.command, self.path, dict(self.headers), body))
        script = self.server.script
        status, data, *headers = script.pop(0) if len(script) > 1 else script[0]
        if status == "reset":
            self.close_connection = True
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
            self.connection.close()
            return
        if status == "silence":
            self.server.stopped.wait(20)
            self.close_connection = True
            return
        length = len(data)
        self.send_response_only(200 if status == "truncated" else status)
        self.send_header("Content-Length", str(length))
        self.send_header("Date", "Wed, 29 Jul 2020 14:36:40 GMT")
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data[:100] if status == "truncated" else data)
        if status == "truncated":
            self.close_connection = True

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = answer


@pytest.fixture
def server(monkeypatch):
    for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_SESSION_TOKEN", "AWS_CA_BUNDLE",
                 "AWS_CONFIG_FILE", "AWS_DEFAULT_REGION"):  # fmt: skip
        monkeypatch.setenv(name, "http://127.0.0.1:9/decoy")  # none of them may lead anywhere
    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    httpd.daemon_threads = True
    httpd.seen, httpd.script, httpd.stopped = [], [], threading.Event()
    threading.Thread(target=httpd.serve_forever, daemon=True).start()
    yield httpd
    httpd.stopped.set()
    httpd.shutdown()
    httpd.server_close()


def store(server, clock=None, **options):
    params = {"endpoint_url": f"http://127.0.0.1:{server.server_port}", "access_key": "KEY", "secret_key": SECRET,
              "request_timeout": 5, **options}  # fmt: skip
    return S3(Endpoint.of(params), Patience(clock or FakeClock()))


def raised(call, *args):
    with pytest.raises(Failure) as caught:
        result = call(*args)
        list(result or ())
    assert SECRET not in str(caught.value.as_result())
    assert "\n" not in caught.value.msg
    return caught.value


def test_keys_with_blanks_and_colons_and_the_stores_clock(server):
    server.script = [(200, LISTING)]
    s3 = store(server)
    assert list(s3.pages("lake", "objects")) == [[Item("manuela-Wed Jul 29 14:36.txt", 3, 1596033398.0)]]
    assert s3.time == 1596033400.0
    assert server.seen[0][1].startswith("/lake?")  # the bucket behind the host: no wildcard DNS is needed


def test_batch_deletes_carry_the_digest_that_every_store_knows(server):
    server.script = [(200, NOTHING)]
    assert store(server).delete("lake", [Item("a b:c"), Item("d", version="v1")]) == []
    _method, _path, headers, body = server.seen[0]
    assert headers["Content-MD5"] == base64.b64encode(hashlib.md5(body).digest()).decode()
    assert not [name for name in headers if name.lower().startswith(("x-amz-checksum", "x-amz-sdk-checksum"))]
    assert b"<VersionId>v1</VersionId>" in body


def test_errors_inside_a_good_answer_are_found(server):
    server.script = [(200, b'<DeleteResult><Error><Key>b</Key><Code>SlowDown</Code><Message>m</Message></Error>'
                           b"<Error><Key>c</Key><Code>NoSuchKey</Code></Error></DeleteResult>")]  # fmt: skip
    refused = store(server).delete("lake", [Item("a"), Item("b"), Item("c")])
    assert [(item.key, said.code, said.transient) for item, said in refused] == [("b", "SlowDown", True)]


@pytest.mark.parametrize("trouble", [(503, error("SlowDown")), (500, error("InternalError")), (429, b""),
                                     ("reset", b""), ("truncated", LISTING)])  # fmt: skip
def test_trouble_on_the_wire_is_tried_again(server, trouble):
    server.script = [trouble, (200, LISTING)]
    s3 = store(server)
    assert len(next(s3.pages("lake", "objects"))) == 1
    assert (len(server.seen), s3.again) == (2, 1)


@pytest.mark.parametrize("trouble", [(503, error("SlowDown")), ("reset", b"")])
def test_trouble_that_does_not_end_is_unreachable(server, trouble):
    server.script = [trouble]
    failure = raised(store(server).pages, "lake", "objects")
    assert (failure.code, failure.retryable) == ("unreachable", True)
    assert len(server.seen) == 4


def test_a_store_that_does_not_answer_is_unreachable_in_time(server):
    server.script = [("silence", b"")]
    failure = raised(store(server, request_timeout=0.2).pages, "lake", "objects")
    assert failure.code == "unreachable"


@pytest.mark.parametrize(("status", "code", "expected"), [
    (403, "InvalidAccessKeyId", "unauthorized"), (403, "SignatureDoesNotMatch", "unauthorized"),
    (403, "AccessDenied", "unauthorized"), (403, "RequestTimeTooSkewed", "unauthorized"),
    (301, "PermanentRedirect", "invalid_option"), (400, "InvalidBucketName", "invalid_option"),
    (404, "NoSuchKey", "not_found"), (409, "BucketAlreadyExists", "refused"), (418, "Teapot", "failed"),
])  # fmt: skip
def test_refusals_are_not_tried_again_and_have_a_code(server, status, code, expected):
    server.script = [(status, error(code))]
    failure = raised(store(server).create, "lake")
    assert (failure.code, failure.retryable) == (expected, False)
    assert code in failure.msg
    assert len(server.seen) == 1


@pytest.mark.parametrize(("status", "code"), [(403, "SignatureDoesNotMatch"), (301, "PermanentRedirect")])
def test_a_refused_look_is_explained_although_head_has_no_words(server, status, code):
    server.script = [(status, b""), (status, error(code))]
    assert code in raised(store(server).exists, "lake").msg


def test_our_own_bucket_may_exist_already(server):
    server.script = [(409, error("BucketAlreadyOwnedByYou"))]
    assert store(server).create("lake") is None


def test_a_missing_bucket_is_missing(server):
    server.script = [(404, b""), (404, error("NoSuchBucket"))]
    assert store(server).exists("lake") is False


def test_what_is_no_store_is_said(server):
    for page in (b"<html><body>Welcome to nginx!", b"<html><body>Welcome!</body></html>", b'{"json": true}', b""):
        server.script = [(200, page)]
        assert "no S3 store" in raised(store(server).pages, "lake", "objects").msg


def test_stores_without_versions_or_uploads_are_fine(server):
    server.script = [(501, error("NotImplemented"))]
    assert store(server).versioned("lake") is False
    assert list(store(server).pages("lake", "uploads")) == []


def test_an_endpoint_without_scheme_is_https_and_the_error_says_so(server):
    failure = raised(store(server, endpoint_url=f"127.0.0.1:{server.server_port}").exists, "lake")
    assert failure.code == "unreachable"
    assert "https was assumed" in failure.msg
    assert "http://" in failure.msg


@pytest.mark.parametrize(("url", "words"), [("http://127.0.0.1:9", "refused"), ("http://no-such-host.invalid", "DNS")])
def test_where_nobody_answers_the_cause_is_named(server, url, words):
    failure = raised(store(server, endpoint_url=url).exists, "lake")
    assert failure.code == "unreachable"
    assert words in failure.msg


@pytest.mark.parametrize("options", [{"access_key": None}, {"secret_key": ""}, {"endpoint_url": "ftp://x"},
                                     {"endpoint_url": "http://user:pw@x"}, {"endpoint_url": "http://x:99999"},
                                     {"endpoint_url": "http://[::1"}, {"endpoint_url": "http://x?y"},
                                     {"region": "eu west"}, {"request_timeout": float("nan")},
                                     {"ca_cert": "/no/such.pem"}, {"ca_cert": __file__}])  # fmt: skip
def test_options_that_cannot_work_are_refused(server, options):
    assert raised(lambda: store(server, **options)).code == "invalid_option"


@pytest.mark.parametrize("url", ["http://user:hunter2@x", "http://user:hunter2@[::1"])
def test_the_password_of_a_url_that_is_refused_for_it_is_not_shown(server, url):
    failure = raised(lambda: store(server, endpoint_url=url))
    assert "hunter2" not in str(failure.as_result()) and "hunter2" in failure.secrets


@pytest.mark.parametrize("name", ["access_key", "secret_key", "session_token"])
def test_a_key_with_a_line_break_is_refused_without_being_shown(server, name):
    failure = raised(lambda: store(server, **{name: "hunter2\n"}))
    assert failure.code == "invalid_option" and failure.msg.startswith(name)
    assert "hunter2" not in str(failure.as_result())


def test_reads_no_more_than_asked(server):
    server.script = [(200, b"0123456789")]
    assert store(server).read("lake", "k", 4) == (b"0123", 10)


VERSIONS = b"""<ListVersionsResult><IsTruncated>false</IsTruncated>
<Version><Key>a</Key><VersionId>v1</VersionId><Size>3</Size><LastModified>2020-07-29T14:36:38Z</LastModified></Version>
<DeleteMarker><Key>b</Key><VersionId>v2</VersionId><LastModified>2020-07-29T14:36:38Z</LastModified></DeleteMarker>
</ListVersionsResult>"""
UPLOADS = b"""<ListMultipartUploadsResult><IsTruncated>false</IsTruncated>
<Upload><Key>c</Key><UploadId>u1</UploadId></Upload>
</ListMultipartUploadsResult>"""


def test_versions_markers_and_uploads_are_listed_with_what_identifies_them(server):
    server.script = [(200, VERSIONS)]
    found = [(item.key, item.version, item.size) for item in next(store(server).pages("lake", "versions"))]
    assert found == [("a", "v1", 3), ("b", "v2", 0)]
    server.script = [(200, UPLOADS)]
    assert [(item.key, item.upload) for item in next(store(server).pages("lake", "uploads"))] == [("c", "u1")]


def test_the_next_page_begins_where_the_last_one_ended(server):
    token = b"<NextContinuationToken>t</NextContinuationToken><EncodingType>"
    more = LISTING.replace(b"false", b"true").replace(b"<EncodingType>", token)
    server.script = [(200, more), (200, LISTING)]
    assert len(list(store(server).pages("lake", "objects", after="k"))) == 2
    first, second = (path for _method, path, _headers, _body in server.seen)
    assert "start-after=k" in first
    assert "continuation-token=t" in second and "start-after" not in second


@pytest.mark.parametrize(("item", "query"), [
    (Item("a b"), ""), (Item("a b", version="v1"), "versionId=v1"), (Item("a b", upload="u1"), "uploadId=u1"),
])  # fmt: skip
def test_one_object_version_or_upload_is_deleted_and_may_be_gone_already(server, item, query):
    server.script = [(204, b""), (404, error("NoSuchUpload" if item.upload else "NoSuchKey"))]
    for _time in range(2):
        store(server).delete_one("lake", item)
    method, path, _headers, _body = server.seen[0]
    assert (method, path.split("?")[0]) == ("DELETE", "/lake/a%20b")
    assert query in path


def test_a_refused_delete_names_the_key(server):
    server.script = [(403, error("AccessDenied"))]
    failure = raised(store(server).delete_one, "lake", Item("a b"))
    assert failure.code == "unauthorized" and "'a b'" in failure.msg


def test_a_bucket_that_is_gone_already_is_removed(server):
    server.script = [(404, error("NoSuchBucket"))]
    store(server).remove("lake")
    server.script = [(409, error("BucketNotEmpty"))]
    assert raised(store(server).remove, "lake").code == "conflict"


def test_a_bucket_that_keeps_versions_is_known(server):
    server.script = [(200, b"<VersioningConfiguration><Status>Suspended</Status></VersioningConfiguration>")]
    assert store(server).versioned("lake") is True  # it kept them once

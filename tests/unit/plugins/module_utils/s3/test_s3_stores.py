# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What real stores do otherwise than the first one: each answer here is one that a store was seen to give."""

from __future__ import annotations

import threading
from http.server import ThreadingHTTPServer

import pytest
from ansible_collections.manuela.event_streaming.plugins.module_utils._s3 import S3
from ansible_collections.manuela.event_streaming.plugins.module_utils._s3_client import Endpoint
from ansible_collections.manuela.event_streaming.plugins.module_utils._s3_listing import Item
from ansible_collections.manuela.event_streaming.plugins.module_utils._s3_object_info import ObjectInfo, Wanted
from ansible_collections.manuela.event_streaming.plugins.module_utils._s3_patience import Patience
from ansible_collections.manuela.event_streaming.tests.unit.plugins.module_utils.s3.test_s3_wire import (
    LISTING,
    NOTHING,
    SECRET,
    Handler,
    error,
    raised,
    server,
    store,
)
from ansible_collections.manuela.event_streaming.tests.unit.plugins.module_utils.wire import Rude, context_for, says

pytestmark = pytest.mark.slow

pytest.importorskip("botocore")
__all__ = ("server",)  # a fixture
MORE = LISTING.replace(b"false", b"true")


def keys_of(pages):
    return [item.key for page in pages for item in page]


def test_a_store_without_a_list_of_uploads_answers_that_there_is_no_such_upload(server):
    server.script = [(404, error("NoSuchUpload"))]
    assert list(store(server).pages("lake", "uploads")) == []


def test_a_store_that_knows_only_the_first_way_of_listing_is_read_to_its_end(server):
    last = LISTING.replace(b"manuela", b"zebra")
    server.script = [(200, MORE), (200, MORE.replace(b"manuela", b"nuts")), (200, last)]
    assert len(keys_of(store(server).pages("lake", "objects"))) == 3
    first, second, third = (path for _method, path, _headers, _body in server.seen)
    assert "list-type=2" in first and "list-type" not in second
    assert "marker=manuela-Wed" in second and "marker=nuts-Wed" in third


def test_a_listing_that_does_not_say_whether_there_is_more_ends(server):
    server.script = [(200, LISTING.replace(b"<IsTruncated>false</IsTruncated>", b""))]
    assert len(keys_of(store(server).pages("lake", "objects"))) == 1
    server.script = [(200, b"<ListBucketResult><Name>lake</Name></ListBucketResult>")]
    assert keys_of(store(server).pages("lake", "objects")) == []


@pytest.mark.parametrize("page", [
    MORE, b"<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>",
    MORE.replace(b"<EncodingType>", b"<NextContinuationToken>t</NextContinuationToken><EncodingType>"),
])  # fmt: skip
def test_a_listing_that_goes_round_in_circles_ends_in_words(server, page):
    server.script = [(200, page)]
    failure = raised(store(server).pages, "lake", "objects")
    assert failure.code == "failed" and "there is more" in failure.msg
    assert len(server.seen) <= 3


@pytest.mark.parametrize(("page", "kind"), [
    (LISTING.replace(b"Key>", b"Name>").replace(b"EncodingType", b"Other"), "objects"),
    (b"<ListVersionsResult><Name>lake</Name><Version><Key>a</Key></Version></ListVersionsResult>", "versions"),
    (b"<ListMultipartUploadsResult><Upload><Key>a</Key></Upload></ListMultipartUploadsResult>", "uploads"),
])  # fmt: skip
def test_what_is_listed_without_a_name_is_said_and_not_taken_for_something_else(server, page, kind):
    server.script = [(200, page)]
    failure = raised(store(server).pages, "lake", kind)
    assert failure.code == "failed" and "lists something without its" in failure.msg


def test_a_name_that_was_not_asked_for_is_never_deleted(server):
    server.script = [(200, b"<DeleteResult><Error><Key>invoice</Key><Code>InternalError</Code></Error></DeleteResult>")]
    refused = store(server).delete("lake", [Item("a%20b"), Item("c")])
    assert [item.key for item, _said in refused] == ["a%20b", "c"]


def test_a_key_that_no_document_may_hold_is_left_for_a_request_of_its_own(server):
    server.script = [(200, NOTHING)]
    refused = store(server).delete("lake", [Item("a"), Item("ctl\x01"), Item("nl\n&<")])
    assert [item.key for item, _said in refused] == ["ctl\x01"]
    assert b"<Key>a</Key>" in server.seen[0][3] and b"ctl" not in server.seen[0][3]
    assert store(server).delete("lake", [Item("ctl\x01")])
    assert len(server.seen) == 1


RETENTION = (("x-amz-object-lock-mode", "COMPLIANCE"),
             ("x-amz-object-lock-retain-until-date", "2030-01-02T03:04:05Z"))  # fmt: skip


@pytest.mark.parametrize(("headers", "words"), [
    (RETENTION, "COMPLIANCE retention until 2030-01-02T03:04:05Z"),
    ((("x-amz-object-lock-legal-hold", "ON"),), "a legal hold"),
])  # fmt: skip
@pytest.mark.parametrize("refusal", [(403, "AccessDenied"), (400, "InvalidRequest")], ids=["most", "MinIO"])
def test_the_lock_of_a_version_is_named_where_the_store_says_less(server, headers, words, refusal):
    server.script = [(refusal[0], error(refusal[1])), (200, b"", *headers)]
    failure = raised(store(server).delete_one, "lake", Item("a b", version="v1"))
    assert (failure.code, failure.retryable) == ("refused", False)
    assert f"locked by {words}" in failure.msg
    assert server.seen[1][:2] == ("HEAD", "/lake/a%20b?versionId=v1")


def test_a_version_without_a_lock_may_not_be_deleted_for_want_of_a_right(server):
    server.script = [(403, error("AccessDenied")), (200, b"")]
    assert raised(store(server).delete_one, "lake", Item("a", version="v1")).code == "unauthorized"


@pytest.mark.parametrize(("looked", "gone"), [(404, True), (200, False), (405, False), (403, False)])
def test_a_version_that_another_run_deletes_at_the_same_time_is_gone_or_tried_again(server, looked, gone):
    """versitygw refuses a version that is not there any more, and one that it just moves, in the same words."""
    server.script = [(400, error("InvalidArgument", "Invalid version id specified")), (looked, b"")]
    item = Item("a", version="v1")
    if gone:
        assert store(server).delete_one("lake", item) is None
        return
    failure = raised(store(server).delete_one, "lake", item)
    assert failure.retryable and "Invalid version id specified" in failure.msg


def test_a_key_that_versitygw_does_not_know_is_named(server):
    server.script = [(404, b""), (404, error("XAdminUserNotFound"))]
    failure = raised(store(server).exists, "lake")
    assert failure.code == "unauthorized" and "does not know the access key" in failure.msg


@pytest.mark.parametrize(("answer", "known"), [((403, error("AccessDenied")), None), ((501, b""), False)])
def test_whether_a_bucket_keeps_versions_is_not_known_where_the_key_may_not_ask(server, answer, known):
    server.script = [answer]
    assert store(server).versioned("lake") is known


def test_a_store_that_wants_its_region_named_gets_it(server):
    server.script = [(400, error("IllegalLocationConstraintException")), (200, b"")]
    store(server, region="eu-test-1").create("lake")
    assert server.seen[0][3] == b""
    assert b"<LocationConstraint>eu-test-1</LocationConstraint>" in server.seen[1][3]
    server.script = [(400, error("IllegalLocationConstraintException"))]
    assert raised(store(server).create, "lake").code == "invalid_option"


@pytest.mark.parametrize("name", ["a b", "", "a/b"])
def test_what_is_no_name_of_a_bucket_is_said_in_few_words(server, name):
    failure = raised(store(server).exists, name)
    assert failure.code == "invalid_option" and "lower-case" in failure.msg
    assert len(failure.msg) < 250
    assert server.seen == []


def test_the_token_of_temporary_keys_is_sent_and_signed(server):
    server.script = [(200, LISTING)]
    keys_of(store(server, session_token="t0ken").pages("lake", "objects"))
    headers = server.seen[0][2]
    assert headers["X-Amz-Security-Token"] == "t0ken"
    assert "x-amz-security-token" in headers["Authorization"]


def test_a_store_is_asked_again_when_it_said_it_would_be_back(server, clock):
    server.script = [(503, error("SlowDown"), ("Retry-After", "7")), (429, b""), (200, LISTING)]
    assert keys_of(store(server, clock).pages("lake", "objects"))
    assert clock.pauses == [7, 1]


def test_a_store_that_is_just_starting_is_waited_for(clock):
    late = ThreadingHTTPServer(("127.0.0.1", 0), Handler, bind_and_activate=False)
    late.seen, late.script, late.daemon_threads = [], [(200, LISTING)], True
    late.server_bind()

    def start():
        late.server_activate()
        threading.Thread(target=late.serve_forever, args=(0.01,), daemon=True).start()

    clock.during = start
    assert keys_of(store(late, clock).pages("lake", "objects"))
    assert len(clock.pauses) == 1
    late.shutdown()
    late.server_close()


def test_a_certificate_that_does_not_do_is_not_tried_again(server, clock, tmp_path):
    context, trust = context_for(tmp_path, "elsewhere.example.com", days=30)
    other = Rude(says("200 OK", LISTING), context=context)
    try:
        url = f"https://127.0.0.1:{other.port}"
        failure = raised(store(server, clock, endpoint_url=url, ca_cert=trust).pages, "lake", "objects")
    finally:
        other.close()
    assert (failure.code, clock.pauses) == ("unreachable", [])


def test_a_document_that_is_cut_off_is_asked_for_again(server, clock):
    server.script = [(200, LISTING[:100]), (200, LISTING)]
    assert len(keys_of(store(server, clock).pages("lake", "objects"))) == 1
    assert len(clock.pauses) == 1


def test_a_body_that_breaks_off_is_read_again(server):
    server.script = [("truncated", b"x" * 200), (200, b"x" * 200)]
    assert store(server).read("lake", "k", 500) == (b"x" * 200, 200)
    server.script = [("truncated", b"x" * 200)]
    assert raised(store(server).read, "lake", "k", 500).code == "unreachable"


def test_a_wait_ends_at_its_deadline_and_not_after_every_attempt(server, clock):
    """The first request may outlast the deadline, no other one begins behind it."""
    server.script = [(503, error("SlowDown"))]
    endpoint = {"endpoint_url": f"http://127.0.0.1:{server.server_port}", "access_key": "K", "secret_key": SECRET}
    busy = S3(Endpoint.of(endpoint), Patience(clock, until=clock.now() + 1))
    wanted = Wanted("lake", wait_for="objects")
    failure = raised(lambda: ObjectInfo(busy, wanted, clock).run(wait=True, timeout=1, interval=1))
    assert failure.code == "unreachable"
    assert sum(clock.pauses) < 1
    assert len(server.seen) == 2

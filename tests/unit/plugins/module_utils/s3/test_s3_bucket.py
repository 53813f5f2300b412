# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""s3_bucket makes a bucket present, empty or absent, and deletes nothing that it was not told to."""

from __future__ import annotations

import tracemalloc
from dataclasses import replace

import pytest
from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import Failure
from ansible_collections.manuela.event_streaming.plugins.module_utils._plan import converge
from ansible_collections.manuela.event_streaming.plugins.module_utils._s3_bucket import Bucket, Desired, execute
from ansible_collections.manuela.event_streaming.plugins.module_utils._s3_emptying import THREADS, Emptying
from ansible_collections.manuela.event_streaming.plugins.module_utils._s3_errors import no_answer
from ansible_collections.manuela.event_streaming.plugins.module_utils._s3_listing import Item

LAKE = "manuela-data-lake"


def run(store, clock, check=False, **options):
    desired = Desired(LAKE, **{"state": "empty", "prefixes": ("manuela-",), **options})
    bucket = Bucket(store, desired, clock, "http://store", predict=check)
    result = converge(bucket, check_mode=check)
    if options.get("state", "empty") == "empty" and not check:
        bucket.stays_empty()
    return replace(result, warnings=bucket.warnings)


def fill(store, count, prefix="manuela-temperature-"):
    for number in range(count):
        store.put(LAKE, f"{prefix}Wed Jul 29 14:36:38 UTC 2020 {number:05}.txt", 10)


@pytest.mark.parametrize("state", ["present", "empty"])
def test_creates_a_missing_bucket_once(store, clock, state):
    assert run(store, clock, state=state).changed
    second = run(store, clock, state=state)
    assert not second.changed
    assert store.writes == ["create"]
    assert (second.state["exists"], second.state["objects"]) == (True, 0)


def test_a_bucket_of_somebody_else_is_not_ours(store, clock):
    store.script["create"] = ["BucketAlreadyExists"]
    with pytest.raises(Failure) as caught:
        run(store, clock, state="present")
    assert caught.value.code == "refused"
    assert "somebody else" in caught.value.msg


@pytest.mark.parametrize(("error", "code"), [("AccessDenied", "unauthorized"), ("PermanentRedirect", "invalid_option"),
                                             ("InvalidAccessKeyId", "unauthorized")])  # fmt: skip
def test_a_refusal_does_not_count_as_existing_or_missing(store, clock, error, code):
    store.script["exists"] = [error]
    with pytest.raises(Failure) as caught:
        run(store, clock, state="present")
    assert caught.value.code == code
    assert store.writes == []


def test_present_leaves_the_objects_alone_and_counts_them(store, clock):
    fill(store, 1234)
    result = run(store, clock, state="present")
    assert (result.changed, result.state["objects"]) == (False, 1234)
    fill(store, 10_000)
    assert run(store, clock, state="present").state["objects"] is None


def test_empties_in_batches_and_ends_by_looking_again(store, clock):
    fill(store, 2500)
    result = run(store, clock)
    assert store.buckets[LAKE] == {}
    assert (result.changed, result.state["deleted"], result.state["bytes_deleted"]) == (True, 2500, 25_000)
    assert result.state["observed_empty"] is True
    assert max(store.batches) <= 1000
    assert store.calls[-1] == "pages"
    again = run(store, clock)
    assert (again.changed, again.state["observed_empty"]) == (False, True)


def test_check_mode_predicts_and_writes_nothing(store, clock):
    fill(store, 30)
    predicted = run(store, clock, check=True)
    assert store.writes == []
    done = run(store, clock)
    assert (predicted.changed, predicted.before, predicted.after) == (done.changed, done.before, done.after)
    assert (predicted.state["deleted"], done.state["deleted"]) == (30, 30)
    assert set(predicted.state) == set(done.state)


@pytest.mark.parametrize("state", ["empty", "absent"])
@pytest.mark.parametrize("foreign", ["invoices-2026.pdf", "manuela", "zebra", "Manuela-1"])
def test_a_foreign_key_protects_the_whole_bucket(store, clock, state, foreign):
    fill(store, 5)
    store.put(LAKE, foreign)
    with pytest.raises(Failure) as caught:
        run(store, clock, state=state)
    assert caught.value.code == "refused"
    assert repr(foreign) in caught.value.msg
    assert len(store.buckets[LAKE]) == 6
    assert store.writes == []
    assert run(store, clock, state=state, all_keys=True).changed


def test_without_prefixes_nothing_is_deleted_unless_all_keys(store, clock):
    fill(store, 1)
    with pytest.raises(Failure, match="none are given"):
        run(store, clock, prefixes=())
    assert run(store, clock, prefixes=(), all_keys=True).state["deleted"] == 1


def test_the_guard_takes_a_few_requests_in_a_large_bucket(store, clock):
    fill(store, 5000)
    fill(store, 5000, "manuela-vibration-")
    store.put(LAKE, "zebra")
    with pytest.raises(Failure):
        run(store, clock, prefixes=("manuela-temperature-", "manuela-vibration-"))
    assert len(store.calls) < 20


def test_prefixes_inside_one_another_delete_once(store, clock):
    fill(store, 10)
    assert run(store, clock, prefixes=("manuela-", "manuela-temperature-")).state["deleted"] == 10


def test_versions_markers_and_uploads_go_too(store, clock):
    store.keeps_versions.add(LAKE)
    for version in ("1", "2", "marker"):
        store.put(LAKE, "manuela-a", version=version)
    store.uploads[LAKE] = [Item("manuela-b", upload="u1"), Item("manuela-b", upload="u2")]
    assert run(store, clock, check=True).state["deleted"] == 5
    assert run(store, clock).state["deleted"] == 5
    assert store.buckets[LAKE] == {}
    assert store.uploads[LAKE] == []


def test_an_upload_alone_is_not_empty(store, clock):
    store.put(LAKE, "x")
    store.buckets[LAKE].clear()
    store.uploads[LAKE] = [Item("manuela-b", upload="u1")]
    assert run(store, clock).changed


@pytest.mark.parametrize("quirk", ["starts_anywhere", "ends_early"])
def test_a_foreign_upload_is_found_wherever_the_store_begins_its_listing(store, clock, quirk):
    """One store takes no key marker, and one that does leaves uploads out behind it."""
    setattr(store, quirk, {"uploads"})
    store.put(LAKE, "manuela-a")
    store.uploads[LAKE] = [Item("manuela-b", upload="u1"), Item("other", upload="u2")]
    with pytest.raises(Failure, match="'other'"):
        run(store, clock)
    assert store.writes == []
    store.uploads[LAKE].pop()
    assert run(store, clock).state["deleted"] == 2


def test_a_store_that_begins_every_listing_at_the_first_key_is_read_to_its_end(store, clock):
    store.starts_anywhere = {"objects"}
    fill(store, 30)
    assert run(store, clock, check=True).state["deleted"] == 30
    store.put(LAKE, "zebra")
    with pytest.raises(Failure, match="'zebra'"):
        run(store, clock)


def test_a_foreign_key_that_comes_late_is_kept_and_what_was_deleted_is_said(store, clock):
    fill(store, 5)
    store.script["delete"] = [lambda *_: store.put(LAKE, "zebra")]
    with pytest.raises(Failure) as caught:
        run(store, clock)
    assert caught.value.code == "refused"
    assert "5 object(s) with those prefixes were deleted" in caught.value.msg
    assert "nothing" not in caught.value.msg
    assert [key for key, _version in store.buckets[LAKE]] == ["zebra"]


@pytest.mark.parametrize("option", [{"prefixes": ["manuela-", ""]}, {"quiet_seconds": -1}, {"request_timeout": 0}])
def test_an_option_that_would_guard_nothing_or_can_not_be_is_refused(option, clock):
    params = {"name": LAKE, "state": "empty", "prefixes": [], "all_keys": False, "quiet_seconds": 0,
              "access_key": "K", "secret_key": "S", "endpoint_url": "http://127.0.0.1:9", **option}  # fmt: skip
    with pytest.raises(Failure) as caught:
        execute(params, False, clock)
    assert caught.value.code == "invalid_option"
    assert next(iter(option)) in caught.value.msg


def test_keys_that_a_batch_refuses_are_tried_again_one_by_one(store, clock):
    fill(store, 300)
    keys = [key for key, _version in store.buckets[LAKE]]
    store.refused = {keys[3]: ["SlowDown", "SlowDown"], keys[200]: ["InternalError"]}
    assert run(store, clock).state["deleted"] == 300
    assert store.buckets[LAKE] == {}
    assert clock.pauses


def test_a_key_that_may_not_be_deleted_is_named(store, clock):
    fill(store, 3)
    key = next(iter(store.buckets[LAKE]))[0]
    store.refused = {key: ["AccessDenied"] * 20}
    with pytest.raises(Failure) as caught:
        run(store, clock)
    assert caught.value.code == "unauthorized"
    assert (caught.value.details["key"], caught.value.details["deleted"]) == (key, 2)
    assert "2 object(s) were deleted before" in caught.value.msg


def test_a_key_that_is_busy_for_too_long_is_unreachable(store, clock):
    fill(store, 3)
    key = next(iter(store.buckets[LAKE]))[0]
    store.refused = {key: ["SlowDown"] * 50}
    with pytest.raises(Failure) as caught:
        run(store, clock)
    assert (caught.value.code, caught.value.retryable) == ("unreachable", True)
    assert run_after(store, clock)


def run_after(store, clock):
    store.refused = {}
    return run(store, clock).changed


@pytest.mark.parametrize("code", ["NotImplemented", "MalformedXML", "MethodNotAllowed", "MissingContentMD5"])
def test_a_store_without_batches_gets_single_deletes(store, clock, code):
    fill(store, 40)
    store.script["delete"] = [code] * 100
    assert run(store, clock).state["deleted"] == 40
    assert store.calls.count("delete_one") == 40


def test_a_store_of_files_is_asked_for_a_directory_after_what_is_in_it(store, clock):
    for key in ("manuela-d/", "manuela-d/e/", "manuela-d/e/f", "manuela-d/g"):
        store.put(LAKE, key)

    def only_when_empty(bucket, item):
        if any(key != item.key and key.startswith(item.key) for key, _version in store.buckets[LAKE]):
            raise no_answer("delete", "InternalError", "not empty", "http://store", https_assumed=False)

    store.script = {"delete": ["NotImplemented"], "delete_one": [only_when_empty] * 100}
    assert run(store, clock).state["deleted"] == 4
    assert clock.pauses == []


def test_a_batch_that_takes_too_long_is_tried_in_halves(store, clock):
    fill(store, 1000)
    slow = no_answer("delete", "ReadTimeoutError", "Read timed out", "http://store", https_assumed=False)

    def too_large(bucket, items):
        if len(items) > 300:
            raise slow

    store.script["delete"] = [too_large] * 100
    assert run(store, clock).state["deleted"] == 1000
    assert set(store.batches) == {250}


def test_absent_empties_and_deletes_the_bucket(store, clock):
    fill(store, 5)
    result = run(store, clock, state="absent")
    assert (result.changed, result.state["exists"], result.state["deleted"]) == (True, False, 5)
    assert store.buckets == {}
    assert not run(store, clock, state="absent").changed


def test_what_arrives_while_it_is_emptied_is_deleted_too(store, clock):
    fill(store, 5)
    store.script["delete"] = [lambda *_: store.put(LAKE, "manuela-late")]
    assert run(store, clock).state["deleted"] == 6


def test_a_writer_that_is_still_on_is_said(store, clock):
    fill(store, 5)
    late = iter(range(100))
    store.script["delete"] = [lambda *_: store.put(LAKE, f"manuela-late-{next(late)}")] * 9
    with pytest.raises(Failure) as caught:
        run(store, clock)
    assert caught.value.code == "not_converged"
    store.script.clear()


@pytest.mark.parametrize("state", ["empty", "absent"])
@pytest.mark.parametrize(("key", "words"), [("manuela-1", "says that it deletes it, and does not"),
                                            ("manuela-\ufffd", "a character that XML cannot hold")])  # fmt: skip
def test_a_store_that_keeps_what_it_says_that_it_deletes_is_no_writer(store, clock, state, key, words):
    """versitygw shows U+FFFD for a control character in a key, and takes the deletion of that other key."""
    fill(store, 5, "manuela-0")
    store.put(LAKE, key)
    store.undeletable = {key}
    with pytest.raises(Failure) as caught:
        run(store, clock, state=state)
    assert (caught.value.code, caught.value.retryable, caught.value.details["key"]) == ("not_converged", False, key)
    assert words in caught.value.msg and "writes" not in caught.value.msg
    assert [name for name, _version in store.buckets[LAKE]] == [key]


def test_a_bucket_that_was_written_to_while_it_was_emptied_is_deleted_at_the_second_attempt(store, clock):
    fill(store, 5)
    store.script["remove"] = [lambda *_: store.put(LAKE, "manuela-late")]
    assert run(store, clock, state="absent").state["exists"] is False
    assert store.buckets == {}
    store.put(LAKE, "manuela-1")
    store.script["remove"] = [lambda *_: store.put(LAKE, "zebra")]
    with pytest.raises(Failure, match="'zebra', which begins with none of the prefixes"):
        run(store, clock, state="absent")
    assert [key for key, _version in store.buckets[LAKE]] == ["zebra"]


@pytest.mark.parametrize("check", [True, False])
def test_a_bucket_whose_versions_may_not_be_seen_is_not_said_to_be_empty(store, clock, check):
    fill(store, 5)
    store.blind = {LAKE}
    result = run(store, clock, check=check)
    assert (result.changed, result.state["deleted"]) == (True, 5)
    assert result.state["observed_empty"] is (False if check else None)
    assert "may hold older versions" in result.warnings[0] and "s3:GetBucketVersioning" in result.warnings[0]
    store.buckets[LAKE].clear()
    gone = run(store, clock, state="absent")
    assert (gone.state["exists"], gone.warnings) == (False, ())


def test_what_was_asked_again_is_told(store, clock):
    fill(store, 3)
    assert run(store, clock, state="present").state["attempts"] == 1
    store.refused = {next(iter(store.buckets[LAKE]))[0]: ["SlowDown", "SlowDown"]}
    store.again = 2  # of the store's own
    assert run(store, clock).state["attempts"] == 5


def test_looks_again_after_the_quiet_time(store, clock):
    fill(store, 5)
    assert run(store, clock, quiet_seconds=10).changed
    assert clock.pauses == [10]
    clock.during = lambda: store.put(LAKE, "manuela-refilled")
    with pytest.raises(Failure) as caught:
        run(store, clock, quiet_seconds=10)
    assert caught.value.code == "not_converged"
    assert "manuela-refilled" in caught.value.msg


class Endless:
    """A store with a million keys that are made page by page."""

    def __init__(self, count):
        self.count = count
        self.deleted = 0

    def pages(self, bucket, kind, prefix=""):
        for start in range(0, self.count if kind == "objects" else 0, 1000):
            yield [Item(f"manuela-{start + number:08}", 1) for number in range(1000)]

    def delete(self, bucket, items):
        self.deleted += len(items)
        return []


def test_memory_stays_flat_with_a_million_keys(clock):
    def peak(count):
        tracemalloc.start()
        emptying = Emptying(Endless(count), LAKE, clock)
        emptying.run(("objects", "uploads"), ("manuela-",))
        assert emptying.deleted == count
        _now, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    small, large = peak(32_000), peak(64_000)
    assert large < small * 1.5
    assert large < THREADS * 2 * 1000 * 1000


def test_a_million_keys_without_measuring(clock):
    emptying = Emptying(Endless(1_000_000), LAKE, clock)
    emptying.run(("objects",), ("manuela-",))
    assert (emptying.deleted, emptying.bytes_deleted) == (1_000_000, 1_000_000)


def test_the_first_error_stops_the_work(store, clock):
    fill(store, 60_000)
    store.script["delete"] = ["AccessDenied"]
    with pytest.raises(Failure):
        run(store, clock)
    assert len(store.buckets[LAKE]) > 10_000

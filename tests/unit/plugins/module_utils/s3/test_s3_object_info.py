# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""s3_object_info counts, lists, reads and waits."""

from __future__ import annotations

import gzip

import pytest
from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import Failure
from ansible_collections.manuela.event_streaming.plugins.module_utils._s3_object_info import ObjectInfo, Wanted, execute

LAKE = "manuela-data-lake"
KEY = "manuela-temperature-Wed Jul 29 14:36:38 UTC 2020.txt"


def run(store, clock, wait=False, **options):
    return ObjectInfo(store, Wanted(LAKE, **options), clock).run(wait=wait, timeout=60, interval=5)


def test_a_missing_bucket_is_said(store, clock):
    state = run(store, clock).state
    assert (state["exists"], state["count"], state["newest"], state["content"]) == (False, 0, None, None)
    assert "does not exist" in state["progress"]


def test_counts_everything_and_lists_the_newest_first(store, clock):
    for number in range(50):
        store.put(LAKE, f"manuela-{number:02}", 10, 1000.0 + number * 7 % 50)
    store.put(LAKE, "other", 5, 9999)
    state = run(store, clock, prefixes=("manuela-",), limit=3).state
    assert (state["count"], state["bytes"]) == (50, 500)
    assert [row["key"] for row in state["objects"]] == ["manuela-07", "manuela-14", "manuela-21"]
    assert state["newest"] == state["objects"][0]
    assert run(store, clock, limit=0).state["objects"] == []


def test_prefixes_inside_one_another_count_once(store, clock):
    store.put(LAKE, "manuela-a")
    assert run(store, clock, prefixes=("manuela-", "manuela-a", "manuela-")).state["count"] == 1


def test_times_are_iso_and_ages_come_from_the_stores_clock(store, clock):
    store.put(LAKE, KEY, 10, 1596033398.0)
    store.time = 1596033400.0
    assert run(store, clock).state["newest"] == {
        "key": KEY, "size": 10, "last_modified": "2020-07-29T14:36:38Z", "age_seconds": 2}  # fmt: skip


def test_reads_the_newest_object_within_bounds(store, clock):
    store.put(LAKE, "old", 1, 1)
    store.put(LAKE, KEY, 1, 2)
    store.contents[KEY] = "Zähler,1\nZähler,2\n".encode()
    content = run(store, clock, read="newest").state["content"]
    assert content == {"key": KEY, "text": "Zähler,1\nZähler,2\n", "bytes": 20, "truncated": False}
    cut = run(store, clock, read="newest", max_read_bytes=2).state["content"]
    assert (cut["text"], cut["bytes"], cut["truncated"]) == ("Z\ufffd", 20, True)


def test_an_object_in_gzips_format_is_shown_unpacked_within_the_same_bounds(store, clock):
    store.put(LAKE, "lines.gz")
    packed = gzip.compress("Zähler,1\n".encode() * 5000)
    store.contents["lines.gz"] = packed
    content = run(store, clock, read="newest").state["content"]
    assert (content["text"], content["truncated"]) == ("Zähler,1\n" * 5000, False)
    assert content["bytes"] == len(packed)
    part = run(store, clock, read="newest", max_read_bytes=len(packed)).state["content"]
    assert (len(part["text"].encode()), part["truncated"]) == (len(packed), True)
    assert part["text"].startswith("Zähler,1\n")
    store.contents["lines.gz"] = gzip.compress(b"first\n") + gzip.compress(b"second\n")
    assert run(store, clock, read="newest").state["content"]["text"] == "first\nsecond\n"
    store.contents["lines.gz"] = b"\x1f\x8b only looks like it"
    assert "only looks like it" in run(store, clock, read="newest").state["content"]["text"]


def test_reads_a_named_object_or_says_that_it_is_missing(store, clock):
    store.put(LAKE, "a")
    store.contents["b c:d"] = b"x"
    assert run(store, clock, read="key", key="b c:d").state["content"]["text"] == "x"
    with pytest.raises(Failure) as caught:
        run(store, clock, read="key", key="nowhere")
    assert caught.value.code == "not_found"


def test_waits_for_new_objects(store, clock):
    store.put(LAKE, "old", 1, 100)
    arrivals = iter([None, ("new-1", 1000.0), ("new-2", 1001.0)])

    def arrive():
        one = next(arrivals)
        if one:
            store.put(LAKE, one[0], 1, one[1])

    clock.during = arrive
    result = run(store, clock, wait=True, wait_for="objects", min_count=2, modified_after=1000.0)
    assert result.changed is False
    assert (result.state["met"], result.state["count"]) == (True, 3)
    assert "2 new" in result.state["progress"]
    assert clock.pauses == [5, 5, 5]
    assert result.state["attempts"] == 4
    store.again = 2  # requests that were sent again
    assert run(store, clock).state["attempts"] == 3


def test_a_wait_that_ends_says_what_was_seen_last(store, clock):
    store.put(LAKE, "old", 1, 100)
    with pytest.raises(Failure) as caught:
        run(store, clock, wait=True, wait_for="objects", modified_after=1000.0)
    assert caught.value.code == "timeout"
    assert "1 new object(s)" in caught.value.msg
    assert caught.value.details["last_seen"]["count"] == 1


def test_without_waiting_an_unmet_condition_is_no_failure(store, clock):
    store.put(LAKE, "old", 1, 100)
    assert run(store, clock, wait_for="objects", min_count=5).state["met"] is False


def test_a_refusal_ends_the_wait_at_once(store, clock):
    store.put(LAKE, "old")
    store.script["pages"] = [None, "AccessDenied"]
    with pytest.raises(Failure) as caught:
        run(store, clock, wait=True, wait_for="objects", min_count=5)
    assert caught.value.code == "unauthorized"


@pytest.mark.parametrize(("option", "words"), [({"wait": True}, "wait needs"), ({"key": "a"}, "Give read: key")])
def test_an_option_that_would_be_passed_over_is_refused(option, words, clock):
    params = {"max_read_bytes": 1, "limit": 1, "min_count": 1, "wait": False, "wait_for": "none", "key": None}
    with pytest.raises(Failure, match=words) as caught:
        execute({**params, "read": "newest", **option}, False, clock)
    assert caught.value.code == "invalid_option"


@pytest.mark.parametrize("option", ["max_read_bytes", "limit", "min_count"])
def test_less_than_nothing_is_no_number_of_objects_or_bytes(option, clock):
    params = {"name": LAKE, "prefix": [], "max_read_bytes": 1, "limit": 1, "min_count": 1, option: -1}
    with pytest.raises(Failure) as caught:
        execute(params, False, clock)
    assert (caught.value.code, caught.value.msg.split(":")[0]) == ("invalid_option", option)

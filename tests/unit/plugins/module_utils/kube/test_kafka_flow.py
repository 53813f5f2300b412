# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What readings of a topic say of it when the topic itself goes, comes back, or loses a leader."""

from __future__ import annotations

from ansible_collections.manuela.event_streaming.plugins.module_utils._kafka_topic.flow import (
    Observation,
    Reading,
    Record,
    topic_of,
)


def seen(*ends, leaderless=(), records=()):
    """What was seen when the ends of topic ``t`` were read once a second."""
    readings = tuple(Reading(1000.0 + second, {"t": end} if end else {}) for second, end in enumerate(ends))
    observation = Observation(readings, {"t": {0: 0, 1: 0}}, tuple(records), leaderless={"t": tuple(leaderless)})
    return topic_of("t", observation, max_age=30, sample=5)


def young(offset):
    return Record("t", 0, offset, 1_000_000, None, "v")


def test_a_topic_made_anew_flows_by_its_own_records_only():
    topic = seen({0: 500}, {0: 502}, {0: 3}, {0: 5}, records=[young(4)])
    assert (topic.flowing, topic.rate_per_second, topic.records) == (True, 2.0, 5)


def test_offsets_that_fell_are_not_growth_and_tell_no_rate():
    topic = seen({0: 500}, {0: 502}, {0: 3}, records=[young(2)])
    assert (topic.flowing, topic.rate_per_second) == (False, None)


def test_a_topic_that_was_deleted_while_we_looked_is_absent():
    assert not seen({0: 500}, {}).exists


def test_a_partition_that_gets_its_leader_back_is_no_growth():
    topic = seen({0: 10}, {0: 10, 1: 900}, records=[young(9)])
    assert (topic.flowing, topic.records) == (False, 910)


def test_a_record_of_the_topic_that_had_this_name_before_is_none_of_this_one():
    topic = seen({0: 500}, {0: 0}, records=[young(499)])
    assert (topic.sample, topic.newest_age_seconds) == ((), None)


def test_offsets_that_cannot_be_known_are_null():
    told = seen({0: 10}, {0: 10}, leaderless=[1]).as_result()["partitions"]
    assert told[1] == {"partition": 1, "beginning_offset": None, "end_offset": None}


def test_none_and_the_word_null_that_the_tools_print_for_it_have_one_digest():
    assert Record("t", 0, 1, 5, None, None).digest == Record("t", 0, 1, 5, "null", "null").digest
    assert Record("t", 0, 1, 5, None, "").digest != Record("t", 0, 1, 5, None, None).digest

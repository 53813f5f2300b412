# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every record in the mirror: counted, at least once, in order, and never taken for there by its offset."""

from __future__ import annotations

import pytest
from ansible_collections.manuela.event_streaming.plugins.plugin_utils.delivered import delivered


def windows(*partitions):
    return [{"partition": number, "digests": list(text)} for number, text in enumerate(partitions)]


@pytest.mark.parametrize(
    ("sent", "received", "missing", "duplicates", "in_order"),
    [
        pytest.param("abc", "abc", 0, 0, True, id="all of them"),
        pytest.param("bcd", "abcdef", 0, 0, True, id="among others"),
        pytest.param("abcd", "abcbcd", 0, 2, True, id="sent again from an earlier place"),
        pytest.param("abc", "ac", 1, 0, True, id="one is missing"),
        pytest.param("abc", "acb", 0, 0, False, id="the order is another"),
        pytest.param("aa", "a", 1, 0, True, id="two equal records, of which one arrived"),
        pytest.param("aaab", "b", 3, 0, True, id="none of three equal records arrived"),
        pytest.param("abbbc", "abc", 2, 0, True, id="one of three equal records arrived"),
        pytest.param("abbbc", "acb", 2, 0, False, id="one of three arrived late"),
        pytest.param("aab", "aab", 0, 0, True, id="two equal records are no duplicates"),
        pytest.param("abc", "", 3, 0, True, id="nothing arrived"),
        pytest.param("", "abc", 0, 0, True, id="nothing was produced"),
    ],
)
def test_what_arrived_is_counted(sent, received, missing, duplicates, in_order):
    answer = delivered(windows(sent), windows(received))
    assert (answer["missing"], answer["duplicates"], answer["in_order"]) == (missing, duplicates, in_order)
    assert answer["arrived"] == answer["produced"] - missing == len(sent) - missing


def test_a_record_counts_in_its_own_partition_only():
    answer = delivered(windows("ab", "cd"), windows("ab", "ab"))
    assert (answer["arrived"], answer["missing"]) == (2, 2)
    assert [(part["partition"], part["missing"]) for part in answer["partitions"]] == [(0, 0), (1, 2)]


def test_windows_of_one_partition_are_read_on():
    answer = delivered(windows("abcd"), [*windows("ab"), *windows("cd")])
    assert answer["missing"] == 0 and answer["in_order"]

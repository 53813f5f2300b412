# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a parsed file says of itself: lines, and whether two places mean the same."""

from __future__ import annotations

import pytest
from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import Failure
from ansible_collections.manuela.event_streaming.plugins.module_utils._yaml_text import flat, read


def meaning(text):
    return flat(read(text.encode(), "m.yaml").documents[0])


def test_places_that_mean_the_same_are_flat_alike_wherever_they_stand():
    assert meaning("a: [1, {b: c}]") == meaning("\n# moved\na:   [1,   {b: c}]\n")


@pytest.mark.parametrize(
    "other", ["a: [1, {b: d}]", "a: ['1', {b: c}]", "a: [1, {b: c}, 2]", "a: [&x 1, {b: c}]", "a: [1, [b, c]]", "b: 1"]
)
def test_places_that_differ_in_anything_are_not(other):
    assert meaning("a: [1, {b: c}]") != meaning(other)


def test_lines_are_counted_from_one_also_when_the_first_is_empty():
    source = read(b"\na: 1\nb: 2", "m.yaml")
    assert [source.line(index) for index in (0, 1, 5, 6)] == [1, 2, 2, 3]
    assert [source.line_span(number) for number in (1, 2, 3)] == [(0, 1), (1, 6), (6, 10)]


def test_a_file_may_nest_as_deep_as_is_said_and_no_deeper():
    assert read(b"- " * 200 + b"1", "m.yaml").documents
    with pytest.raises(Failure, match="m.yaml nests deeper than 200 levels"):
        read(b"- " * 201 + b"1", "m.yaml")

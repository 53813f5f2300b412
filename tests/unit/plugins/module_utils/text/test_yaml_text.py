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


def test_a_byte_order_mark_is_no_part_of_the_text_and_stays_in_the_file():
    source = read(b"\xef\xbb\xbfa: 1\n", "m.yaml")
    assert (source.text, source.to_bytes()) == ("a: 1\n", b"\xef\xbb\xbfa: 1\n")
    assert source.with_text("a: 2\n").to_bytes() == b"\xef\xbb\xbfa: 2\n"


@pytest.mark.parametrize(
    ("text", "why"),
    [("a: [\n", r"line 2, column 1: .*expected[^.]*"), ("a: \x01\n", r"(control|special) characters are not allowed")],
)
def test_what_is_no_yaml_is_told_with_its_place_also_when_an_edit_would_leave_it(text, why):
    with pytest.raises(Failure, match=f"^m.yaml is not YAML: {why}. Correct the file$") as caught:
        read(text.encode(), "m.yaml")
    assert caught.value.code == "corrupt_input"
    says = rf"^this edit would leave no YAML, nothing was written \(m.yaml is not YAML: {why}\). Write what stands"
    with pytest.raises(Failure, match=says + " there as a block, one line for each item$") as caught:
        read(b"a: 1\n", "m.yaml").with_text(text)
    assert caught.value.code == "refused"


def test_a_file_may_nest_as_deep_as_is_said_and_no_deeper():
    assert read(b"- " * 200 + b"1", "m.yaml").documents
    with pytest.raises(Failure, match="m.yaml nests deeper than 200 levels"):
        read(b"- " * 201 + b"1", "m.yaml")

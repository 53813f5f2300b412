# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A properties text is read as java.util.Properties reads it; what is expected here is what Java said."""

from __future__ import annotations

import pytest
from ansible_collections.manuela.event_streaming.plugins.module_utils import _manifest_value_properties as java
from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import Failure


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("a=1\nb:2\nc 3\nd\t4\ne\n", {"a": "1", "b": "2", "c": "3", "d": "4", "e": ""}),
        (" a = 1 \n\tb : 2\n\x0cc\x0c3\n", {"a": "1 ", "b": "2", "c": "3"}),
        ("a==1\nb:=2\nc = = 3\n=4\n", {"a": "=1", "b": "=2", "c": "= 3", "": "4"}),
        ("# a=1\n  ! b=2\n\n   \nc=#3\nd=!4\n", {"c": "#3", "d": "!4"}),
        ("a=1\\\n   2\\\n\t3\nb=4\n", {"a": "123", "b": "4"}),
        ("a=1\\\r\n  2\r\nb=3\r\n", {"a": "12", "b": "3"}),
        ("a=1\\\\\nb=2\\\\\\\n3\n", {"a": "1\\", "b": "2\\3"}),
        ("a=1\\\n# 2\n# c=\\\nd=3\n", {"a": "1# 2", "d": "3"}),
        ("a=1\\", {"a": "1"}),
        ("a=1\\\n2", {"a": "12"}),
        ("a=1\\\n  \u00a02 X\\\r\n Y X\r\nb=\\\n3 \n", {"a": "1\u00a02 XY X", "b": "3 "}),
        ("a=1\n\\\n\n", {"a": "1"}),
        ("k\\=1=2\nk\\:\\ 3=4\n\\#k=5\n", {"k=1": "2", "k: 3": "4", "#k": "5"}),
        ("a=\\u00fc\\t\\n\\r\\f\\q\\\\\n", {"a": "ü\t\n\r\x0cq\\"}),
        ("a=\\ud83d\\ude00\\u0041b\nü=é\n", {"a": "\U0001f600Ab", "ü": "é"}),
        ("a=\\ b\nc=d\\ \n\u00a0=1\n", {"a": " b", "c": "d ", "\u00a0": "1"}),
        ("\u00a0#k\n\u00a0\n", {"\u00a0#k": "", "\u00a0": ""}),
        ("X=X\nY=XX\r\n", {"X": "X", "Y": "XX"}),
        ("", {}),
    ],
)
def test_a_text_means_what_java_reads(text, meant):
    assert {one.key: one.value for one in java.properties(text)} == meant


def test_a_property_knows_its_lines():
    found = java.properties("# x\n\na=1\\\n  2\nb=3\n")
    assert [(one.key, one.line, one.lines) for one in found] == [("a", 2, 2), ("b", 4, 1)]
    with pytest.raises(Failure, match="x: the property 'a' goes over 2 lines. Write it on one line first") as caught:
        java.changed_line(found[0], "4", "x")
    assert caught.value.code == "refused"
    with pytest.raises(Failure, match="x holds the property 'a' twice, on its lines 2 and 3. Remove one") as caught:
        java.get("\na=1\na=2\n", "a", "x")
    assert caught.value.code == "conflict"
    assert java.get("b=1\n", "a", "x") is None


@pytest.mark.parametrize(
    ("line", "value", "changed"),
    [
        ("  a = 1", "2", "  a = 2"),
        ("a:1", "2", "a:2"),
        ("a", "2", "a=2"),
        ("a ", "2", "a 2"),
        ("a\t1", "2", "a\t2"),
        ("a\\=b=1", "2", "a\\=b=2"),
        ("a=1", "", "a="),
        ("a=1", "  b ", "a=\\  b "),
        ("a=1", "b\\c\n\t\r\x0c", "a=b\\\\c\\n\\t\\r\\f"),
        ("a=1", "é~\x7f\U0001f600", "a=\\u00e9~\\u007f\\ud83d\\ude00"),
        ("a=1", "b=c:#!", "a=b=c:#!"),
    ],
)
def test_a_line_changes_behind_its_separator(line, value, changed):
    found = java.properties(line)[0]
    assert java.changed_line(found, value, "x") == changed
    assert java.properties(changed)[0].value == value


@pytest.mark.parametrize(
    ("text", "key", "new"),
    [
        ("", "k", (0, "k=v")),
        ("# only remarks\n", "k", (0, "k=v")),
        ("a=1\n# end\n", "k", (1, "k=v")),
        ("a=1\n  b : 2\\\n  3\n\n", "k", (3, "  k : v")),
        ("a\n", "k", (1, "k=v")),
        ("a=1", "k =:#!é\\", (1, "k\\ \\=\\:\\#\\!\\u00e9\\\\=v")),
        ("", " k\\ l", (0, "\\ k\\\\\\ l=v")),
    ],
)
def test_a_new_line_is_written_like_the_last_one_and_stands_behind_it(text, key, new):
    assert java.new_line(text, key, "v") == new
    assert [one.key for one in java.properties(new[1])] == [key]


def test_half_of_a_pair_of_units_is_read_as_a_mark_that_something_is_missing():
    assert [one.value for one in java.properties("a=\\ud83d!\n")] == ["\ufffd!"]

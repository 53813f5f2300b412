# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rare places of values: what is written there, what is refused. Mutants that lived showed each."""

from __future__ import annotations

import base64
from typing import Any

import pytest
import yaml
from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import Failure
from ansible_collections.manuela.event_streaming.plugins.module_utils._manifest_value_address import Address
from ansible_collections.manuela.event_streaming.plugins.module_utils._manifest_value_edit import (
    Wanted,
    change,
    without,
)
from ansible_collections.manuela.event_streaming.plugins.module_utils._yaml_scalar import literal
from ansible_collections.manuela.event_streaming.plugins.module_utils._yaml_text import read


def wanted(way: str, value: str = "x", key: str = "", **more: Any) -> Wanted:
    return Wanted("", Address("", "", "", tuple(way.split("/"))), value, key, **more)


def changed(text: str, one: Wanted) -> str:
    return change(read(text.encode(), "m.yaml"), one).text


@pytest.mark.parametrize(
    ("text", "way", "value", "after"),
    [
        ("a: b\n", "a", "x, y", "a: x, y\n"),
        ("{a: b}\n", "a", "x, y", '{a: "x, y"}\n'),
        ("{a: ~, b: 1}\n", "a", "x, y", '{a: "x, y", b: 1}\n'),
        ("{a: , b: 1}\n", "a", "x", "{a: x, b: 1}\n"),
        ("a: ~\n", "a", "x", "a: x\n"),
        ("a:   # why\n", "a", "x", "a: x   # why\n"),
        ("a:\n- b\n-\n", "a/1", "x", "a:\n- b\n- x\n"),
        ("a: |\n  t\nb: 1\n", "a", "x\n\n", "a: |+\n  x\n\nb: 1\n"),
        ("a: |\n  t\n\nb: 1\n", "a", "x\n\n", "a: |+\n  x\n\nb: 1\n"),
        ("a: |\n  t\n", "a", "x\n  y\n\nz\n", "a: |\n  x\n    y\n\n  z\n"),
        ("a: |-  \n  t\n", "a", "x", "a: |-  \n  x\n"),
        ("a: |\n  t", "a", "x", "a: |\n  x"),
        ("a: |\n  t", "a", "x\n", "a: |\n  x\n"),
        ("a: |\r\n  t", "a", "x", "a: |\r\n  x"),
        ("a: |-\n  t", "a", "x\n", "a: |\n  x\n"),
        ("a: |\n  t\n\n", "a", "x", "a: |-\n  x\n\n"),
    ],
)
def test_a_value_is_written_as_its_place_needs_it(text, way, value, after):
    assert changed(text, wanted(way, value)) == after
    assert yaml.safe_load(after)["a"] in (value, ["b", value])


@pytest.mark.parametrize(
    ("text", "way", "value", "after"),
    [
        ("a: 1\n", "b", "x, y", "a: 1\nb: x, y\n"),
        ("a:\n  b: 1", "a/c", "x", "a:\n  b: 1\n  c: x"),
        ("z: 1\na:\n  b:\n    c:\n", "a/b/c/d", "x", "z: 1\na:\n  b:\n    c:\n      d: x\n"),
        ("a:\n- b: 1\n-\n", "a/1/c", "x", "a:\n- b: 1\n-\n    c: x\n"),
        ("a:\n  b: |+\n    t\n\nz: 1\n", "a/c", "x", "a:\n  b: |+\n    t\n\n  c: x\nz: 1\n"),
        ("a: &x 1\nb: *x\n", "c", "x", "a: &x 1\nb: *x\nc: x\n"),
        ("a: 1\n", "... b", "x", 'a: 1\n"... b": x\n'),
    ],
)
def test_a_key_is_added_behind_the_last_one(text, way, value, after):
    assert changed(text, wanted(way, value, add=True)) == after


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("a=1\r\nb=2\r\n", "a=3\r\nb=2\r\n"),
        ("b=2\r\n", "b=2\r\na=3\r\n"),
        ("b=2\r\nc=1", "b=2\r\nc=1\r\na=3"),
        ("b=2\na=1", "b=2\na=3"),
        ("c=1\r\na=1\nb=2", "c=1\r\na=3\nb=2"),
    ],
)
def test_a_line_of_encoded_properties_ends_as_the_others_do(old, new):
    one = wanted("p", "3", "a", encoding="base64", add=True)
    after = changed(f"p: {base64.b64encode(old.encode()).decode()}\n", one)
    assert base64.b64decode(yaml.safe_load(after)["p"]).decode() == new


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("p: |-\n  b=2", "p: |-\n  b=2\n  a=3"),
        ("p: |-\r\n  b=2\r\n  c=1", "p: |-\r\n  b=2\r\n  c=1\r\n  a=3"),
        ("p: |\n  a=1\n \n  c=1\n", "p: |\n  a=3\n \n  c=1\n"),
        ("p: |\r\n  a=1\r\n  c=1\r\n", "p: |\r\n  a=3\r\n  c=1\r\n"),
        ("{p: a=1}\n", "{p: a=3}\n"),
        ("{p: 'a=1'}\n", "{p: 'a=3'}\n"),
    ],
)
def test_a_line_of_a_block_ends_as_the_others_do(text, after):
    assert changed(text, wanted("p", "3", "a", add=True)) == after


def test_a_property_in_braces_gets_quotes_where_its_value_needs_them():
    assert changed("{p: a=1}\n", wanted("p", "2,3", "a")) == '{p: "a=2,3"}\n'


@pytest.mark.parametrize("written", ["<fill in>", "YW*Jj"])
def test_what_is_nearly_base64_of_the_value_is_replaced(written):
    assert changed(f"a: {written}\n", wanted("a", "abc", encoding="base64")) == "a: YWJj\n"


@pytest.mark.parametrize(
    ("text", "one", "code", "said"),
    [
        ("z: 1\np: <fill in>\n", wanted("p", key="a", encoding="base64"), "corrupt_input", "2: p is not base64 of a t"),
        ("p:\n", wanted("p", key="a"), "not_found", "there is no 'a' of p; there is nothing. Correct"),
        ("p: '# none'\n", wanted("p", key="a"), "not_found", "m.yaml, p has no property 'a'; it has nothing. Correct"),
        ("p: |\n  b=1\n  c=2\n", wanted("p", key="a"), "not_found", "it has b, c. Correct"),
        ("p: |\n  a=1\n  a=2\n", wanted("p", key="a"), "conflict", "m.yaml, p holds the property 'a' twice"),
        ("p: |\n  a=1\\\n  2\n", wanted("p", key="a"), "refused", "m.yaml, p: the property 'a' goes over 2 lines"),
        ("p: 'b=1\\'\n", wanted("p", key="a", add=True), "refused", "line 1: setting p, property a would change more"),
        ("z: 1\n? {a}\n: b\n", wanted("{a}"), "not_found", "there is no '{a}'"),
        ("{a, b: 1}\n", wanted("a"), "refused", "line 1: setting a would change more than this value"),
        ("a: ~\n", wanted("a/b", add=True), "refused", "line 1: 'b' cannot be added to a mapping in {braces} or to a"),
        ("a: |\n  t\n", wanted("a", " x"), "refused", "line 1: the new value cannot be written as a block (|), bec"),
        ("a: |\n  t\n", wanted("a", "\n x"), "refused", "the new value cannot be written as a block (|)"),
        ("a: >\n  t\n", wanted("a", "x\n y"), "refused", "the new value cannot be written as a block (>)"),
        ("a: |", wanted("a"), "refused", "line 1: an empty block has no indentation"),
    ],
)
def test_what_cannot_be_written_is_named(text, one, code, said):
    with pytest.raises(Failure) as caught:
        changed(text, one)
    assert (caught.value.code, said in caught.value.msg) == (code, True), caught.value.msg


@pytest.mark.parametrize(
    ("text", "way", "after"),
    [
        ("a: 1\nb: 2\nc: 3\n", "b", "a: 1\nc: 3\n"),
        ("a:\n  b: 1\n  c: 2  # why\n# end\n", "a/c", "a:\n  b: 1\n# end\n"),
        ("a: |\n  t\n  u\nb: |\n  v\nc: 1\n", "b", "a: |\n  t\n  u\nc: 1\n"),
        ("---\n---\na: 1\nb: 2", "b", "---\n---\na: 1\n"),
        ("a: 1\n", "z", "a: 1\n"),
        ("a: {b: 1, c: 2}\n", "a/b", None),
        ("a:\n  b: 1\n", "a/b", None),
        ("z: 1\na: {\n  b: 1}\n", "a/b", None),
    ],
)
def test_the_lines_of_a_key_are_taken_out_or_nothing_is(text, way, after):
    source, one = read(text.encode(), "m.yaml"), wanted(way)
    if after is not None:
        assert without(source, one).text == after
        return
    with pytest.raises(
        Failure, match=f"^m.yaml, line {text[: text.index('b: 1')].count(chr(10)) + 1}: a.b does not stand"
    ) as caught:
        without(source, one)
    assert caught.value.code == "refused"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a,b", "a,b"),
        ("a: b", '"a: b"'),
        ("---", '"---"'),
        ("...", '"..."'),
        ("a\x85b", '"a\\u0085b"'),
        ("\U0001f600", "\U0001f600"),
    ],
)
def test_a_text_is_written_in_the_shortest_way_that_misleads_nobody(text, written):
    assert literal(text) == written

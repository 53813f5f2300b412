# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever a manifest looks like: one value changes, reads back as asked, and every other byte stays."""

from __future__ import annotations

import base64
from typing import Any

import yaml
from ansible_collections.manuela.event_streaming.plugins.module_utils import _manifest_value_properties as java
from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import Failure
from ansible_collections.manuela.event_streaming.plugins.module_utils._manifest_value_address import Address
from ansible_collections.manuela.event_streaming.plugins.module_utils._manifest_value_edit import (
    Wanted,
    change,
    current,
)
from ansible_collections.manuela.event_streaming.plugins.module_utils._yaml_scalar import literal
from ansible_collections.manuela.event_streaming.plugins.module_utils._yaml_text import Source, read
from hypothesis import example, given, settings
from hypothesis import strategies as st

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
TEXTS = st.one_of(
    st.sampled_from(
        ["on", "1", "1e3", "0o7", "null", "~", "-", "- a", "a: b", "a #b", "#", "'", '"', "%x", "@", "10.0.0.1", "y",
         "2020-01-01", "=", "<<", "?", ": x", "a:", "[", "{}", "&a", "*a", "!a", "|", ">", " lead", "trail ", "---",
         "...", "tcp://host:61616", "1:30", ".5", "0x1F", "\ufeff", "\u2028", "\x85", "\U0001f600", "a\tb", "a\nb\n"]
    ),
    st.text(max_size=20),
)  # fmt: skip
PLAIN = st.text("abcXYZ019-./:_", min_size=1, max_size=12)
KEYS = st.sampled_from(["host", "a.b", "tls.crt", "ключ", "with blank", "0"])
STYLES = ("plain", "single", "double", "literal", "folded", "base64")

BLOCKS = ("literal", "folded")


@st.composite
def manifests(draw: Any) -> tuple[bytes, str, str]:
    """Return a file with several documents, the key of the value to change, and how that value is written."""
    key, style = draw(KEYS), draw(st.sampled_from(STYLES))
    old = draw(PLAIN.filter(lambda text: literal(text) == text))
    indent = " " * draw(st.sampled_from([2, 4]))
    written = {
        "plain": old,
        "single": f"'{old}'",
        "double": f'"{old}"',
        "literal": f"|\n{indent * 2}{old}\n\n{indent * 2}  #- {old}",
        "folded": f">-\n{indent * 2}{old}\n{indent * 2}{old}",
        "base64": base64.b64encode(old.encode()).decode(),
    }[style]
    tail = draw(st.sampled_from(["", "   ", "  # why"])) if style not in BLOCKS else ""
    siblings = [f"{indent}other: |", f"{indent}  #- {old}", f"{indent}  host: {old}"]
    lines = ["kind: ConfigMap", "metadata: {name: b}", "data:", f'{indent}"{key}": {written}{tail}']
    lines[3:3] = draw(st.sampled_from([[], siblings, [f"{indent}# {key}: {old}"], [f"{indent}hosts: {old}"]]))
    lines += draw(st.sampled_from([[], ["# end"], [f"{indent}last: x"], ["spec: [a, {b: c}]"]]))
    others = draw(
        st.sampled_from(["", "kind: ConfigMap\nmetadata: {name: a}\ndata: &d {host: x}\n---\n", "# head\n---\n"])
    )
    text = others + "\n".join(lines) + draw(st.sampled_from(["\n", "", "\n\n---\nkind: Other\n"]))
    if draw(st.booleans()):
        text = text.replace("\n", "\r\n")
    return (("\ufeff" if draw(st.booleans()) else "") + text).encode(), key, style


def _wanted(key: str, style: str, value: str) -> Wanted:
    encoding: Any = "base64" if style == "base64" else "plain"
    return Wanted("", Address("ConfigMap", "b", "", ("data", key)), value, encoding=encoding)


def _changed(source: Source, wanted: Wanted) -> Source | None:
    try:
        return change(source, wanted)
    except Failure as failure:
        if failure.code != "refused":
            raise
        return None


def _meaning(data: bytes, key: str) -> tuple[Any, Any]:
    """Return the value and all the rest, read by PyYAML's own constructor."""
    documents = list(yaml.load_all(data.decode("utf-8-sig"), Loader=LOADER))
    there = next(one for one in documents if one and one.get("metadata", {}).get("name") == "b")
    return there["data"].pop(key), documents


@settings(max_examples=200, deadline=None)
@given(manifests(), TEXTS)
def test_the_value_reads_back_and_nothing_else_changes(file: tuple[bytes, str, str], value: str) -> None:
    data, key, style = file
    after = _changed(read(data, "m.yaml"), _wanted(key, style, value))
    if after is None:
        assert style in BLOCKS
        return
    found, rest = _meaning(after.to_bytes(), key)
    assert (base64.b64decode(found).decode() if style == "base64" else found) == value
    assert rest == _meaning(data, key)[1]


@settings(max_examples=100, deadline=None)
@given(manifests(), PLAIN.filter(lambda text: literal(text) == text))
def test_the_old_value_gives_the_old_bytes(file: tuple[bytes, str, str], value: str) -> None:
    data, key, style = file
    source = read(data, "m.yaml")
    old = current(source, _wanted(key, style, ""))
    new = value + "\n  more\n" if style == "literal" else f"{value}\n{value}" if style == "folded" else value
    assert old is not None
    there = change(source, _wanted(key, style, new))
    back = change(there, _wanted(key, style, old))
    if style not in BLOCKS:
        assert back.to_bytes() == data
    else:  # blank lines inside a block lose their blanks, and its chomping indicator may be written out
        assert _meaning(back.to_bytes(), key) == _meaning(data, key)


@settings(max_examples=200, deadline=None)
@given(TEXTS)
@example("0b1")
@example("1_000")
@example("12:30:45")
@example(":0")
@example("0?")
def test_a_text_is_written_so_that_it_stays_a_text(value: str) -> None:
    assert yaml.safe_load(f"- {literal(value)}\n") == [value]
    assert yaml.safe_load(f"{{a: {literal(value, in_flow=True)}}}") == {"a": value}


PROPERTY_LINES = (
    "# remark",
    "! remark",
    "",
    "   ",
    "other=1",
    "other : 1",
    "  s3.accessKey: abc",
    "cont=a\\",
    "  b",
    "x",
)
PROPERTY_KEYS = st.sampled_from(["s3.bucket", "a b", "k:1", "ü", "x=y"])


@st.composite
def properties_files(draw: Any) -> tuple[str, str]:
    key = draw(PROPERTY_KEYS)
    line = java.new_line("", key, draw(TEXTS))[1].replace("=", draw(st.sampled_from(["=", " = ", ": "])), 1)
    lines = draw(st.lists(st.sampled_from(PROPERTY_LINES), max_size=4))
    lines.insert(draw(st.integers(0, len(lines))), draw(st.sampled_from(["", "  "])) + line)
    return draw(st.sampled_from(["\n", "\r\n"])).join([*lines, ""]), key


@settings(max_examples=150, deadline=None)
@given(properties_files(), TEXTS.filter(lambda text: "\x0c" not in text))
def test_one_property_of_a_text_changes(file: tuple[str, str], value: str) -> None:
    text, key = file
    try:
        found = java.get(text, key, "x")
    except Failure:
        return
    if found is None or found.lines > 1:
        return
    lines = text.split("\n")
    ending = "\r" if lines[found.line].endswith("\r") else ""
    lines[found.line] = java.changed_line(found, value, "x") + ending
    before = {one.key: one.value for one in java.properties(text)}
    after = {one.key: one.value for one in java.properties("\n".join(lines))}
    assert after == {**before, key: value}


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(PROPERTY_LINES[:7]), max_size=5), PLAIN, st.booleans(), st.booleans())
def test_a_property_of_a_block_changes_one_line_of_the_file(
    lines: list[str], value: str, crlf: bool, end: bool
) -> None:
    block = "".join(f"    {line}\n" for line in [*lines, "s3.bucket=old", "", "  "])
    text = f"kind: ConfigMap\ndata:\n  application.properties: |\n    first=1\n{block}" + ("  z: 1\n" if end else "")
    text = text.replace("\n", "\r\n") if crlf else text
    wanted = Wanted("", Address("", "", "", ("data", "application.properties")), value, "s3.bucket")
    after = change(read(text.encode(), "m"), wanted)
    assert after.text == text.replace("s3.bucket=old", f"s3.bucket={value}")

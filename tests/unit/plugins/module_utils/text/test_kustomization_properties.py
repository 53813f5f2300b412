# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever a kustomization looks like: an edit changes one entry, and its inverse gives the same bytes."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import Failure
from ansible_collections.manuela.event_streaming.plugins.module_utils._kustomization_edit import Wanted, find, switch
from ansible_collections.manuela.event_streaming.plugins.module_utils._kustomization_text import (
    FIELDS,
    active_entries,
    root_of,
)
from ansible_collections.manuela.event_streaming.plugins.module_utils._yaml_text import Source, read
from hypothesis import given, settings
from hypothesis import strategies as st

pytestmark = pytest.mark.slow

ENTRIES = (
    "../base",
    "../base-kafka",
    "../../my-base",
    "base",
    "kafka.yaml",
    "sub/kafka.yaml",
    "github.com/org/repo//base?ref=main",
    "a b.yaml",
    "ä.yaml",
)
ODD_LINES = (
    "# a remark",
    "#",
    "",
    "    # far to the right",
    "  ",
    "#- ../base",
    "# - ../base-kafka",
    "  #-   kafka.yaml  # with a remark",
    "#- see ../base for more",
    "##- ../base",
    "# resources:",
    "#- path: kafka.yaml",
    "#  target:",
    "#    kind: Kafka",
    "\t# after a tab",
)
BLOCK = "patch: |-\n{0}  - op: add\n{0}  #- ../base\n{0}  # resources:\n{0}  - kafka.yaml\n"
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
PATH_FIELDS = ("resources", "bases", "components", "patchesStrategicMerge", "crds", "generators", "transformers")


def _written(entry: str, style: str) -> str:
    quoted = {"'": f"'{entry}'", '"': f'"{entry}"'}.get(style, entry)
    return f'"{entry}"' if " " in entry else quoted


@st.composite
def _lists(draw: Any, field: str) -> str:
    indent = " " * draw(st.sampled_from([0, 2, 3]))
    lines = [f"{field}:" + draw(st.sampled_from(["", "  # why", " "]))]
    for entry in draw(st.lists(st.sampled_from(ENTRIES), min_size=1, max_size=4)):
        lines += draw(st.lists(st.sampled_from(ODD_LINES), max_size=2))
        gap = draw(st.sampled_from([" ", "   "]))
        tail = draw(st.sampled_from(["", "  ", " # trailing", " #trailing - ../base"]))
        lines.append(f"{indent}-{gap}{_written(entry, draw(st.sampled_from(['', chr(39), chr(34)])))}{tail}")
    return "\n".join([*lines, *draw(st.lists(st.sampled_from(ODD_LINES), max_size=2))]) + "\n"


@st.composite
def _patches(draw: Any) -> str:
    indent = " " * draw(st.sampled_from([0, 2]))
    parts = ["patches:\n"]
    for entry in draw(st.lists(st.sampled_from(ENTRIES[3:6]), min_size=1, max_size=3)):
        item = f"{indent}- path: {entry}\n"
        if draw(st.booleans()):
            item += f"{indent}  target:\n{indent}    kind: Kafka\n"
        if draw(st.booleans()):
            item += f"{indent}- " + BLOCK.format(indent + "  ")
        parts.append(item)
    return "".join(parts)


@st.composite
def kustomizations(draw: Any) -> bytes:
    """Return the bytes of a kustomization; some do not parse, because an odd line hit a bad place."""
    fields = draw(st.lists(st.sampled_from(PATH_FIELDS), min_size=1, max_size=3, unique=True))
    parts = [draw(_lists(field)) for field in fields]
    if draw(st.booleans()):
        parts.append(draw(_patches()))
    if draw(st.booleans()):
        parts.append("images:\n- name: ../base\n  newTag: '1'\n")
    parts = draw(st.permutations(parts))
    text = draw(st.sampled_from(["", "---\n", "# head\nkind: Kustomization\n", "namespace: x\n\n"])) + "".join(parts)
    if draw(st.booleans()):
        text = text.rstrip("\n")
    if draw(st.booleans()):
        text = text.replace("\n", "\r\n")
    return (("\ufeff" if draw(st.booleans()) else "") + text).encode()


def _parsed(data: bytes) -> dict[str, Any]:
    """Read with PyYAML's own constructor: independent of the code under test."""
    return {key: value or [] for key, value in yaml.load(data.decode("utf-8-sig"), Loader=LOADER).items()}


def _source(data: bytes) -> Source | None:
    try:
        source = read(data, "kustomization.yaml")
        root_of(source)
    except Failure:
        return None
    return source


def _tried(source: Source, wanted: Wanted, *allowed: str) -> Source | None:
    try:
        return switch(source, wanted)
    except Failure as failure:
        if failure.code not in allowed:
            raise
        return None


@settings(max_examples=150, deadline=None)
@given(kustomizations())
def test_disabling_and_enabling_gives_the_same_bytes(data: bytes) -> None:
    source = _source(data)
    for place in active_entries(source, root_of(source)) if source else ():
        wanted = {"path": "", "entry": place.value, "field": place.field}
        off = _tried(source, Wanted(**wanted, state="disabled"), "conflict", "refused")
        if off is None:
            continue
        assert off.to_bytes().replace(b"#", b"") == data.replace(b"#", b"")
        before, after = _parsed(data), _parsed(off.to_bytes())
        del before[place.field][_position(before[place.field], place.value)]
        assert before == after
        assert switch(off, Wanted(**wanted, state="present")).to_bytes() == data


@settings(max_examples=150, deadline=None)
@given(kustomizations(), st.sampled_from(ENTRIES), st.sampled_from(["exact", "suffix"]))
def test_enabling_adds_exactly_the_entry(data: bytes, entry: str, match: Any) -> None:
    source = _source(data)
    on = source and _tried(source, Wanted("", entry, "present", match), "conflict", "refused", "not_found")
    if source is None or on is None:
        return
    there = find(source, Wanted("", entry, "present", match))
    assert (on is source) == (there.state == "present")
    if on is not source:
        place = there.place
        assert place is not None
        before, after = _parsed(data), _parsed(on.to_bytes())
        del after[place.field][_position(after[place.field], place.value)]
        assert {key: value for key, value in before.items() if value} == {k: v for k, v in after.items() if v}
        off = switch(on, Wanted("", place.value, "disabled", field=place.field))
        assert switch(off, Wanted("", place.value, "present", field=place.field)).to_bytes() == on.to_bytes()


@settings(max_examples=100, deadline=None)
@given(kustomizations(), st.sampled_from(PATH_FIELDS), st.sampled_from(["new.yaml", "../x: y", "a #b", "ü/ö", "on"]))
def test_adding_and_removing_gives_the_same_bytes(data: bytes, field: str, entry: str) -> None:
    source = _source(data)
    more = source and _tried(source, Wanted("", entry, "present", field=field, add=True), "refused")
    if more is None:
        return
    assert _parsed(more.to_bytes())[field][-1] == entry
    had_field = field in _parsed(data)
    less = switch(more, Wanted("", entry, "absent", field=field))
    if had_field:
        assert less.to_bytes() == data
    else:
        assert {k: v for k, v in _parsed(less.to_bytes()).items() if v} == {k: v for k, v in _parsed(data).items() if v}


def _position(items: list[Any], value: str) -> int:
    return next(
        i for i, item in enumerate(items) if item == value or (isinstance(item, dict) and item.get("path") == value)
    )


@pytest.mark.parametrize("field", FIELDS)
def test_every_list_of_paths_is_known(field: str) -> None:
    item = "- path: x.yaml\n  target: {kind: A}\n" if field in ("patches", "patchesJson6902") else "- x.yaml\n"
    source = read(f"{field}:\n{item}- y.yaml\n".encode(), "k")
    off = switch(source, Wanted("", "x.yaml", "disabled"))
    assert yaml.safe_load(off.text) == {field: ["y.yaml"]}
    assert switch(off, Wanted("", "x.yaml", "present")).text == source.text

# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Setting or removing one value of a manifest: the edit of the characters, and the proof that nothing else changed."""

from __future__ import annotations

import base64
import binascii
import dataclasses
from dataclasses import dataclass
from typing import Literal

from ansible_collections.manuela.event_streaming.plugins.module_utils import _manifest_value_properties as java
from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import Failure
from ansible_collections.manuela.event_streaming.plugins.module_utils._manifest_value_address import (
    Address,
    Spot,
    locate,
    missing_failure,
)
from ansible_collections.manuela.event_streaming.plugins.module_utils._yaml_scalar import (
    block_indent,
    literal,
    rendered,
    scalar_text,
)
from ansible_collections.manuela.event_streaming.plugins.module_utils._yaml_text import Node, Source, flat, splice


@dataclass(frozen=True, slots=True)
class Wanted:
    """One value and where it belongs.

    ``typed`` is the value as YAML would write it without quotes when it was given as a number or a truth value.
    """

    path: str
    address: Address
    value: str
    property_key: str = ""
    encoding: Literal["plain", "base64"] = "plain"
    typed: bool = False
    secret: bool = False
    add: bool = False

    @property
    def where(self) -> str:
        """The place in words, for messages."""
        return self.address.shown + (f", property {self.property_key}" if self.property_key else "")


def current(source: Source, wanted: Wanted) -> str | None:
    """Return the value that stands there, decoded; None when there is none."""
    spot = locate(source, wanted.address)
    if spot.missing is not None or spot.node.is_null:
        return None
    text = decoded(source, spot.node, wanted)
    if not wanted.property_key:
        return text
    found = java.get(text, wanted.property_key, f"{source.name}, {wanted.address.shown}")
    return found.value if found else None


def decoded(source: Source, node: Node, wanted: Wanted) -> str:
    """Return the text of the scalar, with base64 removed where it is asked for."""
    if node.kind != "scalar":
        raise Failure(
            "refused",
            f"{source.name}, line {source.line(node.start)}: {wanted.address.shown} holds a {node.kind}, not one "
            "value. Go on with key_path to one of its values",
        )
    if wanted.encoding == "plain":
        return node.value
    try:
        return base64.b64decode("".join(node.value.split()), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError) as error:
        if not wanted.property_key:
            return node.value  # no text was encoded here; whatever it is, it is replaced
        raise Failure(
            "corrupt_input",
            f"{source.name}, line {source.line(node.start)}: {wanted.address.shown} is not base64 of a text. "
            "Correct it, or use encoding=plain",
        ) from error


def change(source: Source, wanted: Wanted) -> Source:
    """Return the file with the value set; the same object when it is so already."""
    if current(source, wanted) == wanted.value:
        return source
    spot = locate(source, wanted.address)
    if spot.missing is not None:
        if not wanted.add or wanted.property_key:
            raise missing_failure(source, spot, wanted.address)
        edited = source.with_text(_with_key(source, spot, wanted))
    else:
        new = _replacement(source, spot, wanted)
        edited = source.with_text(splice(source.text, spot.node.start, spot.node.end, new))
    _prove(source, edited, spot, wanted)
    return edited


def without(source: Source, wanted: Wanted) -> Source:
    """Return the file without the lines of one key; the same object when it has none.

    :raises Failure: ``refused`` when the lines hold anything beside it.
    """
    spot = locate(source, wanted.address)
    if spot.missing is not None:
        return source
    parent, at = spot.nodes[-2], spot.indexes[-1] - 1
    begin = source.line_span(source.line(parent.children[at].start))[0]
    end = source.line_span(source.line(spot.node.last - 1))[1]  # a block scalar ends behind its last line
    pairs = parent.children[:at] + parent.children[at + 2 :]
    left = dataclasses.replace(parent, children=pairs)
    expected = [flat(root) for root in source.documents]
    expected[spot.document] = flat(_replaced(source.documents[spot.document], spot.indexes[:-1], left))
    try:
        edited = source.with_text(splice(source.text, begin, end, ""))
    except Failure:
        edited = source
    if [flat(root) for root in edited.documents] != expected:
        raise Failure(
            "refused",
            f"{source.name}, line {source.line(spot.node.start)}: {wanted.where} does not stand on lines of its own. "
            "Remove it by hand",
        )
    return edited


def _replacement(source: Source, spot: Spot, wanted: Wanted) -> str:
    node = spot.node
    in_flow = any(one.style == "flow" for one in spot.nodes[:-1])
    if node.is_null:
        if wanted.property_key:
            raise missing_failure(source, dataclasses.replace(spot, missing=wanted.property_key), wanted.address)
        lead = " " if source.text[node.start - 1] in ":-" else ""
        return lead + scalar_text(_encoded(wanted.value, wanted), typed=wanted.typed, in_flow=in_flow)
    if not wanted.property_key:
        return rendered(source, node, _encoded(wanted.value, wanted), in_flow=in_flow)
    line, count, new = _property_line(source, node, wanted)
    if node.style == "|" and wanted.encoding == "plain":
        raw = source.text[node.start : node.end]  # the header is its line 0
        return _with_line(raw, 1 + line, count, " " * block_indent(source, node) + new)
    if node.style == ">" and wanted.encoding == "plain":
        raise Failure(
            "refused",
            f"{source.name}, line {source.line(node.start)}: the text is a folded block (>), in which a line of a "
            "property cannot be changed alone. Write it as a literal block (|)",
        )
    text = _with_line(decoded(source, node, wanted), line, count, new)
    return rendered(source, node, _encoded(text, wanted), in_flow=in_flow)


def _encoded(value: str, wanted: Wanted) -> str:
    return value if wanted.encoding == "plain" else base64.b64encode(value.encode()).decode()


def _property_line(source: Source, node: Node, wanted: Wanted) -> tuple[int, int, str]:
    """Return the line of the properties text to replace, how many (0: insert there), and the new line."""
    where = f"{source.name}, {wanted.address.shown}"
    text = decoded(source, node, wanted)
    found = java.get(text, wanted.property_key, where)
    if found:
        return found.line, 1, java.changed_line(found, wanted.value, where)
    if not wanted.add:
        known = ", ".join(one.key for one in java.properties(text)) or "nothing"
        raise Failure(
            "not_found", f"{where} has no property '{wanted.property_key}'; it has {known}. Correct the property"
        )
    line, new = java.new_line(text, wanted.property_key, wanted.value)
    return line, 0, new


def _with_line(text: str, at: int, count: int, new: str) -> str:
    """Return the text with one line replaced (``count`` 1) or inserted, which ends as the others do."""
    lines = text.split("\n")
    ending = "\r" if lines[at if count else 0].endswith("\r") else ""
    if at == len(lines):  # behind a last line without a final newline
        lines[-1] += ending
        ending = ""
    lines[at : at + count] = [new + ending]
    return "\n".join(lines)


def _with_key(source: Source, spot: Spot, wanted: Wanted) -> str:
    """Return the text with a line for a new key, behind the last one of its mapping."""
    parent, eol = spot.node, "\r\n" if "\r\n" in source.text else "\n"
    if parent.style == "flow" or parent.value:
        raise Failure(
            "refused",
            f"{source.name}, line {source.line(parent.start)}: '{spot.missing}' cannot be added to a mapping in "
            "{braces} or to a written null. Write it as a block first",
        )
    beside = parent if parent.children else spot.nodes[-2].children[0]
    column = beside.start - source.line_span(source.line(beside.start))[0] + (0 if parent.children else 2)
    at = source.line_span(source.line(parent.last - 1))[1]
    value = scalar_text(_encoded(wanted.value, wanted), typed=wanted.typed, in_flow=False)
    line = f"{' ' * column}{literal(spot.missing or '')}: {value}"
    return splice(source.text, at, at, line + eol if source.text[:at].endswith("\n") else eol + line)


def _prove(before: Source, after: Source, spot: Spot, wanted: Wanted) -> None:
    """Check that the parsed documents differ by exactly this value, and that it reads back as wanted."""
    try:
        found = locate(after, wanted.address)
    except Failure as failure:
        raise Failure(
            "refused",
            f"{before.name}, line {before.line(spot.node.start)}: {wanted.where} is what the value is found by, so the "
            "next run would not find it. Select it by its number, or by another field",
        ) from failure
    expected = [flat(root) for root in before.documents]
    new = found.node
    if spot.missing is not None and found.missing is None:
        parent = found.nodes[-2]
        pairs = (*spot.node.children, parent.children[-2], new)
        new = dataclasses.replace(spot.node, kind="mapping", style="block", children=pairs)
    if len(after.documents) == len(before.documents):
        expected[spot.document] = flat(_replaced(before.documents[spot.document], spot.indexes, new))
    same = [flat(root) for root in after.documents] == expected
    if not same or current(after, wanted) != wanted.value or not _only_property(before, after, wanted):
        raise Failure(
            "refused",
            f"{before.name}, line {before.line(spot.node.start)}: setting {wanted.where} would change more than this "
            "value, nothing was written. Edit the lines around it by hand first",
        )


def _replaced(root: Node, indexes: tuple[int, ...], new: Node) -> Node:
    """Return the tree with another node at the end of the way."""
    if not indexes:
        return new
    children = list(root.children)
    children[indexes[0]] = _replaced(children[indexes[0]], indexes[1:], new)
    return dataclasses.replace(root, children=tuple(children))


def _only_property(before: Source, after: Source, wanted: Wanted) -> bool:
    if not wanted.property_key:
        return True
    old, new = (
        {
            one.key: one.value
            for one in java.properties(decoded(source, locate(source, wanted.address).node, wanted))
            if one.key != wanted.property_key
        }
        for source in (before, after)
    )
    return old == new

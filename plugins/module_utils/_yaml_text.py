# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""YAML as text: every node knows its span of characters, so an edit replaces these and leaves every other byte alone.

Nodes are built from parse events, not composed: anchors, aliases and explicit tags stay visible, nothing is expanded,
and two parses compare in linear time.
"""

from __future__ import annotations

import bisect
from dataclasses import dataclass
from typing import Any, Iterator, Literal

from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import Failure, missing_library

Kind = Literal["scalar", "sequence", "mapping", "alias"]
_DEEPEST = 200
_BOM = "\ufeff"


@dataclass(frozen=True, slots=True)
class Node:
    """One YAML node; ``start`` and ``end`` count characters of the text.

    ``children`` are the items of a sequence, or key, value, key, value … of a mapping.  ``tag`` and ``anchor`` are
    those written in the text.  A block collection's ``end`` lies behind the comments that follow it: use ``last``.
    """

    kind: Kind
    start: int
    end: int
    value: str = ""
    style: str = ""
    tag: str = ""
    anchor: str = ""
    children: tuple[Node, ...] = ()

    def pairs(self) -> Iterator[tuple[Node, Node]]:
        """Yield the keys and values of a mapping."""
        return zip(self.children[::2], self.children[1::2], strict=True)

    @property
    def last(self) -> int:
        """Where the text of this node really ends, without comments that follow it."""
        node = self
        while node.children and node.style != "flow":
            node = node.children[-1]
        return node.end

    @property
    def is_null(self) -> bool:
        """Whether nothing, ``~`` or ``null`` is written here."""
        return self.kind == "scalar" and not self.style and not self.tag and self.value in NULLS


NULLS = frozenset({"", "~", "null", "Null", "NULL"})


@dataclass(frozen=True, slots=True)
class Source:
    """A parsed file: ``name`` for messages, its text without a byte order mark, and the root of each document."""

    name: str
    text: str
    bom: bool
    documents: tuple[Node, ...]
    line_starts: tuple[int, ...]

    def line(self, index: int) -> int:
        """Return the number of the line (from 1) that holds the character ``index``."""
        return bisect.bisect_right(self.line_starts, index)

    def line_span(self, number: int) -> tuple[int, int]:
        """Return where line ``number`` starts and where it ends, its line break included."""
        starts = self.line_starts
        return starts[number - 1], starts[number] if number < len(starts) else len(self.text)

    def with_text(self, text: str) -> Source:
        """Return the same file with another text, parsed again.

        :raises Failure: ``refused`` when the edit would leave no YAML.
        """
        try:
            return _parsed(self.name, text, bom=self.bom)
        except Failure as failure:
            why = failure.msg.removesuffix(". Correct the file")
            raise Failure(
                "refused",
                f"this edit would leave no YAML, nothing was written ({why}). "
                "Write what stands there as a block, one line for each item",
            ) from failure

    def to_bytes(self) -> bytes:
        """Return what belongs into the file."""
        return ((_BOM if self.bom else "") + self.text).encode()


def read(data: bytes, name: str) -> Source:
    """Parse a file's bytes.

    :raises Failure: ``corrupt_input`` with the line, when it is no UTF-8 or no YAML.
    """
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Failure("corrupt_input", f"{name} is not UTF-8 at byte {error.start}. Save it as UTF-8") from error
    bom = text.startswith(_BOM)
    return _parsed(name, text[1:] if bom else text, bom=bom)


def splice(text: str, start: int, end: int, new: str) -> str:
    """Return ``text`` with the characters from ``start`` up to ``end`` replaced."""
    return text[:start] + new + text[end:]


def flat(node: Node) -> tuple[tuple[Any, ...], ...]:
    """Return everything that a node means, in document order, without its place: equal when two nodes are equal."""
    found: list[tuple[Any, ...]] = []
    pending = [node]
    while pending:
        one = pending.pop()
        found.append((one.kind, one.value, one.style, one.tag, one.anchor, len(one.children)))
        pending.extend(reversed(one.children))
    return tuple(found)


def lookup(source: Source, mapping: Node, key: str) -> Node | None:
    """Return the value under ``key``, None when there is none.

    :raises Failure: ``conflict`` when the key is there twice.
    """
    found = [(name, value) for name, value in mapping.pairs() if name.kind == "scalar" and name.value == key]
    if len(found) > 1:
        lines = " and ".join(str(source.line(name.start)) for name, _value in found)
        raise Failure("conflict", f"{source.name} holds the key '{key}' twice, on lines {lines}. Remove one of them")
    return found[0][1] if found else None


def load() -> Any:
    """Import PyYAML."""
    try:
        import yaml
    except ImportError as error:
        raise missing_library("PyYAML", "Reading YAML files") from error
    return yaml


def safe_loader(yaml: Any) -> Any:
    """Return PyYAML's loader of plain values: the one in C, which is much quicker, where it was built."""
    return getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _parsed(name: str, text: str, *, bom: bool) -> Source:
    yaml = load()
    try:
        documents = _build(yaml, yaml.parse(text, Loader=safe_loader(yaml)), name)
    except yaml.YAMLError as error:
        raise Failure("corrupt_input", f"{name} is not YAML: {_where(error)}. Correct the file") from error
    starts = [0]
    position = text.find("\n")
    while position >= 0:
        starts.append(position + 1)
        position = text.find("\n", position + 1)
    return Source(name, text, bom, documents, tuple(starts))


def _where(error: Any) -> str:
    mark = getattr(error, "problem_mark", None)
    place = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
    return place + str(getattr(error, "problem", None) or getattr(error, "reason", None) or "unreadable")


def _build(yaml: Any, events: Iterator[Any], name: str) -> tuple[Node, ...]:
    documents: list[Node] = []
    opened: list[tuple[Any, list[Node]]] = []
    for event in events:
        if isinstance(event, yaml.CollectionStartEvent):
            opened.append((event, []))
            if len(opened) > _DEEPEST:
                raise Failure("corrupt_input", f"{name} nests deeper than {_DEEPEST} levels. Give another file")
            continue
        node = _node(yaml, event, opened)
        if node is not None:
            (opened[-1][1] if opened else documents).append(node)
    return tuple(documents)


def _node(yaml: Any, event: Any, opened: list[tuple[Any, list[Node]]]) -> Node | None:
    start, end = event.start_mark.index, event.end_mark.index
    if isinstance(event, yaml.ScalarEvent):
        return Node("scalar", start, end, event.value, event.style or "", event.tag or "", event.anchor or "")
    if isinstance(event, yaml.AliasEvent):
        return Node("alias", start, end, event.anchor)
    if isinstance(event, yaml.CollectionEndEvent):
        first, children = opened.pop()
        kind: Kind = "mapping" if isinstance(first, yaml.MappingStartEvent) else "sequence"
        style = "flow" if first.flow_style else "block"
        return Node(kind, first.start_mark.index, end, "", style, first.tag or "", first.anchor or "", tuple(children))
    return None

# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The entries of a kustomization as they stand in its text: active, or commented out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Callable, Iterator, Literal

from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import Failure
from ansible_collections.manuela.event_streaming.plugins.module_utils._yaml_text import Node, Source, lookup, read

Match = Literal["exact", "suffix"]
Target = frozenset[tuple[str, str]]

FIELDS = (
    "resources",
    "bases",
    "components",
    "patches",
    "patchesStrategicMerge",
    "patchesJson6902",
    "configurations",
    "crds",
    "generators",
    "transformers",
    "validators",
)
_LISTS = frozenset(FIELDS)
_OTHER_FIELDS = (
    "apiVersion|kind|metadata|namespace|namePrefix|nameSuffix|images|replicas|replacements|vars|openapi|buildMetadata|"
    "helmCharts|helmGlobals|commonLabels|commonAnnotations|labels|configMapGenerator|secretGenerator|generatorOptions"
)
_COMMENTED_KEY = re.compile(rf"[ \t]*#+[ \t]*({'|'.join(FIELDS)}|{_OTHER_FIELDS})[ \t]*:[ \t]*(#.*)?\r?$", re.M)
_COMMENTED_ITEM = re.compile(r"([ \t]*)#([ \t]*)-[ \t]+(?=\S)")
_PATCH_KEYS = frozenset({"path", "target", "options", "patch"})
_COMMENT = re.compile(r"^[ \t]*#.*", re.M)
_COMMENT_OR_BLANK = re.compile(r"[ \t]*(#|\r?\n?$)")
_DASH = re.compile(r" *-[ \t]+$")
_AS_LINE = "Write the entry as one line of a block list"


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One place where an entry stands: its lines, and the column of its dash (active) or its ``#`` (commented out).

    ``value`` is the path that it names, empty for a patch that is written in place; ``target`` is what a patch is for.
    ``column`` is -1 where the text cannot be switched line by line: ``obstacle`` says why, and what to do.
    """

    field: str
    value: str
    active: bool
    first_line: int
    last_line: int
    column: int
    obstacle: str = ""
    target: Target = frozenset()

    @property
    def shown(self) -> str:
        """The entry in words, for messages."""
        target = ", ".join(f"{key}={value}" for key, value in sorted(self.target))
        return " for ".join(filter(None, (self.value or "a patch", target)))


def root_of(source: Source) -> Node:
    """Return the one mapping of a kustomization file."""
    if len(source.documents) != 1 or source.documents[0].kind != "mapping":
        raise Failure(
            "corrupt_input", f"{source.name} is no kustomization: it must hold one YAML mapping. Give the path of one"
        )
    return source.documents[0]


def matches(value: str, entry: str, match: Match) -> bool:
    """Whether ``value`` of a file is the ``entry`` asked for; a suffix begins at the start of a path segment."""
    if match == "exact":
        return value == entry
    path, wanted = value.partition("?")[0].rstrip("/"), entry.rstrip("/")
    return path == wanted or path.endswith("/" + wanted)


def occurrences(source: Source, entry: str, match: Match) -> tuple[Occurrence, ...]:
    """Return every place where ``entry`` stands, in the order of the lines; those of all entries when it is empty."""
    root = root_of(source)
    active = list(active_entries(source, root, lambda value: not entry or matches(value, entry, match)))
    commented: list[Occurrence] = []
    part = entry.rstrip("/")
    if any(part in line for line in _COMMENT.findall(source.text)):
        found = _commented(source, root, _multiline_scalars(source, root), part)
        commented = [one for one in found if not entry or matches(one.value, entry, match)]
    return tuple(sorted([*active, *commented], key=lambda one: one.first_line))


def _any(value: str) -> bool:
    return True


def active_entries(source: Source, root: Node, is_wanted: Callable[[str], bool] = _any) -> Iterator[Occurrence]:
    """Yield the entries in force of every field that lists paths."""
    for key, listed in root.pairs():
        if key.value not in _LISTS:
            continue
        lookup(source, root, key.value)  # raises when it is there twice, with both lines
        for item in listed.children if listed.kind == "sequence" else ():
            value, target = _value_of(item), _target_of(item)
            if (value or target) and is_wanted(value):
                first, last = source.line(item.start), _last_line(source, item)
                column, obstacle = _standing(source, item, listed, last)
                yield Occurrence(key.value, value, True, first, last, column, obstacle, target)


def _last_line(source: Source, item: Node) -> int:
    number, first = source.line(item.last - 1), source.line(item.start)
    while number > first and not _line(source, number).strip():  # behind a block of text
        number -= 1
    return number


def _standing(source: Source, item: Node, listed: Node, last: int) -> tuple[int, str]:
    """Return the column of an entry's dash, and what keeps it from being switched."""
    first = source.line(item.start)
    before = source.text[source.line_span(first)[0] : item.start]
    obstacle = _obstacle(item, listed, before, last - first)
    return (-1, obstacle) if obstacle else (before.index("-"), _gap(source, first, last))


def _obstacle(item: Node, listed: Node, before: str, more_lines: int) -> str:
    if listed.anchor:
        return "its list has an anchor. Write the list out at its alias"
    if listed.style == "flow":
        return f"it stands in a list in [brackets]. {_AS_LINE}"
    if not _DASH.match(before):
        return f"its dash stands on another line. {_AS_LINE}"
    if item.anchor or item.tag:
        return f"it has an anchor or a tag. {_AS_LINE}"
    return f"it goes over several lines. {_AS_LINE}" if item.kind == "scalar" and more_lines else ""


def _gap(source: Source, first: int, last: int) -> str:
    for number in range(first + 1, last + 1):
        if _COMMENT_OR_BLANK.match(_line(source, number)):
            return f"it has a blank line or a comment inside, on line {number}. Move that line away"
    return ""


def _value_of(item: Node) -> str:
    if item.kind == "scalar":
        return "" if item.is_null else item.value
    if item.kind == "mapping":
        for key, value in item.pairs():
            if key.value == "path" and value.kind == "scalar":
                return value.value
    return ""


def _target_of(item: Node) -> Target:
    """Return what a patch is for: its target, else the object that its text names; empty for all other entries."""
    parts = {key.value: value for key, value in item.pairs()} if item.kind == "mapping" else {}
    if "target" in parts:
        return _scalars(parts["target"])
    text = parts.get("patch")
    if text is None or text.kind != "scalar":
        return frozenset()
    try:
        documents = read(text.value.encode(), "").documents
    except Failure:
        return frozenset()
    root = documents[0] if len(documents) == 1 else None
    if root is None or root.kind != "mapping":
        return frozenset()
    named = [one for one in _scalars(root) if one[0] == "kind"]
    for key, value in root.pairs():
        if key.value == "metadata":
            named += [one for one in _scalars(value) if one[0] in ("name", "namespace")]
    return frozenset(named)


def _scalars(mapping: Node) -> Target:
    pairs = mapping.pairs() if mapping.kind == "mapping" else ()
    return frozenset((key.value, value.value) for key, value in pairs if value.kind == "scalar")


def _multiline_scalars(source: Source, root: Node) -> list[tuple[int, int]]:
    found, pending = [], [root]
    while pending:
        node = pending.pop()
        if node.kind == "scalar" and "\n" in source.text[node.start : node.end]:
            found.append((node.start, node.end))
        pending.extend(node.children)
    return found


def _commented(source: Source, root: Node, hidden: list[tuple[int, int]], part: str) -> Iterator[Occurrence]:
    """Yield the entries with ``part`` in them that stand in comments below a field that lists paths."""
    keys = sorted((key.start, key.value) for key, _value in root.pairs())
    for index, (start, field) in enumerate(keys):
        if field not in FIELDS:
            continue
        end = keys[index + 1][0] if index + 1 < len(keys) else len(source.text)
        last = source.line(end) - 1 if index + 1 < len(keys) else len(source.line_starts)
        foreign = False
        for number in range(source.line(start) + 1, last + 1):
            begin, stop = source.line_span(number)
            text = source.text[begin:stop]
            if not _COMMENT_OR_BLANK.match(text) or any(before < begin < after for before, after in hidden):
                foreign = False
            elif _COMMENTED_KEY.match(text):
                foreign = True
            elif not foreign and (dash := _COMMENTED_ITEM.match(text)):
                yield from _commented_item(source, field, number, last, part, dash)


def _commented_item(
    source: Source, field: str, number: int, last: int, part: str, found: re.Match[str]
) -> Iterator[Occurrence]:
    column, inner = len(found[1]), len(found[2])
    run_end = _run_end(source, number, last, column, inner)
    if part not in source.text[source.line_span(number)[0] : source.line_span(run_end)[1]]:
        return
    for end in range(run_end, number - 1, -1):
        item = _parsed_item(uncommented(source, number, end, column, 0))
        if item and (_value_of(item) or _target_of(item)):
            yield Occurrence(field, _value_of(item), False, number, end, column, "", _target_of(item))
            return


def _run_end(source: Source, number: int, last: int, column: int, inner: int) -> int:
    """Return the last line that can belong to a commented-out mapping which begins on line ``number``."""
    deeper = re.compile(rf"[ \t]{{{column}}}#[ \t]{{{inner + 2},}}[^\s#]")
    end = number
    while end < last and deeper.match(_line(source, end + 1)):
        end += 1
    return end


def _parsed_item(text: str) -> Node | None:
    try:
        parsed = read(text.encode(), "")
    except Failure:
        return None
    item = parsed.documents[0].children[0]
    if item.tag or item.anchor:
        return None
    is_prose = not item.style and " " in item.value
    if item.kind == "scalar" and (is_prose or item.end > len(parsed.text.split("\n", 1)[0])):
        return None  # prose behind a dash, or lines that do not belong together
    if item.kind == "mapping" and not _PATCH_KEYS.issuperset(key.value for key, _value in item.pairs()):
        return None
    return item


def uncommented(source: Source, first: int, last: int, column: int, wanted_column: int) -> str:
    """Return the lines of a commented-out entry as they read in force, with the dash in ``wanted_column``."""
    behind = _line(source, first)[column + 1 :]  # the comment sign stands in ``column``
    cut = column + 1 + len(behind) - len(behind.lstrip(" \t"))
    return "".join(" " * wanted_column + _line(source, number)[cut:] for number in range(first, last + 1))


def _line(source: Source, number: int) -> str:
    start, end = source.line_span(number)
    return source.text[start:end]

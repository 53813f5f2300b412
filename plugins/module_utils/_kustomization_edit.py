# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Switching one entry of a kustomization: the edit of the text, and the proof that nothing else changed."""

from __future__ import annotations

import bisect
import re
from dataclasses import dataclass
from typing import Any, Literal

from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import Failure
from ansible_collections.manuela.event_streaming.plugins.module_utils._kustomization_text import (
    FIELDS,
    Match,
    Occurrence,
    Target,
    active_entries,
    occurrences,
    root_of,
    uncommented,
)
from ansible_collections.manuela.event_streaming.plugins.module_utils._yaml_scalar import literal
from ansible_collections.manuela.event_streaming.plugins.module_utils._yaml_text import (
    Node,
    Source,
    flat,
    lookup,
    splice,
)

State = Literal["present", "disabled", "absent"]
_WRITTEN_EMPTY = re.compile(r"\[\s*\]|~|null", re.IGNORECASE)  # what may stand in the place of a list without entries


@dataclass(frozen=True, slots=True)
class Wanted:
    """One entry and the state it shall have.

    ``field`` narrows the search to one list, ``target`` to the patches for it; ``add`` allows to append the entry to
    that list when it stands nowhere.
    """

    path: str
    entry: str
    state: State
    match: Match = "exact"
    field: str = ""
    add: bool = False
    target: Target = frozenset()

    @property
    def shown(self) -> str:
        """The entry in words, for messages."""
        return self.entry or "a patch for " + ", ".join(f"{key}={value}" for key, value in sorted(self.target))


@dataclass(frozen=True, slots=True)
class Found:
    """How an entry stands in a file: its state, and the one place that the state comes from, if there is one."""

    state: State
    place: Occurrence | None


def find(source: Source, wanted: Wanted) -> Found:
    """Return how the entry stands.

    :raises Failure: ``conflict`` with the lines when it stands in several places and it is unclear which is meant.
    """
    places = [
        one
        for one in occurrences(source, wanted.entry, wanted.match)
        if (not wanted.field or one.field == wanted.field) and wanted.target <= one.target
    ]
    active = [one for one in places if one.active]
    if not places:
        return Found("absent", None)
    different = len({(one.value, one.target) for one in places}) > 1
    if different or len(active) > 1 or (len(places) > 1 and not _is_settled(active, wanted.state)):
        raise _ambiguous(source, wanted, places)
    return Found("present", active[0]) if active else Found("disabled", places[0])


def _is_settled(active: list[Occurrence], state: State) -> bool:
    return (state == "present" and bool(active)) or (state == "disabled" and not active)


def _ambiguous(source: Source, wanted: Wanted, places: list[Occurrence]) -> Failure:
    listed = ", ".join(
        f"line {one.first_line} ({'' if one.active else 'commented out, '}{one.field}): {one.shown}" for one in places
    )
    return Failure(
        "conflict",
        f"{source.name}: it is not clear which entry '{wanted.shown}' means: {listed}. "
        "Name one by the whole entry, its field and its target, or remove the others",
        details={"path": source.name, "lines": [one.first_line for one in places]},
    )


def switch(source: Source, wanted: Wanted) -> Source:
    """Return the file with the entry in the wanted state; the same object when it is so already.

    :raises Failure: ``not_found`` when there is nothing to switch, ``refused`` when it cannot be done line by line.
    """
    return switched(source, wanted, find(source, wanted))[0]


def switched(source: Source, wanted: Wanted, found: Found) -> tuple[Source, Found]:
    """Do the same where it is known how the entry stands; return how it stands then, too."""
    if found.state == wanted.state:
        return source, found
    if found.place is None:
        if wanted.state == "present" and wanted.add:
            return _added(source, wanted)
        raise _missing(source, wanted)
    if wanted.state == "present":
        _refuse_closed(source, wanted, found.place.field, beside_it=True)
    if found.place.obstacle:
        raise Failure(
            "refused",
            f"{source.name}, line {found.place.first_line}: '{found.place.shown}' cannot be switched, because "
            f"{found.place.obstacle}",
        )
    edited = source.with_text(_edit(source, found.place, wanted.state))
    return edited, _proven(source, edited, found.place, wanted)


def _missing(source: Source, wanted: Wanted) -> Failure:
    known = [one.shown for one in active_entries(source, root_of(source))]
    return Failure(
        "not_found",
        f"{source.name} has no entry '{wanted.shown}'{f' in {wanted.field}' if wanted.field else ''}, neither active "
        f"nor commented out; it lists {', '.join(known) or 'nothing'}. Correct the entry or the path",
        details={"path": source.name, "entries": known},
    )


def _edit(source: Source, place: Occurrence, state: State) -> str:
    start, end = source.line_span(place.first_line)[0], source.line_span(place.last_line)[1]
    if state == "absent":
        if end == len(source.text) and not source.text.endswith("\n"):  # the file still ends without a line break
            start = len(source.text[:start].removesuffix("\n").removesuffix("\r"))
        return splice(source.text, start, end, "")
    if state == "disabled":
        lines = [source.line_span(number) for number in range(place.first_line, place.last_line + 1)]
        new = "".join(
            source.text[first : first + place.column] + "#" + source.text[first + place.column : last]
            for first, last in lines
        )
        return splice(source.text, start, end, new)
    column = _dash_column(source, place.field, place.column)
    return splice(source.text, start, end, uncommented(source, place.first_line, place.last_line, place.column, column))


def _refuse_closed(source: Source, wanted: Wanted, field: str, *, beside_it: bool = False) -> None:
    listed = lookup(source, root_of(source), field)
    if listed and (why := _closed(listed, beside_it)):
        raise Failure(
            "refused",
            f"{source.name}, line {source.line(listed.start)}: '{wanted.shown}' cannot be added to {field}, because "
            f"that {why}, one line for each entry",
        )


def _closed(listed: Node, beside_it: bool) -> str:
    """Return why a list takes no further entry, and what to do; an alias would give it to another field too.

    A commented-out entry comes back ``beside`` what stands in the place of a list that is empty.
    """
    if listed.kind != "sequence" and not listed.is_null:
        return "is no list. Write it as a block list"
    if listed.anchor or listed.tag:
        return "has an anchor or a tag. Write it without, and as a block list at each alias"
    if listed.style == "flow" and (listed.children or beside_it):
        return "is a list in [brackets]. Write it as a block list"
    return ""


def _added(source: Source, wanted: Wanted) -> tuple[Source, Found]:
    _refuse_closed(source, wanted, wanted.field)
    edited = source.with_text(_appended(source, wanted))
    place = [one for one in active_entries(edited, root_of(edited)) if one.field == wanted.field][-1]
    return edited, _proven(source, edited, place, wanted)


def _appended(source: Source, wanted: Wanted) -> str:
    """Return the text with a line for the entry behind the last one of the list; a list that is not there is begun."""
    text = source.text
    others = (one.column for one in active_entries(source, root_of(source)) if one.column >= 0)
    column = _dash_column(source, wanted.field, next(others, 0))
    item = " " * column + f"- {'path: ' * (wanted.field == 'patches')}{literal(wanted.entry)}"
    pairs = {key.value: (key, value) for key, value in root_of(source).pairs()}
    eol = "\r\n" if "\r\n" in text else "\n"
    if wanted.field not in pairs:
        gap = "" if text.endswith("\n") else eol
        return f"{text}{gap}{wanted.field}:{eol}{item}{eol}"
    key, listed = pairs[wanted.field]
    last = listed.children[-1].last if listed.children else key.end
    at = source.line_span(source.line(last - 1))[1]  # a block of text ends behind its last line
    begun = text[:at]
    if _WRITTEN_EMPTY.fullmatch(text[listed.start : listed.end]):
        begun = splice(begun, len(text[: listed.start].rstrip(" \t")), listed.end, "")
    return begun + (item + eol if begun.endswith("\n") else eol + item) + text[at:]


def _dash_column(source: Source, field: str, otherwise: int) -> int:
    """Return where the dashes of a list stand, ``otherwise`` when it has none."""
    listed = lookup(source, root_of(source), field)
    if listed is None or not listed.children:
        return otherwise
    return listed.start - source.line_span(source.line(listed.start))[0]


def _proven(before: Source, after: Source, place: Occurrence, wanted: Wanted) -> Found:
    """Return how the entry stands, once it is sure that the parsed lists differ by exactly this one."""
    old, new = _meaning(before), _meaning(after)
    if wanted.state == "present":
        new = _without(new, place.field, _index(after, place.field, place.first_line))
        old.setdefault(place.field, ())  # a list that an addition began
    elif place.active:
        old = _without(old, place.field, _index(before, place.field, place.first_line))
    if old != new:
        raise Failure(
            "refused",
            f"{before.name}, line {place.first_line}: making '{place.shown}' {wanted.state} would change more than "
            "this entry, nothing was written. Edit the lines around it by hand first",
        )
    _keep_aliases(before, after, place, wanted)
    found = find(after, wanted)
    if found.state != wanted.state:
        raise Failure(
            "refused",
            f"{before.name}, line {place.first_line}: '{place.shown}' could not be found again once it is "
            f"{wanted.state}: it would read as a remark, or as part of a commented-out list above it; nothing was "
            "written. Put it in quotes, or remove that list",
        )
    return found


def _keep_aliases(before: Source, after: Source, place: Occurrence, wanted: Wanted) -> None:
    entry, nothing = range(place.first_line, place.last_line + 1), range(0)
    adds = wanted.state == "present"
    if _aliased(before, nothing if adds else entry) != _aliased(after, entry if adds else nothing):
        raise Failure(
            "refused",
            f"{before.name}, line {place.first_line}: with '{place.shown}' {wanted.state} an alias elsewhere would "
            "stand for something else, or for nothing; nothing was written. Write out first what it stands for",
        )


def _aliased(source: Source, besides: range) -> list[tuple[str, Any]]:
    """Return what each alias stands for, but for those on the lines of the entry itself."""
    if "*" not in source.text:
        return []
    anchored: dict[str, Any] = {}
    found, pending = [], [root_of(source)]
    while pending:
        node = pending.pop()
        if node.kind == "alias":
            if source.line(node.start) not in besides:
                found.append((node.value, anchored.get(node.value)))
        elif node.anchor:
            anchored[node.anchor] = flat(node)
        pending.extend(reversed(node.children))
    return found


def _without(meaning: dict[str, Any], field: str, index: int) -> dict[str, Any]:
    items = meaning[field]
    return {**meaning, field: items[:index] + items[index + 1 :]}


def _index(source: Source, field: str, line: int) -> int:
    """Return which item of the list is the first that stands on ``line`` or behind it."""
    pairs = root_of(source).pairs()
    lines = [source.line(item.start) for key, listed in pairs if key.value == field for item in listed.children]
    return bisect.bisect_left(lines, line)


def _meaning(source: Source) -> dict[str, Any]:
    """Return what the file says, with the lists of paths as tuples of items; a list without items is empty."""
    meaning: dict[str, Any] = {}
    for key, value in root_of(source).pairs():
        if key.value in FIELDS and (value.kind == "sequence" or value.is_null):
            meaning[key.value] = tuple(flat(item) for item in value.children)
        else:
            meaning[key.value] = flat(value)
    return meaning

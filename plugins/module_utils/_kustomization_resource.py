# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Entries of kustomizations: many files and many entries in one go."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Mapping

from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import Failure
from ansible_collections.manuela.event_streaming.plugins.module_utils._kustomization_edit import Found, Wanted, find, switch
from ansible_collections.manuela.event_streaming.plugins.module_utils._kustomization_text import FIELDS
from ansible_collections.manuela.event_streaming.plugins.module_utils._plan import Plan, Result, converge
from ansible_collections.manuela.event_streaming.plugins.module_utils._work_tree import WorkTree, open_tree
from ansible_collections.manuela.event_streaming.plugins.module_utils._yaml_text import Source

_FILE_NAMES = ("kustomization.yaml", "kustomization.yml", "Kustomization")
Files = Mapping[Path, Source]


def execute(params: Mapping[str, Any], check_mode: bool, clock: Any) -> Result:
    """Run the module ``kustomization_resource``."""
    wanted = tuple(_wanted(one) for one in params["entries"])
    return converge(_Entries(open_tree(params["work_tree"]), wanted), check_mode=check_mode)


def _wanted(one: Mapping[str, Any]) -> Wanted:
    add, field = one["missing"] == "add", one["field"] or ""
    if field and field not in FIELDS:
        raise Failure("invalid_option", f"field: '{field}' is no list of paths. Give one of {', '.join(FIELDS)}")
    if add and (not field or one["match"] != "exact" or one["state"] != "present"):
        raise Failure(
            "invalid_option",
            f"entry '{one['entry']}': missing=add needs a field, match=exact and state=present. Name the list to add to",
        )
    return Wanted(one["path"], one["entry"], one["state"], one["match"], field, add)


class _Entries:
    def __init__(self, tree: WorkTree, wanted: tuple[Wanted, ...]) -> None:
        self._tree = tree
        self._wanted = tuple((_file_of(tree, one.path), one) for one in wanted)
        self._before: list[Found] = []

    def observe(self) -> Files:
        files = {real: self._tree.read(real) for real in dict.fromkeys(real for real, _one in self._wanted)}
        if not self._before:
            self._before = [find(files[real], one) for real, one in self._wanted]
        return files

    def plan(self, current: Files) -> Plan:
        edited = dict(current)
        shown: list[tuple[str, str]] = []
        reasons = []
        for real, one in self._wanted:
            old, new = edited[real], switch(edited[real], one)
            if new is not old:
                edited[real] = new
                shown.append(_lines(old, new, one))
                reasons.append(f"{old.name}: {one.entry} is {find(old, one).state}, wanted {one.state}")
        self._check_agreement(edited)
        steps = tuple((real, edited[real].to_bytes()) for real in current if edited[real] is not current[real])
        before, after = ("".join(side) for side in zip(*shown)) if shown else ("", "")
        return Plan(steps, before, after, tuple(reasons))

    def _check_agreement(self, files: Files) -> None:
        for real, one in self._wanted:
            if find(files[real], one).state != one.state:
                raise Failure(
                    "invalid_option",
                    f"the entries contradict each other: '{one.entry}' of {files[real].name} is asked for as {one.state} "
                    "and as something else. Ask for one state",
                )

    def apply(self, plan: Plan) -> None:
        for real, data in plan.steps:
            self._tree.write(real, data)

    def describe(self, current: Files, pending: Plan) -> Mapping[str, Any]:
        planned = {real: current[real].with_text(data.decode("utf-8-sig")) for real, data in pending.steps}
        after = {**current, **planned}
        entries = [
            _entry(after[real], one, before) for (real, one), before in zip(self._wanted, self._before, strict=True)
        ]
        return {"files": sorted(source.name for source in current.values()), "entries": entries}


def _entry(source: Source, wanted: Wanted, before: Found) -> dict[str, Any]:
    found = find(source, wanted)
    place = found.place or before.place
    return {
        "path": source.name,
        "entry": place.value if place else wanted.entry,
        "field": place.field if place else (wanted.field or None),
        "line": found.place.first_line if found.place else None,
        "before": before.state,
        "after": found.state,
    }


def _lines(old: Source, new: Source, wanted: Wanted) -> tuple[str, str]:
    """Return the lines of the entry before and after, as a diff shows them."""
    return _shown(old, find(old, wanted)), _shown(new, find(new, wanted))


def _shown(source: Source, found: Found) -> str:
    if found.place is None:
        return ""
    start, end = source.line_span(found.place.first_line)[0], source.line_span(found.place.last_line)[1]
    return "".join(f"{source.name}: {line}\n" for line in source.text[start:end].splitlines())


def _file_of(tree: WorkTree, path: str) -> Path:
    """Return the kustomization file that ``path`` names: itself, or the one in that directory."""
    given = tree.root / path
    if not given.is_dir():
        return tree.real(path)
    present = [name for name in _FILE_NAMES if (given / name).is_file()]
    if len(present) > 1:
        raise Failure("conflict", f"{path} holds {' and '.join(present)}: kustomize takes one only. Remove the others")
    if not present:
        raise Failure("not_found", f"{path} holds no kustomization ({', '.join(_FILE_NAMES)}). Give the directory of one")
    return tree.real(f"{path}/{present[0]}")

# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Entries of kustomizations: the options, and how an entry is shown."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Mapping

from ansible_collections.manuela.event_streaming.plugins.module_utils._edited_files import EditedFiles
from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import Failure
from ansible_collections.manuela.event_streaming.plugins.module_utils._kustomization_edit import (
    Found,
    Wanted,
    find,
    switched,
)
from ansible_collections.manuela.event_streaming.plugins.module_utils._kustomization_text import FIELDS
from ansible_collections.manuela.event_streaming.plugins.module_utils._plan import Result, converge
from ansible_collections.manuela.event_streaming.plugins.module_utils._work_tree import WorkTree, open_tree
from ansible_collections.manuela.event_streaming.plugins.module_utils._yaml_text import Source

_FILE_NAMES = ("kustomization.yaml", "kustomization.yml", "Kustomization")


def execute(params: Mapping[str, Any], check_mode: bool, clock: Any) -> Result:
    """Run the module ``kustomization_resource``."""
    tree = open_tree(params["work_tree"])
    wanted = [_wanted(one) for one in params["entries"]]
    requests = [(_file_of(tree, one.path), one) for one in wanted]
    return converge(EditedFiles(tree, _Entries(), requests, "entries"), check_mode=check_mode)


def _wanted(one: Mapping[str, Any]) -> Wanted:
    add, field, entry = one["missing"] == "add", one["field"] or "", one["entry"] or ""
    target = frozenset((key, str(value)) for key, value in (one["target"] or {}).items())
    if not entry.strip("/ ") and (one["entry"] is not None or not target):
        raise Failure("invalid_option", "an entry is empty. Give the entry as the file has it, or a target")
    if field and field not in FIELDS:
        raise Failure("invalid_option", f"field: '{field}' is no list of paths. Give one of {', '.join(FIELDS)}")
    if add and (not field or one["match"] != "exact" or one["state"] != "present" or target):
        raise Failure(
            "invalid_option",
            f"entry '{entry}': missing=add needs a field, match=exact and state=present, and takes no target. "
            "Name the list",
        )
    if add and field == "patchesJson6902":
        raise Failure(
            "invalid_option", f"entry '{entry}': patchesJson6902 needs a target beside the path. Add it by hand"
        )
    return Wanted(one["path"], entry, one["state"], one["match"], field, add, target)


class _Entries:
    def see(self, source: Source, wanted: Wanted) -> Found:
        return find(source, wanted)

    def edit(self, source: Source, wanted: Wanted, seen: Found) -> tuple[Source, Found]:
        return switched(source, wanted, seen)

    def is_met(self, seen: Found, wanted: Wanted) -> bool:
        return seen.state == wanted.state

    def shown(self, source: Source, wanted: Wanted, seen: Found) -> str:
        if seen.place is None:
            return ""
        start, end = source.line_span(seen.place.first_line)[0], source.line_span(seen.place.last_line)[1]
        return "".join(f"{source.name}: {line}\n" for line in source.text[start:end].splitlines())

    def reason(self, source: Source, wanted: Wanted, seen: Found) -> str:
        return f"{source.name}: {wanted.shown} is {seen.state}, wanted {wanted.state}"

    def described(self, source: Source, wanted: Wanted, before: Found, after: Found) -> dict[str, Any]:
        place = after.place or before.place
        return {
            "path": source.name,
            "entry": (place.value if place else wanted.entry) or None,
            "field": place.field if place else (wanted.field or None),
            "line": after.place.first_line if after.place else None,
            "before": before.state,
            "after": after.state,
        }


def _file_of(tree: WorkTree, path: str) -> Path:
    """Return the kustomization file that ``path`` names: itself, or the one in that directory."""
    try:
        names = os.listdir(tree.root / path)
    except OSError:  # no directory
        return tree.real(path)
    present = [name for name in _FILE_NAMES if name in names and (tree.root / path / name).is_file()]
    if len(present) > 1:
        raise Failure("conflict", f"{path} holds {' and '.join(present)}: kustomize takes one only. Remove the others")
    if not present:
        raise Failure(
            "not_found", f"{path} holds no kustomization. Give the directory that holds {' or '.join(_FILE_NAMES)}"
        )
    return tree.real(f"{path}/{present[0]}")

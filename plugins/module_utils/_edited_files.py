# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many edits in many YAML files of one work tree: everything is checked before the first file is written."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Generic, Mapping, Protocol, Sequence, TypeVar

from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import Failure
from ansible_collections.manuela.event_streaming.plugins.module_utils._plan import Plan
from ansible_collections.manuela.event_streaming.plugins.module_utils._work_tree import WorkTree
from ansible_collections.manuela.event_streaming.plugins.module_utils._yaml_text import Source

Wanted_contra = TypeVar("Wanted_contra", contravariant=True)
SeenT = TypeVar("SeenT")
Files = Mapping[Path, Source]


class Editing(Protocol[Wanted_contra, SeenT]):
    """What one kind of edit knows; all of it pure."""

    def see(self, source: Source, wanted: Wanted_contra) -> SeenT:
        """Return how the place stands in the file; raise when it is unclear which place is meant."""

    def edit(self, source: Source, wanted: Wanted_contra) -> Source:
        """Return the file as wanted, the same object when it is so already."""

    def is_met(self, seen: SeenT, wanted: Wanted_contra) -> bool:
        """Whether the place is as wanted."""

    def shown(self, source: Source, wanted: Wanted_contra, seen: SeenT) -> str:
        """Return the place as one line or more of a diff, without secrets."""

    def reason(self, source: Source, wanted: Wanted_contra, seen: SeenT) -> str:
        """Return why the place is changed."""

    def described(self, source: Source, wanted: Wanted_contra, before: SeenT, after: SeenT) -> dict[str, Any]:
        """Return the item of the module's result."""


class EditedFiles(Generic[Wanted_contra, SeenT]):
    """The resource that converges: ``requests`` are pairs of a real file and what is wanted in it."""

    def __init__(
        self,
        tree: WorkTree,
        editing: Editing[Wanted_contra, SeenT],
        requests: Sequence[tuple[Path, Wanted_contra]],
        listed_as: str,
    ) -> None:
        self._tree = tree
        self._editing = editing
        self._requests = tuple(requests)
        self._listed_as = listed_as
        self._before: list[SeenT] = []

    def observe(self) -> Files:
        """Read every file once."""
        files = {real: self._tree.read(real) for real in dict.fromkeys(real for real, _one in self._requests)}
        if not self._before:
            self._before = [self._editing.see(files[real], one) for real, one in self._requests]
        return files

    def plan(self, current: Files) -> Plan:
        """Edit in memory, one request after the other."""
        edited = dict(current)
        before, after, reasons = [], [], []
        for real, one in self._requests:
            old = edited[real]
            new = edited[real] = self._editing.edit(old, one)
            if new is not old:
                seen = self._editing.see(old, one)
                before.append(self._editing.shown(old, one, seen))
                after.append(self._editing.shown(new, one, self._editing.see(new, one)))
                reasons.append(self._editing.reason(old, one, seen))
        if reasons:
            self._refuse_contradictions(edited)
        steps = tuple((real, edited[real].to_bytes()) for real in current if edited[real] is not current[real])
        return Plan(steps, "".join(before), "".join(after), tuple(reasons)) if steps else Plan()

    def _refuse_contradictions(self, files: Files) -> None:
        for real, one in self._requests:
            if not self._editing.is_met(self._editing.see(files[real], one), one):
                raise Failure(
                    "invalid_option",
                    f"two items of {self._listed_as} contradict each other in {files[real].name}. Ask for one of them",
                )

    def apply(self, plan: Plan) -> None:
        """Write the changed files."""
        for real, data in plan.steps:
            self._tree.write(real, data)

    def describe(self, current: Files, pending: Plan) -> Mapping[str, Any]:
        """Return the files, and each request before and after."""
        planned = {real: current[real].with_text(data.decode("utf-8-sig")) for real, data in pending.steps}
        files = {**current, **planned}
        items = [
            self._editing.described(files[real], one, before, self._editing.see(files[real], one))
            for (real, one), before in zip(self._requests, self._before, strict=True)
        ]
        return {"files": sorted(source.name for source in files.values()), self._listed_as: items}

# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many edits in many YAML files of one work tree: everything is checked before the first file is written."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Generic, Mapping, Protocol, Sequence, TypeVar

from ansible_collections.manuela.event_streaming.plugins.module_utils import _yaml_text
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

    def edit(self, source: Source, wanted: Wanted_contra, seen: SeenT) -> tuple[Source, SeenT]:
        """Return the file as wanted, and how the place stands in it; ``seen`` is how it stands now, not as wanted."""

    def is_met(self, seen: SeenT, wanted: Wanted_contra) -> bool:
        """Whether the place is as wanted."""

    def shown(self, source: Source, wanted: Wanted_contra, seen: SeenT) -> str:
        """Return the place as one line or more of a diff, without secrets."""

    def reason(self, source: Source, wanted: Wanted_contra, seen: SeenT) -> str:
        """Return why the place is changed."""

    def described(self, source: Source, wanted: Wanted_contra, before: SeenT, after: SeenT) -> dict[str, Any]:
        """Return the item of the module's result."""


class EditedFiles(Generic[Wanted_contra, SeenT]):
    """The resource that converges: ``requests`` are pairs of a real file and what is wanted in it.

    A file is parsed again only when its bytes are others than before, and looked at once for each request.
    """

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
        self._parsed: dict[tuple[Path, bytes], Source] = {}
        self._seen: dict[tuple[int, int], tuple[Source, SeenT]] = {}
        self._before: list[SeenT] = []

    def observe(self) -> Files:
        """Read every file once."""
        files = {real: self._read(real) for real in dict.fromkeys(real for real, _one in self._requests)}
        if not self._before:
            self._before = [self._see(files[real], number) for number, (real, _one) in enumerate(self._requests)]
        return files

    def _read(self, real: Path) -> Source:
        data = self._tree.read_bytes(real)
        if (real, data) not in self._parsed:
            self._parsed[real, data] = _yaml_text.read(data, self._tree.shown(real))
        return self._parsed[real, data]

    def _see(self, source: Source, number: int) -> SeenT:
        """Look at the place of one request; the memory holds the source, so that its id stays its own."""
        key = id(source), number
        if key not in self._seen:
            self._seen[key] = source, self._editing.see(source, self._requests[number][1])
        return self._seen[key][1]

    def plan(self, current: Files) -> Plan:
        """Edit in memory, one request after the other."""
        edited = dict(current)
        before, after, reasons = [], [], []
        for number, (real, one) in enumerate(self._requests):
            old, seen = edited[real], self._see(edited[real], number)
            if self._editing.is_met(seen, one):
                continue
            new, found = self._editing.edit(old, one, seen)
            edited[real], self._seen[id(new), number] = new, (new, found)
            before.append(self._editing.shown(old, one, seen))
            after.append(self._editing.shown(new, one, found))
            reasons.append(self._editing.reason(old, one, seen))
        if reasons:
            self._refuse_contradictions(edited)
        steps = tuple((real, edited[real].to_bytes()) for real in current if edited[real] is not current[real])
        self._parsed.update({(real, data): edited[real] for real, data in steps})
        return Plan(steps, "".join(before), "".join(after), tuple(reasons)) if steps else Plan()

    def _refuse_contradictions(self, files: Files) -> None:
        for number, (real, one) in enumerate(self._requests):
            if not self._editing.is_met(self._see(files[real], number), one):
                raise Failure(
                    "invalid_option",
                    f"two items of {self._listed_as} contradict each other in {files[real].name}. Ask for one of them",
                )

    def apply(self, plan: Plan) -> None:
        """Write the changed files."""
        self._tree.write_all(dict(plan.steps))

    def describe(self, current: Files, pending: Plan) -> Mapping[str, Any]:
        """Return the files, and each request before and after."""
        files = {**current, **{real: self._parsed[real, data] for real, data in pending.steps}}
        items = [
            self._editing.described(files[real], one, self._before[number], self._see(files[real], number))
            for number, (real, one) in enumerate(self._requests)
        ]
        return {"files": sorted(source.name for source in files.values()), self._listed_as: items}

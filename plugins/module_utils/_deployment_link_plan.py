# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which links of environment directories to make, to move and to remove: pure data in, steps out."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from typing import Literal, Mapping

from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import Failure
from ansible_collections.manuela.event_streaming.plugins.module_utils._plan import Plan

Stray = Literal["error", "move", "ignore"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """One link as it shall be; ``environment`` and ``target`` are real paths, relative to the work tree.

    ``name`` is empty when any link that leads to the target is meant (only for ``absent``).
    """

    environment: str
    target: str
    name: str
    state: Literal["present", "absent"]
    text: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A name in an environment directory.

    ``text`` is what the link says, None for anything that is no link.  ``leads_to`` is the real path relative to the
    work tree, also of a link to nothing; it is empty when it lies outside.
    """

    text: str | None
    leads_to: str


@dataclass(frozen=True, slots=True)
class Step:
    """One write: ``text`` is the new link, None to remove it; ``seen`` is what the link said when it was looked at."""

    environment: str
    name: str
    text: str | None
    seen: str | None

    @property
    def path(self) -> str:
        """The link itself, relative to the work tree."""
        return f"{self.environment}/{self.name}"


Directories = Mapping[str, Mapping[str, Entry]]


def plan(current: Directories, wanted: tuple[Wanted, ...], stray: Stray) -> Plan:
    """Return the steps from the directories as they are to the links that are wanted; removals come last."""
    _refuse_contradictions(wanted)
    others = _others(current, wanted) if stray != "ignore" else {}
    kept = {f"{one.environment}/{one.name}" for one in wanted if one.state == "present"}
    made: dict[str, Step] = {}
    removed: dict[str, Step] = {}
    reasons: list[str] = []
    for one in wanted:
        if one.state == "present":
            _make(current[one.environment], one, made, reasons)
            for step in _strays(others, one, stray):
                removed.setdefault(step.path, step)
                reasons.append(f"{step.path}: {one.target} belongs to {one.environment}")
        else:
            for step in _unwanted(current[one.environment], one):
                if step.path not in removed and step.path not in kept:  # what is led elsewhere is not there any more
                    removed[step.path] = step
                    reasons.append(f"{step.path}: is there, and leads to {_target(current, step)}")
    steps = (*made.values(), *removed.values())
    before = "".join(f"{step.path} -> {step.seen}\n" for step in steps if step.seen is not None)
    after = "".join(f"{step.path} -> {step.text}\n" for step in steps if step.text is not None)
    return Plan(steps, before, after, tuple(reasons))


def leads_into(entry: Entry, target: str) -> bool:
    """Whether a link leads to ``target``, or to something below it."""
    return entry.text is not None and (entry.leads_to == target or entry.leads_to.startswith(target + "/"))


def matching(directory: Mapping[str, Entry], one: Wanted) -> dict[str, Entry]:
    """Return the links that ``one`` is about, by name."""
    if one.name:
        return {one.name: directory[one.name]} if one.name in directory else {}
    return {name: entry for name, entry in directory.items() if leads_into(entry, one.target)}


def _refuse_contradictions(wanted: tuple[Wanted, ...]) -> None:
    present = {(one.environment, one.name): one.target for one in wanted if one.state == "present"}
    for one in wanted:
        if one.state == "present" and present[one.environment, one.name] != one.target:
            raise Failure("invalid_option", f"two links want the name {one.environment}/{one.name}. Give one a name")
        clash = one.state == "absent" and any(
            place == one.environment
            and (not one.name or one.name == name)
            and (target == one.target or target.startswith(one.target + "/"))
            for (place, name), target in present.items()
        )
        if clash:
            raise Failure(
                "invalid_option", f"links to {one.target} are asked for as present and absent. Ask for one state"
            )


def _make(directory: Mapping[str, Entry], one: Wanted, made: dict[str, Step], reasons: list[str]) -> None:
    path, there = f"{one.environment}/{one.name}", directory.get(one.name)
    if there is None:
        made.setdefault(path, Step(one.environment, one.name, one.text, None))
        reasons.append(f"{path}: is missing")
    elif there.text is None:
        raise _no_link(path)
    elif not _says(there, one):
        made.setdefault(path, Step(one.environment, one.name, one.text, there.text))
        reasons.append(f"{path}: is {there.text}, wanted {one.text}")


def _says(there: Entry, one: Wanted) -> bool:
    """Whether the link says what it should, perhaps with a ``./`` or a double slash in it."""
    return there.text == one.text or (there.leads_to == one.target and posixpath.normpath(there.text or "") == one.text)


def _no_link(path: str) -> Failure:
    return Failure(
        "refused", f"{path} is no link, and only links are made, replaced or removed. Remove it by hand, or give a name"
    )


def _others(current: Directories, wanted: tuple[Wanted, ...]) -> dict[str, list[Step]]:
    """Return removals of the links that nobody asked for in these places, by what they lead to."""
    expected = {(one.environment, one.name) for one in wanted if one.state == "present"}
    for one in wanted:
        if one.state == "absent":
            expected.update((one.environment, name) for name in matching(current[one.environment], one))
    found: dict[str, list[Step]] = {}
    for environment, directory in current.items():
        for name, entry in directory.items():
            if entry.text is not None and (environment, name) not in expected:
                found.setdefault(entry.leads_to, []).append(Step(environment, name, None, entry.text))
    return found


def _strays(others: Mapping[str, list[Step]], one: Wanted, stray: Stray) -> list[Step]:
    """Return the links to the same target in other environments."""
    found = [step for step in others.get(one.target, ()) if step.environment != one.environment]
    if found and stray == "error":
        places = " and ".join(step.path for step in found)
        raise Failure(
            "conflict",
            f"{one.target} shall be linked in {one.environment}, but {places} leads to it already, so two environments "
            "would deploy it. Remove that link, or move it with stray=move",
            details={"strays": [step.path for step in found]},
        )
    return found


def _unwanted(directory: Mapping[str, Entry], one: Wanted) -> list[Step]:
    steps = []
    for name, entry in matching(directory, one).items():
        path = f"{one.environment}/{name}"
        if entry.text is None:
            raise _no_link(path)
        if not leads_into(entry, one.target):
            raise Failure(
                "conflict",
                f"{path} leads to {entry.leads_to or entry.text}, not to {one.target}, and is left alone. Correct the "
                "name or the target",
            )
        steps.append(Step(one.environment, name, None, entry.text))
    return steps


def _target(current: Directories, step: Step) -> str:
    return current[step.environment][step.name].leads_to

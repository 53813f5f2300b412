# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Links of environment directories to manifests of the same repository."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Mapping

from ansible_collections.manuela.event_streaming.plugins.module_utils import _deployment_link_plan as links
from ansible_collections.manuela.event_streaming.plugins.module_utils._deployment_link_plan import (
    Directories,
    Entry,
    Step,
    Stray,
    Wanted,
)
from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import Failure
from ansible_collections.manuela.event_streaming.plugins.module_utils._files import sync
from ansible_collections.manuela.event_streaming.plugins.module_utils._plan import Plan, Result, converge
from ansible_collections.manuela.event_streaming.plugins.module_utils._work_tree import WorkTree, open_tree

_TEMPORARY = ".event-streaming-link"


def execute(params: Mapping[str, Any], check_mode: bool, clock: Any) -> Result:
    """Run the module ``deployment_link``."""
    tree = open_tree(params["work_tree"])
    wanted = tuple(_wanted(tree, one) for one in params["links"])
    others = [tree.shown(tree.directory(one)) for one in params["environments"]]
    return converge(_Links(tree, wanted, others, params["stray"]), check_mode=check_mode)


def _wanted(tree: WorkTree, one: Mapping[str, Any]) -> Wanted:
    environment = tree.directory(one["environment"])
    name = one["name"] or ""
    if name in (".", "..") or "/" in name:
        raise Failure("invalid_option", f"name: '{name}' must be a plain file name, without directories")
    if one["state"] == "absent":
        target = _lead(tree, tree.root / one["target"])
        if not target:
            raise Failure("refused", f"{one['target']} lies outside of {tree.root}. Give a target inside of it")
        return Wanted(tree.shown(environment), target, name, "absent")
    target_file = tree.real(one["target"])
    text = os.path.relpath(target_file, environment)
    name = name or Path(one["target"]).name
    return Wanted(tree.shown(environment), tree.shown(target_file), name, "present", text)


def _lead(tree: WorkTree, path: Path) -> str:
    """Return where ``path`` really leads, relative to the work tree; empty when that is outside, or a loop."""
    try:
        real = path.resolve()
    except (OSError, RuntimeError):
        return ""
    return tree.shown(real) if real.is_relative_to(tree.root) and real != tree.root else ""


class _Links:
    def __init__(self, tree: WorkTree, wanted: tuple[Wanted, ...], others: list[str], stray: Stray) -> None:
        self._tree, self._wanted, self._stray = tree, wanted, stray
        self._directories = list(dict.fromkeys([*(one.environment for one in wanted), *others]))
        self._first: Directories | None = None
        self._done: tuple[Step, ...] = ()

    def observe(self) -> Directories:
        found = {directory: self._entries(directory) for directory in self._directories}
        self._first = self._first or found
        return found

    def _entries(self, directory: str) -> dict[str, Entry]:
        entries = {}
        with os.scandir(self._tree.root / directory) as names:
            for one in sorted(names, key=lambda entry: entry.name):
                is_link = one.is_symlink()
                entries[one.name] = Entry(
                    os.readlink(one.path) if is_link else None, _lead(self._tree, Path(one.path)) if is_link else ""
                )
        return entries

    def plan(self, current: Directories) -> Plan:
        return links.plan(current, self._wanted, self._stray)

    def apply(self, plan: Plan) -> None:
        for step in plan.steps:
            self._write(step)
        for directory in {step.environment for step in plan.steps}:
            sync(self._tree.root / directory)
        self._done += plan.steps

    def _write(self, step: Step) -> None:
        path = self._tree.root / step.path
        seen = os.readlink(path) if path.is_symlink() else None
        if seen != step.seen or (seen is None and os.path.lexists(path)):
            raise Failure("conflict", f"{step.path} was changed by somebody else just now. Run again", retryable=True)
        try:
            if step.text is None:
                os.unlink(path)
            elif seen is None:
                os.symlink(step.text, path)
            else:
                _replace(path, step.text)
        except OSError as error:
            raise Failure("refused", f"cannot write {step.path}: {error.strerror}. Check permissions") from error

    def describe(self, current: Directories, pending: Plan) -> Mapping[str, Any]:
        steps = pending.steps or self._done
        created = sorted({step.path for step in steps if step.text is not None})
        removed = sorted({step.path for step in steps if step.text is None})
        return {
            "links": [item for one in self._wanted for item in self._described(one)],
            "created": created,
            "removed": removed,
        }

    def _described(self, one: Wanted) -> list[dict[str, Any]]:
        before = links.matching((self._first or {})[one.environment], one)
        names = [one.name] if one.name else sorted(before)
        return [
            {
                "environment": one.environment,
                "name": name,
                "target": before[name].leads_to if one.state == "absent" and name in before else one.target,
                "before": "present" if name in before else "absent",
                "after": one.state,
            }
            for name in names
        ]


def _replace(path: Path, text: str) -> None:
    temporary = path.with_name(_TEMPORARY)
    if temporary.is_symlink():
        temporary.unlink()
    os.symlink(text, temporary)
    os.replace(temporary, path)

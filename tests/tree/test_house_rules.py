# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The house rules that a machine can check: small files, thin shells, roles that use the collection's own modules."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

FILE_LINES = 300
FUNCTION_LINES = 30
SHELL_LINES = 60
BANNED_NAMES = ("utils", "helper", "manager", "common")
BANNED_IN_ROLES = {"shell", "command", "raw", "script", "git", "set_fact"}
ENTRY = re.compile(r"name: manuela\.event_streaming\.(\w+)\n +tasks_from: (\w+)\n")
SHELL_IMPORTS = ("__future__", "typing", "ansible_collections.manuela.event_streaming.plugins.module_utils")


def _sources(root: Path, *places: str) -> Iterator[Path]:
    for place in places:
        yield from sorted((root / place).rglob("*.py"))


def test_files_hold_one_idea(root: Path) -> None:
    long = {
        str(path.relative_to(root)): count
        for path in _sources(root, "plugins", "lab/manuela_lab", "tests/runner", "tests/e2e")
        if (count := len(path.read_text().splitlines())) > FILE_LINES and path.parent.name != "modules"
    }
    assert not long


def test_functions_fit_a_screen(root: Path) -> None:
    long = {
        f"{path.relative_to(root)}:{node.name}": size
        for path in _sources(root, "plugins", "lab/manuela_lab")
        if path.parent.name != "modules"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and (size := _lines_of_code(node)) > FUNCTION_LINES
    }
    assert not long


def _lines_of_code(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    first = node.body[1] if ast.get_docstring(node) and len(node.body) > 1 else node.body[0]
    return (node.end_lineno or 0) - first.lineno + 1


def test_names_say_what_they_hold(root: Path) -> None:
    assert not [
        str(path.relative_to(root))
        for path in _sources(root, "plugins", "lab/manuela_lab")
        if any(word in path.stem.split("_") for word in BANNED_NAMES)
    ]


@pytest.mark.parametrize("rule", ["short", "imports"])
def test_a_module_is_a_thin_shell(root: Path, rule: str) -> None:
    broken = []
    for path in _sources(root, "plugins/modules"):
        tree = ast.parse(path.read_text())
        documented = max((node.end_lineno or 0 for node in tree.body if _is_documentation(node)), default=0)
        body = len(path.read_text().splitlines()) - documented
        if rule == "short" and body > SHELL_LINES:
            broken.append(f"{path.name}: {body} lines below RETURN")
        if rule == "imports":
            broken += [f"{path.name}: imports {name}" for name in _imported(tree) if not name.startswith(SHELL_IMPORTS)]
    assert not broken


def _is_documentation(node: ast.stmt) -> bool:
    names = {"DOCUMENTATION", "EXAMPLES", "RETURN"}
    return isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id in names


def _imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def test_roles_use_modules_that_say_what_they_change(root: Path) -> None:
    broken = []
    for path in sorted((root / "roles").rglob("tasks/*.yml")):
        for task in _tasks(yaml.safe_load(path.read_text())):
            words = {key.removeprefix("ansible.builtin.") for key in task}
            where = f"{path.relative_to(root)}: {task.get('name', '?')}"
            # The core's own uri would show a URL that is a secret; its outcome is said by the task after it.
            hidden = {"no_log"} if "uri" not in words else set()
            broken += [f"{where}: {word}" for word in sorted(words & (BANNED_IN_ROLES | {"ignore_errors"} | hidden))]
    assert not broken


def _tasks(items: list[dict[str, Any]] | None) -> Iterator[dict[str, Any]]:
    for task in items or []:
        yield task
        for part in ("block", "rescue", "always"):
            yield from _tasks(task.get(part))


def test_ansible_lint_judges_every_file_and_skips_no_rule(root: Path, texts: dict[Path, str]) -> None:
    judged = yaml.safe_load((root / ".ansible-lint").read_text())
    assert (judged["profile"], judged["skip_list"], judged["warn_list"]) == ("production", [], [])
    assert not [name for name in texts if name.as_posix().startswith(tuple(judged["exclude_paths"]))]


@pytest.mark.parametrize("fragment", ["kube", "s3"])
def test_an_action_group_has_every_module_that_shares_its_options(root: Path, fragment: str) -> None:
    shared = f"  - manuela.event_streaming.{fragment}\n"
    sharing = [path.stem for path in sorted((root / "plugins/modules").glob("*.py")) if shared in path.read_text()]
    assert sharing
    assert yaml.safe_load((root / "meta/runtime.yml").read_text())["action_groups"][fragment] == sharing


def test_every_entry_point_that_is_used_is_documented(root: Path) -> None:
    used = set()
    for path in [*(root / "playbooks").rglob("*.yml"), *(root / "roles").glob("*/tasks/*.yml")]:
        used |= set(ENTRY.findall(path.read_text()))
    assert used
    documented = {
        (path.parts[-3], entry)
        for path in (root / "roles").glob("*/meta/argument_specs.yml")
        for entry in yaml.safe_load(path.read_text())["argument_specs"]
    }
    assert not used - documented

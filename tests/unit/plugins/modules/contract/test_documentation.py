# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is documented is what is there: modules, options, failure codes, return values."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.manuela.event_streaming.tests.unit.plugins.modules.contract.shell import COLLECTION, shell_of
from ansible_collections.manuela.event_streaming.tests.unit.plugins.modules.contract.table import CASES

pytestmark = pytest.mark.slow

ROOT = Path(shell_of("s3_bucket").__file__).parents[2]
FACTS = ("type", "default", "choices", "required", "elements")


def test_every_module_is_in_the_table():
    assert [case.module for case in CASES] == sorted(path.stem for path in (ROOT / "plugins/modules").glob("*.py"))


def _documented(name: str) -> dict[str, Any]:
    """Return the documented options, those of the fragments included."""
    document = yaml.safe_load(shell_of(name).DOCUMENTATION)
    options: dict[str, Any] = {}
    for fragment in document["extends_documentation_fragment"]:
        words = fragment.removeprefix("manuela.event_streaming.").split(".")
        source = importlib.import_module(f"{COLLECTION}.plugins.doc_fragments.{words[0]}").ModuleDocFragment
        options |= yaml.safe_load(getattr(source, words[1].upper() if len(words) > 1 else "DOCUMENTATION"))["options"]
    return {**options, **document["options"]}


def _compare(documented: dict[str, Any], spec: dict[str, Any], where: str) -> None:
    assert sorted(documented) == sorted(spec), where
    for name, option in documented.items():
        there = spec[name]
        said = {fact: option[fact] for fact in FACTS if option.get(fact) not in (None, False)}
        done = {fact: there[fact] for fact in FACTS if there.get(fact) not in (None, False)}
        assert said == {"type": "str", **done}, f"{where}{name}"
        _compare(option.get("suboptions", {}), there.get("options", {}), f"{where}{name}.")


@pytest.mark.parametrize("case", CASES, ids=str)
def test_options_are_the_argument_spec(case, monkeypatch):
    module, seen = shell_of(case.module), []
    monkeypatch.setattr(
        module, "run", lambda noun, core, argument_spec, **constraints: seen.append((noun, argument_spec))
    )
    module.main()
    assert seen[0][0] == case.module
    _compare(_documented(case.module), seen[0][1], "")


@pytest.mark.parametrize("case", CASES, ids=str)
def test_failure_codes_are_those_that_a_test_reaches(case):
    code = yaml.safe_load(shell_of(case.module).RETURN)["failure"]["contains"]["code"]
    reached = {fault.code for fault in case.faults} | ({"missing_library"} if case.libraries else set())
    assert sorted(code["choices"]) == sorted(reached)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_return_values_are_those_that_come(case, enter):
    session = enter(case)
    seen: set[str] = set()
    for step in case.steps:
        step.prepare(session.world)
        result = session.run(step.params).result
        for name in ("changed", "diff", "invocation", "warnings", "deprecations"):
            result.pop(name, None)
        seen |= set(_returned(result))
    contents = yaml.safe_load(shell_of(case.module).RETURN)
    del contents["failure"]
    free = {path for path, is_free in _promised(contents) if is_free}
    seen = {path for path in seen if not any(path.startswith(f"{one}.") for one in free)}
    assert sorted(seen) == sorted({path for path, _is_free in _promised(contents)})


def _returned(value: Any, where: str = "") -> Any:
    if isinstance(value, list):
        for one in value:
            yield from _returned(one, where)
    if isinstance(value, dict):
        for name, one in value.items():
            path = f"{where}.{name}" if where else name
            yield path
            yield from _returned(one, path)


def _promised(contents: dict[str, Any], where: str = "") -> Any:
    """Yield each documented path, and whether what is below it is not described any further."""
    for name, value in contents.items():
        path = f"{where}.{name}" if where else name
        yield path, "contains" not in value
        yield from _promised(value.get("contains", {}), path)

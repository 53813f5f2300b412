# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is documented is what is there: modules, options, failure codes, return values."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.manuela.event_streaming.tests.unit.plugins.modules.contract.documented import (
    ALWAYS,
    codes,
    documentation,
    returns,
    surprises,
)
from ansible_collections.manuela.event_streaming.tests.unit.plugins.modules.contract.shell import shell_of
from ansible_collections.manuela.event_streaming.tests.unit.plugins.modules.contract.table import CASES

pytestmark = pytest.mark.slow

ROOT = Path(shell_of("s3_bucket").__file__).parents[2]
FACTS = ("type", "default", "choices", "required", "elements", "aliases")


def test_every_module_is_in_the_table():
    assert [case.module for case in CASES] == sorted(path.stem for path in (ROOT / "plugins/modules").glob("*.py"))


def _compare(documented: dict[str, Any], spec: dict[str, Any], where: str) -> None:
    assert sorted(documented) == sorted(spec), where
    for name, option in documented.items():
        there = spec[name]
        said = {fact: option[fact] for fact in FACTS if fact in option}
        done = {fact: there[fact] for fact in FACTS if fact in there}
        assert _exact({"required": False, **said}) == _exact({"required": False, "type": "str", **done}), where + name
        assert _variables(option) == _variables(there), f"{where}{name}: the environment variables that stand in for it"
        _compare(option.get("suboptions", {}), there.get("options", {}), f"{where}{name}.")


def _exact(facts: dict[str, Any]) -> dict[str, str]:
    """Return facts of which false is not 0 and 0 is not nothing."""
    return {fact: repr(one) for fact, one in facts.items()}


def _variables(option: dict[str, Any]) -> set[str]:
    """Return the environment variables that an option's text or its fallback names."""
    if "fallback" in option:
        return set(option["fallback"][1])
    return set(re.findall(r"variable E\((\w+)\) is used when", str(option.get("description", ""))))


@pytest.mark.parametrize("case", CASES, ids=str)
def test_options_are_the_argument_spec(case, monkeypatch):
    module, seen = shell_of(case.module), []
    monkeypatch.setattr(
        module, "run", lambda noun, core, argument_spec, **constraints: seen.append((noun, argument_spec))
    )
    module.main()
    assert seen[0][0] == case.module
    _compare(documentation(case.module)["options"], seen[0][1], "")


@pytest.mark.parametrize("case", CASES, ids=str)
def test_failure_codes_are_those_that_a_test_reaches(case):
    reached = {fault.code for fault in case.faults} | ({"missing_library"} if case.libraries else set())
    assert sorted(codes(case.module)) == sorted(reached)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_every_return_value_has_a_sample_of_its_type(case):
    documented = returns(case.module)
    assert [path for path, said in _leaves(documented) if "sample" not in said and said["type"] != "dict"] == []
    assert surprises(case.module, _sampled(documented)) == []


def _leaves(documented: dict[str, Any], where: str = "") -> Any:
    for name, said in documented.items():
        if "contains" in said and "sample" not in said:
            yield from _leaves(said["contains"], f"{where}{name}.")
        else:
            yield f"{where}{name}", said


def _sampled(documented: dict[str, Any]) -> dict[str, Any]:
    """Return the result that the samples tell of; a list of dictionaries has one."""
    result = {}
    for name, said in documented.items():
        if name != "failure":
            inner = _sampled(said["contains"]) if "contains" in said else None
            result[name] = said.get("sample", [inner] if said["type"] == "list" else inner)
    return result


@pytest.mark.parametrize("case", CASES, ids=str)
def test_attributes_say_what_the_module_does(case):
    attributes = documentation(case.module)["attributes"]
    assert sorted(attributes) == ["check_mode", "diff_mode", "idempotent", "platform"]
    assert (attributes["diff_mode"]["support"] == "full") == case.writes
    for name, said in attributes.items():
        assert said["support"] in ("full", "partial", "none", "N/A")
        assert said["support"] != "partial" or said["details"], name


@pytest.mark.parametrize("case", CASES, ids=str)
def test_return_values_are_those_that_come(case, enter):
    session = enter(case)
    seen: set[str] = set()
    for step in case.steps:
        step.prepare(session.world)
        result = session.run(step.params).result
        for name in ALWAYS:
            result.pop(name, None)
        seen |= set(_returned(result))
    contents = {name: said for name, said in returns(case.module).items() if name != "failure"}
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

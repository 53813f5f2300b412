# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the documentation of a module says, and whether a result is as it says."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import yaml
from ansible_collections.manuela.event_streaming.tests.unit.plugins.modules.contract.shell import COLLECTION, shell_of

ALWAYS = ("changed", "diff", "invocation", "warnings", "deprecations")  # Ansible's own
TYPES: dict[str, Any] = {"str": str, "int": int, "float": (int, float), "bool": bool, "list": list, "dict": dict}
WORDS = ("options", "attributes")


@cache
def documentation(name: str) -> dict[str, Any]:
    """Return the DOCUMENTATION of a module, with the options and attributes of its fragments."""
    document: dict[str, Any] = yaml.safe_load(shell_of(name).DOCUMENTATION)
    for fragment in document["extends_documentation_fragment"]:
        words = fragment.removeprefix("manuela.event_streaming.").split(".")
        source = importlib.import_module(f"{COLLECTION}.plugins.doc_fragments.{words[0]}").ModuleDocFragment
        shared = yaml.safe_load(getattr(source, words[1].upper() if len(words) > 1 else "DOCUMENTATION"))
        for word in WORDS:
            document[word] = {**shared.get(word, {}), **document.get(word, {})}
    return document


@cache
def returns(name: str) -> dict[str, Any]:
    """Return the RETURN of a module."""
    documented: dict[str, Any] = yaml.safe_load(shell_of(name).RETURN)
    return documented


@cache
def codes(name: str) -> frozenset[str]:
    """Return the failure codes that a module documents."""
    return frozenset(returns(name)["failure"]["contains"]["code"]["choices"])


def surprises(name: str, result: Mapping[str, Any]) -> list[str]:
    """Return what a result holds that is not documented, or is of another type."""
    if result.get("failed"):
        code = result["failure"]["code"]
        return [] if code in codes(name) else [f"the failure code {code}: {result['msg']}"]
    return list(_surprises({key: one for key, one in result.items() if key not in ALWAYS}, returns(name), ""))


def _surprises(values: Mapping[str, Any], documented: Mapping[str, Any], where: str) -> Iterator[str]:
    for key, value in values.items():
        path = f"{where}{key}"
        if key not in documented:
            yield f"{path} is not documented"
            continue
        said = documented[key]
        yield from _of_type(value, said["type"], path)
        items = value if isinstance(value, list) else [value]
        if isinstance(value, list) and "elements" in said:
            for one in items:
                yield from _of_type(one, said["elements"], f"{path}[]")
        for one in items:
            if isinstance(one, dict) and "contains" in said:
                yield from _surprises(one, said["contains"], f"{path}.")


def _of_type(value: Any, kind: str, where: str) -> Iterator[str]:
    if value is None or kind == "raw":
        return
    if not isinstance(value, TYPES[kind]) or (isinstance(value, bool) and kind != "bool"):
        yield f"{where} is {value!r}, documented as {kind}"

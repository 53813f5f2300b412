# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an Integration resource asks for: its routes, its runtime and where its properties come from.

Two generations are read: ``spec.sources`` with ``spec.configuration`` (the public demo repository, Camel K 1.0) and
``spec.flows`` with the traits ``mount.configs`` and ``camel.runtimeVersion`` (today's).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from manuela_lab.parts import jars

Kind = Literal["configmap", "secret"]
Json = Mapping[str, Any]


class NotRunnable(ValueError):
    """An Integration that no Camel of the lab can run; the message says what is wrong with it."""


@dataclass(frozen=True)
class Reference:
    """A ConfigMap or Secret of the Integration's namespace; ``key`` empty means all of its keys."""

    kind: Kind
    name: str
    key: str = ""


@dataclass(frozen=True)
class Source:
    """One route file: ``Something.java`` or ``something.yaml``."""

    name: str
    content: str


@dataclass(frozen=True)
class Integration:
    """A readable Integration."""

    sources: tuple[Source, ...]
    configuration: tuple[Reference, ...]
    properties: tuple[str, ...]
    runtime: jars.Name


def read(spec: Json) -> Integration:
    """The parts of an Integration's ``spec`` that decide what runs."""
    traits = spec.get("traits") or {}
    sources = _sources(spec)
    if not sources:
        raise NotRunnable("the Integration has neither spec.sources with content nor spec.flows")
    return Integration(
        sources=sources,
        configuration=_references(spec, traits),
        properties=_properties(spec, traits),
        runtime=_runtime(sources, str((traits.get("camel") or {}).get("runtimeVersion", ""))),
    )


def application_properties(integration: Integration, data: Mapping[Reference, Mapping[str, str] | None]) -> str:
    """The text of application.properties, from the data of every reference (None: the object is not there).

    Later lines win, as in every properties file, so the order is the resource's own.
    """
    missing = [f"{ref.kind} {ref.name}" for ref in integration.configuration if data.get(ref) is None]
    if missing:
        raise NotRunnable("not found in the Integration's namespace: " + ", ".join(missing))
    texts: list[str] = []
    for reference in integration.configuration:
        texts += _lines_of(reference, data[reference] or {})
    return "\n".join([*texts, *integration.properties]) + "\n"


def _lines_of(reference: Reference, data: Mapping[str, str]) -> list[str]:
    keys = [reference.key] if reference.key else sorted(data)
    if reference.key and reference.key not in data:
        raise NotRunnable(f"{reference.kind} {reference.name} has no key {reference.key}")
    return [data[key] if key.endswith(".properties") else f"{key}={_escaped(data[key])}" for key in keys]


def _escaped(value: str) -> str:
    return value.rstrip("\n").replace("\\", "\\\\").replace("\n", "\\n")


def _sources(spec: Json) -> tuple[Source, ...]:
    """Flows become one YAML file: JSON is YAML, so the resource's own structure is written as it is."""
    given = [Source(str(one.get("name", "")), str(one.get("content") or "")) for one in spec.get("sources") or []]
    flows = spec.get("flows") or []
    if flows:
        given.append(Source("flows.yaml", json.dumps(flows, indent=1)))
    return tuple(_named(source) for source in given if source.content)


def _named(source: Source) -> Source:
    if not source.name.endswith((".java", ".yaml", ".yml")) or "/" in source.name:
        raise NotRunnable(f"source {source.name!r} is neither Java nor YAML; the lab's Camel has no other loader")
    return source


def _references(spec: Json, traits: Json) -> tuple[Reference, ...]:
    found = [
        Reference(entry["type"], str(entry["value"]))
        for entry in spec.get("configuration") or []
        if entry.get("type") in ("configmap", "secret")
    ]
    for text in _texts((traits.get("mount") or {}).get("configs")):
        kind, _, rest = text.partition(":")
        if kind in ("configmap", "secret"):
            name, _, key = rest.partition("@")[0].partition("/")
            found.append(Reference("configmap" if kind == "configmap" else "secret", name, key))
    return tuple(dict.fromkeys(found))


def _properties(spec: Json, traits: Json) -> tuple[str, ...]:
    given = [str(one["value"]) for one in spec.get("configuration") or [] if one.get("type") == "property"]
    return (*given, *_texts((traits.get("camel") or {}).get("properties")))


def _texts(value: Any) -> Sequence[str]:
    return [str(one) for one in value] if isinstance(value, list) else []


def _runtime(sources: Sequence[Source], asked: str) -> jars.Name:
    """Java of the first generation needs the old S3 component; a trait can say that it does not."""
    if asked:
        return "camel3" if asked.startswith(("1.", "3.")) else "camel"
    return "camel3" if any(source.name.endswith(".java") for source in sources) else "camel"

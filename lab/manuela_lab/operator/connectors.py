# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The state of MirrorMaker's connectors, from what its workers write about themselves."""

from __future__ import annotations

from typing import Any, Mapping

from manuela_lab.operator.mirror_maker_config import connectors
from manuela_lab.operator.mirror_maker_spec import MirrorMakerSpec

TRACE_LENGTH = 2000
CONNECTOR_KEY = "status-connector-"
TASK_KEY = "status-task-"


def status_topic(source_alias: str) -> str:
    """Return the topic in the target cluster that holds the states of one mirror's connectors."""
    return f"mm2-status.{source_alias}.internal"


def report(found: Mapping[str, Mapping[str, Any]], source: str, target: str, wanted: list[str]) -> list[dict[str, Any]]:
    """Return the entries of ``status.connectors`` for one mirror, in the shape of Kafka Connect's REST."""
    entries = []
    for connector in wanted:
        state = found.get(CONNECTOR_KEY + connector)
        tasks = {key: value for key, value in found.items() if key.startswith(f"{TASK_KEY}{connector}-")}
        if state is None:
            continue
        entries.append(
            {
                "name": f"{source}->{target}.{connector}",
                "type": "source",
                "connector": _state(state),
                "tasks": [
                    {"id": int(key.rpartition("-")[2]), **_state(value)}
                    for key, value in sorted(tasks.items())
                    if value.get("state") != "DESTROYED"
                ],
            }
        )
    return entries


def _state(value: Mapping[str, Any]) -> dict[str, Any]:
    entry = {"state": str(value.get("state")), "worker_id": str(value.get("worker_id"))}
    if value.get("trace"):
        entry["trace"] = str(value["trace"])[:TRACE_LENGTH]
    return entry


def missing(entries: list[dict[str, Any]], spec: MirrorMakerSpec) -> list[str]:
    """Return the connectors that have not been heard of, and those of which nothing runs yet."""
    heard = {
        entry["name"]
        for entry in entries
        if entry["connector"]["state"] == "RUNNING" and all(task["state"] == "RUNNING" for task in entry["tasks"])
    }
    every = [
        f"{mirror.source.alias}->{spec.target.alias}.{name}" for mirror in spec.mirrors for name in connectors(mirror)
    ]
    return [name for name in every if name not in heard]


def failed(entries: list[dict[str, Any]]) -> list[str]:
    """Return the connectors that have failed, or of which a task has."""
    return [
        entry["name"]
        for entry in entries
        if "FAILED" in (entry["connector"]["state"], *(task["state"] for task in entry["tasks"]))
    ]

# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``lab status``: each program with its state, age, memory and processor time, and each service with what it says."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import psutil

from manuela_lab import argocd, lab, processes
from manuela_lab.api import Api
from manuela_lab.errors import LabError
from manuela_lab.health import mqtt_seen, s3_seen, sensors_seen
from manuela_lab.lab import Lab
from manuela_lab.places import Places
from manuela_lab.supervision import Supervisor


@dataclass(frozen=True)
class Row:
    """One line: what, whether it is well, and what there is to say."""

    what: str
    well: bool
    words: str


@dataclass(frozen=True)
class Use:
    """What processes take."""

    count: int
    memory: int
    seconds: float


def status(places: Places) -> list[Row]:
    """Every program and every service of the lab."""
    known = lab.load(places)
    if known is None:
        raise LabError(f"no lab in {places.state}; start one with 'lab up'")
    rows = _programs(known)
    if not any(row.well for row in rows):
        return rows
    questions = _questions(known)
    with ThreadPoolExecutor(len(questions)) as pool:
        answers = list(pool.map(_ask, questions.values()))
    return rows + [Row(what, seen is None, seen or "well") for what, seen in zip(questions, answers, strict=True)]


def _programs(known: Lab) -> list[Row]:
    control = Supervisor(known)
    if not control.answers():
        return [Row("supervisor", False, "does not answer; run 'lab up'")]
    rows = []
    for each in control.states():
        words = each.state.lower()
        if each.pid:
            words += f", {describe(_tree(each.pid))}, up {each.since:.0f} s, pid {each.pid}"
        rows.append(Row(each.name, each.state == "RUNNING", f"{words} {each.message}".strip()))
    total = use(processes.of_lab(known.places.state))
    return [*rows, Row("all together", True, describe(total))]


def _questions(known: Lab) -> dict[str, Callable[[], str | None]]:
    asked: dict[str, Callable[[], str | None]] = {
        "MQTT broker": lambda: mqtt_seen(known),
        "S3 store": lambda: s3_seen(known),
    }
    if not known.adopted:
        asked["sensors"] = lambda: sensors_seen(known)
    for cluster in known.profile.clusters:
        api = Api(known, cluster)
        asked[f"API of {cluster.name}"] = api.ready
        for environment in known.profile.environments_of(cluster):
            name = environment.application
            asked[f"Application {name}"] = lambda api=api, name=name: argocd.sync_state(known, api, name)  # type: ignore[misc]
    return asked


def _ask(question: Callable[[], str | None]) -> str | None:
    try:
        return question()
    except LabError as error:
        return str(error)


def _tree(pid: int) -> Use:
    try:
        process = psutil.Process(pid)
        return use([process, *process.children(recursive=True)])
    except psutil.Error:
        return Use(0, 0, 0.0)


def use(listed: list[psutil.Process]) -> Use:
    """Memory (resident) and processor time of processes, added up."""
    count = memory = 0
    seconds = 0.0
    for process in listed:
        try:
            times = process.cpu_times()
            memory += process.memory_info().rss
        except psutil.Error:
            continue
        seconds += times.user + times.system
        count += 1
    return Use(count, memory, seconds)


def describe(taken: Use) -> str:
    """In one phrase."""
    noun = "process" if taken.count == 1 else "processes"
    return f"{taken.count} {noun}, {taken.memory / 2**20:.0f} MiB, {taken.seconds:.0f} CPU s"


def table(rows: list[Row]) -> str:
    """Rows in columns."""
    width = max(len(row.what) for row in rows)
    return "\n".join(f"{'ok ' if row.well else 'BAD'} {row.what:<{width}}  {row.words}" for row in rows)

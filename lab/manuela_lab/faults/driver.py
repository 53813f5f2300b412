# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Making a fault and taking it back.  A record is written first, so that a killed command can be taken back too."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

from manuela_lab.errors import LabError
from manuela_lab.faults import well
from manuela_lab.faults.catalogue import find
from manuela_lab.faults.world import World

LOOK_AGAIN = 0.5
WELL_AGAIN = 240.0
COMPARE_AGAIN = 10.0


def inject(world: World, name: str) -> None:
    """Make one fault, and return when it shows."""
    fault = find(name)
    if made := present(world):
        raise LabError(f"the fault {made[0]} is there already; take it back first with 'lab fault --clear'")
    record = _record(world, name)
    record.parent.mkdir(parents=True, exist_ok=True)
    kept: list[Any] = []
    for change in fault.changes:
        record.write_text(json.dumps([*kept, None]), encoding="utf-8")
        kept.append(change.inject(world))
        record.write_text(json.dumps(kept), encoding="utf-8")
    deadline = time.monotonic() + fault.patience
    while not fault.sign.shows(world):
        if time.monotonic() > deadline:
            raise LabError(f"{name} was made and does not show after {fault.patience:.0f} s; 'lab fault --clear'")
        time.sleep(LOOK_AGAIN)


def clear(world: World, name: str) -> None:
    """Take one fault back, and return when the lab is well."""
    record = _record(world, name)
    if not record.exists():
        raise LabError(f"the fault {name} is not there")
    kept = json.loads(record.read_text(encoding="utf-8"))
    for change, value in reversed(list(zip(find(name).changes, kept, strict=False))):
        change.clear(world, value)
    deadline = time.monotonic() + WELL_AGAIN
    compared = time.monotonic()
    while ill := well.first_ill(world):
        if time.monotonic() > deadline:
            raise LabError(f"{name} is taken back, and after {WELL_AGAIN:.0f} s the lab is not well: {ill}")
        # By itself Argo CD looks again after three minutes.
        if ill.startswith("Application") and time.monotonic() > compared + COMPARE_AGAIN:
            world.refresh()
            compared = time.monotonic()
        time.sleep(LOOK_AGAIN)
    record.unlink()


def present(world: World) -> list[str]:
    """Return the names of the faults that were made and not taken back."""
    return sorted(path.stem for path in _directory(world).glob("*.json"))


def _directory(world: World) -> Path:
    return world.lab.places.state / "faults"


def _record(world: World, name: str) -> Path:
    return _directory(world) / f"{name}.json"

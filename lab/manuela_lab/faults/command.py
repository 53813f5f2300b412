# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What ``lab fault`` does for its user."""

from __future__ import annotations

from manuela_lab import lab as labs
from manuela_lab.errors import LabError
from manuela_lab.faults import driver
from manuela_lab.faults.catalogue import FAULTS, find
from manuela_lab.faults.world import World
from manuela_lab.lock import alone
from manuela_lab.places import Places
from manuela_lab.profile import DEFAULT


def listed() -> str:
    """Every fault with its sentence."""
    width = max(map(len, FAULTS))
    return "\n".join(f"{each.name:<{width}}  {each.says}" for each in FAULTS.values())


def make(places: Places, name: str) -> None:
    """Make one fault."""
    find(name)
    with alone(places.lock):
        driver.inject(_world(places), name)
    print(f"{name}: {find(name).says}. Take it back with: lab fault --clear")


def clear(places: Places, name: str) -> None:
    """Take one fault back, or whatever is there."""
    with alone(places.lock):
        world = _world(places)
        for each in [name] if name else driver.present(world):
            driver.clear(world, each)
            print(f"{each} is taken back, and the lab is well")


def _world(places: Places) -> World:
    lab = labs.load(places)
    if lab is None:
        raise LabError(f"no lab in {places.state}; start it with 'lab up'")
    if lab.profile.name != DEFAULT.name:
        raise LabError(f"the faults are those of the profile {DEFAULT.name}, and this lab is of {lab.profile.name}")
    return World(lab)

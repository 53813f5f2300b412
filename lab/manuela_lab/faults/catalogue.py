# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every fault that the lab can produce, by name."""

from __future__ import annotations

from manuela_lab.errors import LabError
from manuela_lab.faults.access import ACCESS
from manuela_lab.faults.data import DATA
from manuela_lab.faults.delivery import DELIVERY
from manuela_lab.faults.fault import Fault
from manuela_lab.faults.operators import OPERATORS
from manuela_lab.faults.streaming import LIMITS, STREAMING
from manuela_lab.faults.unnamed import UNNAMED

FAULTS: dict[str, Fault] = {
    each.name: each for each in (*DELIVERY, *OPERATORS, *STREAMING, *LIMITS, *DATA, *UNNAMED, *ACCESS)
}


def find(name: str) -> Fault:
    """Return the fault of a name."""
    if name not in FAULTS:
        raise LabError(f"no fault is called {name}; 'lab fault --list' says which there are")
    return FAULTS[name]

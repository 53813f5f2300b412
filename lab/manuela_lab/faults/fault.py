# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One fault as data: what is done to the lab, where it shows, and which cause a diagnosis must name."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol

from manuela_lab.faults.world import World


class Change(Protocol):
    """Something that is done to a lab, and can be taken back; what it returns is kept until then."""

    def inject(self, world: World) -> Any:
        """Do it."""

    def clear(self, world: World, kept: Any) -> None:
        """Take it back; once more does no harm."""


class Sign(Protocol):
    """Where a fault shows once it is there."""

    def shows(self, world: World) -> bool:
        """Look once."""


@dataclass(frozen=True)
class Fault:
    """``cause`` is the diagnosis' name for it (empty: it knows none); ``named`` are words of its sentence."""

    name: str
    says: str
    changes: tuple[Change, ...]
    sign: Sign
    cause: str
    named: tuple[str, ...] = ()
    patience: float = field(default=180.0)

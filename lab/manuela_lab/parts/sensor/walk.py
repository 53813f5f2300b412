# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a measured value moves: a random walk between two bounds, with a peak now and then."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

PEAK = 1.5  # a peak is half as high again as the upper bound, so that an alert can tell it from the walk


@dataclass(frozen=True)
class Walk:
    """The bounds and the stride of a walk.  ``peak_every`` 0 means no peaks."""

    low: float
    high: float
    start: float
    step: float
    peak_every: int = 0

    def values(self, chance: Random) -> Iterator[float]:
        """Values without end.  A peak does not move the walk itself."""
        value = min(max(self.start, self.low), self.high)
        count = 0
        while True:
            count += 1
            yield self.high * PEAK if self.peak_every and count % self.peak_every == 0 else value
            value = min(max(value + chance.uniform(-self.step, self.step), self.low), self.high)


def payload(machine_id: str, device_id: str, value: float, epoch_millis: int) -> str:
    """One record as the demo writes it."""
    return f"{machine_id},{device_id},{value},{epoch_millis}"

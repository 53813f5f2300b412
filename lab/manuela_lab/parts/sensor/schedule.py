# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When the next value is due: steady, without catching up on what a stalled process missed."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Due:
    """The next moment of one metric, on a clock in seconds."""

    at: float
    seconds_between: float

    def after(self, now: float) -> Due:
        """The moment that follows.  A machine that slept does not send the past in one burst."""
        following = self.at + self.seconds_between
        return Due(following if following > now else now + self.seconds_between, self.seconds_between)

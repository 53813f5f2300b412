# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which Kafka has which address of the lab.

The factory's first without a route and the central data centre's first with one have the known ones.
"""

from __future__ import annotations

from typing import Iterable

from manuela_lab.operator.resources import Key
from manuela_lab.operator.settings import ADDRESS_KAFKA, ADDRESS_KAFKA_WITH_ROUTE, ADDRESS_MORE_KAFKA, Settings


class Addresses:
    """Addresses given to Kafka resources until they are gone."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._given: dict[Key, int] = {}

    def of(self, key: Key, with_route: bool) -> str:
        """Return the address of a Kafka resource."""
        if key not in self._given:
            taken = set(self._given.values())
            self._given[key] = next(octet for octet in self._candidates(with_route) if octet not in taken)
        return self._settings.address(self._given[key])

    def release(self, key: Key) -> None:
        """Take the address back."""
        self._given.pop(key, None)

    def _candidates(self, with_route: bool) -> Iterable[int]:
        if self._settings.last if with_route else self._settings.first:
            yield ADDRESS_KAFKA_WITH_ROUTE if with_route else ADDRESS_KAFKA
        # Two clusters may each have further ones: each takes its own half.
        spare = list(ADDRESS_MORE_KAFKA)
        half = len(spare) // 2
        yield from spare[:half] if self._settings.dc == min(self._settings.domains) else spare[half:]

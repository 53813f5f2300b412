# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter preflight."""

from __future__ import annotations

from typing import Any, Callable

from ansible_collections.manuela.event_streaming.plugins.plugin_utils.preflight import preflight


class FilterModule:
    """Offers the filter."""

    def filters(self) -> dict[str, Callable[..., list[dict[str, Any]]]]:
        """Return the filters by name."""
        return {"preflight": preflight}

# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is said of a resource; pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Mapping

Object = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Verdict:
    """``message``: what the resource says.  ``terminal``: waiting cannot cure it."""

    ready: bool
    message: str = ""
    terminal: bool = False


def says(entry: Object | None, default: str = "") -> str:
    """Return a condition's reason and message in one line."""
    if not entry:
        return default
    reason, message = str(entry.get("reason") or ""), " ".join(str(entry.get("message") or "").split())
    return ": ".join(part for part in (reason, message) if part) or default

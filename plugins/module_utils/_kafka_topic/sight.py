# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a connection reports of one look."""

from __future__ import annotations

from dataclasses import dataclass

from ansible_collections.manuela.event_streaming.plugins.module_utils._kafka_topic.flow import Observation


@dataclass(frozen=True, slots=True)
class Sight:
    """One look: an observation once a round is complete, before that where the pod is.

    ``nothing`` says that there is nothing to connect to; without wait that is the answer.
    """

    seen: Observation | None = None
    rounds: int = 0
    said: str = ""
    terminal: str = ""
    nothing: bool = False

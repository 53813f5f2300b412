# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""kafka_topic_info, with a line of progress while it waits."""

from __future__ import annotations

from ansible_collections.manuela.event_streaming.plugins.plugin_utils.waiting import WaitingAction


class ActionModule(WaitingAction):
    """Waits in slices."""

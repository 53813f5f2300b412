# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the lab's commands fail with."""

from __future__ import annotations


class LabError(Exception):
    """One line for the user: what failed, on what, why, and what to do next."""

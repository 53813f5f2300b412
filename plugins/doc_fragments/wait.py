# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of the modules that can wait."""

from __future__ import annotations


class ModuleDocFragment:
    """Options `wait`, `wait_timeout` and `wait_sleep`."""

    DOCUMENTATION = r"""
options:
  wait:
    description:
      - Look again until what was asked for is so.
      - Run from a playbook, one line is printed every ten seconds at the latest, with what each part last said.
      - In check mode the module looks once and never fails because something is not so yet.
    type: bool
    default: false
  wait_timeout:
    description:
      - Seconds after which waiting fails with the code V(timeout) and what was seen last.
    type: int
    default: 300
  wait_sleep:
    description:
      - Seconds between two looks.
    type: float
    default: 1
notes:
  - A state that cannot become right by waiting ends the wait at once, with the code V(failed) and its own words.
"""

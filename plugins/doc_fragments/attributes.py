# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every module says about check mode, diff mode and platforms."""

from __future__ import annotations


class ModuleDocFragment:
    """``attributes`` for modules that write; ``attributes.info`` for modules that only look."""

    DOCUMENTATION = r"""
options: {}
attributes:
  check_mode:
    support: full
    description: Predicts C(changed), the returned state and the diff, and writes nothing.
  diff_mode:
    support: full
    description: Shows what differs before and after; secrets are shown by fingerprint or masked.
  idempotent:
    support: full
    description: Run again with the same options it changes nothing, and makes no call that writes.
  platform:
    support: full
    platforms: posix
    description: Target systems on which the module runs.
"""

    INFO = r"""
options: {}
attributes:
  check_mode:
    support: full
    description: Only looks, and changes nothing in any mode.
  diff_mode:
    support: none
    description: Has no differences to show, because it changes nothing.
  idempotent:
    support: full
    description: Changes nothing, however often it is run.
  platform:
    support: full
    platforms: posix
    description: Target systems on which the module runs.
"""

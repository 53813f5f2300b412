# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m manuela_lab`` is ``lab``."""

from __future__ import annotations

import sys

from manuela_lab.cli import main

sys.exit(main())

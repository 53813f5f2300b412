# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Parts that need a lab of their own."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator

from parts import BIN, PYTHON, ROOT, Step

BUILD = """
import os
from manuela_lab import binaries
from manuela_lab.places import Places
from manuela_lab.progress import Progress
binaries.ensure(Places.of(os.environ), Progress())
"""


def build() -> Iterator[Step]:
    """Build the lab's programs, so that no later part waits for that; from the cache it takes no time."""
    yield Step((PYTHON, "-c", BUILD))


def molecule() -> Iterator[Step]:
    """Run every scenario on one lab, and take the lab down whatever they said."""
    directory = tempfile.mkdtemp(prefix="lab-")
    environment = {"LAB_DIR": directory}
    yield Step((BIN / "lab", "up"), None, environment)
    yield Step((BIN / "molecule", "test", "--all"), ROOT, environment)
    yield Step((BIN / "lab", "down"), None, environment, always=True)

# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A lab as a value, in a temporary directory, with nothing running."""

from __future__ import annotations

from pathlib import Path

import pytest

from manuela_lab.lab import Keys, Lab
from manuela_lab.network import Network
from manuela_lab.places import Places
from manuela_lab.profile import DEFAULT


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return Places(tmp_path / "state of a lab", tmp_path / "cache", tmp_path / "checkout")


@pytest.fixture
def lab(places: Places) -> Lab:
    return Lab(places, DEFAULT, Network("127.9.8", 443), Keys.fresh(DEFAULT.clusters), places.cache / "bin-1")

# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One lab for all end-to-end tests: started cold, used in the order of the files, taken down with nothing left."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))

from driving import PATIENCE, Lab
from own_lab import add_lab_option, given_or_own_lab


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test here is an end-to-end test, with time for one long wait."""
    for item in items:
        if "/e2e/" in str(item.path):
            item.add_marker(pytest.mark.e2e)
            mark = item.get_closest_marker("timeout")
            seconds = mark.args[0] if mark else 480
            item.add_marker(pytest.mark.timeout(seconds * PATIENCE), append=False)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of these tests."""
    add_lab_option(parser)


@pytest.fixture(scope="session")
def lab(request: pytest.FixtureRequest) -> Iterator[Lab]:
    """Return a lab that is up; take it down and insist that nothing is left."""
    with given_or_own_lab(request.config) as lab:
        yield lab

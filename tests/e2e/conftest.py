# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One lab for all end-to-end tests: started cold, used in the order of the files, taken down with nothing left."""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))

from driving import PATIENCE, Lab


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test here is an end-to-end test, with time for one long wait."""
    for item in items:
        if "/e2e/" in str(item.path):
            item.add_marker(pytest.mark.e2e)
            mark = item.get_closest_marker("timeout")
            seconds = mark.args[0] if mark else 480
            item.add_marker(pytest.mark.timeout(seconds * PATIENCE), append=False)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Take a lab that is up already, while tests are written."""
    parser.addoption("--lab-dir", help="use the lab in this directory, and leave it up")


@pytest.fixture(scope="session")
def lab(request: pytest.FixtureRequest) -> Iterator[Lab]:
    """Return a lab that is up; take it down and insist that nothing is left."""
    given = request.config.getoption("--lab-dir")
    if given:
        yield Lab(Path(given).resolve())
        return
    yield from _own_lab(Path(tempfile.mkdtemp(prefix="lab-")))


def _own_lab(directory: Path) -> Iterator[Lab]:
    lab = Lab(directory)
    begin = time.monotonic()
    up = lab.command("up", limit=1500)
    try:
        assert up.returncode == 0, up.stdout + up.stderr
        print(f"lab up: {time.monotonic() - begin:.1f} s")
        yield lab
    finally:
        down = lab.command("down", limit=120)
        left = lab.processes()
        shutil.rmtree(directory, ignore_errors=True)
    assert down.returncode == 0, down.stdout + down.stderr
    assert not left, f"still running after lab down: {left}"

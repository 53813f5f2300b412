# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A lab, the AWX objects that point at it, and the project as AWX checks it out and installs it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent), str(HERE.parent / "e2e"), str(HERE.parent / "runner")]

from awx.fake_awx import FakeAwx
from driving import Lab
from launching import Awx, Project
from own_lab import add_lab_option, given_or_own_lab


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of these tests."""
    add_lab_option(parser)


@pytest.fixture(scope="session")
def lab(request: pytest.FixtureRequest) -> Iterator[Lab]:
    """Return a lab that is up; take it down and insist that nothing is left."""
    with given_or_own_lab(request.config) as lab:
        yield lab


@pytest.fixture(scope="session")
def awx(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Awx:
    """Return an AWX that holds our objects for this lab, as playbooks/awx.yml makes them."""
    project = Project.checked_out(tmp_path_factory.mktemp("project"))
    return Awx(FakeAwx(), project, tmp_path_factory.mktemp("jobs")).prepared_for(lab)

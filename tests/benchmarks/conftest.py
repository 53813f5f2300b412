# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Benchmarks: they assert that the work was done, report what it cost, and judge no figure."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from report import Report, write

HOUR = 3600


def pytest_addoption(parser: pytest.Parser) -> None:
    """Take the sizes, and where the page goes."""
    parser.addoption("--large", action="store_true", default=os.environ.get("LARGE", "0") != "0", help="large sizes")
    parser.addoption("--report", type=Path, help="the page to write, when every benchmark that ran has ended well")


def pytest_configure(config: pytest.Config) -> None:
    """Begin an empty page, on a machine like a user's."""
    config.stash[PAGE] = Report()
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # a user's Python compiles its libraries once


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A benchmark has no deadline of seconds."""
    for item in items:
        item.add_marker(pytest.mark.timeout(2 * HOUR))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Say on the page what was skipped, and why."""
    told = yield
    if told.skipped and call.excinfo is not None:
        item.config.stash[PAGE].left_out(item.name, str(call.excinfo.value))
    return told


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Write the page; half of a page would pass for a whole one."""
    path = session.config.getoption("--report")
    if path and not exitstatus:
        write(path, session.config.stash[PAGE])


PAGE = pytest.StashKey[Report]()


@pytest.fixture(scope="session")
def report(request: pytest.FixtureRequest) -> Report:
    """The page."""
    return request.config.stash[PAGE]


@pytest.fixture(scope="session")
def large(request: pytest.FixtureRequest) -> bool:
    """Whether the large sizes are wanted."""
    return bool(request.config.getoption("--large"))

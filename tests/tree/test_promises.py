# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each promise names tests that are there, and that hold something."""

from __future__ import annotations

import re
from pathlib import Path

SHORT = {"…/": "tests/unit/plugins/module_utils/", "contract/": "tests/unit/plugins/modules/contract/"}


def _promises(root: Path) -> list[tuple[str, str]]:
    """Return each promise with the text that says what holds it."""
    rows = [line.split("|")[1:3] for line in (root / "docs/promises.md").read_text().splitlines() if line[:1] == "|"]
    return [(promise.strip(), held_by) for promise, held_by in rows[2:]]


def _tests(held_by: str) -> list[str]:
    found = []
    for name in re.findall(r"`([^` ]+/[^` ]*)`", held_by):
        short = next((one for one in SHORT if name.startswith(one)), "")
        found.append(SHORT.get(short, "") + name.removeprefix(short))
    return found


def test_every_promise_is_held_by_tests_that_are_there(root: Path) -> None:
    promises = _promises(root)
    assert len(promises) > 20
    for promise, held_by in promises:
        tests = _tests(held_by)
        assert tests, promise
        for test in tests:
            path = root / test
            assert path.exists(), f"{promise}: there is no {test}"
            assert path.is_dir() or "def " in path.read_text(), f"{promise}: {test} holds nothing"

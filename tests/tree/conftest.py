# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of the tree share: the checkout, and the files that Git would take from it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def tracked() -> list[Path]:
    """Return every regular file that is tracked or would be, as paths relative to the checkout."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    names = (Path(name) for name in listed.stdout.decode().split("\0") if name)
    return sorted(name for name in names if (ROOT / name).is_file() and not (ROOT / name).is_symlink())


@pytest.fixture(scope="session")
def root() -> Path:
    """Return the checkout."""
    return ROOT


@pytest.fixture(scope="session")
def texts() -> dict[Path, str]:
    """Return the text of every file of the tree, but of the licence and the locks of other ecosystems."""
    left_out = {"LICENSE", "go.sum"}
    return {
        name: (ROOT / name).read_text(encoding="utf-8", errors="replace")
        for name in tracked()
        if name.name not in left_out
    }

# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A lab of the tests' own: started cold, taken down whatever happens, with nothing left."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

import pytest
from driving import Lab


def add_lab_option(parser: pytest.Parser) -> None:
    """Take a lab that is up already, while tests are written."""
    parser.addoption("--lab-dir", help="use the lab in this directory, and leave it up")


def given_or_own_lab(config: pytest.Config) -> AbstractContextManager[Lab]:
    """Give the lab that the option names, else one of our own."""
    given = config.getoption("--lab-dir")
    return nullcontext(Lab(Path(given).resolve())) if given else own_lab()


@contextmanager
def own_lab(*up_options: str) -> Iterator[Lab]:
    """Start a lab in a directory of its own; take it down and insist that no process is left."""
    directory = Path(tempfile.mkdtemp(prefix="lab-"))
    lab = Lab(directory)
    begin = time.monotonic()
    up = lab.command("up", *up_options, limit=1500)
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

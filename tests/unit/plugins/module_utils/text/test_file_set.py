# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A write of many files that is cut short anywhere leaves each file old or new, and a re-run completes it."""

from __future__ import annotations

import contextlib
import errno
import os
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import Failure
from ansible_collections.manuela.event_streaming.plugins.module_utils._file_set import replace_all

CALLS = ("fsync", "fchmod", "replace", "open", "fdopen")
OLD, NEW = b"old\n", b"new, and longer\n"


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    paths = [tmp_path / directory / name for directory in ("a", "b") for name in ("1.yaml", "2.yaml")]
    for path in paths:
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(OLD)
        path.chmod(0o640)
    return paths


def _cut(monkeypatch: pytest.MonkeyPatch, name: str, number: int, error: BaseException) -> None:
    """Let the call ``number`` of ``os.name`` and all that follow fail, as if the process were gone."""
    real, calls = getattr(os, name), []

    def call(*args: Any, **more: Any) -> Any:
        calls.append(args)
        if len(calls) >= number:
            raise error
        return real(*args, **more)

    monkeypatch.setattr(os, name, call)


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("number", range(1, 7))
def test_every_file_is_old_or_new_wherever_it_stops(files, monkeypatch, name, number):
    _cut(monkeypatch, name, number, OSError(errno.ENOSPC, "No space left on device"))
    with contextlib.suppress(Failure):
        replace_all(dict.fromkeys(files, NEW))
    monkeypatch.undo()
    assert {path.read_bytes() for path in files} <= {OLD, NEW}
    replace_all(dict.fromkeys(files, NEW))
    assert [path.read_bytes() for path in files] == [NEW] * 4
    assert {path.stat().st_mode & 0o777 for path in files} == {0o640}


def test_a_full_disk_changes_no_file_at_all(files, monkeypatch):
    _cut(monkeypatch, "fsync", 4, OSError(errno.ENOSPC, "No space left on device"))
    with pytest.raises(Failure, match="No space left"):
        replace_all(dict.fromkeys(files, NEW))
    assert [path.read_bytes() for path in files] == [OLD] * 4
    assert sorted(path for directory in {one.parent for one in files} for path in directory.iterdir()) == files


def test_nothing_is_left_beside_the_files(files):
    replace_all(dict.fromkeys(files, NEW))
    assert sorted(path.name for path in files[0].parent.iterdir()) == ["1.yaml", "2.yaml"]


def test_no_files_are_nothing_to_do():
    replace_all({})

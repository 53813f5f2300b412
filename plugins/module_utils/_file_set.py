# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Replacing many files: all new contents are on the disk before the first file is replaced."""

from __future__ import annotations

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Callable, Mapping, Sequence

from ansible_collections.manuela.event_streaming.plugins.module_utils import _files
from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import Failure

_AT_ONCE = 8  # threads that wait for the disk, which then writes for several at a time


def replace_all(contents: Mapping[Path, bytes]) -> None:
    """Replace existing regular files, in the order given, each in one step and with its mode.

    A full disk or a missing permission shows while the new contents are written: then no file is changed.
    """
    if len(contents) == 1:
        for path, data in contents.items():
            _files.write_atomic(path, data)
        return
    directories = list(dict.fromkeys(path.parent for path in contents))
    written: dict[Path, str] = {}

    def write(path: Path) -> None:
        written[path] = _files.write_beside(path, contents[path], stat.S_IMODE(path.stat().st_mode))

    try:
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            _share(pool, _files.sweep, directories)
            _share(pool, write, list(contents))
            for path in contents:
                os.replace(written[path], path)
                del written[path]
            _share(pool, _files.sync, directories)
    except OSError as error:
        raise Failure(
            "refused",
            f"cannot write {error.filename or 'the files'}: {error.strerror}. Check permissions and free space",
        ) from error
    finally:
        for name in written.values():
            Path(name).unlink(missing_ok=True)


def _share(pool: ThreadPoolExecutor, work: Callable[[Path], None], paths: Sequence[Path]) -> None:
    """Do the work for each path; each thread has its part, which costs less than handing over one by one."""

    def part(start: int) -> None:
        for path in paths[start::_AT_ONCE]:
            work(path)

    list(pool.map(part, range(_AT_ONCE)))

# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading and atomically replacing files; knows nothing about what is in them."""

from __future__ import annotations

import os
import stat
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import Failure

PREFIX = ".event-streaming-"
_LEFTOVER_SECONDS = 3600


def real_file(path: str | Path, *, inside: str | Path | None = None) -> Path:
    """Return the regular file behind ``path``, following links.

    :raises Failure: ``not_found`` when there is none, ``refused`` when it lies outside ``inside``.
    """
    given = Path(path)
    try:
        real = given.resolve(strict=True)
    except (OSError, RuntimeError, ValueError) as error:  # the last for a zero byte
        raise Failure(
            "not_found", f"cannot find {given}: {_why(error)}. Check the path and that links lead somewhere"
        ) from error
    if inside is not None and not (real.is_relative_to(inside) or real.is_relative_to(Path(inside).resolve())):
        raise Failure("refused", f"{given} leads to {real}, outside of {inside}. Give a path inside of it")
    if not real.is_file():
        raise Failure("refused", f"{given} is not a regular file. Give the path of a file")
    return real


def read_bytes(path: str | Path, *, inside: str | Path | None = None) -> bytes:
    """Return the content of the regular file behind ``path``."""
    real = real_file(path, inside=inside)
    try:
        return real.read_bytes()
    except OSError as error:
        raise Failure("refused", f"cannot read {real}: {_why(error)}. Check its permissions") from error


def write_atomic(path: str | Path, data: bytes, *, inside: str | Path | None = None, mode: int = 0o644) -> None:
    """Replace the content of ``path`` in one step: a reader or a crash sees the old bytes or the new ones.

    An existing file keeps its mode, and a link stays a link (the file behind it is replaced).  ``mode`` is the mode
    of a new file, from its birth.
    """
    target = Path(path)
    if target.is_symlink() or target.exists():
        target = real_file(target, inside=inside)
        mode = stat.S_IMODE(target.stat().st_mode)
    try:
        sweep(target.parent)
        _replace(target, data, mode)
    except OSError as error:
        raise Failure(
            "refused", f"cannot write {target}: {_why(error)}. Check permissions and free space; nothing was changed"
        ) from error


def _replace(target: Path, data: bytes, mode: int) -> None:
    name = write_beside(target, data, mode)
    try:
        os.replace(name, target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    sync(target.parent)


def write_beside(target: Path, data: bytes, mode: int) -> str:
    """Return the name of a new file with ``data``, in the directory of ``target``, on the disk; none when it fails."""
    handle, name = tempfile.mkstemp(prefix=PREFIX, dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fchmod(file.fileno(), mode)
            os.fsync(file.fileno())
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return name


def sync(path: Path) -> None:
    """Make the content of a file, or a rename in a directory, survive a power cut."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sweep(directory: Path) -> None:
    """Remove our temporary files that a killed run left here an hour ago or earlier."""
    with os.scandir(directory) as entries:
        ours = [entry for entry in entries if entry.name.startswith(PREFIX)]
    for entry in ours:
        with suppress(FileNotFoundError):  # another run was quicker
            if entry.is_file() and time.time() - entry.stat(follow_symlinks=False).st_mtime > _LEFTOVER_SECONDS:
                os.unlink(entry.path)


def _why(error: BaseException) -> str:
    return getattr(error, "strerror", None) or str(error)

# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Container logs on disk in the format of the container runtimes: ``TIME STREAM F TEXT``, and how they are read."""

from __future__ import annotations

import asyncio
import os
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import AsyncIterator, BinaryIO, Iterator

ROTATE_BYTES = 8 << 20
BLOCK = 1 << 16
LAST_LINES, LAST_BYTES = 80, 2048


@dataclass(frozen=True)
class LogRequest:
    """The query of ``GET …/log``: what part of a log is wanted, and whether to wait for more."""

    follow: bool = False
    tail_lines: int | None = None
    since: str = ""
    timestamps: bool = False
    limit_bytes: int | None = None


def stamp(nanoseconds: int) -> str:
    """Return a time in RFC 3339 with nine digits, which sorts as text."""
    seconds, rest = divmod(nanoseconds, 1_000_000_000)
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S") + f".{rest:09d}Z"


class ContainerLog:
    """The log of one run of one container.  Readers that follow are woken by the writer, they never poll."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self.closed = False
        self._file: BinaryIO = path.open("ab", buffering=0)
        self._partial: dict[str, bytes] = {}
        self._changed = asyncio.Event()
        self._awaited: tuple[bytes, asyncio.Event] | None = None

    def said(self, text: str) -> asyncio.Event:
        """Return an event that is set when a line with ``text`` is written."""
        event = asyncio.Event()
        self._awaited = (text.encode(), event)
        return event

    def write(self, stream: str, chunk: bytes, final: bool = False) -> None:
        """Append what a stream delivered; a line is written when it is complete, or at the end."""
        if self.closed:
            return
        text = self._partial.pop(stream, b"") + chunk
        lines = text.split(b"\n")
        rest = lines.pop()
        if rest and final:
            lines.append(rest)
        elif rest:
            self._partial[stream] = rest
        if lines:
            head = f"{stamp(time.time_ns())} {stream} F ".encode("ascii")
            self._file.write(b"".join(head + line + b"\n" for line in lines))
            self._rotate()
            self._wake()
            if self._awaited is not None and any(self._awaited[0] in line for line in lines):
                self._awaited[1].set()
                self._awaited = None

    def say(self, line: str) -> None:
        """Write a line of the kubelet's own."""
        self.write("stderr", line.encode() + b"\n")

    def close(self) -> None:
        """End the log: readers that follow come to their end."""
        if not self.closed:
            self.closed = True
            self._file.close()
            self._wake()

    @property
    def changed(self) -> asyncio.Event:
        """Return the event of the next change.  Take it before looking: what comes later sets it."""
        return self._changed

    def _wake(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()

    def _rotate(self) -> None:
        if self._file.tell() > ROTATE_BYTES:
            os.replace(self.path, self.path.with_suffix(".old"))
            self._file.close()
            self._file = self.path.open("ab", buffering=0)


def tail_offset(file: BinaryIO, lines: int) -> int:
    """Return the offset at which the last ``lines`` lines of a file begin."""
    position = end = file.seek(0, os.SEEK_END)
    if lines <= 0:
        return end
    missing = lines + 1
    while position > 0:
        size = min(BLOCK, position)
        position -= size
        file.seek(position)
        block = file.read(size)
        found = block.count(b"\n")
        if found >= missing:
            start = len(block)
            for _ in range(missing):
                start = block.rindex(b"\n", 0, start)
            return position + start + 1
        missing -= found
    return 0


def wanted(lines: Iterator[bytes], request: LogRequest) -> Iterator[bytes]:
    """Yield lines as a client sees them: without the runtime's columns, not older than asked."""
    for line in lines:
        time_text, _, rest = line.partition(b" ")
        if request.since and time_text.decode("ascii", "replace") < request.since:
            continue
        _stream, _, tagged = rest.partition(b" ")
        text = tagged.partition(b" ")[2]
        yield time_text + b" " + text if request.timestamps else text


def complete_lines(file: BinaryIO) -> list[bytes]:
    """Return the next lines that are written to their end."""
    lines = file.readlines(BLOCK)
    if lines and not lines[-1].endswith(b"\n"):
        file.seek(-len(lines.pop()), os.SEEK_CUR)
    return lines


def last_words(path: Path) -> str:
    """Return the end of a log as a kubelet keeps it in a container's status."""
    with path.open("rb") as file:
        file.seek(tail_offset(file, LAST_LINES))
        text = b"".join(wanted(iter(file.readlines()), LogRequest()))
    return text[-LAST_BYTES:].decode("utf-8", "replace")


async def read(path: Path, request: LogRequest, live: ContainerLog | None) -> AsyncIterator[bytes]:
    """Yield blocks of a log; with ``follow`` go on until ``live`` has ended."""
    left = request.limit_bytes
    file = path.open("rb")
    try:
        file.seek(tail_offset(file, request.tail_lines) if request.tail_lines is not None else 0)
        while left is None or left > 0:
            follow = live.changed if live is not None and request.follow and not live.closed else None
            lines = complete_lines(file)
            block = b"".join(wanted(iter(lines), request))[:left]
            if block:
                yield block
                left = left - len(block) if left is not None else None
            if lines:
                continue
            if _rotated(path, file):
                file.close()
                file = path.open("rb")
            elif follow is None:
                return
            else:
                await follow.wait()
    finally:
        file.close()


def _rotated(path: Path, file: BinaryIO) -> bool:
    try:
        return path.stat().st_ino != os.fstat(file.fileno()).st_ino
    except FileNotFoundError:
        return False

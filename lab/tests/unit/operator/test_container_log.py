# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Logs are read as kubectl asks for them, and followed without polling."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from manuela_lab.operator.container_log import ContainerLog, LogRequest, last_words, read, stamp
from manuela_lab.operator.log_server import parse_request


def contents(path: Path, request: LogRequest) -> bytes:
    async def collect() -> bytes:
        return b"".join([block async for block in read(path, request, None)])

    return asyncio.run(collect())


@pytest.fixture
def log(tmp_path: Path) -> ContainerLog:
    async def make() -> ContainerLog:
        return ContainerLog(tmp_path / "c" / "0.log")

    return asyncio.run(make())


def test_lines_are_whole_and_the_last_one_is_not_lost(log: ContainerLog) -> None:
    log.write("stdout", b"one\ntw")
    log.write("stderr", b"other\n")
    log.write("stdout", b"o\nthree")
    assert contents(log.path, LogRequest()) == b"one\nother\ntwo\n"
    log.write("stdout", b"", final=True)
    assert contents(log.path, LogRequest()).endswith(b"two\nthree\n")


@pytest.mark.parametrize(("lines", "expected"), [(0, b""), (1, b"4999\n"), (2, b"4998\n4999\n")])
def test_tail(log: ContainerLog, lines: int, expected: bytes) -> None:
    log.write("stdout", b"".join(b"%d\n" % number for number in range(5000)))
    assert contents(log.path, LogRequest(tail_lines=lines)) == expected


def test_tail_of_more_than_there_is(log: ContainerLog) -> None:
    log.write("stdout", b"a\nb\n")
    assert contents(log.path, LogRequest(tail_lines=10)) == b"a\nb\n"


def test_limits_and_timestamps(log: ContainerLog) -> None:
    log.write("stdout", b"abc def\n")
    assert contents(log.path, LogRequest(limit_bytes=5)) == b"abc d"
    time_text, _, text = contents(log.path, LogRequest(timestamps=True)).partition(b" ")
    assert text == b"abc def\n" and time_text.endswith(b"Z") and len(time_text) == 30


def test_since(log: ContainerLog) -> None:
    log.write("stdout", b"new\n")
    assert contents(log.path, LogRequest(since=stamp(0))) == b"new\n"
    assert contents(log.path, LogRequest(since=stamp(4_000_000_000 * 1_000_000_000))) == b""


def test_queries() -> None:
    request = parse_request({"follow": "true", "tailLines": "3", "sinceSeconds": "10", "limitBytes": "9"}, 110.0)
    assert request == LogRequest(follow=True, tail_lines=3, since="1970-01-01T00:01:40.000000000Z", limit_bytes=9)
    assert parse_request({"sinceTime": "1970-01-01T00:01:40Z"}, 0).since == "1970-01-01T00:01:40.000000000Z"


def test_following_ends_with_the_log(tmp_path: Path) -> None:
    async def play() -> list[bytes]:
        log = ContainerLog(tmp_path / "0.log")
        log.write("stdout", b"first\n")
        blocks: list[bytes] = []

        async def follow() -> None:
            async for block in read(log.path, LogRequest(follow=True), log):
                blocks.append(block)
                if block == b"first\n":
                    log.write("stdout", b"second\n")
                else:
                    log.write("stdout", b"third\n")
                    log.close()

        await asyncio.wait_for(follow(), 5)
        return blocks

    assert b"".join(asyncio.run(play())) == b"first\nsecond\nthird\n"


def test_a_rotated_log_is_followed_into_the_new_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("manuela_lab.operator.container_log.ROTATE_BYTES", 100)

    async def play() -> bytes:
        log = ContainerLog(tmp_path / "0.log")
        found = b""
        log.write("stdout", b"0\n")
        async for block in read(log.path, LogRequest(follow=True), log):
            found += block
            number = found.count(b"\n")
            if number < 20:
                log.write("stdout", b"%d\n" % number)
            else:
                log.close()
        return found

    assert asyncio.run(asyncio.wait_for(play(), 5)) == b"".join(b"%d\n" % number for number in range(20))


def test_a_closed_log_takes_no_more(log: ContainerLog) -> None:
    log.write("stdout", b"said\n")
    log.close()
    log.write("stdout", b"late\n")
    assert last_words(log.path) == "said\n"

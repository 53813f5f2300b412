# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A server that is away is asked again; one that refuses is believed."""

from __future__ import annotations

import asyncio

import pytest

from manuela_lab.operator.cluster_api import NO_ANSWER, ApiError, insist


def attempts(*codes: int | None) -> int:
    left = list(codes)

    async def attempt() -> None:
        code = left.pop(0)
        if code is not None:
            raise ApiError(code, "said")

    asyncio.run(insist(attempt, pause=0))
    return len(codes) - len(left)


def test_until_it_is_answered() -> None:
    assert attempts(NO_ANSWER, 503, 429, None, None) == 4


def test_a_refusal_is_an_answer() -> None:
    with pytest.raises(ApiError, match="403"):
        attempts(NO_ANSWER, 403)

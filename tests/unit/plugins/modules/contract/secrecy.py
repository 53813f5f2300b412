# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A secret in every dress in which it leaks: as it is, in a URL, and inside of any base64 text."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from functools import cache
from urllib.parse import quote


@cache
def dresses(secret: str) -> tuple[bytes, ...]:
    """Return what to look for; base64 takes three bytes at a time, so what stands before a text shifts it."""
    plain = secret.encode()
    return plain, quote(secret, safe="").encode(), *_inside_base64(plain)


def _inside_base64(plain: bytes) -> Iterator[bytes]:
    for before in range(3):
        text = b64encode(b"\0" * before + plain)
        # Only the characters that no neighbour of the secret has a part in.
        yield text[-(-before * 8 // 6) : (before + len(plain)) * 8 // 6]

# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Nothing in the tree belongs to one machine, opens a door, or was left for later."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

# Written in pieces, so that this file does not find itself.
FORBIDDEN = {
    "a path of one machine": r"(?<![\w.$})/-])/(?:ro"
    r"ot|ho"
    r"me/(?!presenter)[a-z]+|Us"
    r"ers/[a-z]+|wo"
    r"rk/(?:ma"
    r"in|sha"
    r"red|bri"
    r"ef))/[\w.-]",
    "a host of a package registry": r"py"
    r"pi\.org|pythonhos"
    r"ted\.org|maven\.apa"
    r"che\.org/maven2|repo1\.ma"
    r"ven"
    r"|proxy\.gol"
    r"ang\.org|registry\.npm"
    r"js\.org|deb\.deb"
    r"ian\.org|crates\.i"
    r"o/",
    "a private key": r"-----BEGIN (?:[A-Z]+ )?PRIV" r"ATE KEY-----\s*\n?[A-Za-z0-9+/=]{40}",
    "a private key in base64": r"LS0tLS1CRUdJTiB(?:Q" r"UklWQVRF|S" r"U0EgUFJJVkFUR|F" r"QyBQUklWQVRF)",
    "a cloud access key": r"\bAK" r"IA[0-9A-Z]{16}\b",
    "work left for later": r"\b(?:TO" r"DO|FIX" r"ME)\b",
}


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_file_holds(what: str, texts: dict[Path, str]) -> None:
    pattern = re.compile(FORBIDDEN[what])
    found = [
        f"{path}:{text.count(chr(10), 0, hit.start()) + 1}: {hit.group()[:60]!r}"
        for path, text in texts.items()
        for hit in pattern.finditer(text)
    ]
    assert not found, f"{what}:\n" + "\n".join(found)


def test_the_scan_recognises_what_it_looks_for() -> None:
    samples = {
        "a path of one machine": "cd /wo" + "rk/ma" + "in/x",
        "a host of a package registry": "https://py" + "pi.org/simple",
        "a private key": "-----BEGIN PRIV" + "ATE KEY-----\n" + "A" * 64,
        "a private key in base64": "tls.key: LS0tLS1CRUdJTiBQ" + "UklWQVRFIEtFWQ",
        "a cloud access key": "AK" + "IA" + "A" * 16,
        "work left for later": "# TO" + "DO: later",
    }
    assert samples.keys() == FORBIDDEN.keys()
    for what, sample in samples.items():
        assert re.search(FORBIDDEN[what], sample), what

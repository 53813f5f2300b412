# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Somebody else who works in the same repository."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

from driving import Lab

IDENTITY = ("-c", "user.name=Colleague", "-c", "user.email=colleague@example.com")


def appends(lab: Lab, path: str, text: str) -> None:
    """Append a text to a file of the remote, which may be a new one, in a commit of theirs."""
    with tempfile.TemporaryDirectory() as room:
        subprocess.run(["git", "clone", "-q", lab.state["git"]["remote"], room], check=True, timeout=60)
        file = Path(room) / path
        file.write_text((file.read_text() if file.exists() else "") + text)
        for words in (("add", path), (*IDENTITY, "commit", "-qm", "somebody else's"), ("push", "-q")):
            subprocess.run(["git", "-C", room, *words], check=True, timeout=60)

# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The user's settings of git, read once.  Pure."""

from __future__ import annotations

from typing import Mapping

_TRUE = ("true", "yes", "on", "1")


class Config:
    """What ``git config --list -z`` printed: of several values for one name the last counts."""

    def __init__(self, listed: str) -> None:
        self._values: dict[str, list[str]] = {}
        for entry in listed.split("\0"):
            name, line_break, value = entry.partition("\n")
            if name:
                self._values.setdefault(name, []).append(value if line_break else "true")

    def get(self, name: str) -> str:
        """Return the value of ``name``, whose section and last part are in lower case; empty when it is not set."""
        return self._values.get(name, [""])[-1]

    def is_on(self, name: str) -> bool:
        """Say whether a setting is switched on."""
        return self.get(name).lower() in _TRUE

    def remote_of(self, branch: str) -> str:
        """Return the remote that a branch belongs to: the one it names, else the only one, else ``origin``."""
        named = self.get(f"branch.{branch}.remote")
        if named and named != ".":  # a dot: it follows another branch of this repository
            return named
        known = [name[7:-4] for name in self._values if name.startswith("remote.") and name.endswith(".url")]
        return known[0] if len(known) == 1 else "origin"

    def urls_of(self, remote: str) -> tuple[str, ...]:
        """Return the addresses of a remote as they are written."""
        return tuple(self._values.get(f"remote.{remote}.url", ()))

    @property
    def rewrites(self) -> Mapping[str, list[str]]:
        """The rules by which git replaces the beginning of an address."""
        return {name: values for name, values in self._values.items()
                if name.startswith("url.") and name.endswith("insteadof")}  # fmt: skip

# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One row of the preflight's table; pure."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any, Literal, Mapping

State = Literal["ok", "warning", "failure", "not asked"]


@dataclass(frozen=True, slots=True)
class Row:
    """What was checked where, and what was found.  ``mended``: prepare puts it right by itself."""

    state: State
    where: str
    check: str
    said: str
    fix: str = ""
    mended: bool = False

    def before_prepare(self) -> Row:
        """Return the row as it counts before prepare runs."""
        return replace(self, state="warning", fix="none needed: prepare mends it") if self.mended else self

    def as_result(self) -> dict[str, Any]:
        """Return the row as the filter gives it."""
        return asdict(self)


def ok(where: str, check: str, said: str) -> Row:
    """All is well."""
    return Row("ok", where, check, said)


def warning(where: str, check: str, said: str, fix: str = "") -> Row:
    """The show can go on, and the presenter shall know."""
    return Row("warning", where, check, said, fix)


def failure(where: str, check: str, said: str, fix: str, *, mended: bool = False) -> Row:
    """The show would fail."""
    return Row("failure", where, check, said, fix, mended)


def not_asked(where: str, check: str, said: str) -> Row:
    """It could not be looked at, or nobody wanted it."""
    return Row("not asked", where, check, said)


def from_result(where: str, check: str, result: Mapping[str, Any]) -> Row:
    """Return a module's failure as a row; its last sentence says what to do."""
    text = " ".join(str(result.get("msg") or "it failed without a reason").split())
    said, _dot, fix = text.rpartition(". ")
    return failure(where, check, said or text, fix if said else "look at the message")

# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one failure channel of the collection: a closed list of codes and the exception that carries one."""

from __future__ import annotations

from itertools import takewhile
from typing import Any, Literal, Mapping, get_args

Code = Literal[
    "missing_library",
    "invalid_option",
    "refused",
    "unauthorized",
    "not_found",
    "conflict",
    "timeout",
    "failed",
    "unreachable",
    "not_converged",
    "corrupt_input",
]

CODES: frozenset[str] = frozenset(get_args(Code))


class Failure(Exception):
    """An expected failure, ready to be shown.

    ``msg`` is one line: what failed, on what, why, and what to do next.  ``details`` holds plain JSON data and no
    secret.  ``retryable`` is true when the same call may succeed later without any change by the user.  ``secrets``
    are values that must be masked wherever they appear in the output.
    """

    def __init__(
        self,
        code: Code,
        msg: str,
        *,
        retryable: bool = False,
        details: Mapping[str, Any] | None = None,
        secrets: tuple[str, ...] = (),
    ) -> None:
        super().__init__(msg)
        self.code: Code = code
        self.msg = " ".join(msg.split())
        self.retryable = retryable
        self.details: dict[str, Any] = dict(details or {})
        self.secrets = secrets

    def as_result(self) -> dict[str, Any]:
        """Return ``{msg, failure: {code, retryable, details}}`` as a module's failure reports it."""
        return {
            "msg": self.msg,
            "failure": {"code": self.code, "retryable": self.retryable, "details": self.details},
        }


def missing_library(name: str, purpose: str, minimum: str = "", found: str = "") -> Failure:
    """Return the failure for a Python library that is absent, or older than ``minimum``."""
    wanted = f"{name} >= {minimum}" if minimum else name
    state = f"version {found} is installed" if found else "it is not installed"
    return Failure(
        "missing_library",
        f"{purpose} needs the Python library {wanted} on the host that runs the module, but {state}. "
        f"Install it there: pip install '{wanted.replace(' ', '')}'",
        details={"library": name, "minimum": minimum or None, "found": found or None},
    )


def require_version(name: str, found: str, minimum: str, purpose: str) -> None:
    """Raise ``missing_library`` when the library's version ``found`` is older than ``minimum``."""
    if _numbers(found) < _numbers(minimum):
        raise missing_library(name, purpose, minimum, found)


def _numbers(version: str) -> list[int]:
    return [int("".join(takewhile(str.isdecimal, part)) or 0) for part in version.split(".")[:3]]

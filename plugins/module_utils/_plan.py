# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Observe, plan, apply: the loop that every converging module runs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Mapping, Protocol, TypeVar

from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import Failure

CurrentT = TypeVar("CurrentT")


@dataclass(frozen=True)
class Plan:
    """What would be done, as pure data.

    ``steps`` are the writes in order (any frozen values that the noun's ``apply`` understands); an empty tuple means
    nothing to do.  ``before`` and ``after`` are shown in diff mode and hold no secret.  ``reasons`` say why, one
    short sentence each.
    """

    steps: tuple[Any, ...] = ()
    before: Any = None
    after: Any = None
    reasons: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.steps)


@dataclass(frozen=True)
class Result:
    """What a core hands to the module shell.

    ``state`` becomes the return value named after the noun.  ``extra`` are further documented return values, the same
    keys in check mode.  ``secrets`` are values that must be masked wherever they appear in the output.  ``prepared``
    is a finished diff text, for nouns whose tool writes one; it replaces ``before`` and ``after``.
    """

    changed: bool
    state: Mapping[str, Any]
    reasons: tuple[str, ...] = ()
    before: Any = None
    after: Any = None
    warnings: tuple[str, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)
    secrets: tuple[str, ...] = ()
    prepared: str = ""


class Resource(Protocol[CurrentT]):
    """What a converging noun provides; ``apply`` is its only writer."""

    def observe(self) -> CurrentT:
        """Look at the world without touching it."""

    def plan(self, current: CurrentT) -> Plan:
        """Compare pure data with pure data; no input or output."""

    def apply(self, plan: Plan) -> None:
        """Do the steps; the only writer."""

    def describe(self, current: CurrentT, pending: Plan) -> Mapping[str, Any]:
        """Return the noun's state; with a pending plan, the predicted one (null where it cannot be known)."""


def converge(resource: Resource[CurrentT], *, check_mode: bool) -> Result:
    """Run the loop once; after applying, look again, apply what others undid once more, then fail if it differs."""
    current = resource.observe()
    plan = resource.plan(current)
    if not plan or check_mode:
        return _result(resource, current, plan, pending=plan)
    resource.apply(plan)
    current = resource.observe()
    left = resource.plan(current)
    if left:
        resource.apply(left)
        current = resource.observe()
        left = resource.plan(current)
    if left:
        raise Failure(
            "not_converged",
            "the result differs from what was asked after two attempts: "
            f"{'; '.join(left.reasons) or 'no reason given'}. "
            "Something else writes to the same place: find it, then run again",
            retryable=True,
            details={"reasons": list(left.reasons)},
        )
    return _result(resource, current, plan, pending=Plan())


def _result(resource: Resource[CurrentT], current: CurrentT, plan: Plan, *, pending: Plan) -> Result:
    return Result(
        changed=bool(plan),
        state=resource.describe(current, pending),
        reasons=plan.reasons,
        before=plan.before,
        after=plan.after,
    )

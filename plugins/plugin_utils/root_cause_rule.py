# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One known cause: what a hop says, what that means, and what to do next.

The rules are data, in root_cause_delivery and root_cause_runtime.  Their order is the order of causes: what stands
first explains what stands behind it (a missing image explains a pod that is not ready).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

# Argo CD's words where it gives no reason: whatever else is seen explains more.
GENERIC = r"one or more synchronization tasks completed unsuccessfully\.?( Retrying|$)"


@dataclass(frozen=True, slots=True)
class Rule:
    """``cause`` names the class.  ``says`` is searched in a hop's message, ``about`` in its object.

    The texts may use the object's kind, name and namespace and the named groups of ``says``.  A hop ``refuted_by`` that
    is well says that this is over: logs speak of the last minute.  With ``beside`` another object that it is about must
    be well in the same hop.
    """

    cause: str
    says: re.Pattern[str]
    sentence: str
    next_step: str
    hops: tuple[str, ...] = ()
    about: re.Pattern[str] = re.compile("")
    refuted_by: str = ""
    beside: bool = False


def rule(
    cause: str,
    says: str,
    sentence: str,
    next_step: str,
    *,
    hops: str = "",
    about: str = "",
    refuted_by: str = "",
    beside: bool = False,
) -> Rule:
    """Return a rule whose patterns are given as text."""
    said, object_named = re.compile(says, re.I), re.compile(about)
    return Rule(cause, said, sentence, next_step, tuple(hops.split()), object_named, refuted_by, beside)

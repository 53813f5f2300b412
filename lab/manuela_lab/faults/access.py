# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Nobody answers, or not to us."""

from __future__ import annotations

from manuela_lab.faults.credentials import Credentials
from manuela_lab.faults.fault import Fault
from manuela_lab.faults.programs import Stopped
from manuela_lab.faults.signs import AtOnce

ACCESS = (
    Fault(
        "api-down",
        "the API server of the central data centre does not run",
        (Stopped("central-kubernetes"),),
        AtOnce(),
        "api_unreachable",
        ("the API server https://", "does not answer"),
    ),
    Fault(
        "token-expired",
        "the login to the central data centre is not valid any more",
        (Credentials("central", expired=True),),
        AtOnce(),
        "not_logged_in",
        ("the credentials for https://",),
    ),
    Fault(
        "no-rights",
        "the login to the central data centre may not read anything",
        (Credentials("central", expired=False),),
        AtOnce(),
        "no_permission",
        ("may not list applications",),
    ),
)

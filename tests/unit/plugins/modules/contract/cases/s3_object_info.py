# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects of a bucket."""

from __future__ import annotations

from ansible_collections.manuela.event_streaming.tests.unit.plugins.modules.contract.case import Case, Fault, Step
from ansible_collections.manuela.event_streaming.tests.unit.plugins.modules.contract.s3_world import ANSWERS, S3World

LAKE = {"name": "lake"}


class Lake(S3World):
    """With two objects."""

    def __init__(self, root: object) -> None:
        super().__init__(root)  # type: ignore[arg-type]
        self.put("lake", manuela_1="x", manuela_2="y")


CASE = Case(
    "s3_object_info",
    Lake,
    (Step({**LAKE, "prefix": ["manuela-"], "read": "newest", "wait_for": "objects", "wait": True}),),
    (
        Fault("invalid_option", {**LAKE, "name": "UPPER CASE"}),
        Fault("not_found", {**LAKE, "read": "key", "key": "nothing"}),
        Fault("unauthorized", LAKE, lambda world: world.be_rude(403, "AccessDenied")),
        Fault("unreachable", {**LAKE, "endpoint_url": "http://127.0.0.1:9"}),
        Fault("refused", {**LAKE, "read": "newest"}, lambda world: world.be_rude(403, "InvalidObjectState")),
        Fault("failed", LAKE, lambda world: world.be_rude(418, "Teapot")),
        Fault("timeout", {**LAKE, "wait_for": "objects", "min_count": 9, "wait": True, "wait_timeout": 3}),
    ),
    {"botocore": "1.28.0"},
    answers=ANSWERS,
)

# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A bucket."""

from __future__ import annotations

from ansible_collections.manuela.event_streaming.tests.unit.plugins.modules.contract.case import Case, Fault, Step
from ansible_collections.manuela.event_streaming.tests.unit.plugins.modules.contract.s3_world import (
    ANSWERS,
    WRITE_ANSWERS,
    S3World,
)

LAKE = {"name": "lake"}


def filled(world: S3World) -> None:
    world.put("lake", manuela_1="x", manuela_2="y")


def written_to(world: S3World) -> None:
    """Let somebody write while the module sleeps."""
    filled(world)
    world.clock.sleep = lambda seconds: filled(world)


def hidden(world: S3World) -> None:
    """Let the bucket hold more than it shows."""
    filled(world)
    world.hide_something()


CASE = Case(
    "s3_bucket",
    S3World,
    (
        Step(LAKE),
        Step({**LAKE, "state": "empty", "prefixes": ["manuela-"]}, filled),
        Step({**LAKE, "state": "absent"}),
    ),
    (
        Fault("invalid_option", {**LAKE, "name": "UPPER CASE"}),
        Fault("refused", {**LAKE, "state": "empty"}, filled),
        Fault("conflict", {**LAKE, "state": "absent", "prefixes": ["manuela-"]}, hidden, writes=True),
        Fault("unauthorized", LAKE, lambda world: world.be_rude(403, "SignatureDoesNotMatch")),
        Fault("unreachable", {**LAKE, "endpoint_url": "http://127.0.0.1:9"}),
        Fault(
            "not_found",  # deleted by somebody else between two requests
            {**LAKE, "state": "empty", "all_keys": True},
            lambda world: (filled(world), world.be_rude(404, "NoSuchBucket", "POST")),
            writes=True,
        ),
        Fault(
            "conflict",
            {**LAKE, "state": "absent", "all_keys": True},
            lambda world: (world.put("lake"), world.be_rude(409, "BucketNotEmpty", "DELETE")),
            writes=True,
        ),
        Fault("failed", LAKE, lambda world: world.be_rude(418, "Teapot")),
        Fault(
            "not_converged",
            {**LAKE, "state": "empty", "prefixes": ["manuela-"], "quiet_seconds": 1},
            written_to,
            writes=True,
        ),
    ),
    {"botocore": "1.28.0"},
    answers=ANSWERS + WRITE_ANSWERS,
)

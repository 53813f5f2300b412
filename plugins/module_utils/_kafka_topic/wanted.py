# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was asked for; pure."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from typing import Any, Mapping

from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import Failure

_TOPIC = re.compile(r"^[\w.-]{1,249}$")
_NAME = re.compile(r"^[a-z0-9]([-a-z0-9]{0,40}[a-z0-9])?$")


@dataclass(frozen=True, slots=True)
class Wanted:
    """The options of one task."""

    topics: tuple[str, ...]
    wait_for: str
    max_age: float
    sample: int
    namespace: str
    cluster: str
    bootstrap_servers: str
    image: str
    pod_name: str

    @property
    def run(self) -> str:
        """Tells reads apart: the same options give the same text, so that a wait finds its own pod again."""
        text = json.dumps([self.topics, self.bootstrap_servers, self.image, self.sample, self.cluster])
        return hashlib.sha256(text.encode()).hexdigest()[:8]

    @property
    def instance(self) -> str:
        """The label by which this read's Job or Pod is found, and what its name begins with."""
        return f"{self.pod_name}-{self.run}"


def wanted_of(params: Mapping[str, Any]) -> Wanted:
    """Return the options, checked."""
    for name in params["topics"]:
        if not _TOPIC.match(name):
            raise Failure("invalid_option", f"topics: {name!r} is not a topic's name. Use letters, digits, . _ and -")
    if not _NAME.match(params["pod_name"]):
        raise Failure(
            "invalid_option",
            f"pod_name: {params['pod_name']!r} does not fit. Use at most 42 letters, digits and -",
        )
    if params["wait"] and params["wait_for"] == "none":
        raise Failure("invalid_option", "wait needs something to wait for. Give wait_for: exists, records or flowing")
    if params["sample"] < 0 or params["max_age"] <= 0:
        raise Failure("invalid_option", "sample must not be negative, and max_age must be positive")
    if params["wait_for"] == "flowing" and not params["sample"]:
        raise Failure("invalid_option", "wait_for flowing reads the newest records. Give a sample of 1 or more")
    if not params.get("bootstrap_servers") and not params.get("cluster"):
        raise Failure("invalid_option", "it is not said where to connect. Give cluster, or bootstrap_servers")
    return Wanted(
        topics=tuple(dict.fromkeys(params["topics"])),
        wait_for=params["wait_for"],
        max_age=float(params["max_age"]),
        sample=int(params["sample"]),
        namespace=str(params.get("namespace") or ""),
        cluster=str(params.get("cluster") or ""),
        bootstrap_servers=str(params.get("bootstrap_servers") or f"{params['cluster']}-kafka-bootstrap:9092"),
        image=str(params.get("image") or ""),
        pod_name=str(params["pod_name"]),
    )

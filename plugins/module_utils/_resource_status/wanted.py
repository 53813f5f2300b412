# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was asked for and what was seen, as plain values; pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Mapping

from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import Failure
from ansible_collections.manuela.event_streaming.plugins.module_utils._kube import (
    at,
    items_at,
    name_of,
    namespace_of,
    selection_of,
)
from ansible_collections.manuela.event_streaming.plugins.module_utils._pod_state import images_of
from ansible_collections.manuela.event_streaming.plugins.module_utils._resource_status.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Wanted:
    """One entry of the option ``resources``: objects by name or by labels, and the state they shall have."""

    kind: str
    group: str = ""
    version: str = ""
    namespace: str = ""
    name: str = ""
    labels: str = ""
    state: str = "ready"
    newer_than: str = ""

    @property
    def title(self) -> str:
        """The kind and the name, or the labels."""
        return f"{self.kind} {self.name or self.labels or '(all)'}"


@dataclass(frozen=True, slots=True)
class Seen:
    """One object, or the absence of the one that was asked for."""

    wanted: Wanted
    api_version: str
    item: Mapping[str, Any] | None
    verdict: Verdict
    met: bool
    images: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """The kind and the name, as the object has them."""
        return f"{self.item['kind']} {name_of(self.item)}" if self.item else self.wanted.title

    def as_result(self) -> dict[str, Any]:
        """Return the entry of the module's answer."""
        item = self.item or {}
        return {
            "kind": str(item.get("kind") or self.wanted.kind),
            "api_version": self.api_version or None,
            "namespace": namespace_of(item) or self.wanted.namespace or None,
            "name": name_of(item) or self.wanted.name or None,
            "exists": self.item is not None,
            "ready": self.verdict.ready,
            "message": self.verdict.message,
            "labels": dict(at(item, "metadata", "labels") or {}),
            "conditions": items_at(item, "status", "conditions"),
            "images": list(self.images or images_of(item)),
        }


@dataclass(frozen=True, slots=True)
class Evidence:
    """One hop of the way from a commit to data, and what it said."""

    hop: str
    object: str
    ok: bool
    message: str

    def as_result(self) -> dict[str, Any]:
        """Return the entry of the module's answer."""
        return {"hop": self.hop, "object": self.object, "ok": self.ok, "message": self.message}


def wanted_of(entry: Mapping[str, Any]) -> Wanted:
    """Return an entry of the option, checked."""
    wanted = Wanted(
        **selection_of(entry),
        state=str(entry.get("state") or "ready"),
        newer_than=str(entry.get("newer_than") or ""),
    )
    if wanted.name and wanted.labels:
        raise Failure("invalid_option", f"{wanted.title}: name and label_selector exclude each other. Give one of them")
    kind, _slash, name = wanted.newer_than.partition("/")
    if wanted.newer_than and not (kind and name and wanted.namespace):
        raise Failure("invalid_option", f"{wanted.title}: newer_than is {wanted.newer_than!r}. Give KIND/NAME of an "
                      "object in the same namespace, and the namespace too")  # fmt: skip
    return wanted

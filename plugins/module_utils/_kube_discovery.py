# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which kinds an API server serves, read from its discovery documents; pure."""

from __future__ import annotations

from typing import Any, Iterable, Mapping

from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import Failure
from ansible_collections.manuela.event_streaming.plugins.module_utils._kube import Kind, at, items_at

# Names that several operators use: which one is meant when no group is given.
USUAL_GROUPS: Mapping[str, str] = {
    "application": "argoproj.io",
    "deployment": "apps",
    "event": "",
    "integration": "camel.apache.org",
    "job": "batch",
    "kafka": "kafka.strimzi.io",
    "kafkaconnect": "kafka.strimzi.io",
    "kafkamirrormaker2": "kafka.strimzi.io",
    "kafkatopic": "kafka.strimzi.io",
    "namespace": "",
    "pod": "",
    "route": "route.openshift.io",
    "secret": "",
    "service": "",
    "subscription": "operators.coreos.com",
}


def from_aggregated(document: Mapping[str, Any]) -> list[Kind]:
    """Return the kinds of an APIGroupDiscoveryList, the preferred version of each group first."""
    return [
        Kind(
            kind=str(at(resource, "responseKind", "kind") or ""),
            plural=str(resource.get("resource", "")),
            version=str(version.get("version", "")),
            group=str(at(group, "metadata", "name") or ""),
            namespaced=resource.get("scope") != "Cluster",
            reports=any(part.get("subresource") == "status" for part in items_at(resource, "subresources")),
        )
        for group in items_at(document, "items")
        for version in items_at(group, "versions")
        for resource in items_at(version, "resources")
    ]


def stale_groups(document: Mapping[str, Any]) -> set[str]:
    """Return the groups of an APIGroupDiscoveryList whose own server does not answer now."""
    return {
        str(at(group, "metadata", "name") or "")
        for group in items_at(document, "items")
        for version in items_at(group, "versions")
        if version.get("freshness") == "Stale"
    }


def hidden(kind: str, group: str, silent: set[str]) -> list[str]:
    """Return the silent groups that may serve a kind: the one that is given, or usual, or any of them."""
    usual = group or USUAL_GROUPS.get(kind.lower())
    return sorted(silent if usual is None else silent & {usual})


def from_resource_list(document: Mapping[str, Any], group: str, version: str) -> list[Kind]:
    """Return the kinds of one APIResourceList, without subresources."""
    names = {str(entry.get("name")) for entry in items_at(document, "resources")}
    return [
        Kind(str(entry.get("kind")), name, version, group, bool(entry.get("namespaced")), f"{name}/status" in names)
        for entry in items_at(document, "resources")
        if "/" not in (name := str(entry.get("name")))
    ]


def group_versions(document: Mapping[str, Any], group: str = "") -> list[tuple[str, str]]:
    """Return (group, version) of an APIGroupList, the preferred version of each group first."""
    found = []
    for entry in items_at(document, "groups"):
        if group and entry.get("name") != group:
            continue
        preferred = at(entry, "preferredVersion", "version")
        versions = sorted(items_at(entry, "versions"), key=lambda item: item.get("version") != preferred)
        found += [(str(entry["name"]), str(item["version"])) for item in versions]
    return found


def choose(kinds: Iterable[Kind], kind: str, *, group: str = "", version: str = "") -> Kind | None:
    """Return the one that is meant, in the preferred version, or none when it is not served.

    :raises Failure: ``invalid_option`` when several groups have the kind and none is the usual one.
    """
    wanted = kind.lower()
    fits = [
        entry
        for entry in kinds
        if wanted in (entry.kind.lower(), entry.plural.lower())
        and (not group or entry.group == group)
        and (not version or entry.version == version)
    ]
    groups = list(dict.fromkeys(entry.group for entry in fits))
    if len(groups) > 1:
        usual = USUAL_GROUPS.get(fits[0].kind.lower())
        if usual not in groups:
            raise Failure(
                "invalid_option",
                f"the kind {kind} is served by several groups: {', '.join(sorted(groups))}. Give the group",
                details={"groups": sorted(groups)},
            )
        fits = [entry for entry in fits if entry.group == usual]
    return fits[0] if fits else None

# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The network's part of a NetworkPolicy, as far as the lab has a network: egress of MirrorMaker over the central route.

All processes share one machine, so one wire can be closed and no other: the one between the data centres. It is closed
for all that use it while a policy keeps a MirrorMaker pod of this cluster from leaving the cluster.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from ipaddress import ip_address, ip_network
from typing import Any

from manuela_lab.link import Link
from manuela_lab.operator import resources
from manuela_lab.operator.resources import Key, Resource
from manuela_lab.operator.view import View

CHECK_PAUSE = 10.0
"""A link that was restarted is open again, whatever policies say."""
CLIENT = {"strimzi.io/kind": "KafkaMirrorMaker2"}


class NetworkPolicyController:
    """Reconciles the policies of one namespace with the link."""

    name = "network-policy"

    def __init__(self, view: View, link: Link, dc: str, route: str) -> None:
        self._view = view
        self._link = link
        self._dc = dc
        self._route = route

    def concerned(self, resource: Resource) -> Iterable[Key]:
        """Return the namespace of a policy, or of a pod that policies are about."""
        is_client = resource["kind"] == "Pod" and resources.matches(CLIENT, resource)
        if resource["kind"] != "NetworkPolicy" and not is_client:
            return []
        return [Key(resources.key(resource).namespace, "")]

    async def reconcile(self, key: Key) -> float | None:
        """Close or open the link on behalf of one namespace."""
        whom = f"{self._dc}.{key.namespace}"
        if any(self._is_kept_in(pod) for pod in self._view.selected("Pod", key.namespace, CLIENT)):
            await asyncio.to_thread(self._link.close_for, whom)
            return CHECK_PAUSE
        await asyncio.to_thread(self._link.open_for, whom)
        return None

    def _is_kept_in(self, pod: Resource) -> bool:
        specs = [policy["spec"] for policy in self._view.all("NetworkPolicy", resources.key(pod).namespace)]
        about = [spec for spec in specs if restricts_egress(spec) and selects(spec.get("podSelector") or {}, pod)]
        return bool(about) and not any(allows(spec, self._route) for spec in about)


def restricts_egress(spec: Mapping[str, Any]) -> bool:
    """Say whether a policy is about egress: by its types, or, without types, by having such rules."""
    return "Egress" in (spec.get("policyTypes") or ("Egress" if "egress" in spec else "",))


def selects(selector: Mapping[str, Any], pod: Resource) -> bool:
    """Say whether a label selector is about a pod; an empty one is about all."""
    labels = resources.labels(pod)
    tests = {
        "In": lambda entry: labels.get(entry["key"]) in entry["values"],
        "NotIn": lambda entry: labels.get(entry["key"]) not in entry["values"],
        "Exists": lambda entry: entry["key"] in labels,
        "DoesNotExist": lambda entry: entry["key"] not in labels,
    }
    wanted, expressions = selector.get("matchLabels") or {}, selector.get("matchExpressions") or ()
    return (not wanted or resources.matches(wanted, pod)) and all(
        tests[entry["operator"]](entry) for entry in expressions
    )


def allows(spec: Mapping[str, Any], address: str) -> bool:
    """Say whether a policy lets its pods reach an address outside of the cluster."""
    for rule in spec.get("egress") or ():
        blocks = [peer["ipBlock"] for peer in rule.get("to") or () if "ipBlock" in peer]
        if not rule.get("to") or any(_holds(block, address) for block in blocks):
            return True
    return False


def _holds(block: Mapping[str, Any], address: str) -> bool:
    inside = ip_address(address) in ip_network(block["cidr"], strict=False)
    return inside and not any(
        ip_address(address) in ip_network(each, strict=False) for each in block.get("except") or ()
    )

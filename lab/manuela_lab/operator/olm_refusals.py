# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Why the Operator Lifecycle Manager installs nothing for a Subscription, in its own words; pure."""

from __future__ import annotations

from typing import Iterable

from manuela_lab.operator import resources
from manuela_lab.operator.conditions import Condition, condition
from manuela_lab.operator.images import MISSING_TAG, pull_error
from manuela_lab.operator.resources import Resource


def package_label(package: str, namespace: str) -> str:
    """Return the label by which OLM marks the versions of a package in a namespace."""
    return f"operators.coreos.com/{f'{package}.{namespace}'[:63].rstrip('-._')}"


def refusals(
    subscription: Resource, version: str, versions: Iterable[Resource], catalogues: Iterable[Resource]
) -> list[Condition]:
    """Return the conditions that say so, or nothing.  ``version`` is the one to be installed."""
    found = _unhealthy(subscription, catalogues)
    if problem := _no_channel(subscription) or _orphan(subscription, version, versions):
        found.append(condition("ResolutionFailed", True, "ConstraintsNotSatisfiable", problem))
    return found


def _unhealthy(subscription: Resource, catalogues: Iterable[Resource]) -> list[Condition]:
    spec = subscription["spec"]
    named = (spec.get("sourceNamespace"), spec.get("source"))
    for each in catalogues:
        where = resources.key(each)
        if (where.namespace, where.name) == named and pull_error(str(each["spec"].get("image") or "")):
            text = f"targeted catalogsource {where.namespace}/{where.name} unhealthy"
            return [condition("CatalogSourcesUnhealthy", True, "UnhealthyCatalogSourceFound", text)]
    return []


def _no_channel(subscription: Resource) -> str:
    """A channel that is called as an image's missing tag may be is one that the catalogue does not have."""
    spec, where = subscription["spec"], resources.key(subscription)
    channel = str(spec.get("channel") or "")
    if not MISSING_TAG.search(f":{channel}"):
        return ""
    return (
        f"constraints not satisfiable: no operators found in channel {channel} of package {spec['name']} in the "
        f"catalog referenced by subscription {where.name}, subscription {where.name} exists"
    )


def _orphan(subscription: Resource, version: str, versions: Iterable[Resource]) -> str:
    where, package = resources.key(subscription), str(subscription["spec"]["name"])
    ours = {version, (subscription.get("status") or {}).get("installedCSV")}
    for each in versions:
        name = resources.key(each).name
        marked = package_label(package, where.namespace) in resources.labels(each)
        if marked and name not in ours and not resources.deleting(each):
            return (
                f"constraints not satisfiable: @existing/{where.namespace}//{name} and {version} provide the same "
                f"APIs, clusterserviceversion {name} exists and is not referenced by a subscription"
            )
    return ""

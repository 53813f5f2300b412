# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether everything that is deployed is as it should be, in the words of whatever is not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from manuela_lab.api import Api
from manuela_lab.errors import LabError
from manuela_lab.faults.world import APPLICATIONS, World

READY = (
    "/apis/kafka.strimzi.io/v1beta2/kafkas",
    "/apis/kafka.strimzi.io/v1beta2/kafkatopics",
    "/apis/kafka.strimzi.io/v1beta2/kafkamirrormaker2s",
    "/apis/camel.apache.org/v1/integrations",
)
SUBSCRIPTIONS = "/apis/operators.coreos.com/v1alpha1/subscriptions"


def first_ill(world: World) -> str:
    """Return what is not well, or nothing."""
    try:
        for state in world.supervisor.states():
            if state.state != "RUNNING":
                return f"program {state.name} {state.state}"
        return next((said for api in world.apis.values() for said in _ill(world, api)), "")
    except LabError as error:
        return str(error)


def _ill(world: World, api: Api) -> Iterator[str]:
    tip = world.revision()
    for each in world.items(api, APPLICATIONS):
        if said := _application(each, tip):
            yield said
    for path in READY:
        for each in world.items(api, path):
            if not _ready(each):
                yield f"{each['kind']} {each['metadata']['name']} is not Ready"
    for each in world.items(api, SUBSCRIPTIONS):
        if not _subscribed(each):
            yield f"Subscription {each['metadata']['name']} is not at its latest version"


def _application(each: dict[str, Any], tip: str) -> str:
    name, status = each["metadata"]["name"], each.get("status") or {}
    sync, health = (status.get("sync") or {}), (status.get("health") or {}).get("status")
    if "argocd.argoproj.io/refresh" in (each["metadata"].get("annotations") or {}):
        return f"Application {name} is being compared"
    if each.get("operation") or (status.get("operationState") or {}).get("phase") == "Running":
        return f"Application {name} is being synced"
    if (sync.get("status"), health) != ("Synced", "Healthy") or status.get("conditions"):
        return f"Application {name} is {sync.get('status')} and {health}"
    return "" if sync.get("revision") == tip else f"Application {name} is at {str(sync.get('revision'))[:7]}"


def _ready(each: dict[str, Any]) -> bool:
    meta, status = each["metadata"], each.get("status") or {}
    if meta.get("deletionTimestamp"):
        return False
    seen = status.get("observedGeneration", meta.get("generation"))
    said = {entry.get("type"): entry.get("status") for entry in status.get("conditions") or ()}
    return seen == meta.get("generation") and said.get("Ready") == "True"


def _subscribed(each: dict[str, Any]) -> bool:
    status = each.get("status") or {}
    true = {entry.get("type") for entry in status.get("conditions") or () if entry.get("status") == "True"}
    return status.get("state") == "AtLatestKnown" and not true

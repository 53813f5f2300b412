# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Operator Lifecycle Manager: a Subscription gets an install plan, an approved plan installs its version."""

from __future__ import annotations

import hashlib
import time
from typing import Any, Iterable

from manuela_lab.operator import conditions, olm_refusals, resources
from manuela_lab.operator.cluster_api import ClusterApi
from manuela_lab.operator.resources import Key, Resource
from manuela_lab.operator.view import View

OWNER = "olm"
API_VERSION = "operators.coreos.com/v1alpha1"
APPROVER = "installplan-approver"
"""The demo's hook Job that approves plans.  The lab plays its image, so its success stands for its work."""


class SubscriptionController:
    """Reconciles Subscriptions.  As in reality, the installed version stays when its Subscription goes."""

    name = "subscription"

    def __init__(self, api: ClusterApi, view: View) -> None:
        self._api = api
        self._view = view

    def concerned(self, resource: Resource) -> Iterable[Key]:
        """Return the Subscriptions that an observed object concerns."""
        where, kind = resources.key(resource), resource["kind"]
        if kind == "Subscription":
            return [where]
        if kind == "CatalogSource":
            return [resources.key(found) for found in self._view.all("Subscription")]
        if kind in ("InstallPlan", "ClusterServiceVersion") or (kind == "Pod" and _approves(resource)):
            return [resources.key(found) for found in self._view.all("Subscription", where.namespace)]
        return []

    async def reconcile(self, key: Key) -> float | None:
        """Bring one Subscription to its newest version, as far as its plan is approved."""
        subscription = self._view.get("Subscription", *key)
        if subscription is None or resources.deleting(subscription):
            return None
        version = installed_version(subscription)
        if refused := self._refused(subscription, version):
            await self._refuse(subscription, refused)
            return None
        manual = subscription["spec"].get("installPlanApproval") == "Manual"
        plan = self._view.get("InstallPlan", key.namespace, plan_name(subscription))
        if plan is None:
            plan = await self._api.apply(install_plan(subscription, version, not manual), OWNER)
        approved = bool(plan["spec"].get("approved"))
        if not approved and self._approver_succeeded(key.namespace):
            await self._api.merge(plan, {"spec": {"approved": True}})
            approved = True
        if approved:
            await self._install(subscription, version)
        phase = "Complete" if approved else "RequiresApproval"
        await self._api.set_status(plan, {"phase": phase})
        now = resources.timestamp(time.time())
        await self._api.set_status(subscription, status(subscription, plan, version, approved, now))
        return None

    def _refused(self, subscription: Resource, version: str) -> list[conditions.Condition]:
        namespace = resources.key(subscription).namespace
        versions = self._view.all("ClusterServiceVersion", namespace)
        return olm_refusals.refusals(subscription, version, versions, self._view.all("CatalogSource"))

    async def _refuse(self, subscription: Resource, found: list[conditions.Condition]) -> None:
        """Say so; what is installed stays as it is."""
        now, old = resources.timestamp(time.time()), subscription.get("status") or {}
        said = conditions.carried(found, old.get("conditions"), now)
        await self._api.set_status(subscription, {**old, "conditions": said})

    def _approver_succeeded(self, namespace: str) -> bool:
        return any(
            _approves(pod) and (pod.get("status") or {}).get("phase") == "Succeeded"
            for pod in self._view.all("Pod", namespace)
        )

    async def _install(self, subscription: Resource, version: str) -> None:
        namespace = resources.key(subscription).namespace
        before = (subscription.get("status") or {}).get("installedCSV")
        if before and before != version and (replaced := self._view.get("ClusterServiceVersion", namespace, before)):
            await self._api.delete(replaced)
        found = self._view.get("ClusterServiceVersion", namespace, version)
        if found is None:
            found = await self._api.apply(service_version(subscription, version), OWNER)
        now = resources.timestamp(time.time())
        await self._api.set_status(
            found,
            {
                "phase": "Succeeded",
                "reason": "InstallSucceeded",
                "message": "install strategy completed with no errors",
                "lastTransitionTime": (found.get("status") or {}).get("lastTransitionTime") or now,
            },
        )


def _approves(pod: Resource) -> bool:
    return APPROVER in resources.labels(pod).get("job-name", "")


def installed_version(subscription: Resource) -> str:
    """Return the name of the version that a Subscription installs."""
    spec = subscription["spec"]
    return str(spec.get("startingCSV") or f"{spec['name']}.v1.0.0")


def plan_name(subscription: Resource) -> str:
    """Return the name of the install plan of this very Subscription."""
    return "install-" + hashlib.sha256(resources.uid(subscription).encode()).hexdigest()[:5]


def install_plan(subscription: Resource, version: str, approved: bool) -> Resource:
    """Return the plan that installs a version."""
    return {
        "apiVersion": API_VERSION,
        "kind": "InstallPlan",
        "metadata": {
            "name": plan_name(subscription),
            "namespace": resources.key(subscription).namespace,
            "ownerReferences": resources.owned_by(subscription),
        },
        "spec": {
            "approval": subscription["spec"].get("installPlanApproval") or "Automatic",
            "approved": approved,
            "clusterServiceVersionNames": [version],
            "generation": 1,
        },
    }


def service_version(subscription: Resource, version: str) -> Resource:
    """Return the ClusterServiceVersion of an installed operator."""
    where, package = resources.key(subscription), str(subscription["spec"]["name"])
    return {
        "apiVersion": API_VERSION,
        "kind": "ClusterServiceVersion",
        "metadata": {
            "name": version,
            "namespace": where.namespace,
            "labels": {olm_refusals.package_label(package, where.namespace): ""},
        },
        "spec": {
            "displayName": package,
            "version": version.partition(".")[2].lstrip("v"),
            "install": {"strategy": "deployment"},
        },
    }


def status(subscription: Resource, plan: Resource, version: str, installed: bool, now: str) -> Resource:
    """Return the status of a Subscription."""
    old = subscription.get("status") or {}
    found = [conditions.condition("CatalogSourcesUnhealthy", False, "AllCatalogSourcesHealthy")]
    if not installed:
        found.append(conditions.condition("InstallPlanPending", True, "RequiresApproval"))
    reference: dict[str, Any] = {
        "apiVersion": API_VERSION,
        "kind": "InstallPlan",
        "name": resources.key(plan).name,
        "namespace": resources.key(plan).namespace,
        "uid": resources.uid(plan),
    }
    result: Resource = {
        "state": "AtLatestKnown" if installed else "UpgradePending",
        "currentCSV": version,
        "installPlanGeneration": 1,
        "installPlanRef": reference,
        "installplan": {"apiVersion": API_VERSION, "kind": "InstallPlan", "name": reference["name"]},
        "conditions": conditions.carried(found, old.get("conditions"), now),
        "lastUpdated": old.get("lastUpdated") or now,
    }
    if installed:
        result["installedCSV"] = version
    return result

# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an administrator of OpenShift gives every project: restricted pods, a range of limits, and a quota.

The API server enforces all three.  Only the counting of a quota's use is played: its controller is not in the lab.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from manuela_lab.operator import resources
from manuela_lab.operator.cluster_api import ClusterApi
from manuela_lab.operator.resources import Key, Resource
from manuela_lab.operator.view import View

OWNER = "project-template"
SYSTEM = ("kube-", "openshift-", "default")
RESTRICTED = {"pod-security.kubernetes.io/enforce": "restricted"}
LIMITS = {
    "type": "Container",
    "default": {"cpu": "500m", "memory": "512Mi"},
    "defaultRequest": {"cpu": "50m", "memory": "64Mi"},
    "max": {"cpu": "2", "memory": "2Gi"},
}
HARD = {"pods": "20", "limits.cpu": "16", "limits.memory": "16Gi"}
UNITS = {"m": Fraction(1, 1000), "Ki": Fraction(2**10), "Mi": Fraction(2**20), "Gi": Fraction(2**30)}
DONE = ("Succeeded", "Failed")


class ProjectController:
    """Reconciles the namespaces that belong to users."""

    name = "project"

    def __init__(self, api: ClusterApi, view: View) -> None:
        self._api = api
        self._view = view
        self._used: dict[str, dict[str, str]] = {}

    def concerned(self, resource: Resource) -> Iterable[Key]:
        """Return the namespace, also of a pod."""
        where = resources.key(resource)
        name = {"Namespace": where.name, "Pod": where.namespace}.get(resource["kind"], "")
        return [Key("", name)] if name and not name.startswith(SYSTEM) else []

    async def reconcile(self, key: Key) -> float | None:
        """Bring one namespace to the template, and count what its pods use."""
        namespace = self._view.get("Namespace", *key)
        if namespace is None or resources.deleting(namespace):
            self._used.pop(key.name, None)
            return None
        used = self._use(key.name)
        if self._used.get(key.name) == used:
            return None
        if key.name not in self._used:
            await self._api.merge(namespace, {"metadata": {"labels": RESTRICTED}})
            await self._api.apply(_object("LimitRange", "limits", key.name, {"limits": [LIMITS]}), OWNER)
        quota = await self._api.apply(_object("ResourceQuota", "quota", key.name, {"hard": HARD}), OWNER)
        await self._api.set_status(quota, {"hard": HARD, "used": used})
        self._used[key.name] = used
        return None

    def _use(self, namespace: str) -> dict[str, str]:
        pods = [pod for pod in self._view.all("Pod", namespace) if (pod.get("status") or {}).get("phase") not in DONE]
        return {
            "pods": str(len(pods)),
            "limits.cpu": f"{int(sum(_limit(pod, 'cpu') for pod in pods) * 1000)}m",
            "limits.memory": str(int(sum(_limit(pod, "memory") for pod in pods))),
        }


def _object(kind: str, name: str, namespace: str, spec: dict[str, Any]) -> Resource:
    return {"apiVersion": "v1", "kind": kind, "metadata": {"name": name, "namespace": namespace}, "spec": spec}


def _limit(pod: Resource, what: str) -> Fraction:
    found = ((each.get("resources") or {}).get("limits") or {} for each in pod["spec"]["containers"])
    return sum((quantity(str(limits.get(what, "0"))) for limits in found), Fraction(0))


def quantity(text: str) -> Fraction:
    """Return the number that a quantity such as 500m or 640Mi stands for."""
    unit = next((unit for unit in UNITS if text.endswith(unit)), "")
    return Fraction(text.removesuffix(unit)) * UNITS.get(unit, Fraction(1))

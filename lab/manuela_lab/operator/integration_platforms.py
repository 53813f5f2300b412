# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Camel K's operator: a platform is ready as soon as it is there."""

from __future__ import annotations

import time
from typing import Iterable

from manuela_lab.operator import conditions, resources
from manuela_lab.operator.cluster_api import ClusterApi
from manuela_lab.operator.integration_objects import RUNTIME_VERSION, VERSION
from manuela_lab.operator.resources import Key, Resource
from manuela_lab.operator.view import View


class PlatformController:
    """Reconciles IntegrationPlatforms."""

    name = "integration-platform"

    def __init__(self, api: ClusterApi, view: View) -> None:
        self._api = api
        self._view = view

    def concerned(self, resource: Resource) -> Iterable[Key]:
        """Return the key of a platform."""
        return [resources.key(resource)] if resource["kind"] == "IntegrationPlatform" else []

    async def reconcile(self, key: Key) -> float | None:
        """Report that the platform can be used."""
        platform = self._view.get("IntegrationPlatform", *key)
        if platform is None or resources.deleting(platform):
            return None
        now = resources.timestamp(time.time())
        old = platform.get("status") or {}
        found = [
            conditions.condition("Created", True, "IntegrationPlatformCreated", "integration platform created"),
            conditions.condition("Ready", True, "IntegrationPlatformReady"),
        ]
        status = {
            "phase": "Ready",
            "cluster": "OpenShift",
            "version": VERSION,
            "build": {"runtimeVersion": RUNTIME_VERSION},
            "observedGeneration": platform["metadata"].get("generation"),
            "conditions": conditions.carried(found, old.get("conditions"), now),
        }
        await self._api.set_status(platform, status)
        return None

# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""OpenShift's router: routes get a host if they name none, and are admitted or refused."""

from __future__ import annotations

import time
from typing import Iterable

from manuela_lab.operator import conditions, resources
from manuela_lab.operator.cluster_api import ClusterApi
from manuela_lab.operator.hosts import route_host
from manuela_lab.operator.listener_routes import ROUTER, host_problem
from manuela_lab.operator.resources import Key, Resource
from manuela_lab.operator.view import View


class RouteController:
    """Reconciles Routes."""

    name = "route"

    def __init__(self, api: ClusterApi, view: View, domain: str) -> None:
        self._api = api
        self._view = view
        self._domain = domain

    def concerned(self, resource: Resource) -> Iterable[Key]:
        """Return the route itself, and those that want the same host."""
        if resource["kind"] != "Route":
            return []
        host = route_host(resource)
        return {resources.key(resource), *(resources.key(found) for found in self._sharing(host))}

    def _sharing(self, host: str) -> list[Resource]:
        return [found for found in self._view.all("Route") if host and route_host(found) == host]

    async def reconcile(self, key: Key) -> float | None:
        """Admit or refuse one route."""
        route = self._view.get("Route", *key)
        if route is None or resources.deleting(route):
            return None
        host = route_host(route)
        if not host:
            await self._api.merge(route, {"spec": {"host": f"{key.name}-{key.namespace}.{self._domain}"}})
            return None
        now = resources.timestamp(time.time())
        before = ((route.get("status") or {}).get("ingress") or [{}])[0].get("conditions")
        entry = {
            "host": host,
            "routerName": ROUTER,
            "routerCanonicalHostname": f"router-{ROUTER}.{self._domain}",
            "wildcardPolicy": "None",
            "conditions": conditions.carried([self._verdict(route, host)], before, now),
        }
        await self._api.set_status(route, {"ingress": [entry]})
        return None

    def _verdict(self, route: Resource, host: str) -> conditions.Condition:
        if problem := host_problem(host):
            return conditions.condition("Admitted", False, "InvalidHost", problem)
        oldest = min(self._sharing(host) or [route], key=lambda found: str(found["metadata"].get("creationTimestamp")))
        owner = resources.key(oldest)
        if owner.namespace != resources.key(route).namespace:
            text = f"route {owner.name} already exposes {host} and is older"
            return conditions.condition("Admitted", False, "HostAlreadyClaimed", text)
        return conditions.condition("Admitted", True)

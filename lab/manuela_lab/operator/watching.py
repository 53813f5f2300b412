# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is watched: kopf keeps the streams, every event goes to one function, no object keeps a trace of it."""

from __future__ import annotations

import logging
from typing import Any, Callable

import kopf

from manuela_lab.operator.resources import Resource

Observe = Callable[[Resource, bool], None]

#: Group and plural of everything that is watched, in a group's preferred version; OLM's kinds differ in theirs.
CORE = ("pods", "services", "configmaps", "secrets", "namespaces")
GROUPS = {
    "kafka.strimzi.io": ("kafkas", "kafkanodepools", "kafkatopics", "kafkamirrormaker2s"),
    "camel.apache.org": ("integrations", "integrationplatforms"),
    "apps": ("deployments",),
    "broker.amq.io": ("activemqartemises",),
    "networking.k8s.io": ("networkpolicies",),
    "operators.coreos.com/v1alpha1": ("subscriptions", "installplans", "clusterserviceversions", "catalogsources"),
    "route.openshift.io": ("routes",),
}


def registry(observe: Observe) -> kopf.OperatorRegistry:
    """Return a registry whose only handlers are event handlers: those set no finalizer and no annotation."""
    found = kopf.OperatorRegistry()

    async def look(event: Any, **_: Any) -> None:
        observe(dict(event["object"]), event["type"] == "DELETED")

    kopf.on.login(registry=found)(kopf.login_with_kubeconfig)
    for plural in CORE:
        kopf.on.event("", "v1", plural, registry=found)(look)
    for group, plurals in GROUPS.items():
        for plural in plurals:
            kopf.on.event(group, plural, registry=found)(look)
    return found


def settings() -> kopf.OperatorSettings:
    """Return kopf's settings for an operator that is alone in a small cluster."""
    found = kopf.OperatorSettings()
    found.posting.enabled = False
    found.peering.standalone = True
    found.watching.reconnect_backoff = 0.5
    found.networking.error_backoffs = [0.5] * 240  # an API server that was killed is back within seconds
    found.watching.inactivity_timeout = 3600.0  # an idle lab is silent; listing all again would cost more
    found.process.ultimate_exiting_timeout = None  # kopf would kill this process while it still ends its children
    logging.getLogger("kopf").setLevel(logging.WARNING)
    return found

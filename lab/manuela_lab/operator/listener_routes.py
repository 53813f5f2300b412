# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Routes in front of listeners of type route: hosts as OpenShift would make them, admitted or refused as it would."""

from __future__ import annotations

import re
from dataclasses import replace

from manuela_lab.operator import resources, strimzi_pods
from manuela_lab.operator.kafka_spec import KafkaSpec, Listener
from manuela_lab.operator.resources import Resource
from manuela_lab.operator.settings import Settings

LONGEST_LABEL = 63
LABEL = re.compile(r"^[a-z0-9]([a-z0-9-]*[a-z0-9])?$")
ROUTER = "default"


def host_problem(host: str) -> str:
    """Return why a router refuses a host, or nothing."""
    refused = f'host name validation errors: spec.host: Invalid value: "{host}": '
    for label in host.split("."):
        if len(label) > LONGEST_LABEL:
            return refused + f"must be no more than {LONGEST_LABEL} characters"
        if not LABEL.match(label):
            return refused + "must conform to DNS naming"
    return ""


def route_names(spec: KafkaSpec, listener: Listener) -> tuple[str, str]:
    """Return the names of the routes to bootstrap and to the broker; the first external listener has short ones."""
    if (listener.name, listener.port) == ("external", 9094):
        return f"{spec.name}-kafka-bootstrap", f"{spec.name}-{spec.pool}-0"
    return f"{spec.name}-kafka-{listener.name}-bootstrap", f"{spec.name}-{spec.pool}-{listener.name}-0"


def hosts(spec: KafkaSpec, settings: Settings) -> KafkaSpec:
    """Return the resource with the hosts of its routes filled in where it names none."""
    domain = settings.domains[settings.dc]
    listeners = []
    for listener in spec.listeners:
        if listener.kind == "route":
            bootstrap, broker = (f"{name}-{spec.namespace}.{domain}" for name in route_names(spec, listener))
            listener = replace(
                listener,
                bootstrap_host=listener.bootstrap_host or bootstrap,
                broker_host=listener.broker_host or broker,
            )
        listeners.append(listener)
    return replace(spec, listeners=tuple(listeners))


def routes(kafka: Resource, spec: KafkaSpec) -> list[Resource]:
    """Return the routes of all listeners; ``spec`` has its hosts."""
    found = []
    for listener in spec.listeners:
        if listener.kind == "route":
            bootstrap, broker = route_names(spec, listener)
            to_bootstrap = f"{spec.name}-kafka-{listener.name}-bootstrap"
            to_broker = f"{spec.name}-{spec.pool}-{listener.name}-0"
            found.append(_route(kafka, spec, bootstrap, listener.bootstrap_host, (to_bootstrap, listener.port)))
            found.append(_route(kafka, spec, broker, listener.broker_host, (to_broker, listener.port)))
    return found


def _route(kafka: Resource, spec: KafkaSpec, name: str, host: str, target: tuple[str, int]) -> Resource:
    return {
        "apiVersion": "route.openshift.io/v1",
        "kind": "Route",
        "metadata": {
            "name": name,
            "namespace": spec.namespace,
            "labels": strimzi_pods.labels(kafka, f"{spec.name}-kafka", "kafka"),
            "ownerReferences": resources.owned_by(kafka),
        },
        "spec": {
            "host": host,
            "to": {"kind": "Service", "name": target[0], "weight": 100},
            "port": {"targetPort": target[1]},
            "tls": {"termination": "passthrough"},
            "wildcardPolicy": "None",
        },
    }

# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every name that a process may ask for is in the hosts file of its namespace."""

from __future__ import annotations

import json

import pytest
from memory_cluster import MemoryCluster

from manuela_lab.operator.hosts import ROUTES_FILE, Hosts
from manuela_lab.operator.resources import Resource
from manuela_lab.operator.settings import Settings
from manuela_lab.parts.hosts import parse

FACTORY_ROUTE = "mqtt.apps.factory.lab.example"


def service(name: str, annotations: dict[str, str] | None = None, **selector: str) -> Resource:
    metadata = {"name": name, "namespace": "lake", "annotations": annotations or {}}
    return {"apiVersion": "v1", "kind": "Service", "metadata": metadata, "spec": {"selector": selector}}


def route(host: str, target: str, termination: str | None) -> Resource:
    spec = {"host": host, "to": {"name": target}, **({"tls": {"termination": termination}} if termination else {})}
    metadata = {"name": host.partition(".")[0], "namespace": "lake"}
    return {"apiVersion": "route.openshift.io/v1", "kind": "Route", "metadata": metadata, "spec": spec}


def pod(name: str, address: str, **labels: str) -> Resource:
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": "lake", "labels": labels},
        "spec": {"subdomain": "brokers"},
        "status": {"podIP": address},
    }


@pytest.fixture
def hosts(cluster: MemoryCluster, settings: Settings) -> Hosts:
    (settings.state / "factory").mkdir()
    foreign = {FACTORY_ROUTE: ["127.9.8.3", "127.9.8.3"]}
    (settings.state / "factory" / ROUTES_FILE).write_text(json.dumps(foreign))
    cluster.has(
        service("bootstrap", {"lab.manuela/address": "127.9.8.20"}),
        service("dashboard", app="dashboard"),
        service("empty", app="nobody"),
        pod("dashboard-1", "127.9.8.41", app="dashboard"),
        route("kafka.apps.central.lab.example", "bootstrap", "passthrough"),
        route("web.apps.central.lab.example", "dashboard", None),
    )
    return Hosts(settings, cluster.view)


def test_short_names_are_for_the_own_namespace(hosts: Hosts) -> None:
    own, other = (parse(hosts.file(namespace).read_text()) for namespace in ("lake", "elsewhere"))
    assert own["bootstrap"] == "127.9.8.20" and "bootstrap" not in other
    for name in ("bootstrap.lake", "bootstrap.lake.svc", "bootstrap.lake.svc.cluster.local"):
        assert own[name] == other[name] == "127.9.8.20"
    assert own["dashboard-1.brokers.lake.svc"] == "127.9.8.41"


def test_a_service_leads_to_its_pods_or_to_nobody(hosts: Hosts) -> None:
    found = parse(hosts.file("lake").read_text())
    assert found["dashboard"] == "127.9.8.41"
    assert found["empty"] == "127.9.8.254"


def test_routes_of_both_clusters(hosts: Hosts) -> None:
    found = parse(hosts.file("lake").read_text())
    assert found["kafka.apps.central.lab.example"] == "127.9.8.21"
    assert found["web.apps.central.lab.example"] == "127.9.8.41"
    assert found[FACTORY_ROUTE] == "127.9.8.3"


def test_the_operators_own_way_leads_past_the_router(hosts: Hosts) -> None:
    assert hosts.backend("kafka.apps.central.lab.example", "lake") == "127.9.8.20:9091"
    assert hosts.backend("bootstrap.lake.svc", "elsewhere") == "127.9.8.20:9091"
    assert hosts.backend("unknown.example", "lake") is None


def test_only_a_routes_own_port_is_moved(hosts: Hosts) -> None:
    assert hosts.endpoint("kafka.apps.central.lab.example", 443) == ("kafka.apps.central.lab.example", 8443)
    assert hosts.endpoint("kafka.apps.central.lab.example", 80) == ("kafka.apps.central.lab.example", 80)
    assert hosts.endpoint("elsewhere.example", 443) == ("elsewhere.example", 443)


def test_a_change_reaches_files_in_use(hosts: Hosts, cluster: MemoryCluster) -> None:
    path = hosts.file("lake")
    cluster.has(service("late", {"lab.manuela/address": "127.9.8.60"}))
    hosts.refresh()
    assert parse(path.read_text())["late"] == "127.9.8.60"


def test_a_clusters_domain_is_a_wildcard(hosts: Hosts) -> None:
    path = hosts.file("lake")
    for host in ("later.apps.central.lab.example", "kafka.apps.central.lab.example", "elsewhere.example"):
        hosts.mention(host)
    found = parse(path.read_text())
    assert found["later.apps.central.lab.example"] == "127.9.8.21"
    assert found["kafka.apps.central.lab.example"] == "127.9.8.21"
    assert "elsewhere.example" not in found

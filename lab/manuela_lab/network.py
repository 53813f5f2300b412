# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where everything listens: a loopback /24 for each lab, and in it an address with its real port for each service."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from manuela_lab.profile import Cluster, Environment, Profile

CANDIDATES = 32
CENTRAL_KAFKA_HOST = "bootstrap-manuela-data-lake-central-kafka-cluster"
CENTRAL_ROUTE = "central-route"


@dataclass(frozen=True)
class Endpoint:
    """An address with a port, and what listens there."""

    what: str
    host: str
    port: int

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


@dataclass(frozen=True)
class Network:
    """The addresses of one lab.  ``route_port`` is 443 where the user may bind it."""

    subnet: str
    route_port: int

    def at(self, what: str, host: int, port: int) -> Endpoint:
        """An endpoint in this lab's subnet."""
        return Endpoint(what, f"{self.subnet}.{host}", port)

    def api(self, cluster: Cluster) -> Endpoint:
        return self.at(f"Kubernetes API of {cluster.name}", 1 + cluster.index, 6443)

    def etcd(self, cluster: Cluster) -> Endpoint:
        return self.at(f"etcd of {cluster.name}", 5, 2379 + 10 * cluster.index)

    def etcd_peer(self, cluster: Cluster) -> Endpoint:
        return self.at(f"etcd peer of {cluster.name}", 5, 2380 + 10 * cluster.index)

    def repo_server(self, cluster: Cluster) -> Endpoint:
        return self.at(f"Argo CD repo server of {cluster.name}", 5, 8081 + 10 * cluster.index)

    def repo_metrics(self, cluster: Cluster) -> Endpoint:
        return self.at(f"Argo CD repo server metrics of {cluster.name}", 5, 8084 + 10 * cluster.index)

    def kubelet(self, cluster: Cluster) -> Endpoint:
        return self.at(f"kubelet of {cluster.name}", 40 + cluster.index, 10250)

    def kafka(self, profile: Profile, environment: Environment) -> Endpoint:
        """The address follows the environment: two of them may share a cluster."""
        return self.at(f"Kafka of {environment.name}", 10 + 10 * profile.environments.index(environment), 9092)

    @property
    def redis(self) -> Endpoint:
        return self.at("redis", 3, 6379)

    @property
    def mqtt(self) -> Endpoint:
        return self.at("MQTT broker", 3, 1883)

    @property
    def mqtt_artemis(self) -> Endpoint:
        return self.at("MQTT broker (the port of AMQ)", 3, 61616)

    @property
    def toxiproxy(self) -> Endpoint:
        return self.at("toxiproxy", 3, 8474)

    @property
    def s3(self) -> Endpoint:
        return self.at("S3 store", 4, 8333)

    @property
    def git(self) -> Endpoint:
        return self.at("Git host", 6, 3443)

    @property
    def supervisor(self) -> Endpoint:
        return self.at("supervisor", 30, 9001)

    @property
    def route(self) -> Endpoint:
        return self.at("central route", 21, self.route_port)

    @property
    def external_listener(self) -> Endpoint:
        return self.at("external listener of the central Kafka", 20, 9094)

    def endpoints(self, profile: Profile) -> list[Endpoint]:
        """Everything that a lab of this profile may listen on."""
        shared = [self.redis, self.mqtt, self.mqtt_artemis, self.toxiproxy, self.s3, self.supervisor, self.route]
        shared.append(self.external_listener)
        for cluster in profile.clusters:
            shared += [self.api(cluster), self.etcd(cluster), self.etcd_peer(cluster), self.repo_server(cluster)]
            shared += [self.repo_metrics(cluster), self.kubelet(cluster)]
        shared += [self.kafka(profile, environment) for environment in profile.environments]
        if profile.openshift:
            shared.append(self.git)
        return shared


def candidates(seed: str) -> Iterator[str]:
    """Subnets to try, in an order of each lab's own: two labs that start together rarely want the same."""
    for attempt in range(CANDIDATES):
        digest = hashlib.sha256(f"{seed} {attempt}".encode()).digest()
        yield f"127.{1 + digest[0] % 254}.{digest[1]}"

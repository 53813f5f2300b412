# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the operator knows of its lab: read once from ``lab.json`` and never written."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Mapping

from manuela_lab.places import Places
from manuela_lab.profile import profile

#: Last octets of the lab's network that belong to the data plane.
ADDRESS_KAFKA = 10
ADDRESS_KAFKA_WITH_ROUTE = 20
ADDRESS_MORE_KAFKA = range(60, 100)
ADDRESS_OWN_BROKER = 23
ADDRESS_NOBODY = 254
"""A service without a pod: the name resolves, the connection is refused, as on a cluster."""


@dataclass(frozen=True)
class Settings:
    """One cluster of one lab, as the operator sees it."""

    dc: str
    subnet: str
    state: Path
    cache: Path
    kubeconfig: Path
    context: str
    pki: Path
    kubelet: tuple[str, int]
    domains: Mapping[str, str]
    """Cluster → the domain of its routes, for all clusters of the lab."""
    route: tuple[str, int]
    """The router that can be cut: it passes TLS through to the first Kafka with a route."""
    mqtt: tuple[str, int]
    link: tuple[str, str] = ("", "")
    """Where that router can be cut: the address of toxiproxy's API, and the name there."""
    labnet: Path = Path("labnet")
    """The program that an MQTT broker of this cluster's own runs."""
    openshift: bool = False
    """Whether projects have what OpenShift gives them."""

    def address(self, octet: int) -> str:
        """Return the lab's address with this last octet."""
        return f"{self.subnet}.{octet}"

    @property
    def home(self) -> Path:
        """Return the directory of this cluster."""
        return self.state / self.dc

    @property
    def first(self) -> bool:
        """Say whether this is the factory's cluster, to which the known addresses without a route belong."""
        return self.dc == next(iter(self.domains))

    @property
    def last(self) -> bool:
        """Say whether this is the central cluster, to which the known addresses with a route belong."""
        return self.dc == list(self.domains)[-1]

    @property
    def node(self) -> str:
        """Return the name of the one node."""
        return f"lab-{self.dc}"

    @property
    def other_homes(self) -> list[Path]:
        """Return the directories of the other clusters, whose routes this one must resolve."""
        return [self.state / name for name in self.domains if name != self.dc]


def read(dc: str) -> Settings:
    """Read ``lab.json`` of the lab that the environment names."""
    places = Places.of(os.environ)
    lab: dict[str, Any] = json.loads(places.record.read_text(encoding="utf-8"))
    return parse(dc, places, lab)


def parse(dc: str, places: Places, lab: Mapping[str, Any]) -> Settings:
    """Return the settings of the cluster ``dc`` held by the mapping of ``lab.json``."""
    entries = list(lab["datacenters"].values())
    entry = next(each for each in entries if each["cluster"] == dc)
    return Settings(
        dc=dc,
        subnet=str(lab["subnet"]),
        state=places.state,
        cache=Path(lab["cache"]["root"]),
        kubeconfig=Path(entry["kubeconfig"]),
        context=str(entry["context"]),
        pki=Path(entry["pki"]),
        kubelet=(str(entry["kubelet"]["host"]), int(entry["kubelet"]["port"])),
        domains={str(each["cluster"]): str(each["apps_domain"]) for each in entries},
        route=(str(lab["route"]["ip"]), int(lab["route"]["port"])),
        mqtt=(str(lab["mqtt"]["host"]), int(lab["mqtt"]["port"])),
        link=(str(lab["toxiproxy"]), str(lab["route"]["name"])),
        labnet=Path(lab["cache"]["labnet"]),
        openshift=profile(str(lab["profile"])).openshift,
    )

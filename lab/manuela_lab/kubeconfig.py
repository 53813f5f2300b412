# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kubeconfigs that hold their certificates, so that they can be copied: one per cluster, and one with all contexts."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from manuela_lab.lab import Lab
from manuela_lab.pki import write_private
from manuela_lab.profile import Cluster


def write_all(lab: Lab) -> None:
    """Write every cluster's kubeconfig and the joint one."""
    administrators = {each.name: _admin(lab, each) for each in lab.profile.clusters}
    for cluster in lab.profile.clusters:
        _write(lab.places.cluster_kubeconfig(cluster.name), kubeconfig(lab, (cluster,), administrators))
    if not (lab.profile.openshift and lab.places.kubeconfig.exists()):  # a login stays
        write_joint(lab, administrators)


def write_joint(lab: Lab, users: Mapping[str, dict[str, str]]) -> None:
    """Write the kubeconfig with all contexts; ``users`` holds the credentials for each cluster."""
    _write(lab.places.kubeconfig, kubeconfig(lab, lab.profile.clusters, users))


def kubeconfig(lab: Lab, clusters: tuple[Cluster, ...], users: Mapping[str, dict[str, str]]) -> dict[str, Any]:
    """A kubeconfig with a context named after each cluster; the first is current."""
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": each.name, "cluster": _server(lab, each)} for each in clusters],
        "users": [{"name": f"{each.name}-user", "user": users[each.name]} for each in clusters],
        "contexts": [
            {"name": each.name, "context": {"cluster": each.name, "user": f"{each.name}-user", "namespace": "default"}}
            for each in clusters
        ],
        "current-context": clusters[0].name,
    }


def _server(lab: Lab, cluster: Cluster) -> dict[str, str]:
    pki = lab.places.pki(cluster.name)
    return {
        "server": f"https://{lab.network.api(cluster)}",
        "certificate-authority-data": _encoded(pki / "ca.crt"),
    }


def _admin(lab: Lab, cluster: Cluster) -> dict[str, str]:
    pki = lab.places.pki(cluster.name)
    return {"client-certificate-data": _encoded(pki / "admin.crt"), "client-key-data": _encoded(pki / "admin.key")}


def _encoded(path: Path) -> str:
    return base64.b64encode(path.read_bytes()).decode()


def _write(path: Path, content: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    write_private(path, (json.dumps(content, indent=2) + "\n").encode())  # JSON is YAML

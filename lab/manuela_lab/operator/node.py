# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one node of a cluster, as its kubelet registers it."""

from __future__ import annotations

from manuela_lab.operator import conditions, resources
from manuela_lab.operator.resources import Resource

INFO = {
    "kubeletVersion": "v1.36.3",
    "osImage": "manuela lab",
    "operatingSystem": "linux",
    "architecture": "amd64",
    "containerRuntimeVersion": "lab://1",
    # The API server wants these, and there is nothing to say.
    **dict.fromkeys(("kernelVersion", "kubeProxyVersion", "machineID", "systemUUID", "bootID"), ""),
}
CAPACITY = {"cpu": "8", "memory": "32Gi", "pods": "250", "ephemeral-storage": "100Gi"}


def manifest(name: str, address: str, port: int, now: float) -> Resource:
    """Return the Node object with its status."""
    labels = {
        "kubernetes.io/hostname": name,
        "kubernetes.io/os": "linux",
        "kubernetes.io/arch": "amd64",
        "node-role.kubernetes.io/worker": "",
    }
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": name, "labels": labels},
        "status": {
            "addresses": [{"type": "InternalIP", "address": address}, {"type": "Hostname", "address": name}],
            "capacity": CAPACITY,
            "allocatable": CAPACITY,
            "daemonEndpoints": {"kubeletEndpoint": {"Port": port}},
            "conditions": _conditions(resources.timestamp(now)),
            "nodeInfo": INFO,
        },
    }


def _conditions(moment: str) -> list[conditions.Condition]:
    found = [
        conditions.condition(f"{kind}Pressure", False, f"KubeletHas{enough}")
        for kind, enough in (("Memory", "SufficientMemory"), ("Disk", "NoDiskPressure"), ("PID", "SufficientPID"))
    ]
    found.append(conditions.condition("Ready", True, "KubeletReady", "the lab's kubelet is posting ready status"))
    return [{**entry, "lastHeartbeatTime": moment} for entry in conditions.carried(found, None, moment)]

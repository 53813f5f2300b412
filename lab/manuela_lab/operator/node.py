# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one node of a cluster, as its kubelet registers it."""

from __future__ import annotations

from manuela_lab.operator import conditions, resources
from manuela_lab.operator.resources import Resource

VERSION = "v1.36.3"
CAPACITY = {"cpu": "8", "memory": "32Gi", "pods": "250", "ephemeral-storage": "100Gi"}


def manifest(name: str, address: str, port: int, now: float) -> Resource:
    """Return the Node object with its status."""
    moment = resources.timestamp(now)
    ready = conditions.condition("Ready", True, "KubeletReady", "the lab's kubelet is posting ready status")
    quiet = [
        conditions.condition(kind, False, f"KubeletHasSufficient{kind.removesuffix('Pressure')}")
        for kind in ("MemoryPressure", "DiskPressure", "PIDPressure")
    ]
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {
            "name": name,
            "labels": {
                "kubernetes.io/hostname": name,
                "kubernetes.io/os": "linux",
                "kubernetes.io/arch": "amd64",
                "node-role.kubernetes.io/worker": "",
            },
        },
        "status": {
            "addresses": [{"type": "InternalIP", "address": address}, {"type": "Hostname", "address": name}],
            "capacity": CAPACITY,
            "allocatable": CAPACITY,
            "daemonEndpoints": {"kubeletEndpoint": {"Port": port}},
            "conditions": [{**entry, "lastHeartbeatTime": moment} for entry in _timed([*quiet, ready], moment)],
            "nodeInfo": {
                "kubeletVersion": VERSION,
                "osImage": "manuela lab",
                "operatingSystem": "linux",
                "architecture": "amd64",
                "kernelVersion": "",
                "containerRuntimeVersion": "lab://1",
                "kubeProxyVersion": "",
                "machineID": "",
                "systemUUID": "",
                "bootID": "",
            },
        },
    }


def _timed(entries: list[conditions.Condition], moment: str) -> list[conditions.Condition]:
    return conditions.carried(entries, None, moment)

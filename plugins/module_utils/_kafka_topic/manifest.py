# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Job and the Pod in which the script runs; pure.

They satisfy the restricted pod security standard, ask for little, end by themselves and are removed by the cluster.
"""

from __future__ import annotations

from typing import Any, Mapping

from ansible_collections.manuela.event_streaming.plugins.module_utils._kafka_topic.script import MARK, SCRIPT
from ansible_collections.manuela.event_streaming.plugins.module_utils._kafka_topic.wanted import Wanted, Window
from ansible_collections.manuela.event_streaming.plugins.module_utils._kube import items_at

OURS = {"app.kubernetes.io/managed-by": "manuela.event_streaming", "app.kubernetes.io/component": "kafka-topic-info"}
SELECTOR = ",".join(f"{key}={value}" for key, value in OURS.items())
CONTAINER = "consumer"
# The script reads round after round for so long; a wait that lasts longer starts another pod.
_ENDING = 200
_KEPT = 30
_SCRATCH = "/tmp"  # noqa: S108 - in the container, on a volume of its own


def job(wanted: Wanted, image: str, run: str) -> dict[str, Any]:
    """Return the Job; ``run`` begins what the script says, and nobody who writes records knows it."""
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": _metadata(wanted),
        "spec": {
            "backoffLimit": 0,
            "activeDeadlineSeconds": deadline(wanted),
            "ttlSecondsAfterFinished": _KEPT,
            "template": {"metadata": {"labels": _labels(wanted)}, "spec": _pod_spec(wanted, image, run)},
        },
    }


def pod(wanted: Wanted, image: str, run: str) -> dict[str, Any]:
    """Return the bare Pod, for namespaces in which Jobs are forbidden."""
    spec = {**_pod_spec(wanted, image, run), "activeDeadlineSeconds": deadline(wanted)}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": _metadata(wanted), "spec": spec}


def run_of(pod: Mapping[str, Any]) -> str:
    """Return what begins the words of the script in a pod, whoever created it."""
    variables = [entry for one in items_at(pod, "spec", "containers") for entry in items_at(one, "env")]
    return next((str(entry.get("value")) for entry in variables if entry.get("name") == "ES_RUN"), "")


def deadline(wanted: Wanted) -> int:
    """Return the seconds after which the cluster ends what did not end by itself."""
    return wanted.lifetime + _ENDING


def _metadata(wanted: Wanted) -> dict[str, Any]:
    return {"generateName": f"{wanted.instance}-", "namespace": wanted.namespace, "labels": _labels(wanted)}


def _labels(wanted: Wanted) -> dict[str, str]:
    return {**OURS, "app.kubernetes.io/name": wanted.pod_name, "app.kubernetes.io/instance": wanted.instance}


def _pod_spec(wanted: Wanted, image: str, run: str) -> dict[str, Any]:
    return {
        "restartPolicy": "Never",
        "terminationGracePeriodSeconds": 1,
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
        "volumes": [{"name": "tmp", "emptyDir": {"sizeLimit": "32Mi"}}],
        "containers": [
            {
                "name": CONTAINER,
                "image": image,
                "imagePullPolicy": "IfNotPresent",
                "command": ["/bin/sh", "-c", SCRIPT],
                "env": [{"name": name, "value": value} for name, value in environment(wanted, run).items()],
                "resources": {
                    "requests": {"cpu": "50m", "memory": "192Mi"},
                    "limits": {"cpu": "1", "memory": "640Mi"},
                },
                "securityContext": {
                    "allowPrivilegeEscalation": False,
                    "capabilities": {"drop": ["ALL"]},
                    "runAsNonRoot": True,
                    "seccompProfile": {"type": "RuntimeDefault"},
                },
                "volumeMounts": [{"name": "tmp", "mountPath": _SCRATCH}],
            }
        ],
    }


def _window(window: Window) -> str:
    return f"{window.topic}:{window.partition}:{window.start}:{'' if window.stop is None else window.stop}"


def environment(wanted: Wanted, run: str) -> dict[str, str]:
    """Return the script's input."""
    return {
        "ES_MARK": MARK,
        "ES_RUN": run,
        "ES_BOOTSTRAP": wanted.bootstrap_servers,
        "ES_TOPICS": " ".join(wanted.topics),
        "ES_PATTERNS": ",".join(topic.replace(".", r"\.") for topic in wanted.topics),
        "ES_SAMPLE": str(wanted.sample),
        "ES_WINDOWS": " ".join(_window(window) for window in wanted.windows),
        "ES_LIFETIME": str(wanted.lifetime),
        "ES_PROTOCOL": wanted.protocol.upper(),
        "ES_TRUSTED": wanted.trusted_certificates,
        # Small and quick to start: three of the tools run at the same time.
        "KAFKA_HEAP_OPTS": "-Xms16m -Xmx64m",
        "KAFKA_JVM_PERFORMANCE_OPTS": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
        "LOG_DIR": _SCRATCH,
    }

# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Create the objects that come as JSON on standard input: create.py KUBECONFIG.  A pod's status is set too."""

from __future__ import annotations

import json
import sys

import kubernetes


def main() -> None:
    """Create them in order."""
    client = kubernetes.config.new_client_from_config(sys.argv[1])
    dynamic = kubernetes.dynamic.DynamicClient(client)
    core = kubernetes.client.CoreV1Api(client)
    for body in json.load(sys.stdin):
        place = body["metadata"].get("namespace")
        if body["kind"] == "Pod" and body.pop("only_status", False):
            core.patch_namespaced_pod_status(body["metadata"]["name"], place, body)
            continue
        resource = dynamic.resources.get(api_version=body["apiVersion"], kind=body["kind"])
        resource.create(body=body, namespace=place)
        if body["kind"] == "Pod" and "status" in body:
            core.patch_namespaced_pod_status(body["metadata"]["name"], place, {"status": body["status"]})


if __name__ == "__main__":
    main()

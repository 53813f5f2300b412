# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Start a real API server with etcd in the background: cluster.py DIRECTORY prints its kubeconfig and process as JSON.

It is the lab's, without a node: nothing runs there, and the tests write what operators would report.
"""

from __future__ import annotations

import json
import os
import pwd
import random
import subprocess
import sys
import time
from pathlib import Path

import kubernetes
import yaml

from manuela_lab import binaries, pki
from manuela_lab.places import Places
from manuela_lab.progress import Progress

LONGEST = 900
KINDS = {
    "argoproj.io/v1alpha1": ["Application"],
    "camel.apache.org/v1": ["Integration"],
    "kafka.strimzi.io/v1beta2": ["Kafka", "KafkaMirrorMaker2", "KafkaTopic"],
    "operators.coreos.com/v1alpha1": ["Subscription"],
}


def main() -> None:
    """Start it, wait until it answers, and give it the demo's kinds."""
    home = Path(sys.argv[1]).absolute()
    home.mkdir(parents=True, exist_ok=True)
    host = f"127.{random.randint(100, 200)}.{random.randint(1, 250)}.{random.randint(1, 250)}"
    pki.ensure(home / "pki", "test", [host], [host])
    file = write_kubeconfig(home, host)
    child = subprocess.Popen(
        ["timeout", str(LONGEST), programs() / "kubelab", *arguments(home, host)],
        cwd=home,
        stdin=subprocess.DEVNULL,
        stdout=(home / "log").open("w"),
        stderr=subprocess.STDOUT,
        start_new_session=True,
        env={**os.environ, "GOGC": "50"},
    )
    fill(file, child)
    print(json.dumps({"kubeconfig": str(file), "server": f"https://{host}:6443", "pid": child.pid}))


def programs() -> Path:
    """Return the lab's programs.  ansible-test gives a home directory of its own, the cache is in the user's."""
    os.environ["HOME"] = pwd.getpwuid(os.getuid()).pw_dir
    return binaries.ensure(Places.of(os.environ), Progress())


def arguments(home: Path, host: str) -> list[str]:
    """Return the command line, as the lab has it."""
    keys = home / "pki"
    return [
        f"--etcd-dir={home / 'etcd'}",
        f"--etcd-address={host}:2379",
        f"--kubeconfig={home / 'kubeconfig'}",
        f"--service-account-key={keys / 'sa.key'}",
        f"--ca={keys / 'ca.crt'}",
        "--",
        "--secure-port=6443",
        f"--bind-address={host}",
        f"--advertise-address={host}",
        "--endpoint-reconciler-type=none",
        "--service-cluster-ip-range=10.0.0.0/24",
        "--authorization-mode=RBAC",
        "--anonymous-auth=false",
        f"--client-ca-file={keys / 'ca.crt'}",
        f"--tls-cert-file={keys / 'apiserver.crt'}",
        f"--tls-private-key-file={keys / 'apiserver.key'}",
        f"--cert-dir={home / 'certs'}",
        "--service-account-issuer=https://kubernetes.default.svc",
        f"--service-account-key-file={keys / 'sa.pub'}",
        f"--service-account-signing-key-file={keys / 'sa.key'}",
    ]


def write_kubeconfig(home: Path, host: str) -> Path:
    """Return a kubeconfig of the administrator, with a second context whose credentials nobody knows."""
    keys, file = home / "pki", home / "kubeconfig"
    cluster = {"server": f"https://{host}:6443", "certificate-authority": str(keys / "ca.crt")}
    admin = {"client-certificate": str(keys / "admin.crt"), "client-key": str(keys / "admin.key")}
    content = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "test",
        "clusters": [{"name": "test", "cluster": cluster}],
        "users": [{"name": "admin", "user": admin}, {"name": "stranger", "user": {"token": "expired"}}],
        "contexts": [
            {"name": "test", "context": {"cluster": "test", "user": "admin"}},
            {"name": "stranger", "context": {"cluster": "test", "user": "stranger"}},
        ],
    }
    file.touch(mode=0o600)
    file.write_text(yaml.safe_dump(content))
    return file


def fill(file: Path, child: subprocess.Popen[bytes]) -> None:
    """Wait for the server, then define the kinds and wait until they are served."""
    client = kubernetes.config.new_client_from_config(str(file))
    end = time.monotonic() + 120
    definitions = [definition(*version.split("/"), kind) for version, kinds in KINDS.items() for kind in kinds]
    api, core = kubernetes.client.ApiextensionsV1Api(client), kubernetes.client.CoreV1Api(client)
    attempt(lambda: core.list_namespace(_request_timeout=5), end, child)
    for body in definitions:
        attempt(lambda body=body: api.create_custom_resource_definition(body, _request_timeout=10), end, child)
    core.create_namespace({"metadata": {"name": "msg"}})
    custom = kubernetes.client.CustomObjectsApi(client)
    for body in definitions:
        spec = body["spec"]
        place = (spec["group"], spec["versions"][0]["name"], "msg", spec["names"]["plural"])
        attempt(lambda place=place: custom.list_namespaced_custom_object(*place, _request_timeout=5), end, child)


def definition(group: str, version: str, kind: str) -> dict:
    """Return a slim definition.  Without a status subresource, so that a test can play the operator with a patch."""
    plural = f"{kind.lower()}s"
    schema = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{plural}.{group}"},
        "spec": {
            "group": group,
            "scope": "Namespaced",
            "names": {"kind": kind, "plural": plural, "singular": kind.lower(), "listKind": f"{kind}List"},
            "versions": [{"name": version, "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}],
        },
    }


def attempt(call, end: float, child: subprocess.Popen[bytes]) -> None:
    """Call until it succeeds."""
    while True:
        try:
            call()
            return
        except Exception as error:
            if time.monotonic() > end or child.poll() is not None:
                raise SystemExit(f"the API server did not start: {error}; exit code {child.poll()}") from error
            time.sleep(0.3)


if __name__ == "__main__":
    main()

# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line of every fixed program of a lab.  Supervisor starts what is listed here and nothing else."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from manuela_lab import sockets
from manuela_lab.lab import Lab
from manuela_lab.network import CENTRAL_ROUTE
from manuela_lab.parts import seaweed
from manuela_lab.prerequisites import required
from manuela_lab.profile import Cluster

SERVICES = "10.0.0.0/24"


@dataclass(frozen=True)
class Program:
    """One process.  ``at_once`` starts with Supervisor itself, others when their cluster has its definitions."""

    name: str
    argv: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    at_once: bool = True
    stop_seconds: int = 3


def programs(lab: Lab) -> list[Program]:
    """Every program of the lab."""
    listed = [network_services(lab), store(lab)]
    for cluster in lab.profile.clusters:
        listed += [kubernetes(lab, cluster), repo_server(lab, cluster), application_controller(lab, cluster)]
        listed.append(operator(lab, cluster))
    return [*listed, git_host(lab)] if lab.profile.openshift else listed


def kubernetes(lab: Lab, cluster: Cluster) -> Program:
    """API server, etcd and controllers of one cluster."""
    home, pki = lab.places.cluster(cluster.name), lab.places.pki(cluster.name)
    argv = [
        str(lab.programs / "kubelab"),
        f"--etcd-dir={home / 'etcd'}",
        f"--etcd-address={lab.network.etcd(cluster)}",
        f"--kubeconfig={lab.places.cluster_kubeconfig(cluster.name)}",
        f"--service-account-key={pki / 'sa.key'}",
        f"--ca={pki / 'ca.crt'}",
        "--",
        *_api_server_flags(lab, cluster),
    ]
    return Program(f"{cluster.name}-kubernetes", tuple(argv))


def _api_server_flags(lab: Lab, cluster: Cluster) -> list[str]:
    home, pki, api = lab.places.cluster(cluster.name), lab.places.pki(cluster.name), lab.network.api(cluster)
    return [
        f"--secure-port={api.port}",
        f"--bind-address={api.host}",
        f"--advertise-address={api.host}",
        "--endpoint-reconciler-type=none",
        f"--service-cluster-ip-range={SERVICES}",
        "--authorization-mode=Node,RBAC",
        "--anonymous-auth=false",
        f"--client-ca-file={pki / 'ca.crt'}",
        f"--tls-cert-file={pki / 'apiserver.crt'}",
        f"--tls-private-key-file={pki / 'apiserver.key'}",
        f"--cert-dir={home / 'certs'}",
        "--service-account-issuer=https://kubernetes.default.svc",
        f"--service-account-key-file={pki / 'sa.pub'}",
        f"--service-account-signing-key-file={pki / 'sa.key'}",
        f"--token-auth-file={pki / 'tokens.csv'}",
        f"--kubelet-client-certificate={pki / 'kubelet-client.crt'}",
        f"--kubelet-client-key={pki / 'kubelet-client.key'}",
        f"--kubelet-certificate-authority={pki / 'ca.crt'}",
        "--kubelet-preferred-address-types=InternalIP",
        "--enable-priority-and-fairness=false",
        "--profiling=false",
        "--event-ttl=1h",
    ]


def repo_server(lab: Lab, cluster: Cluster) -> Program:
    """Argo CD's repository server: clones and renders."""
    network = lab.network
    serve, metrics = network.repo_server(cluster), network.repo_metrics(cluster)
    argv = [
        str(lab.programs / "argocd-repo-server"),
        *("--address", serve.host, "--port", str(serve.port)),
        *("--metrics-address", metrics.host, "--metrics-port", str(metrics.port)),
        *("--redis", str(network.redis), "--redisdb", str(cluster.index)),
        *("--disable-tls", "--client-ca-path", ""),
        *("--revision-cache-expiration", "5s", "--parallelismlimit", "2", "--logformat", "text"),
    ]
    return Program(f"{cluster.name}-argocd-repo-server", tuple(argv), _argocd_environment(lab, cluster))


def application_controller(lab: Lab, cluster: Cluster) -> Program:
    """Argo CD's application controller: compares and syncs.  It opens no port (see argolab)."""
    network = lab.network
    argv = [
        str(lab.programs / "argocd-application-controller"),
        *("--kubeconfig", str(lab.places.cluster_kubeconfig(cluster.name))),
        *("--namespace", lab.profile.argocd_namespace),
        *("--repo-server", str(network.repo_server(cluster)), "--repo-server-plaintext"),
        *("--redis", str(network.redis), "--redisdb", str(cluster.index)),
        *("--app-resync", "180", "--app-resync-jitter", "0", "--self-heal-timeout-seconds", "2"),
        *("--status-processors", "4", "--operation-processors", "2", "--kubectl-parallelism-limit", "4"),
        *("--logformat", "text"),
    ]
    environment = _argocd_environment(lab, cluster)
    return Program(f"{cluster.name}-argocd-controller", tuple(argv), environment, at_once=False)


def _argocd_environment(lab: Lab, cluster: Cluster) -> dict[str, str]:
    home = lab.places.cluster(cluster.name) / "argocd"
    return {
        "PATH": f"{home / 'bin'}:{lab.programs}:{search_path()}",
        "HOME": str(home),
        "TMPDIR": str(home / "tmp"),
        "ARGOCD_FAKE_IN_CLUSTER": "true",
        "ARGOCD_TLS_DATA_PATH": str(home / "tls"),
        "ARGOCD_SSH_DATA_PATH": str(home / "ssh"),
        "ARGOCD_PLUGINSOCKFILEPATH": str(home / "plugins"),
        "ARGOCD_GNUPGHOME": str(home / "gpg"),
        "ARGOCD_GPG_ENABLED": "false",
        "ARGOCD_ASK_PASS_SOCK": str(sockets.ask_pass(lab, cluster)),
        "KUBECONFIG": str(lab.places.cluster_kubeconfig(cluster.name)),
    }


def network_services(lab: Lab) -> Program:
    """Redis, the MQTT broker and the cuttable route, in one process."""
    network = lab.network
    argv = [
        str(lab.programs / "labnet"),
        f"--redis={network.redis}",
        f"--mqtt={network.mqtt},{network.mqtt_artemis}",
        f"--toxiproxy={network.toxiproxy}",
        f"--link={CENTRAL_ROUTE}={network.route}={network.external_listener}",
    ]
    return Program("net", tuple(argv), {"GOGC": "50"})


def store(lab: Lab) -> Program:
    """The S3 store."""
    return Program("s3", tuple(seaweed_store(lab).command()), {"GOGC": "50"})


def seaweed_store(lab: Lab) -> seaweed.Store:
    """Where the S3 store keeps its data and listens."""
    return seaweed.Store(lab.places.store, lab.network.s3.host, lab.network.s3.port)


def operator(lab: Lab, cluster: Cluster) -> Program:
    """Plays Strimzi, Camel K and the kubelet of one cluster."""
    argv = (sys.executable, "-m", "manuela_lab.operator", "--dc", cluster.name)
    return Program(f"{cluster.name}-operator", argv, _of_this_lab(lab), at_once=False, stop_seconds=8)


def git_host(lab: Lab) -> Program:
    """Serves the Git remote over HTTPS to those who have the token."""
    return Program("git-host", (sys.executable, "-m", "manuela_lab.git_host"), _of_this_lab(lab))


def _of_this_lab(lab: Lab) -> dict[str, str]:
    variables = {"LAB_DIR": str(lab.places.state), "LAB_CACHE": str(lab.places.cache), "PYTHONUNBUFFERED": "1"}
    return {**variables, "PATH": search_path()}


def search_path() -> str:
    """Where the tools are, whatever PATH is at the moment: the same text means that nothing needs a restart."""
    tools = [Path(sys.executable).parent, *(Path(required(tool)).parent for tool in ("git", "java", "setpriv"))]
    return ":".join(dict.fromkeys([*map(str, tools), *os.defpath.split(":")]))


def dying_with_parent(argv: tuple[str, ...]) -> tuple[str, ...]:
    """The same program, killed by the kernel when whoever started it is gone: kill -9 leaves no orphan."""
    return (required("setpriv"), "--pdeathsig", "KILL", "--", *argv)

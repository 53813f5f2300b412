# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One lab as a value: its shape, addresses, keys and programs; and lab.json, the form in which others read it."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from manuela_lab.errors import LabError
from manuela_lab.network import CENTRAL_KAFKA_HOST, CENTRAL_ROUTE, Network
from manuela_lab.pki import write_private
from manuela_lab.places import Places
from manuela_lab.profile import Cluster, Environment, Profile, profile

VERSION = 1
BRANCH = "main"
BUCKET = "manuela-data-lake"
REGION = "us-east-1"


@dataclass(frozen=True)
class Keys:
    """Random for each lab; never in a command line."""

    s3_access_key: str
    s3_secret_key: str
    supervisor_password: str
    tokens: Mapping[str, str]
    git_token: str = ""

    @classmethod
    def fresh(cls, clusters: tuple[Cluster, ...]) -> Keys:
        """New keys for a new lab."""
        tokens = {cluster.name: secrets.token_urlsafe(24) for cluster in clusters}
        return cls(secrets.token_hex(10).upper(), secrets.token_urlsafe(30), secrets.token_urlsafe(18), tokens,
                   secrets.token_urlsafe(24))  # fmt: skip


@dataclass(frozen=True)
class Lab:
    """Everything that the lab's programs are made from.

    ``adopted`` is true when the remote's content is somebody's own: its children still follow where they came from,
    until prepare makes them follow this remote, so nobody can say when sensors will publish.
    """

    places: Places
    profile: Profile
    network: Network
    keys: Keys
    programs: Path
    branch: str = BRANCH
    adopted: bool = False

    @property
    def remote_url(self) -> str:
        """What Argo CD and the roles clone."""
        if self.profile.openshift:
            return f"https://{self.network.git}/manuela/{self.places.remote.name}"
        return f"file://{self.places.remote}"

    @property
    def supervisor_url(self) -> str:
        return f"http://{self.network.supervisor}"


def save(lab: Lab) -> None:
    """Write lab.json, readable by its owner alone."""
    text = json.dumps(as_json(lab), indent=2) + "\n"
    write_private(lab.places.record, text.encode())


def load(places: Places) -> Lab | None:
    """The lab whose record lies in the state directory."""
    try:
        data = json.loads(places.record.read_text(encoding="utf-8"))
        return _parse(places, data)
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError) as error:
        said = f"{type(error).__name__}: {error}"
        raise LabError(f"{places.record} cannot be used ({said}); run 'lab down' and start again") from error


def _parse(places: Places, data: Mapping[str, Any]) -> Lab:
    if data["version"] != VERSION:
        raise ValueError(f"version {data['version']} of the lab's record, not {VERSION}")
    git = data["git"]
    return Lab(
        places,
        profile(data["profile"]),
        Network(data["subnet"], data["route"]["port"]),
        Keys(**data["keys"]),
        Path(data["cache"]["programs"]),
        git["branch"],
        git.get("adopted", False),
    )


def as_json(lab: Lab) -> dict[str, Any]:
    """The record: what inventories, tests and the operator need, in one file."""
    places = lab.places
    return {
        "version": VERSION,
        "subnet": lab.network.subnet,
        "profile": lab.profile.name,
        "git": {
            "remote": lab.remote_url,
            "directory": str(places.remote),
            "ca_cert": str(places.git_authority),
            "branch": lab.branch,
            "adopted": lab.adopted,
            "worktree_hint": str(places.state / "worktree"),
        },
        "datacenters": {each.name: _environment(lab, each) for each in lab.profile.environments},
        "kubeconfig": str(places.kubeconfig),
        **_services(lab),
        "cache": {"root": str(places.cache), "programs": str(lab.programs), **_programs(lab.programs)},
        "keys": asdict(lab.keys),
        "checkout": str(places.checkout),
    }


def _services(lab: Lab) -> dict[str, Any]:
    network, keys = lab.network, lab.keys
    s3 = {"access_key": keys.s3_access_key, "secret_key": keys.s3_secret_key, "bucket": BUCKET, "region": REGION}
    return {
        "s3": {"endpoint_url": f"http://{network.s3}", **s3},
        "mqtt": {"host": network.mqtt.host, "port": network.mqtt.port},
        "route": {
            "name": CENTRAL_ROUTE,
            "host": f"{CENTRAL_KAFKA_HOST}.{lab.profile.environments[-1].apps_domain}",
            "ip": network.route.host,
            "port": network.route.port,
        },
        "toxiproxy": f"http://{network.toxiproxy}",
        "supervisor": {"url": lab.supervisor_url, "user": "lab", "password": keys.supervisor_password},
    }


def _environment(lab: Lab, environment: Environment) -> dict[str, Any]:
    cluster = cluster_of(lab, environment.cluster)
    kafka = lab.network.kafka(lab.profile, environment)
    return {
        "kubeconfig": str(lab.places.cluster_kubeconfig(cluster.name)),
        "context": cluster.name,
        "cluster": cluster.name,
        "api": f"https://{lab.network.api(cluster)}",
        "ca_cert": str(lab.places.pki(cluster.name) / "ca.crt"),
        "token": lab.keys.tokens[cluster.name],
        "pki": str(lab.places.pki(cluster.name)),
        "apps_domain": environment.apps_domain,
        "argocd_namespace": lab.profile.argocd_namespace,
        "application": environment.application,
        "kafka": {"host": kafka.host, "port": kafka.port},
        "kubelet": {"host": lab.network.kubelet(cluster).host, "port": lab.network.kubelet(cluster).port},
    }


def _programs(directory: Path) -> dict[str, str]:
    return {name: str(directory / name) for name in ("kubelab", "argolab", "labnet", "kustomize")}


def cluster_of(lab: Lab, name: str) -> Cluster:
    """The cluster of a name."""
    return next(cluster for cluster in lab.profile.clusters if cluster.name == name)

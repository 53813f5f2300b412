# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``lab login``: what ``oc login`` does, for the accounts that the collection ships: a bearer token that expires."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from manuela_lab import kubeconfig, manifests
from manuela_lab.api import Api
from manuela_lab.errors import LabError
from manuela_lab.lab import Lab, cluster_of
from manuela_lab.profile import Environment

ACCOUNT = "event-streaming"
SHORTEST = 600
"""Kubernetes issues no token for less."""
USUAL = 24 * 3600


def login(lab: Lab, seconds: int = USUAL) -> Path:
    """Write the kubeconfig with a context for each environment and a fresh token in each."""
    if not lab.profile.openshift:
        raise LabError(f"the profile {lab.profile.name} has an administrator's kubeconfig, which needs no login")
    if seconds < SHORTEST:
        raise LabError(f"a token lives {SHORTEST} seconds or more, not {seconds}")
    tokens = {each.cluster: _token(lab, each, seconds) for each in lab.profile.environments}
    kubeconfig.write_joint(lab, {name: {"token": token} for name, token in tokens.items()})
    return lab.places.kubeconfig


def grant(lab: Lab, api: Api, environment: Environment) -> None:
    """Give the environment's account the rights that the collection ships for it."""
    path = lab.places.checkout / "docs" / "rights" / f"{environment.name}.yaml"
    for each in manifests.objects([path]):
        api.apply(each)


def _token(lab: Lab, environment: Environment, seconds: int) -> str:
    api = Api(lab, cluster_of(lab, environment.cluster))
    grant(lab, api, environment)
    request = {
        "apiVersion": "authentication.k8s.io/v1",
        "kind": "TokenRequest",
        "spec": {"expirationSeconds": seconds},
    }
    accounts = f"/api/v1/namespaces/{lab.profile.argocd_namespace}/serviceaccounts"
    answer: dict[str, Any] = api.create(f"{accounts}/{ACCOUNT}/token", request)
    return str(answer["status"]["token"])

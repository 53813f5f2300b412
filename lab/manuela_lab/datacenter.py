# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bringing one cluster up: its API, the definitions of custom resources, Argo CD, and the parents that it follows."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from manuela_lab import argocd, gitremote, kinds, manifests
from manuela_lab.api import Api
from manuela_lab.errors import LabError
from manuela_lab.lab import Lab
from manuela_lab.parts import definitions as custom_kinds
from manuela_lab.profile import Cluster, Environment
from manuela_lab.progress import Progress
from manuela_lab.supervision import Supervisor

API_TIMEOUT = 240.0
SYNC_TIMEOUT = 240.0
DEFINITIONS_TIMEOUT = 120.0
REFRESH_EVERY = 100
"""Looks, of which there are ten a second."""

CONDITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"


def bring_up(lab: Lab, cluster: Cluster, progress: Progress) -> None:
    """Every step can be done again: a killed start is simply repeated."""
    api = Api(lab, cluster)
    name = cluster.name
    hint = f"see 'lab logs {name}-kubernetes', or begin anew with 'lab down'"
    progress.wait(f"the API of {name}", api.ready, API_TIMEOUT, hint)
    progress.say(f"{name}: API ready on https://{lab.network.api(cluster)}")
    _define(api, definitions(lab), progress)
    api.describe_itself()
    argocd.bootstrap(lab, api)
    environments = lab.profile.environments_of(cluster)
    api.apply(ingress(environments[0]))
    Supervisor(lab).start([f"{name}-argocd-controller", f"{name}-operator"])
    parents = [environment.application for environment in environments]
    if cluster == lab.profile.clusters[0]:
        parents += guests(lab)
    for application in parents:
        api.apply(parent(lab, application))
    for application in parents:
        _await_sync(lab, api, application, progress)


def ingress(environment: Environment) -> dict[str, Any]:
    """Where OpenShift says which domain the routes of a cluster are in."""
    meta = {"name": "cluster"}
    spec = {"domain": environment.apps_domain}
    return {"apiVersion": "config.openshift.io/v1", "kind": "Ingress", "metadata": meta, "spec": spec}


def _await_sync(lab: Lab, api: Api, application: str, progress: Progress) -> None:
    name = api.cluster.name
    hint = f"see 'lab logs {name}-argocd-controller' and 'lab logs {name}-argocd-repo-server'"

    looks = itertools.count(1)

    def seen() -> str | None:
        try:
            if next(looks) % REFRESH_EVERY == 0:
                argocd.refresh_if_failed(lab, api, application)
            return argocd.sync_state(lab, api, application)
        except LabError as error:
            return str(error)

    progress.wait(f"{application} to be Synced", seen, SYNC_TIMEOUT, hint)
    progress.say(f"{name}: {application} is Synced")


def definitions(lab: Lab) -> list[dict[str, Any]]:
    """The custom resource definitions of every cluster; those of a given repository cost our own sample nothing."""
    table = lab.places.checkout / "lab" / "crds" / "kinds.yaml"
    if not lab.adopted:
        return custom_kinds.read(table)
    return custom_kinds.of(kinds.table(table, kinds.manifests(lab.places.remote, lab.branch)))


def _define(api: Api, wanted: list[dict[str, Any]], progress: Progress) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(api.apply, wanted))
    names = {each["metadata"]["name"] for each in wanted}

    def missing() -> str | None:
        listed = (api.get(CONDITIONS) or {}).get("items", [])
        left = sorted(names - {each["metadata"]["name"] for each in listed if _established(each)})
        return f"{len(left)} not established, such as {left[0]}" if left else None

    what = f"the custom resource definitions of {api.cluster.name}"
    progress.wait(what, missing, DEFINITIONS_TIMEOUT, f"see 'lab logs {api.cluster.name}-kubernetes'")


def _established(definition: dict[str, Any]) -> bool:
    conditions = definition.get("status", {}).get("conditions") or []  # null at first
    return any(each["type"] == "Established" and each["status"] == "True" for each in conditions)


def guests(lab: Lab) -> list[str]:
    """Parents of a repository that is not ours and that follow the lab all the same: those of the sensors."""
    if not lab.adopted:
        return []
    own = {environment.application for environment in lab.profile.environments}
    return [
        each["metadata"]["name"]
        for each in _meta(lab)
        if each["metadata"]["name"] not in own and each["spec"]["source"].get("repoURL") == lab.remote_url
    ]


def _meta(lab: Lab) -> Iterator[dict[str, Any]]:
    """The parents of the remote."""
    for path in gitremote.listing(lab.places.remote, lab.branch, "meta"):
        for each in manifests.parse(gitremote.show(lab.places.remote, lab.branch, path), path):
            if each.get("kind") == "Application":
                yield each


def parent(lab: Lab, application: str) -> dict[str, Any]:
    """The parent Application as the remote's meta/ has it."""
    for each in _meta(lab):
        if each["metadata"]["name"] == application:
            each["metadata"].setdefault("namespace", lab.profile.argocd_namespace)
            return each
    raise LabError(f"no file of meta/ in {lab.remote_url} holds the Application {application}")

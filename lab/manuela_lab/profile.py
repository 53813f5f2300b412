# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which clusters a lab has and which environments of the demo live in them.

An environment is what the demo calls a data centre: a directory under deployment/ and a parent Application.  By
default each has a cluster of its own; a profile may put two environments into one cluster, or make the clusters more
like OpenShift's.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from manuela_lab.errors import LabError


@dataclass(frozen=True)
class Cluster:
    """A Kubernetes API with its own Argo CD.  ``index`` sets its addresses, ports and cache database apart."""

    name: str
    index: int


@dataclass(frozen=True)
class Environment:
    """One environment: the parent Application that Argo CD starts from, and the cluster it is in."""

    name: str
    cluster: str
    application: str

    @property
    def apps_domain(self) -> str:
        """The domain of the cluster's routes."""
        return f"apps.{self.cluster}.lab.example"


@dataclass(frozen=True)
class Profile:
    """A shape of the lab.

    ``inventory`` is the one of the collection that fits.  ``openshift`` adds what a user meets there: accounts with few
    rights and tokens that expire, a Git host that wants a token, projects with pod security and quotas.
    """

    name: str
    clusters: tuple[Cluster, ...]
    environments: tuple[Environment, ...]
    inventory: str = "lab"
    argocd_namespace: str = "argocd"
    openshift: bool = False

    def environments_of(self, cluster: Cluster) -> tuple[Environment, ...]:
        """The environments that live in a cluster."""
        return tuple(environment for environment in self.environments if environment.cluster == cluster.name)


DEFAULT = Profile(
    "default",
    (Cluster("factory", 0), Cluster("central", 1)),
    (Environment("factory", "factory", "factorydatacenter"), Environment("central", "central", "centraldatacenter")),
)
OPENSHIFT = replace(
    DEFAULT, name="openshift", inventory="openshift", argocd_namespace="openshift-gitops", openshift=True
)
SINGLE = Profile(
    "single",
    (Cluster("manuela", 0),),
    (Environment("factory", "manuela", "factorydatacenter"), Environment("central", "manuela", "centraldatacenter")),
    inventory="single-cluster",
    argocd_namespace="openshift-gitops",
)
PROFILES = {profile.name: profile for profile in (DEFAULT, SINGLE, OPENSHIFT)}


def profile(name: str) -> Profile:
    """The profile of a name."""
    if name not in PROFILES:
        raise LabError(f"no profile {name!r} in this lab; there is: {', '.join(PROFILES)}")
    return PROFILES[name]

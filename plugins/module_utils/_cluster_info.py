# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an API server is to us: who we are there, what we may do, which kinds it serves, its router's domain."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Iterator, Mapping

from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import Failure
from ansible_collections.manuela.event_streaming.plugins.module_utils._kube import Clock, Kind, Kube, at
from ansible_collections.manuela.event_streaming.plugins.module_utils._kube_client import connect
from ansible_collections.manuela.event_streaming.plugins.module_utils._plan import Result

# Reviews are answered and never stored: asking changes nothing.
_ACCESS = Kind("SelfSubjectAccessReview", "selfsubjectaccessreviews", "v1", "authorization.k8s.io", namespaced=False)
_SELF = "SelfSubjectReview"
_AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class Permission:
    """One verb on one resource; ``resource`` as kubectl and RBAC rules write it, with a subresource after a slash."""

    verb: str
    plural: str
    group: str
    subresource: str
    namespace: str

    @property
    def resource(self) -> str:
        """``plural.group/subresource``, as far as it goes."""
        name = f"{self.plural}.{self.group}" if self.group else self.plural
        return f"{name}/{self.subresource}" if self.subresource else name

    def review(self) -> dict[str, Any]:
        """Return the question to the API server."""
        attributes = {
            "verb": self.verb,
            "resource": self.plural,
            "group": self.group,
            "subresource": self.subresource,
            "namespace": self.namespace,
        }
        return {
            "apiVersion": _ACCESS.api_version,
            "kind": _ACCESS.kind,
            "metadata": {},
            "spec": {"resourceAttributes": attributes},
        }


def execute(params: Mapping[str, Any], check_mode: bool, clock: Clock) -> Result:
    """Ask, with a connection of our own."""
    return observe(params, connect(params, clock))


def observe(params: Mapping[str, Any], kube: Kube) -> Result:
    """Ask ``kube``."""
    kinds = [_kind(kube, entry) for entry in params["kinds"]]
    wanted = list(dict.fromkeys(one for entry in params["permissions"] for one in permissions(entry)))
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        answers = list(pool.map(lambda one: kube.create(_ACCESS, "", one.review()), wanted))
    state: dict[str, Any] = {
        "server": kube.server,
        "user": _user(kube),
        "apps_domain": _apps_domain(kube),
        "kinds": kinds,
        "permissions": [_answer(one, item) for one, item in zip(wanted, answers, strict=True)],
    }
    state["attempts"] = 1 + kube.again
    return Result(changed=False, state=state)


def permissions(entry: Mapping[str, Any]) -> Iterator[Permission]:
    """Return the permissions that an entry of the option names, one for each verb."""
    name, _slash, subresource = str(entry["resource"]).partition("/")
    plural, _dot, group = name.partition(".")
    for verb in entry["verbs"]:
        yield Permission(str(verb), plural, group, subresource, str(entry.get("namespace") or ""))


def _kind(kube: Kube, entry: Mapping[str, Any]) -> dict[str, Any]:
    kind, group = str(entry["kind"]), str(entry.get("group") or "")
    return {"kind": kind, "group": group, "versions": kube.versions(kind, group)}


def _answer(wanted: Permission, item: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "verb": wanted.verb,
        "resource": wanted.resource,
        "namespace": wanted.namespace or None,
        "allowed": at(item, "status", "allowed") is True,
        "reason": str(at(item, "status", "reason") or ""),
    }


def _user(kube: Kube) -> str | None:
    """Return the user's name; servers before 1.28 are not asked."""
    kind = kube.find(_SELF, group="authentication.k8s.io")
    if kind is None:
        return None
    review = kube.create(kind, "", {"apiVersion": kind.api_version, "kind": _SELF, "metadata": {}})
    return str(at(review, "status", "userInfo", "username") or "") or None


def _apps_domain(kube: Kube) -> str | None:
    """Return the domain of OpenShift's router; none elsewhere, and for a user who may not read it."""
    kind = kube.find("Ingress", group="config.openshift.io")
    if kind is None:
        return None
    try:
        return str(at(kube.get(kind, "", "cluster"), "spec", "domain") or "") or None
    except Failure as failure:
        if failure.code != "unauthorized":
            raise
        return None

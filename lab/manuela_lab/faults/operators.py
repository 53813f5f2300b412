# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""OLM cannot bring an operator."""

from __future__ import annotations

from typing import Any

from manuela_lab.faults import where
from manuela_lab.faults.commits import Replace, commit
from manuela_lab.faults.fault import Fault
from manuela_lab.faults.objects import Approved, Created, Emptied
from manuela_lab.faults.signs import Status

SUBSCRIPTION = where.olm(where.MIRROR, "subscriptions", "amq-streams")


def orphan(namespace: str) -> dict[str, Any]:
    """The version of an operator that an earlier show left."""
    return {
        "apiVersion": "operators.coreos.com/v1alpha1",
        "kind": "ClusterServiceVersion",
        "metadata": {
            "name": "amqstreams.v2.9.0-0",
            "namespace": namespace,
            "labels": {f"operators.coreos.com/amq-streams.{namespace}": ""},
        },
        "spec": {"displayName": "amq-streams", "version": "2.9.0-0", "install": {"strategy": "deployment"}},
    }


def catalogue(image: str) -> dict[str, Any]:
    """The catalogue that every Subscription of the demo names."""
    return {
        "apiVersion": "operators.coreos.com/v1alpha1",
        "kind": "CatalogSource",
        "metadata": {"name": "redhat-operators", "namespace": "openshift-marketplace"},
        "spec": {"sourceType": "grpc", "image": image},
    }


MARKETPLACE = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "openshift-marketplace"}}

OPERATORS = (
    Fault(
        "operator-orphaned",
        "an operator of an earlier show was left, and blocks its own Subscription",
        (Created("factory", orphan(where.MIRROR), {"phase": "Succeeded"}),),
        Status("factory", SUBSCRIPTION, "not referenced by a subscription"),
        "orphaned_csv",
        ("amqstreams.v2.9.0-0", "amq-streams"),
    ),
    Fault(
        "catalogue-unhealthy",
        "the image of the catalogue of operators cannot be pulled",
        (Created("factory", MARKETPLACE), Created("factory", catalogue("registry.redhat.io/redhat/index:missing"))),
        Status("factory", SUBSCRIPTION, "UnhealthyCatalogSourceFound"),
        "catalog_unhealthy",
        ("catalogue", "is not healthy"),
    ),
    Fault(
        "approval-missing",
        "nobody approved the install plan of an operator",
        (
            Emptied("factory", where.pods(where.MIRROR), "?labelSelector=job-name"),
            Emptied("factory", where.olm(where.MIRROR, "installplans")),
            Approved("factory", where.MIRROR),
        ),
        Status("factory", SUBSCRIPTION, "RequiresApproval"),
        "approval_missing",
        (where.MIRROR, "waits for somebody to approve"),
    ),
    Fault(
        "channel-wrong",
        "a Subscription names a channel that the catalogue does not have",
        (
            commit(
                Replace(
                    f"{where.LAKE}/factory-mirror-maker/amq-streams-operator-subscription.yaml",
                    r"channel: \S+",
                    "channel: no-such-channel",
                )
            ),
        ),
        Status("factory", SUBSCRIPTION, "no operators found in channel"),
        "resolution_failed",
        ("amq-streams", "no-such-channel"),
    ),
)

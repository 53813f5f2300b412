# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What OLM says of a Subscription that it does not serve."""

from __future__ import annotations

from typing import Any

import pytest

from manuela_lab.operator.olm_refusals import package_label, refusals

NAMESPACE, VERSION = "streaming", "amqstreams.v3.1.0"


def subscription(channel: str = "stable", installed: str = "") -> dict[str, Any]:
    return {
        "kind": "Subscription",
        "metadata": {"name": "amq-streams", "namespace": NAMESPACE},
        "spec": {
            "name": "amq-streams",
            "channel": channel,
            "source": "redhat-operators",
            "sourceNamespace": "openshift-marketplace",
        },
        "status": {"installedCSV": installed},
    }


def version(name: str, package: str = "amq-streams") -> dict[str, Any]:
    label = package_label(package, NAMESPACE)
    return {"metadata": {"name": name, "namespace": NAMESPACE, "labels": {label: ""}}}


def catalogue(image: str, name: str = "redhat-operators") -> dict[str, Any]:
    return {"metadata": {"name": name, "namespace": "openshift-marketplace"}, "spec": {"image": image}}


def said(*found: dict[str, Any]) -> str:
    return " ".join(f"{each['type']} {each['message']}" for each in found)


def test_what_is_in_order_is_not_refused():
    good = catalogue("registry.redhat.io/redhat/index:v4")
    assert refusals(subscription(), VERSION, [version(VERSION)], [good]) == []


@pytest.mark.parametrize("name", ["amqstreams.v2.9.0", "amqstreams.v1.0.0"])
def test_a_version_that_no_subscription_installed_blocks_the_package(name: str):
    found = said(*refusals(subscription(), VERSION, [version(name)], []))
    assert found.startswith("ResolutionFailed")
    assert f"clusterserviceversion {name} exists and is not referenced by a subscription" in found


def test_the_version_before_an_upgrade_and_another_packages_are_no_orphans():
    others = [version("amqstreams.v3.0.0"), version("camel-k.v1", "red-hat-camel-k")]
    assert refusals(subscription(installed="amqstreams.v3.0.0"), VERSION, others, []) == []


def test_a_channel_that_the_catalogue_does_not_have_is_named():
    found = said(*refusals(subscription("no-such-channel"), VERSION, [], []))
    assert "no operators found in channel no-such-channel" in found


def test_only_the_catalogue_that_is_named_counts():
    broken = "registry.redhat.io/redhat/index:missing"
    assert "CatalogSourcesUnhealthy" in said(*refusals(subscription(), VERSION, [], [catalogue(broken)]))
    assert refusals(subscription(), VERSION, [], [catalogue(broken, "community-operators")]) == []

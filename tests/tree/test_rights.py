# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rights that are shipped are those that the preflight asks for: not one more, not one less."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
EVERYWHERE = ""
# What stands in a role's list of permissions, and where its namespace stays. All others come and go.
STAYING = {
    "factory_kafka_namespace": "manuela-stormshift-messaging",
    "factory_sensor_namespace": "manuela-stormshift-machine-sensor",
    "datacenter_parent_namespace": "openshift-gitops",
}
# OpenShift alone has it, and who may not read it gives the domain himself.
UNASKED = {("get", "ingresses.config.openshift.io", EVERYWHERE)}

Right = tuple[str, str, str]


def asked(role: str, *names: str) -> set[Right]:
    """Return what the preflight asks for."""
    values = yaml.safe_load((ROOT / "roles" / role / "vars" / "main.yml").read_text())
    entries = [entry for name in names for entry in values[name]]
    return {(verb, entry["resource"], _place(entry)) for entry in entries for verb in entry["verbs"]}


def _place(entry: dict[str, Any]) -> str:
    variable = re.sub(r"[{} ]", "", entry.get("namespace", ""))
    return STAYING.get(variable, EVERYWHERE)


def shipped(name: str) -> list[dict[str, Any]]:
    """Return the objects of a manifest."""
    items: list[dict[str, Any]] = yaml.safe_load((ROOT / "docs" / "rights" / name).read_text())["items"]
    return items


def granted(name: str) -> set[Right]:
    """Return what a manifest grants to the account."""
    documents = shipped(name)
    bound = {_target(each) for each in documents if each["kind"].endswith("RoleBinding")}
    roles = [each for each in documents if each["kind"] in ("Role", "ClusterRole")]
    assert {_target(each) for each in roles} == bound, "a role without a binding, or a binding without a role"
    return {right for role in roles for right in _rights(role)}


def _target(document: dict[str, Any]) -> tuple[str, str, str]:
    kind = document.get("roleRef", document)["kind"]
    name = document["roleRef"]["name"] if "roleRef" in document else document["metadata"]["name"]
    return kind, name, document["metadata"].get("namespace", EVERYWHERE)


def _rights(role: dict[str, Any]) -> Iterator[Right]:
    for rule in role["rules"]:
        for group in rule["apiGroups"]:
            for resource in rule["resources"]:
                plural, _slash, subresource = resource.partition("/")
                full = (f"{plural}.{group}" if group else plural) + (f"/{subresource}" if subresource else "")
                for verb in rule["verbs"]:
                    yield verb, full, role["metadata"].get("namespace", EVERYWHERE)


@pytest.mark.parametrize("side", ["factory", "central"])
def test_the_shipped_rights_are_the_ones_that_the_preflight_asks_for(side: str) -> None:
    wanted = asked("datacenter", "datacenter_argocd_permissions") | asked(side, f"{side}_permissions")
    assert granted(f"{side}.yaml") - UNASKED == wanted


def test_the_stage_outage_has_rights_of_its_own() -> None:
    assert granted("outage.yaml") == asked("factory", "factory_outage_permissions")


@pytest.mark.parametrize("side", ["factory", "central"])
def test_no_right_is_a_wildcard_and_every_subject_is_the_one_account(side: str) -> None:
    documents = shipped(f"{side}.yaml")
    account = next(each["metadata"] for each in documents if each["kind"] == "ServiceAccount")
    for each in documents:
        assert "*" not in yaml.safe_dump(each.get("rules", []))
        for subject in each.get("subjects", []):
            assert (subject["name"], subject["namespace"]) == (account["name"], account["namespace"])

# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of custom kinds, and that it covers the sample repository."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from manuela_lab.parts.definitions import definition, read

SAMPLE = Path(__file__).resolve().parents[3] / "gitops"
BUILT_IN = {"v1", "apps/v1", "batch/v1", "rbac.authorization.k8s.io/v1", "kustomize.config.k8s.io/v1beta1"}


def sample_objects() -> Iterator[tuple[Path, dict[str, Any]]]:
    for path in sorted(SAMPLE.rglob("*.yaml")):
        if not path.is_symlink():
            yield from ((path, one) for one in yaml.safe_load_all(path.read_text()) if one)


def test_every_kind_of_the_sample_is_served():
    served = {
        (f"{each['spec']['group']}/{version['name']}", each["spec"]["names"]["kind"])
        for each in read()
        for version in each["spec"]["versions"]
    }
    used = {(one["apiVersion"], one["kind"]) for _, one in sample_objects() if one["apiVersion"] not in BUILT_IN}
    assert used
    assert used <= served


def test_exactly_one_version_is_stored():
    for each in read():
        assert [version["storage"] for version in each["spec"]["versions"]].count(True) == 1


def test_argo_cd_writes_an_application_in_one_piece():
    versions = {each["metadata"]["name"]: each["spec"]["versions"][0] for each in read()}
    assert "subresources" not in versions["applications.argoproj.io"]
    assert versions["kafkas.kafka.strimzi.io"]["subresources"] == {"status": {}}


def test_a_row_needs_little():
    made = definition("example.com", "Thing", {"versions": ["v1"]})
    assert made["metadata"]["name"] == "things.example.com"
    assert made["spec"]["names"]["listKind"] == "ThingList"

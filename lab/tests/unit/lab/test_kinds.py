# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A repository that is given brings its own kinds: a missing one would block a whole application."""

from __future__ import annotations

from pathlib import Path

from manuela_lab import kinds
from manuela_lab.gitremote import git
from manuela_lab.parts.definitions import TABLE, of, read

MANIFESTS = """\
apiVersion: kafka.strimzi.io/v1
kind: Kafka
---
apiVersion: v1
kind: List
items:
- apiVersion: user.openshift.io/v1
  kind: Group
---
apiVersion: apps/v1
kind: Deployment
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
---
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
---
apiVersion: app.k8s.io/v1beta1
kind: Application
---
apiVersion: example.com/<version>
kind: <kind>
"""


def test_further_kinds_and_versions_are_served(tmp_path: Path) -> None:
    (tmp_path / "all.yaml").write_text(MANIFESTS)
    (tmp_path / "template.yaml").write_text("{{ if .Values.x }}\nkind: [\n")
    (tmp_path / "list.yml").write_text("- a\n- b\n")
    git("init", "-q", "-b", "main", cwd=tmp_path)
    git("add", "--all", cwd=tmp_path)
    git("commit", "-q", "-m", "x", cwd=tmp_path)
    found = {each["metadata"]["name"]: each for each in of(kinds.table(TABLE, kinds.manifests(tmp_path, "main")))}
    assert set(found) - {each["metadata"]["name"] for each in read()} == {
        "groups.user.openshift.io",
        "applications.app.k8s.io",
    }
    assert "api-approved.kubernetes.io" in found["applications.app.k8s.io"]["metadata"]["annotations"]
    versions = found["kafkas.kafka.strimzi.io"]["spec"]["versions"]
    assert versions[-1]["name"] == "v1" and [each["storage"] for each in versions].count(True) == 1


def test_a_repository_without_kinds_of_its_own_changes_nothing() -> None:
    assert of(kinds.table(TABLE)) == read()

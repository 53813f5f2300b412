# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sample repository: quiet, whole, and without any key."""

from __future__ import annotations

import base64
import re
from pathlib import Path

import pytest
import yaml

from manuela_lab.parts.integration import Reference, application_properties, read

SAMPLE = Path(__file__).resolve().parents[3] / "gitops"
KUSTOMIZATIONS = sorted(SAMPLE.rglob("kustomization.yaml"))
ENTRY = "../../../templates/manuela-openshift-prod/messaging-kafka"
DATA_LAKE = SAMPLE / "config" / "instances" / "manuela-data-lake"


def load(path: Path):
    return yaml.safe_load(path.read_text())


def test_links_resolve_inside_the_repository_to_applications():
    links = [path for path in SAMPLE.rglob("*") if path.is_symlink()]
    assert links
    for link in links:
        target = link.resolve(strict=True)
        assert target.is_relative_to(SAMPLE)
        assert not Path(link.readlink()).is_absolute()
        assert load(target)["kind"] == "Application"


@pytest.mark.parametrize("path", KUSTOMIZATIONS, ids=lambda path: str(path.parent.relative_to(SAMPLE)))
def test_every_resource_of_a_kustomization_exists(path):
    content = load(path)
    for entry in content["resources"]:
        resource = path.parent / entry
        assert resource.is_file() or (resource / "kustomization.yaml").is_file(), entry
    assert not {"bases", "patchesStrategicMerge", "patchesJson6902", "vars"} & set(content)


def test_every_application_points_to_something():
    for path in SAMPLE.rglob("*.yaml"):
        content = (
            None
            if path.is_symlink() or path.name == "kustomization.yaml"
            else next(yaml.safe_load_all(path.read_text()))
        )
        if content and content["kind"] == "Application":
            assert (SAMPLE / content["spec"]["source"]["path"]).is_dir()


def test_streaming_is_off_and_can_be_switched_on_by_its_comment_sign():
    path = SAMPLE / "config/instances/manuela-stormshift/messaging/kustomization.yaml"
    assert ENTRY not in load(path)["resources"]
    switched = yaml.safe_load(path.read_text().replace(f"#- {ENTRY}", f"- {ENTRY}"))
    assert ENTRY in switched["resources"]
    assert (path.parent / ENTRY / "kustomization.yaml").is_file()


def test_the_data_lake_is_not_deployed():
    linked = [path.name for path in (SAMPLE / "deployment").rglob("*") if path.is_symlink()]
    assert not [name for name in linked if name.startswith("manuela-data-lake")]


def test_no_key_material_is_in_the_tree():
    for path in SAMPLE.rglob("*"):
        if path.is_file():
            assert not re.search(r"PRIVATE KEY|LS0tLS1|AKIA[0-9A-Z]{16}", path.read_text()), path


def test_the_first_label_of_every_host_name_is_short_enough_for_a_route():
    for path in SAMPLE.rglob("*.yaml"):
        for host in re.findall(r"[\w.-]+\.lab\.example", path.read_text()):
            assert len(host.split(".")[0]) <= 63
            assert "_" not in host


def test_integrations_find_their_configuration():
    spec = load(DATA_LAKE / "central-s3-store/kafka-to-s3-integration.yaml")["spec"]
    secret = load(DATA_LAKE / "central-s3-store/s3-secret.yaml")["data"]
    data = {
        Reference("configmap", "kafka-to-s3-config"): load(DATA_LAKE / "central-s3-store/kafka-to-s3-cm.yaml")["data"],
        Reference("secret", "s3-secret"): {key: base64.b64decode(value).decode() for key, value in secret.items()},
    }
    integration = read(spec)
    given = set(re.findall(r"^\s*([\w.]+)\s*=", application_properties(integration, data), re.MULTILINE))
    wanted = set(re.findall(r"\{\{([\w.]+)\}\}", integration.sources[0].content))
    assert wanted <= given

# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The other shapes of a lab: their addresses, programs, fork and login, and what their presenter exports."""

from __future__ import annotations

import base64
import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from manuela_lab import argocd, files, fork, kubeconfig, presenting
from manuela_lab.errors import LabError
from manuela_lab.lab import Keys, Lab, as_json
from manuela_lab.login import login
from manuela_lab.network import Network
from manuela_lab.places import CHECKOUT
from manuela_lab.profile import OPENSHIFT, PROFILES, SINGLE, Profile
from manuela_lab.programs import programs
from manuela_lab.up import Wish, ensure_possible


def shaped(lab: Lab, profile: Profile) -> Lab:
    return replace(lab, profile=profile, keys=Keys.fresh(profile.clusters))


@pytest.fixture
def single(lab: Lab) -> Lab:
    return shaped(lab, SINGLE)


@pytest.fixture
def openshift(lab: Lab) -> Lab:
    return shaped(lab, OPENSHIFT)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    return Path(shutil.copytree(CHECKOUT / "lab" / "gitops", tmp_path / "tree", symlinks=True))


def told(tree: Path) -> str:
    return "\n".join(path.read_text() for path in sorted(tree.rglob("*.yaml")) if not path.is_symlink())


@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
def test_no_two_services_of_a_shape_share_an_address(profile: Profile):
    listed = Network("127.9.8", 443).endpoints(profile)
    assert len({(each.host, each.port) for each in listed}) == len(listed)


@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
def test_every_shape_has_one_operator_for_each_cluster_and_no_key_in_a_command_line(lab: Lab, profile: Profile):
    shape = shaped(lab, profile)
    listed = programs(shape)
    assert [each.name for each in listed if each.name.endswith("-operator")] == [
        f"{cluster.name}-operator" for cluster in profile.clusters
    ]
    said = " ".join(word for each in listed for word in (*each.argv, *each.environment.values()))
    assert shape.keys.git_token not in said


def test_two_environments_of_one_cluster_share_its_api_and_not_their_kafka(single: Lab):
    factory, central = as_json(single)["datacenters"].values()
    assert factory["api"] == central["api"]
    assert factory["context"] == central["context"] == "manuela"
    assert (factory["kafka"]["host"], central["kafka"]["host"]) == ("127.9.8.10", "127.9.8.20")
    assert factory["apps_domain"] == central["apps_domain"] == "apps.manuela.lab.example"


def test_the_fork_for_one_cluster_names_its_domain_and_keeps_its_s3_keys(single: Lab, tree: Path):
    fork.settle(single, tree)
    text = told(tree)
    assert "apps.manuela.lab.example" in text
    assert "apps.central.lab.example" not in text and "apps.factory.lab.example" not in text
    encoded = (tree / fork.S3_SECRET).read_text().split("application.properties: ")[1].split()[0]
    assert single.keys.s3_secret_key in base64.b64decode(encoded).decode()


def test_the_fork_for_openshift_has_its_applications_where_argo_cd_looks(openshift: Lab, tree: Path):
    fork.settle(openshift, tree)
    assert "namespace: openshift-gitops\n" in told(tree)
    usual = [path for path in tree.rglob("*.yaml") if "namespace: argocd\n" in path.read_text()]
    assert len(usual) == 3 and {path.parent.name for path in usual} == {fork.DATA_LAKE}, "prepare's to set"
    assert "namespace: manuela-stormshift-messaging\n" in told(tree)


def test_the_sample_of_the_usual_shape_is_untouched(lab: Lab, tree: Path):
    before = told(tree)
    fork.settle(lab, tree)
    assert told(tree) == before


def test_argo_cd_knows_the_git_hosts_token_and_certificate(openshift: Lab):
    files.prepare(openshift)
    secret = next(each for each in argocd.settings(openshift) if each["kind"] == "Secret")
    assert secret["stringData"]["password"] == openshift.keys.git_token
    assert secret["stringData"]["url"] == openshift.remote_url == "https://127.9.8.6:3443/manuela/manuela-gitops.git"
    for cluster in openshift.profile.clusters:
        trusted = openshift.places.cluster(cluster.name) / "argocd" / "tls" / "127.9.8.6"
        assert trusted.read_bytes() == openshift.places.git_authority.read_bytes()


def test_a_login_outlives_the_next_start(openshift: Lab):
    files.prepare(openshift)
    kubeconfig.write_joint(openshift, {each.name: {"token": "given"} for each in openshift.profile.clusters})
    files.prepare(openshift)
    joint = json.loads(openshift.places.kubeconfig.read_text())
    assert [each["user"] for each in joint["users"]] == [{"token": "given"}] * 2
    assert [each["name"] for each in joint["contexts"]] == ["factory", "central"]


def test_a_repository_of_ones_own_is_refused_where_argo_cd_would_not_see_it():
    ensure_possible(Wish("single", gitops="somewhere"))
    ensure_possible(Wish("openshift"))
    with pytest.raises(LabError, match="--gitops does not go with the profile openshift"):
        ensure_possible(Wish("openshift", gitops="somewhere"))


def test_a_login_that_makes_no_sense_is_refused(openshift: Lab, single: Lab):
    with pytest.raises(LabError, match="administrator's kubeconfig"):
        login(single)
    with pytest.raises(LabError, match="600 seconds or more, not 5"):
        login(openshift, 5)


def test_the_presenter_gets_what_the_inventory_reads_and_no_more(lab: Lab, single: Lab, openshift: Lab):
    assert presenting.exports(lab) == {"LAB_DIR": str(lab.places.state)}
    assert "GIT_TOKEN" not in presenting.exports(single)
    assert presenting.exports(openshift)["GIT_SSL_CAINFO"] == str(openshift.places.git_authority)
    assert "'" in presenting.shell(openshift), "a directory with blanks is quoted"
    assert openshift.keys.git_token not in presenting.advice(openshift)
    for each in (single, openshift):
        assert (CHECKOUT / presenting.arguments(each)[1] / "hosts").is_file()

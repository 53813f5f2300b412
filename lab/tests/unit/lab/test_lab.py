# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""lab.json is read by inventories, tests and the operator: it must come back as it was written, and stay private."""

from __future__ import annotations

import json
import stat
from dataclasses import replace

import pytest

from manuela_lab import kubeconfig, pki
from manuela_lab.errors import LabError
from manuela_lab.lab import Lab, as_json, load, save
from manuela_lab.places import Places
from manuela_lab.profile import profile


def test_a_saved_lab_is_loaded_as_it_was(lab: Lab):
    lab.places.state.mkdir()
    lab = replace(lab, branch="master", adopted=True)
    save(lab)
    assert load(lab.places) == lab
    assert stat.S_IMODE(lab.places.record.stat().st_mode) == 0o600


def test_no_lab_is_not_an_error(places: Places):
    assert load(places) is None


@pytest.mark.parametrize("text", ["", "{", "[]", '{"version": 99}', '{"version": 1, "profile": "default"}'])
def test_a_record_that_cannot_be_used_says_what_to_do(places: Places, text: str):
    places.state.mkdir()
    places.record.write_text(text)
    with pytest.raises(LabError, match="run 'lab down' and start again"):
        load(places)


def test_the_record_holds_what_inventories_read(lab: Lab):
    record = json.loads(json.dumps(as_json(lab)))
    assert record["git"]["remote"].startswith("file:///")
    assert set(record["datacenters"]) == {"factory", "central"}
    central = record["datacenters"]["central"]
    assert central["api"] == "https://127.9.8.2:6443"
    assert central["application"] == "centraldatacenter"
    assert central["apps_domain"] == "apps.central.lab.example"
    assert central["argocd_namespace"] == "argocd"
    assert record["s3"]["endpoint_url"] == "http://127.9.8.4:8333"
    assert record["s3"]["access_key"]
    assert record["mqtt"] == {"host": "127.9.8.3", "port": 1883}
    assert record["route"]["host"] == "bootstrap-manuela-data-lake-central-kafka-cluster.apps.central.lab.example"
    assert (record["route"]["ip"], record["route"]["port"]) == ("127.9.8.21", 443)
    assert record["toxiproxy"] == "http://127.9.8.3:8474"


def test_two_labs_never_have_the_same_keys(lab: Lab):
    other = type(lab.keys).fresh(lab.profile.clusters)
    assert not {lab.keys.s3_secret_key, *lab.keys.tokens.values()} & {other.s3_secret_key, *other.tokens.values()}


def test_kubeconfigs_hold_their_certificates_and_only_their_cluster(lab: Lab):
    for cluster in lab.profile.clusters:
        pki.ensure(lab.places.pki(cluster.name), cluster.name, ["127.9.8.1"], ["127.9.8.40"])
    kubeconfig.write_all(lab)
    factory = json.loads(lab.places.cluster_kubeconfig("factory").read_text())
    joint = json.loads(lab.places.kubeconfig.read_text())
    assert [each["name"] for each in factory["contexts"]] == ["factory"]
    assert factory["clusters"][0]["cluster"]["server"] == "https://127.9.8.1:6443"
    assert "certificate-authority-data" in factory["clusters"][0]["cluster"]
    assert [each["name"] for each in joint["contexts"]] == ["factory", "central"]


def test_an_unknown_profile_lists_those_there_are():
    with pytest.raises(LabError, match="no profile 'tiny' in this lab; there is: default"):
        profile("tiny")


@pytest.mark.parametrize(
    ("environment", "state", "cache"),
    [
        ({"LAB_DIR": "/l", "LAB_CACHE": "/c", "HOME": "/h"}, "/l", "/c"),
        ({"LAB_DIR": "/l", "XDG_CACHE_HOME": "/x", "HOME": "/h"}, "/l", "/x/manuela-lab"),
        ({"LAB_DIR": "/l", "HOME": "/h"}, "/l", "/h/.cache/manuela-lab"),
    ],
)
def test_directories_follow_the_environment(environment: dict[str, str], state: str, cache: str):
    places = Places.of(environment)
    assert (str(places.state), str(places.cache)) == (state, cache)
    assert Places.of({}).state == places.checkout / ".lab"

# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Before the show: a green table on a ready lab, a red one with the fix of what was spoiled; rehearsal; the record."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from driving import Lab, Play, variables

LAKE = "config/instances/manuela-data-lake"
MIRROR = f"{LAKE}/factory-mirror-maker/factory-to-central-mirror-maker2.yaml"
STRAY = "deployment/execenv-factorydatacenter/manuela-data-lake-central-s3-store.yaml"
RECORD = "event-streaming-execenv-factorydatacenter"


@pytest.fixture(scope="module")
def ready(lab: Lab) -> Lab:
    """A lab that prepare has made ready."""
    lab.play("prepare.yml").succeeded()
    return lab


@pytest.fixture
def clone(ready: Lab, tmp_path: Path) -> Path:
    """A colleague's clone of the repository."""
    subprocess.run(["git", "clone", "-q", ready.state["git"]["remote"], str(tmp_path / "clone")], check=True)
    return tmp_path / "clone"


def _push(clone: Path, message: str, branch: str) -> None:
    author = ("-c", "user.name=colleague", "-c", "user.email=colleague@example.com")
    for words in (("add", "-A"), (*author, "commit", "-q", "-m", message), ("push", "-q", "origin", f"HEAD:{branch}")):
        subprocess.run(["git", *words], cwd=clone, check=True, capture_output=True)


def _red(play: Play, where: str, check: str) -> str:
    """Insist on a red end after the whole table, and return the row with its fix."""
    play.refused()
    assert play.counts["changed"] == 0
    assert re.search(r"\d+ failures?, \d+ warnings", play.text), play.text[-3000:]
    assert "Nothing was changed" in play.words
    row = re.search(rf"^ *failure +{where} +{check} .*\n +→ .*$", play.text, re.MULTILINE)
    assert row, play.text[-4000:]
    return row.group(0)


@pytest.mark.parametrize("words", [(), ("--check", "--diff")], ids=["run", "check"])
def test_it_is_green_on_a_lab_that_is_ready(ready: Lab, words: tuple[str, ...]) -> None:
    before = ready.revision()
    run = ready.stage("preflight", *words).succeeded()
    assert (run.changed, ready.revision()) == (0, before)
    assert "0 failures, 0 warnings, 0 not asked" in run.words, run.text[-4000:]


def test_without_a_bucket_it_says_so_and_stays_green(ready: Lab) -> None:
    run = ready.stage("preflight", *variables({"event_streaming_s3_bucket": ""})).succeeded()
    assert "0 failures, 0 warnings, 2 not asked" in run.words, run.text[-4000:]


@pytest.mark.parametrize(
    ("given", "where", "word"),
    [
        ({"event_streaming_context": "nowhere"}, "factory", "nowhere"),
        ({"event_streaming_kubeconfig": "/nowhere/kubeconfig"}, "central", "/nowhere/kubeconfig"),
    ],
    ids=["no such context", "no kubeconfig"],
)
def test_an_api_that_cannot_be_reached(ready: Lab, given: dict[str, Any], where: str, word: str) -> None:
    run = ready.stage("preflight", *variables(given))
    assert word in _red(run, where, "API")
    assert re.search(rf"^ *not asked +{where} +the rest", run.text, re.MULTILINE)


def test_everything_that_is_wrong_is_in_one_table_with_its_fix(ready: Lab) -> None:
    wrong = {
        "event_streaming_apps_domain": "apps.new.example",
        "event_streaming_argocd_namespace": "elsewhere",
        "event_streaming_s3_bucket": "another",
        "event_streaming_s3_secret_key": "wrong-and-secret",
        "gitops_repo_certificate_days": 500,
        "gitops_repo_certificate_renew_days": 400,
    }
    run = ready.stage("preflight", *variables(wrong))
    assert "central's router serves apps.new.example" in _red(run, "git", "domains")
    assert "expires within 400 days" in _red(run, "git", "certificate")
    assert "asked for is another" in _red(run, "git", "S3 settings")
    assert "event_streaming_argocd_namespace: argocd" in _red(run, "factory", "Argo CD")
    assert "secret_key" in _red(run, "S3", "bucket")
    assert "wrong-and-secret" not in run.text


@pytest.fixture
def other_fork(ready: Lab) -> Iterator[str]:
    """The central parent follows another fork."""
    ours, other = ready.state["git"]["remote"], "https://git.example.com/somebody/manuela-gitops.git"

    def follow(url: str) -> None:
        patch = json.dumps({"spec": {"source": {"repoURL": url}}})
        ready.kubectl(
            "central", "-n", "argocd", "patch", "application", "centraldatacenter", "--type", "merge", "-p", patch
        )

    follow(other)
    yield other
    follow(ours)


def test_a_parent_that_follows_another_fork(ready: Lab, other_fork: str) -> None:
    row = _red(ready.stage("preflight"), "central", "its source")
    assert other_fork in row and ready.state["git"]["remote"] in row
    assert "oc -n argocd patch application centraldatacenter" in row
    before = ready.revision()
    assert "its source" in ready.play("prepare.yml").refused().words, "prepare begins with what must hold"
    assert ready.revision() == before


def test_strings_that_disagree_and_a_stray_link(ready: Lab, clone: Path, tmp_path: Path) -> None:
    mirror = clone / MIRROR
    mirror.write_text(mirror.read_text().replace("apps.central.lab.example", "apps.old.example"))
    (clone / STRAY).symlink_to(f"../../{LAKE}/manuela-data-lake-central-s3-store.yaml")
    _push(clone, "Spoil it where nobody deploys it", "spoiled")
    run = ready.stage("preflight", *variables({"gitops_branch": "spoiled", "gitops_workdir": str(tmp_path / "copy")}))
    assert "apps.old.example" in _red(run, "git", "domains")
    assert "execenv-centraldatacenter" in _red(run, "git", "links")
    assert "once spoiled is merged into it" in run.words, "a branch that is proposed need not be followed"


@pytest.fixture
def no_domain(ready: Lab, tmp_path: Path) -> Iterator[Path]:
    """A central cluster that does not say its router's domain, and the manifest with which it does."""
    manifest = tmp_path / "ingress.json"
    told = json.loads(ready.kubectl("central", "get", "ingresses.config.openshift.io", "cluster", "-o", "json"))
    told["metadata"] = {"name": "cluster"}
    manifest.write_text(json.dumps(told))
    ready.kubectl("central", "delete", "-f", str(manifest))
    yield manifest
    ready.kubectl("central", "apply", "-f", str(manifest))


def test_prepare_asks_the_cluster_for_its_domain_and_says_once_what_was_before(
    ready: Lab, clone: Path, no_domain: Path
) -> None:
    mirror = clone / MIRROR
    mirror.write_text(mirror.read_text().replace("apps.central.lab.example", "apps.old.example"))
    _push(clone, "Move to another cluster, in part", ready.state["git"]["branch"])
    domain = {"event_streaming_apps_domain": ""}
    assert "no domain is given" in ready.play("prepare.yml", *variables(domain)).refused().words
    before = ready.revision()
    ready.kubectl("central", "apply", "-f", str(no_domain))
    ready.play("prepare.yml", *variables(domain)).succeeded()
    commits = ready.commits_since(before)
    assert [files for _subject, files in commits] == [[MIRROR]]
    assert ready.git("log", "-1", "--format=%(trailers:key=Before,valueonly)", ready.revision()).strip() == before


def test_the_rehearsal_shows_the_objects_and_pushes_nothing(ready: Lab) -> None:
    before = ready.revision()
    run = ready.stage("factory", "--check", "--diff").succeeded()
    assert "would be committed: copy MQtt data to Kafka in factory" in run.words
    assert re.search(r"^ +\+ Kafka manuela-kafka-cluster in manuela-stormshift-messaging$", run.text, re.MULTILINE)
    assert "nothing comes or goes" in run.words, "in the central data centre"
    assert ready.revision() == before


def test_the_record_is_kept_in_the_cluster_and_only_when_something_was_deployed(ready: Lab) -> None:
    ready.stage("factory").succeeded()
    first = _record(ready)
    record = json.loads(first["data"]["factory.json"])
    assert record["revision"] == ready.revision() and record["seconds"] > 0
    assert any(line.startswith("Kafka manuela-kafka-cluster") for line in record["objects"])
    (ready.directory / "reports" / "factory.json").unlink()
    again = ready.stage("factory").succeeded()
    assert again.changed == 0, again.text
    assert f"Forecast: {record['seconds']} s" in again.words
    assert _record(ready)["metadata"]["resourceVersion"] == first["metadata"]["resourceVersion"]


def _record(lab: Lab) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(
        lab.kubectl("factory", "-n", "argocd", "get", "configmap", RECORD, "-o", "json")
    )
    return loaded


def test_the_rehearsal_of_an_undo_warns_of_what_pruning_hurts(ready: Lab) -> None:
    before = ready.revision()
    run = ready.stage("factory", "-e", "stage_state=absent", "--check", "--diff").succeeded()
    assert re.search(r"^ +- Kafka manuela-kafka-cluster in manuela-stormshift-messaging$", run.text, re.MULTILINE)
    assert "installed versions (CSV) of amq-streams and red-hat-camel-k" in run.words
    assert "finalizer of the topic operator" in run.words
    assert ready.revision() == before
    ready.stage("preflight").succeeded()

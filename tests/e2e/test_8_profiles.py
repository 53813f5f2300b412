# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The inventories for real clusters as they are shipped, on labs of their shape, with what ``lab env`` exports alone.

On the profile openshift everything is done by the accounts of docs/rights, with tokens that expire.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from typing import Any

import pytest
from driving import ROOT, Lab, Play
from own_lab import own_lab

INVENTORIES = {"single": "single-cluster", "openshift": "openshift"}
ACCOUNT = "system:serviceaccount:openshift-gitops:event-streaming"

pytestmark = pytest.mark.timeout(1800)


class Presenter:
    """Somebody with a shell in which the lab's exports are, and with one edited value: the repository."""

    def __init__(self, lab: Lab, profile: str) -> None:
        self.lab = lab
        self.profile = profile
        exported = lab.command("env").stdout.splitlines()
        self.exports = dict(shlex.split(line)[1].split("=", 1) for line in exported)
        repository = f"event_streaming_git_repo={lab.state['git']['remote']}"
        self._words = ("-i", str(ROOT / "inventory" / INVENTORIES[profile]), "-e", repository)

    def play(self, playbook: str, *words: str, **options: Any) -> Play:
        """Run a playbook."""
        return self.lab.play(playbook, *self._words, *words, **{"limit": 900, **self.exports, **options})

    def stage(self, name: str, *words: str) -> Play:
        """Run one stage of the demo."""
        return self.play("demo-stage.yml", "-e", f"stage={name}", *words)


@pytest.fixture(scope="module", params=sorted(INVENTORIES))
def presenter(request: pytest.FixtureRequest) -> Iterator[Presenter]:
    """Return a presenter before a lab of each shape."""
    with own_lab("--profile", request.param) as lab:
        yield Presenter(lab, request.param)


@pytest.fixture
def on_openshift(presenter: Presenter) -> Presenter:
    """Return the presenter whose clusters are like OpenShift's."""
    if presenter.profile != "openshift":
        pytest.skip("an administrator's kubeconfig has every right, and does not expire")
    return presenter


def test_prepare_and_prepare_again(presenter: Presenter) -> None:
    first = presenter.play("prepare.yml").succeeded()
    assert first.changed > 0
    assert "manuela-data-lake-central-kafka-cluster.yaml: argocd → openshift-gitops" in first.words
    revision = presenter.lab.revision()
    assert presenter.play("prepare.yml").succeeded().changed == 0
    assert presenter.lab.revision() == revision


def test_the_preflight_has_nothing_against_it_then(presenter: Presenter) -> None:
    assert " 0 failures, 0 warnings" in presenter.stage("preflight").succeeded().words


def test_all_stages_and_again_without_a_change(presenter: Presenter) -> None:
    assert presenter.stage("all").succeeded().changed > 0
    assert presenter.lab.bucket()
    revision = presenter.lab.revision()
    assert presenter.stage("all").succeeded().changed == 0
    assert presenter.lab.revision() == revision


def test_no_secret_was_shown_and_nothing_of_the_user_was_touched(presenter: Presenter) -> None:
    shown = presenter.play("verify.yml", "-vvv").succeeded().text
    for name in ("AWS_SECRET_ACCESS_KEY", "GIT_TOKEN"):
        assert presenter.exports.get(name, "no such secret here") not in shown
    assert str(presenter.lab.directory) in presenter.exports["XDG_STATE_HOME"]


def test_the_consumer_lived_in_a_restricted_project_with_a_quota(on_openshift: Presenter) -> None:
    lab, namespace = on_openshift.lab, "manuela-stormshift-messaging"
    label = lab.kubectl("factory", "get", "namespace", namespace, "--show-labels")
    assert "pod-security.kubernetes.io/enforce=restricted" in label
    assert lab.kubectl("factory", "get", "resourcequota", "-n", namespace, "-o", "name")


def test_the_account_creates_nothing_beside_the_demos_kafka(on_openshift: Presenter) -> None:
    words = ("create", "job", "elsewhere", "--image=busybox", "-n", "default", "--as", ACCOUNT, "-o", "name")
    on_openshift.lab.kubectl("central", *words)
    assert "elsewhere" not in on_openshift.lab.kubectl("central", "get", "jobs", "-n", "default", "-o", "name")
    assert on_openshift.lab.kubectl("central", "auth", "can-i", "get", "secrets", "-A", "--as", ACCOUNT) == "no"


def test_a_token_that_is_no_longer_good_is_said_at_once_and_a_new_login_is_enough(on_openshift: Presenter) -> None:
    revision = on_openshift.lab.revision()
    on_openshift.lab.kubectl("central", "delete", "serviceaccount", "event-streaming", "-n", "openshift-gitops")
    refused = on_openshift.play("verify.yml", limit=120).refused()
    assert "oc login https://" in refused.words
    assert "fatal: [central]" in refused.words
    assert "ansible_failed_result" not in refused.words
    assert on_openshift.lab.command("login").returncode == 0
    assert on_openshift.stage("all").succeeded().changed == 0
    assert on_openshift.lab.revision() == revision


def test_the_way_back(presenter: Presenter) -> None:
    assert presenter.stage("all", "-e", "stage_state=absent").succeeded().changed > 0

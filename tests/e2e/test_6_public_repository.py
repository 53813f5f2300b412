# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The public demo repository as it is: old API versions, bases, ZooKeeper, Java routes, a link in the wrong place."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from driving import Lab

VARIABLE = "EVENT_STREAMING_PUBLIC_REPO"
CLONE = os.environ.get(VARIABLE, "")
STRAY = "deployment/execenv-factorydatacenter/manuela-data-lake-central-s3-store.yaml"
ARCHIVE = "deployment/execenv-centraldatacenter/manuela-data-lake-central-s3-store.yaml"
OLD = ("kafka.strimzi.io/v1beta1", "kafka.strimzi.io/v1alpha1", "zookeeper:", "bases:")

pytestmark = [
    pytest.mark.skipif(
        not CLONE,
        reason=f"{VARIABLE} is not set: give the path of a clone of https://github.com/sa-mw-dach/manuela-gitops",
    ),
    pytest.mark.timeout(3600),
]


@pytest.fixture(scope="module")
def public() -> Iterator[Lab]:
    """Return a lab that follows a copy of the public repository."""
    directory = Path(tempfile.mkdtemp(prefix="lab-public-"))
    lab = Lab(directory)
    up = lab.command("up", "--gitops", CLONE, limit=1500)
    try:
        assert up.returncode == 0, up.stdout + up.stderr
        yield lab
    finally:
        lab.command("down", limit=120)
        left = lab.processes()
        shutil.rmtree(directory, ignore_errors=True)
    assert not left, f"still running after lab down: {left}"


def test_prepare_takes_it_as_somebody_left_it(public: Lab) -> None:
    start = public.revision()
    play = public.play("prepare.yml", limit=900).succeeded()
    subjects = [subject for subject, _files in public.commits_since(start)]
    assert subjects == [
        "set kafka TLS certificate",
        "undeploy data lake components",
        "remove Kafka components from factory deployment",
    ]
    assert "github.com/sa-mw-dach/manuela-gitops.git → file://" in play.words
    assert STRAY not in public.git("ls-tree", "-r", "--name-only", public.revision())
    assert all(text in _texts(public) for text in OLD), "what is old stays as it is: prepare migrates nothing"
    assert public.bucket() == []


@pytest.mark.parametrize("stage", ["factory", "mirror", "s3"])
def test_every_stage_runs_and_runs_again_without_a_change(public: Lab, stage: str) -> None:
    public.stage(stage, limit=1200).succeeded()
    revision = public.revision()
    again = public.stage(stage, limit=900).succeeded()
    assert again.changed == 0
    assert public.revision() == revision


def test_records_are_in_the_bucket_and_the_link_in_the_central_environment(public: Lab) -> None:
    assert public.bucket()
    files = public.git("ls-tree", "-r", "--name-only", public.revision()).splitlines()
    assert ARCHIVE in files
    assert STRAY not in files


@pytest.mark.parametrize("stage", ["s3", "mirror", "factory"])
def test_every_stage_is_taken_back(public: Lab, stage: str) -> None:
    public.stage(stage, "-e", "stage_state=absent", limit=900).succeeded()
    assert public.stage(stage, "-e", "stage_state=absent", limit=600).succeeded().changed == 0


def test_the_clone_itself_was_never_written(public: Lab) -> None:
    said = subprocess.run(
        ["git", "-C", CLONE, "cat-file", "-e", public.revision()], capture_output=True, timeout=30, check=False
    )
    assert said.returncode != 0


def _texts(lab: Lab) -> str:
    return lab.git(
        "grep", "-h", "-e", "apiVersion:", "-e", "zookeeper:", "-e", "bases:", lab.revision(), "--", "*.yaml"
    )

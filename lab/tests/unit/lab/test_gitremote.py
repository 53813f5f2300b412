# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The remote of a lab, made with real git: the sample in its quiet state, a show's leftovers, somebody's own."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from manuela_lab import gitremote
from manuela_lab.errors import LabError
from manuela_lab.gitremote import git
from manuela_lab.places import CHECKOUT, Places

URL = "file:///lab/remote.git"
MESSAGING = "config/instances/manuela-stormshift/messaging/kustomization.yaml"
PARENTS = ("factorydatacenter", "centraldatacenter")


@pytest.fixture
def ours(places: Places) -> Places:
    places.state.mkdir()
    return replace(places, checkout=CHECKOUT)


def history(places: Places) -> list[str]:
    return git("log", "--format=%s", "main", cwd=places.remote).splitlines()


def links(places: Places) -> dict[str, str]:
    listed = git("ls-tree", "-r", "main", "deployment/", cwd=places.remote).splitlines()
    found = [line.split("\t") for line in listed if line.startswith("120000")]
    return {path: git("cat-file", "-p", head.split()[2], cwd=places.remote) for head, path in found}


def test_the_sample_is_quiet_and_all_its_applications_follow_the_remote(ours: Places):
    assert gitremote.seed(ours, URL, "main", left_over=False) == "main"
    assert len(history(ours)) == 1
    assert not [path for path in links(ours) if "data-lake" in path]
    assert URL in gitremote.show(ours.remote, "main", gitremote.listing(ours.remote, "main", "meta")[0])
    assert git("grep", "-c", "git.example", "main", "--", "*.yaml", cwd=ours.remote, ok=(0, 1)) == ""


def test_a_show_leaves_kafka_on_and_the_archive_in_the_wrong_place(ours: Places):
    gitremote.seed(ours, URL, "main", left_over=True)
    assert len(history(ours)) == 2
    assert any(line.strip().startswith("- ") and line.endswith("/messaging-kafka")
               for line in gitremote.show(ours.remote, "main", MESSAGING).splitlines())  # fmt: skip
    factory = "deployment/execenv-factorydatacenter/manuela-data-lake-central-s3-store.yaml"
    assert links(ours)[factory].endswith("config/instances/manuela-data-lake/manuela-data-lake-central-s3-store.yaml")


def test_somebodys_repository_gets_one_commit_that_touches_the_parents_alone(ours: Places, tmp_path: Path):
    theirs = replace(ours, state=tmp_path / "theirs")
    gitremote.seed(theirs, "https://git.example/theirs.git", "main", left_over=False)
    git("branch", "-m", "main", "trunk", cwd=theirs.remote)
    before = git("rev-parse", "trunk", cwd=theirs.remote)
    assert gitremote.adopt(ours, str(theirs.remote), URL, PARENTS, "argocd") == "trunk"
    changed = git("diff", "--name-only", before, "trunk", cwd=ours.remote).splitlines()
    assert changed
    assert all(path.startswith("meta/") for path in changed)
    assert git("rev-parse", "trunk~1", cwd=ours.remote) == before
    assert git("rev-parse", "trunk", cwd=theirs.remote) == before, "the source is not touched"
    assert git("remote", cwd=ours.remote) == "", "a push to the lab must never reach the source"


def test_a_repository_without_our_parents_is_refused_and_leaves_nothing(ours: Places, tmp_path: Path):
    (tmp_path / "other" / "meta").mkdir(parents=True)
    (tmp_path / "other" / "meta" / "a.yaml").write_text("kind: Other\n")
    git("init", "-q", "-b", "main", cwd=tmp_path / "other")
    git("add", "--all", cwd=tmp_path / "other")
    git("commit", "-q", "-m", "x", cwd=tmp_path / "other")
    with pytest.raises(LabError, match=r"no manifest in meta/ .* names centraldatacenter or factorydatacenter"):
        gitremote.adopt(ours, str(tmp_path / "other"), URL, PARENTS, "argocd")
    assert not ours.remote.exists()
    assert list(ours.remote.parent.iterdir()) == []


def test_a_source_that_is_not_there_is_named_by_git(ours: Places, tmp_path: Path):
    with pytest.raises(LabError, match=r"git clone failed \(exit 128\): .*nowhere"):
        gitremote.adopt(ours, str(tmp_path / "nowhere"), URL, PARENTS, "argocd")


def test_what_a_killed_start_left_is_swept(ours: Places):
    leftover = ours.remote.parent / ".arriving-old"
    leftover.mkdir(parents=True)
    gitremote.seed(ours, URL, "main", left_over=False)
    assert not leftover.exists()


def test_sensors_in_an_environment_of_their_own_follow_the_lab_too(ours: Places, tmp_path: Path):
    theirs = replace(ours, state=tmp_path / "theirs")
    gitremote.seed(theirs, "https://git.example/theirs.git", "main", left_over=False)
    tree = tmp_path / "tree"
    git("clone", "-q", str(theirs.remote), str(tree))
    sensor = "manuela-stormshift-machine-sensor-application.yaml"
    line = tree / "deployment" / "execenv-linedataserver"
    line.mkdir()
    (tree / "deployment" / "execenv-factorydatacenter" / sensor).rename(line / sensor)
    parent = (tree / "meta" / "argocd-execenv-factorydatacenter.yaml").read_text()
    (tree / "meta" / "line.yaml").write_text(parent.replace("factorydatacenter", "linedataserver"))
    (tree / "meta" / "other.yaml").write_text(parent.replace("factorydatacenter", "other"))
    git("add", "--all", cwd=tree)
    git("commit", "-q", "-m", "a line data server", cwd=tree)
    assert gitremote.adopt(ours, str(tree), URL, PARENTS, "argocd") == "main"
    changed = set(git("diff", "--name-only", "main~1", "main", cwd=ours.remote).splitlines())
    assert {"meta/line.yaml", f"config/instances/manuela-stormshift/{sensor}"} <= changed
    assert "meta/other.yaml" not in changed
    assert not [path for path in changed if "messaging" in path], "these are for prepare to set"

# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Paths go back to the bytes of before, in one commit, and what others did in between stays."""

from __future__ import annotations

import os

import pytest
from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import Failure

pytestmark = pytest.mark.slow

KUSTOMIZATION = "app/kustomization.yaml"
LINK = "deployment/app.yaml"
BACK = {"trailer": "Before", "revision": None, "subjects": ["Prepare", "Stage"], "overwrite": False}


def back(copy, check=False, **asked):
    commit = {"subject": "Back", "paths": ["app", "deployment"], "restore": {**BACK, **asked}}
    return copy.publish(commit, check=check)


@pytest.fixture
def shown(copy):
    """A show: prepared with a trailer, then a stage that links and edits."""
    copy.before = copy.tip()
    copy.write("work", KUSTOMIZATION, "resources: []\n")
    copy.publish({"subject": "Prepare", "paths": ["app"], "trailers": {"Before": copy.before}})
    (copy.path / "deployment").mkdir()
    os.symlink("../README", copy.path / LINK)
    copy.publish(("Stage", "deployment"))
    return copy


def test_the_touched_paths_are_back_and_one_commit_says_so(shown):
    wanted = shown.git(f"show {shown.before}:{KUSTOMIZATION}")
    done = back(shown)
    assert shown.show(KUSTOMIZATION) == wanted == (shown.path / KUSTOMIZATION).read_text()
    assert not os.path.lexists(shown.path / LINK)
    assert shown.log() == ["first", "Prepare", "Stage", "Back"]
    assert done.state["files"] == [KUSTOMIZATION, LINK]
    assert shown.git("log -1 --format='%(trailers:key=Restored,valueonly)'").strip() == shown.before


def test_running_again_restores_nothing(shown):
    back(shown)
    again = back(shown)
    assert not again.changed and shown.log()[-1] == "Back"


def test_what_others_did_in_between_stays(shown):
    shown.colleague("theirs", ("app/script.sh", "#!/bin/bash\n"), ("README", "theirs\n"))
    shown.worktree()
    back(shown)
    assert (shown.show("app/script.sh"), shown.show("README")) == ("#!/bin/bash\n", "theirs\n")
    assert shown.log() == ["first", "Prepare", "Stage", "theirs", "Back"]


def test_a_path_that_others_changed_too_is_named_and_kept(shown):
    shown.colleague("theirs", (KUSTOMIZATION, "resources: [theirs]\n"))
    shown.worktree()
    tip = shown.tip()
    with pytest.raises(Failure, match="others changed .*kustomization.yaml .*by Colleague: theirs") as caught:
        back(shown)
    assert caught.value.code == "conflict" and shown.tip() == tip


def test_what_others_took_back_themselves_is_no_change_of_theirs(shown):
    as_it_was = shown.show(KUSTOMIZATION)
    for text in ("resources: [theirs]\n", as_it_was):
        shown.colleague("theirs", (KUSTOMIZATION, text))
        shown.worktree()
    back(shown)
    assert shown.show(KUSTOMIZATION) == shown.git(f"show {shown.before}:{KUSTOMIZATION}")


def test_a_change_of_others_below_a_commit_of_ours_counts(shown):
    shown.colleague("theirs", (KUSTOMIZATION, "resources: [theirs]\n"))
    shown.worktree()
    shown.write("work", KUSTOMIZATION, "resources: [theirs, ours]\n")
    shown.publish(("Stage", "app"))
    with pytest.raises(Failure, match="by Colleague: theirs"):
        back(shown)


def test_it_goes_back_all_the_same_when_that_is_meant(shown):
    shown.colleague("theirs", (KUSTOMIZATION, "resources: [theirs]\n"))
    shown.worktree()
    back(shown, overwrite=True)
    assert shown.show(KUSTOMIZATION) == shown.git(f"show {shown.before}:{KUSTOMIZATION}")


def test_others_may_push_while_it_restores(shown):
    shown.colleague("theirs", ("README", "theirs\n"))  # the work copy has not seen it
    back(shown)
    assert shown.log()[-2:] == ["theirs", "Back"] and shown.show("README") == "theirs\n"


def test_the_oldest_show_since_the_last_restore_counts(shown):
    middle = shown.tip()
    shown.write("work", KUSTOMIZATION, "resources: [again]\n")
    shown.publish({"subject": "Prepare", "paths": ["app"], "trailers": {"Before": middle}})
    back(shown)
    assert shown.show(KUSTOMIZATION) == shown.git(f"show {shown.before}:{KUSTOMIZATION}")


def test_a_show_after_a_restore_goes_back_to_that_restore(shown):
    back(shown)
    between = shown.tip()
    shown.write("work", KUSTOMIZATION, "resources: [second]\n")
    shown.publish({"subject": "Prepare", "paths": ["app"], "trailers": {"Before": between}})
    back(shown)
    assert shown.show(KUSTOMIZATION) == shown.git(f"show {between}:{KUSTOMIZATION}")


def test_a_revision_may_be_given(shown):
    back(shown, trailer=None, revision=shown.before[:12])
    assert shown.show(KUSTOMIZATION) == shown.git(f"show {shown.before}:{KUSTOMIZATION}")
    assert not back(shown, trailer=None, revision=shown.before[:12]).changed


def test_check_mode_predicts_and_writes_nothing(shown):
    state = shown.bytes_of(shown.path)
    predicted = back(shown, check=True)
    assert shown.bytes_of(shown.path) == state
    done = back(shown)
    assert (predicted.changed, predicted.prepared) == (done.changed, done.prepared)


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"revision": "HEAD"}, "invalid_option"),
        ({"subjects": []}, "invalid_option"),
        ({"trailer": None, "revision": "0123456789"}, "not_found"),
    ],
)
def test_what_cannot_be_restored_is_said(shown, asked, code):
    with pytest.raises(Failure) as caught:
        back(shown, **asked)
    assert caught.value.code == code


def test_a_clone_that_lacks_the_revision_says_so(shown):
    shown.at(".", f"git clone -q --depth 1 file://{shown.remote} shallow")
    shown.path = shown.root / "shallow"
    with pytest.raises(Failure, match="unshallow") as caught:
        back(shown)
    assert caught.value.code == "not_found"
    shown.git("fetch -q --unshallow")
    assert back(shown).changed

# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""git_worktree clones and fast-forwards, and never drops a byte."""

from __future__ import annotations

import time

import pytest
from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import Failure
from ansible_collections.manuela.event_streaming.plugins.module_utils._git_worktree import same_repository


def test_clones_and_then_changes_nothing(site):
    first, second = site.worktree(), site.worktree()
    assert (first.changed, second.changed) == (True, False)
    assert first.state == second.state
    assert first.state["revision"] == first.state["remote_revision"] == site.tip()
    assert (site.path / "link.yaml").is_symlink()
    assert site.git("status --porcelain") == ""


def test_check_mode_predicts_the_clone_and_leaves_the_disk_alone(site):
    before = site.bytes_of(site.root)
    predicted = site.worktree(check=True, path=str(site.root / "deep/er/work"))
    assert site.bytes_of(site.root) == before
    done = site.worktree(path=str(site.root / "deep/er/work"))
    assert (predicted.changed, predicted.state) == (done.changed, done.state)


def test_moves_to_the_remote_tip_and_keeps_local_changes_elsewhere(copy):
    copy.write("work", "README", "mine\n")
    copy.write("work", "notes", "untracked\n")
    tip = copy.colleague("theirs", ("app/b.yaml", "b\n"), ("app/kustomization.yaml", "resources: []\n"))
    predicted = copy.worktree(check=True)
    assert (copy.path / "app/kustomization.yaml").read_text() != "resources: []\n"
    done = copy.worktree()
    assert done.changed
    assert predicted.changed
    assert predicted.prepared == done.prepared
    assert done.state["revision"] == predicted.state["revision"] == tip
    assert (copy.path / "README").read_text() == "mine\n"
    assert done.state["dirty"] == ["README", "notes"]
    assert not copy.worktree().changed


def test_check_mode_leaves_every_byte_of_the_repository_alone(copy):
    copy.colleague("theirs", ("app/b.yaml", "b\n"))
    copy.write("work", "README", "mine\n")
    copy.git("hash-object -w README")
    before = copy.bytes_of(copy.path)
    time.sleep(0.01)  # the clock of a file system
    copy.worktree(check=True)
    assert copy.bytes_of(copy.path) == before


def test_a_local_change_in_the_way_stays_and_is_named(copy):
    copy.write("work", "README", "mine\n")
    copy.colleague("theirs", ("README", "theirs\n"))
    done = copy.worktree()
    assert not done.changed
    assert done.state["behind"] == 1
    assert "README" in done.reasons[0]
    assert (copy.path / "README").read_text() == "mine\n"


def test_a_change_that_is_on_the_remote_already_is_not_in_the_way(copy):
    copy.write("work", "README", "same\n")
    tip = copy.colleague("theirs", ("README", "same\n"))
    assert copy.worktree(protect=["README"]).state["revision"] == tip
    assert copy.git("status --porcelain") == ""


def test_local_commits_are_kept_and_counted(copy):
    copy.write("work", "mine", "x\n")
    copy.git("add mine")
    copy.git("commit -qm mine")
    copy.colleague("theirs", ("README", "theirs\n"))
    head = copy.git("rev-parse HEAD")
    done = copy.worktree()
    assert (done.changed, done.state["ahead"], done.state["behind"]) == (False, 1, 1)
    assert copy.git("rev-parse HEAD") == head


def test_staged_changes_elsewhere_stay_staged(copy):
    copy.write("work", "README", "staged\n")
    copy.git("add README")
    copy.colleague("theirs", ("app/b.yaml", "b\n"))
    assert copy.worktree().changed
    assert copy.git("status --porcelain") == "M  README\n"


def test_protected_paths_with_local_changes_are_an_error_that_shows_them(copy):
    copy.write("work", "app/kustomization.yaml", "mine\n")
    with pytest.raises(Failure) as caught:
        copy.worktree(protect=["app"])
    assert caught.value.code == "conflict"
    assert "app/kustomization.yaml" in caught.value.msg
    assert "+mine" in caught.value.details["diff"]
    assert copy.worktree(protect=["app"], adopt=True).state["dirty"] == ["app/kustomization.yaml"]


@pytest.mark.parametrize("name", ["MERGE_HEAD", "CHERRY_PICK_HEAD", "REVERT_HEAD"])
def test_something_half_done_is_an_error(copy, name):
    (copy.path / ".git" / name).write_text(copy.tip())
    with pytest.raises(Failure) as caught:
        copy.worktree()
    assert caught.value.code == "refused"
    assert "in progress" in caught.value.msg


def test_a_rebase_in_progress_is_an_error(copy):
    (copy.path / ".git/rebase-merge").mkdir()
    with pytest.raises(Failure, match="a rebase is in progress"):
        copy.worktree()


def test_the_wrong_branch_is_an_error(copy):
    copy.git("checkout -q -b other")
    with pytest.raises(Failure, match="is on branch other, not on main"):
        copy.worktree(branch="main")


def test_a_detached_head_is_an_error(copy):
    copy.git("checkout -q --detach")
    with pytest.raises(Failure, match="no branch checked out"):
        copy.worktree(branch="main")


def test_a_branch_that_the_remote_lacks_lists_those_it_has(site):
    with pytest.raises(Failure) as caught:
        site.worktree(branch="mian")
    assert caught.value.code == "not_found"
    assert "It has: main" in caught.value.msg
    assert not site.path.exists()


def test_a_new_branch_starts_at_the_default_branch(site):
    done = site.worktree(branch="feature", create_branch=True)
    assert done.state["branch"] == "feature"
    assert done.state["revision"] == site.tip()
    again = site.worktree(branch="feature", create_branch=True)
    assert (again.changed, again.state["remote_revision"]) == (False, None)


MERGES = {
    "merge": "git merge -q --no-ff -m merge origin/feature",
    "squash": "git merge -q --squash origin/feature && git commit -qm squashed",
}


@pytest.mark.parametrize("way", MERGES)
def test_a_branch_that_was_merged_and_deleted_starts_anew(site, way):
    site.worktree(branch="feature", create_branch=True)
    site.write("work", "a", "x\n")
    site.publish(("A", "a"), branch="feature")
    site.at("colleague", f"git fetch -q && {MERGES[way]} && git push -q origin HEAD:main :feature")
    done = site.worktree(branch="feature", create_branch=True)
    assert done.changed and done.state["revision"] == site.tip()
    assert (done.state["remote_revision"], done.state["default_branch"], done.state["ahead"]) == (None, "main", 0)
    assert site.git("status --porcelain") == ""
    assert not site.worktree(branch="feature", create_branch=True).changed


def test_a_branch_that_was_deleted_unmerged_keeps_its_commits(site):
    site.worktree(branch="feature", create_branch=True)
    site.write("work", "a", "x\n")
    revision = site.publish(("A", "a"), branch="feature").state["revision"]
    site.at("colleague", "git push -q origin :feature")
    done = site.worktree(branch="feature", create_branch=True)
    assert (done.changed, done.state["revision"]) == (False, revision)
    assert site.publish(("A", "a"), branch="feature").state["pushed"]
    assert site.tip("feature") == revision


def test_a_directory_that_becomes_a_file_and_a_file_that_becomes_a_directory(copy):
    copy.at("colleague", "git rm -rq app && echo file > app && git rm -q README && mkdir README && echo x > README/in")
    tip = copy.colleague("swapped")
    assert copy.worktree().state["revision"] == tip
    assert (copy.path / "app").read_text() == "file\n"
    assert copy.git("status --porcelain") == ""


@pytest.mark.parametrize("branch", ["a..b", "--detach", "a b", "/a", "a.lock", "a@{1}"])
@pytest.mark.parametrize("check", [True, False])
def test_a_name_that_git_does_not_know_is_an_error(site, branch, check):
    with pytest.raises(Failure) as caught:
        site.worktree(branch=branch, create_branch=True, check=check)
    assert caught.value.code == "invalid_option"
    assert not site.path.exists()


def test_an_option_of_git_is_no_url(site):
    for check in (True, False):
        with pytest.raises(Failure):
            site.worktree(repo=f"--upload-pack=touch {site.root}/ran", check=check)
    assert not (site.root / "ran").exists()


def test_a_link_that_leads_to_an_empty_directory_stays_a_link(site):
    (site.root / "data").mkdir()
    (site.root / "link").symlink_to("data")
    assert site.worktree(path=str(site.root / "link")).changed
    assert (site.root / "link").is_symlink() and (site.root / "data/.git").is_dir()


def test_another_repository_is_an_error(copy):
    with pytest.raises(Failure, match="is a work copy of"):
        copy.worktree(repo=str(copy.root / "other.git"))


def test_a_remote_that_does_not_exist_is_named(site):
    with pytest.raises(Failure) as caught:
        site.worktree(repo=str(site.root / "nowhere.git"))
    assert caught.value.code == "not_found"
    assert "nowhere.git" in caught.value.msg
    assert not site.path.exists()


def test_a_directory_that_is_no_work_copy_is_left_alone(site):
    site.write("work", "precious", "x")
    with pytest.raises(Failure) as caught:
        site.worktree()
    assert caught.value.code == "refused"
    assert (site.path / "precious").read_text() == "x"


def test_a_directory_inside_another_work_copy_is_refused(copy):
    with pytest.raises(Failure, match="not the root"):
        copy.worktree(path=str(copy.path / "app"))


def test_an_empty_directory_is_cloned_into_and_an_empty_remote_is_fine(site):
    site.path.mkdir()
    assert site.worktree().changed
    site.git(f"init -q --bare -b main {site.root}/empty.git")
    done = site.worktree(repo=str(site.root / "empty.git"), path=str(site.root / "second"))
    assert (done.state["revision"], done.state["branch"]) == (None, "main")


def test_a_password_in_the_url_is_refused_and_not_repeated(site):
    with pytest.raises(Failure) as caught:
        site.worktree(repo="https://me:hunter2@git.example.com/x.git")
    assert caught.value.code == "invalid_option"
    assert "hunter2" not in str(caught.value.as_result())


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://git.example.com/a/b.git", "https://me@git.example.com/a/b/", True),
        ("git@git.example.com:a/b.git", "ssh://git@git.example.com/a/b", True),
        ("https://git.example.com/a/b", "git@git.example.com:a/b.git", True),
        ("/srv/git/b.git", "file:///srv/git/b.git", True),
        ("https://git.example.com/a/b", "https://git.example.com/a/c", False),
        ("https://git.example.com/a/b", "https://other.example.com/a/b", False),
    ],
)
def test_urls_of_one_repository_are_equal(one, other, same):
    assert same_repository(one, other) is same

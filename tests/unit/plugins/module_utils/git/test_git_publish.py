# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""git_publish makes the asked commits once, on the remote's tip, and never at the cost of anything else."""

from __future__ import annotations

import os
import subprocess

import pytest
from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import Failure

KUSTOMIZATION = "app/kustomization.yaml"
ENABLE = ("copy MQtt data to Kafka in factory", KUSTOMIZATION)


def edit(site, path, old, new):
    file = site.path / path
    file.write_text(file.read_text().replace(old, new))


def state_of(copy):
    """Return work tree, index and HEAD, which a refusal must leave alone."""
    tree = {name: entry for name, entry in copy.bytes_of(copy.path).items() if not name.startswith(".git")}
    return tree, copy.git("ls-files -s"), copy.git("rev-parse HEAD"), copy.git("for-each-ref refs/heads")


def test_publishes_once_and_then_changes_nothing(copy):
    edit(copy, KUSTOMIZATION, "- a", "#- a")
    first = copy.publish(ENABLE)
    second = copy.publish(ENABLE)
    assert (first.changed, second.changed) == (True, False)
    assert first.state["revision"] == second.state["revision"] == copy.tip()
    assert first.state["files"] == [KUSTOMIZATION]
    assert copy.log() == ["first", "copy MQtt data to Kafka in factory"]
    assert copy.git("status --porcelain") == ""


def test_commits_come_in_order_with_trailers_and_one_push(copy):
    before = copy.tip()
    copy.write("work", "one", "1\n")
    copy.write("work", "two", "2\n")
    one = {"subject": "One", "paths": ["one"], "trailers": {"Before": before}}
    done = copy.publish(one, ("Two", "two"), ("Three", "no"))
    assert [commit["created"] for commit in done.state["commits"]] == [True, True, False]
    assert copy.log() == ["first", "One", "Two"]
    assert copy.git("log -1 --format='%(trailers:key=Before,valueonly)' HEAD^").strip() == before


def test_only_the_first_commit_that_is_made_says_what_was_before(copy):
    before = copy.tip()
    copy.write("work", "two", "2\n")
    copy.write("work", "three", "3\n")
    three = {"subject": "Three", "paths": ["three"], "trailers": {"Stage": "quiet"}}
    copy.publish(("One", "one"), ("Two", "two"), three, first_trailers={"Before": before})
    assert copy.log() == ["first", "Two", "Three"]
    assert copy.git("log --reverse --format='%(trailers:only,separator=;)' -2").split() == [
        *("Before:", before, "Stage:", "quiet")
    ]


def test_only_named_paths_are_taken(copy):
    copy.write("work", "app/new", "x\n")
    copy.write("work", "README", "mine\n")
    copy.write("work", "junk", "junk\n")
    copy.publish(("New", "app"))
    assert copy.git("show --format= --name-only HEAD").split() == ["app/new"]
    assert copy.git("status --porcelain") == " M README\n?? junk\n"


def test_modes_links_and_deletions_are_published(copy):
    (copy.path / "link.yaml").unlink()
    os.symlink("../README", copy.path / "app/readme")
    os.chmod(copy.path / "README", 0o755)
    (copy.path / "app/script.sh").unlink()
    copy.publish(("All", "app", "link.yaml", "README"))
    listed = {line.split("\t")[1]: line.split()[0] for line in copy.git("ls-tree -r origin/main").splitlines()}
    assert listed == {"README": "100755", "app/kustomization.yaml": "100644", "app/readme": "120000"}


def test_a_link_is_published_as_a_link_and_a_file_may_become_one(copy):
    (copy.path / "README").unlink()
    os.symlink("app/script.sh", copy.path / "README")
    copy.publish(("Link", "README"))
    assert copy.show("README") == "app/script.sh"


def test_a_directory_may_become_a_file_and_back(copy):
    (copy.path / "README").unlink()
    copy.write("work", "README/inside", "x\n")
    copy.publish(("Directory", "README"))
    assert copy.git("ls-files README") == "README/inside\n"
    (copy.path / "README/inside").unlink()
    (copy.path / "README").rmdir()
    copy.write("work", "README", "file\n")
    copy.publish(("File", "README"))
    assert copy.show("README") == "file\n"
    assert copy.git("status --porcelain") == ""


def test_ignored_files_of_a_directory_stay_out_unless_named(copy):
    copy.write("work", ".git/info/exclude", "*.tmp\n")
    copy.write("work", "app/x.tmp", "x\n")
    assert not copy.publish(("Nothing", "app")).changed
    assert copy.publish(("Named", "app/x.tmp")).state["files"] == ["app/x.tmp"]


def test_names_with_blanks_quotes_and_umlauts(copy):
    names = ["a b", "Zähler", 'quo"te', "*"]
    for name in names:
        copy.write("work", name, "x\n")
    assert copy.publish(("Names", *names)).state["files"] == sorted(names)


def test_builds_on_the_remote_tip_and_brings_the_work_copy_there(copy):
    edit(copy, KUSTOMIZATION, "- a", "#- a")
    copy.write("work", "README", "mine\n")
    copy.colleague("Image tag updated by Tekton task", ("image.yaml", "tag: 2\n"))
    done = copy.publish(ENABLE)
    assert copy.log() == ["first", "Image tag updated by Tekton task", ENABLE[0]]
    assert (copy.path / "image.yaml").read_text() == "tag: 2\n"
    assert copy.git("rev-parse HEAD").strip() == done.state["revision"]
    assert copy.git("status --porcelain") == " M README\n"


def test_other_lines_of_one_file_are_merged_as_a_pull_would(copy):
    edit(copy, KUSTOMIZATION, "- a", "#- a")
    copy.colleague("theirs", (KUSTOMIZATION, "resources:\n- a.yaml\n- b.yaml\n- c.yaml\n- d.yaml\n- z.yaml\n"))
    done = copy.publish(ENABLE)
    expected = "resources:\n#- a.yaml\n- b.yaml\n- c.yaml\n- d.yaml\n- z.yaml\n"
    assert copy.show(KUSTOMIZATION) == expected
    assert (copy.path / KUSTOMIZATION).read_text() == expected
    assert any("merged" in reason for reason in done.reasons)
    assert copy.git("status --porcelain") == ""


@pytest.mark.parametrize("check", [True, False])
def test_a_conflict_names_the_path_and_leaves_everything_as_it_was(copy, check):
    edit(copy, KUSTOMIZATION, "- a", "#- a")
    copy.write("work", "other", "x\n")
    copy.git("add other")
    copy.colleague("theirs", (KUSTOMIZATION, "resources:\n- A.yaml\n"))
    before, tip = state_of(copy), copy.tip()
    with pytest.raises(Failure) as caught:
        copy.publish(("Other", "other"), ENABLE, check=check)
    assert caught.value.code == "conflict"
    assert caught.value.details["paths"] == [KUSTOMIZATION]
    assert "theirs" in caught.value.msg
    assert state_of(copy) == before
    assert copy.tip() == tip


def test_a_file_that_the_remote_deleted_is_a_conflict(copy):
    copy.write("work", "README", "mine\n")
    os.unlink(copy.root / "colleague/README")
    copy.colleague("deleted")
    with pytest.raises(Failure, match="README"):
        copy.publish(("Edit", "README"))


def test_a_new_file_where_the_remote_made_a_directory_is_a_conflict(copy):
    copy.write("work", "thing", "mine\n")
    copy.colleague("theirs", ("thing/inside", "x\n"))
    with pytest.raises(Failure) as caught:
        copy.publish(("Thing", "thing"))
    assert caught.value.details["paths"] == ["thing"]


def test_a_change_that_the_remote_has_already_makes_no_commit(copy):
    copy.write("work", "README", "same\n")
    tip = copy.colleague("theirs", ("README", "same\n"))
    done = copy.publish(("Same", "README"))
    assert done.state["commits"][0]["created"] is False
    assert (done.state["revision"], done.state["pushed"]) == (tip, False)
    assert copy.log() == ["first", "theirs"]
    assert "by Colleague: theirs" in done.reasons[0]
    assert not copy.publish(("Same", "README")).changed


def test_check_mode_predicts_and_leaves_every_byte_alone(copy):
    edit(copy, KUSTOMIZATION, "- a", "#- a")
    copy.colleague("theirs", ("README", "theirs\n"))
    before, remote = copy.bytes_of(copy.path), copy.bytes_of(copy.remote)
    predicted = copy.publish(ENABLE, check=True)
    assert copy.bytes_of(copy.path) == before
    assert copy.bytes_of(copy.remote) == remote
    done = copy.publish(ENABLE)
    assert (predicted.changed, predicted.prepared) == (done.changed, done.prepared)
    assert predicted.state["revision"] is None
    assert predicted.state["files"] == done.state["files"]
    assert set(predicted.state) == set(done.state)
    assert copy.publish(ENABLE, check=True).changed is False


def test_the_diff_shows_text_but_no_secret(copy):
    copy.write("work", "secret.yaml", "apiVersion: v1\nkind: Secret\ndata:\n  tls.key: c2VjcmV0LWtleQ==\n")
    copy.write("work", "README", "mine\n")
    done = copy.publish(("Both", "secret.yaml", "README"))
    assert "+mine" in done.prepared
    assert "secret.yaml" in done.prepared
    assert "c2VjcmV0" not in done.prepared


def test_without_an_identity_there_is_a_documented_author(copy, no_settings_of_this_machine):
    (no_settings_of_this_machine / ".gitconfig").write_text("[user]\n useConfigOnly = true\n")
    copy.write("work", "a", "x\n")
    copy.publish(("A", "a"))
    assert copy.git("log -1 --format='%an <%ae> %cn'").strip() == (
        "manuela event streaming <event-streaming@localhost> manuela event streaming"
    )
    copy.write("work", "a", "y\n")
    copy.publish(("B", "a"), author_name="Presenter", author_email="p@example.com")
    assert copy.git("log -1 --format='%an %ae'").strip() == "Presenter p@example.com"


def test_without_push_the_commit_waits_for_the_next_run(copy):
    copy.write("work", "a", "x\n")
    kept = copy.publish(("A", "a"), push=False)
    assert (kept.changed, kept.state["pushed"], copy.log()) == (True, False, ["first"])
    assert not copy.publish(("A", "a"), push=False).changed
    copy.colleague("theirs", ("b", "x\n"))
    copy.write("work", "c", "x\n")
    pushed = copy.publish(("C", "c"))
    assert pushed.state["pushed"]
    assert copy.log() == ["first", "theirs", "A", "C"]
    assert copy.git("status --porcelain") == ""
    assert copy.git("for-each-ref refs/event-streaming") == ""


def test_a_commit_of_a_killed_run_is_pushed_and_not_made_again(copy):
    edit(copy, KUSTOMIZATION, "- a", "#- a")
    copy.git(f"commit -qm '{ENABLE[0]}' {KUSTOMIZATION}")
    done = copy.publish(ENABLE)
    assert (done.changed, done.state["pushed"]) == (True, True)
    assert done.state["revision"] == copy.git("rev-parse HEAD").strip() == copy.tip()
    assert copy.log() == ["first", ENABLE[0]]


def test_local_commits_of_the_user_are_not_pushed_unasked(copy):
    copy.write("work", "private", "x\n")
    copy.git("add private")
    copy.git("commit -qm private")
    edit(copy, KUSTOMIZATION, "- a", "#- a")
    with pytest.raises(Failure) as caught:
        copy.publish(ENABLE)
    assert caught.value.code == "refused"
    assert "private" in caught.value.msg
    assert copy.publish(ENABLE, adopt=True).state["pushed"]
    assert copy.log() == ["first", "private", ENABLE[0]]


def test_a_branch_that_is_new_on_the_remote_is_pushed(copy):
    copy.git("checkout -q -b feature")
    copy.write("work", "a", "x\n")
    done = copy.publish(("A", "a"), branch="feature")
    assert copy.tip("feature") == done.state["revision"]
    assert copy.log() == ["first"]


def test_a_branch_without_a_commit_of_its_own_is_not_made(copy):
    copy.git("checkout -q -b feature")
    done = copy.publish(("A", "a"), branch="feature")
    assert (done.changed, done.state["pushed"], done.state["revision"]) == (False, False, copy.tip())
    assert copy.git("ls-remote --heads origin feature") == ""


def test_the_first_commit_of_an_empty_repository(site):
    empty = site.root / "empty.git"
    subprocess.run(["git", "init", "-q", "--bare", "-b", "main", str(empty)], check=True)
    site.worktree(repo=str(empty))
    site.write("work", "a", "x\n")
    assert site.publish(("A", "a")).state["pushed"]
    assert not site.publish(("A", "a")).changed
    assert site.git("status --porcelain") == ""


@pytest.mark.parametrize("path", ["../outside", "/etc/passwd", ".", ".git/config", "app/../.."])
def test_paths_outside_are_refused(copy, path):
    with pytest.raises(Failure) as caught:
        copy.publish(("Out", path))
    assert caught.value.code == "invalid_option"


def test_a_path_through_a_linked_directory_is_the_real_one(copy):
    os.symlink("app", copy.path / "linked")
    copy.write("work", "linked/new", "x\n")
    assert copy.publish(("New", "linked/new")).state["files"] == ["app/new"]


def test_staged_changes_of_the_user_stay_staged(copy):
    copy.write("work", "README", "staged\n")
    copy.git("add README")
    edit(copy, KUSTOMIZATION, "- a", "#- a")
    copy.publish(ENABLE)
    assert copy.git("status --porcelain") == "M  README\n"


def test_a_local_change_in_the_way_keeps_the_work_copy_where_it_is(copy):
    copy.write("work", "README", "mine\n")
    copy.colleague("theirs", ("README", "theirs\n"))
    edit(copy, KUSTOMIZATION, "- a", "#- a")
    head = copy.git("rev-parse HEAD")
    done = copy.publish(ENABLE)
    assert done.state["revision"] == copy.tip()
    assert "README" in done.warnings[0]
    assert copy.git("rev-parse HEAD") == head
    assert (copy.path / "README").read_text() == "mine\n"
    assert not copy.publish(ENABLE).state["commits"][0]["created"]


def test_windows_line_ends_survive(copy, no_settings_of_this_machine):
    (no_settings_of_this_machine / ".gitconfig").write_text("[core]\n safecrlf = true\n")
    (copy.path / "crlf").write_bytes(b"a\r\nb\r\n")
    copy.publish(("CRLF", "crlf"))
    assert copy.git("cat-file blob HEAD:crlf | od -c").count("\\r") == 2


def test_another_git_that_holds_the_index_is_waited_out_or_named(copy):
    edit(copy, KUSTOMIZATION, "- a", "#- a")
    (copy.path / ".git/index.lock").write_text("")
    done = copy.publish(ENABLE)
    assert "index.lock" in done.warnings[0]
    assert copy.tip() == done.state["revision"]
    (copy.path / ".git/index.lock").unlink()
    again = copy.publish(ENABLE)
    assert again.state["commits"][0]["created"] is False
    assert copy.git("status --porcelain") == ""
    assert not copy.publish(ENABLE).changed


def test_what_somebody_took_out_of_the_history_does_not_come_back(copy):
    copy.colleague("a mistake", ("app/mistake", "x\n"))
    copy.worktree()
    copy.at(
        "colleague", "git reset -q --hard HEAD^ && git commit -q --allow-empty -m better && git push -qf origin main"
    )
    copy.write("work", "app/new", "x\n")
    for check in (True, False, False):
        with pytest.raises(Failure, match="a mistake is no longer in it") as caught:
            copy.publish(("New", "app"), check=check)
        assert caught.value.code == "conflict"
    assert copy.log() == ["first", "better"]
    assert copy.publish(("New", "app"), adopt=True).state["pushed"]

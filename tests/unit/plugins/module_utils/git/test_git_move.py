# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A work copy that moves forward: on a full disk, under a kill, and where somebody's files are in the way."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess

import pytest
from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import Failure
from ansible_collections.manuela.event_streaming.plugins.module_utils._temporary_room import PREFIX
from ansible_collections.manuela.event_streaming.tests.unit.plugins.module_utils.git.conftest import sh
from ansible_collections.manuela.event_streaming.tests.unit.plugins.module_utils.test_crashes import boundaries

pytestmark = pytest.mark.slow

LARGE = "a line of a large file\n" * 4000  # small as an object of Git, large in the work tree
MANIFEST = "app/kustomization.yaml"


def news(copy):
    """Let a colleague change, add and remove something."""
    copy.at("colleague", "git pull -q origin main && git rm -q app/script.sh README && mkdir README")
    return copy.colleague("theirs", (MANIFEST, LARGE), ("app/more.yaml", LARGE), ("README/in", "x\n"))


def rooms(copy):
    return list((copy.path / ".git").glob(f"{PREFIX}*"))


def test_a_kill_at_any_step_leaves_files_old_or_new_and_the_next_run_completes(copy):
    old, tip = (copy.path / MANIFEST).read_text(), news(copy)
    copy.write("work", "notes", "mine\n")
    shutil.copytree(copy.path, copy.root / "before", symlinks=True)
    seen = set()

    def look(_boundary):
        assert (copy.path / MANIFEST).read_text() in (old, LARGE)
        seen.add((copy.path / MANIFEST).read_text() == LARGE)
        assert not (copy.path / "app/more.yaml").exists() or (copy.path / "app/more.yaml").read_text() == LARGE
        for left in rooms(copy):
            os.utime(left, (0, 0))
        assert copy.worktree().state["revision"] == tip
        assert copy.git("status --porcelain") == "?? notes\n"
        assert not rooms(copy)
        shutil.rmtree(copy.path)
        shutil.copytree(copy.root / "before", copy.path, symlinks=True)

    assert boundaries(copy.worktree, look, {"replace", "link", "unlink"}) > 10
    assert seen == {True, False}


def test_the_lock_of_another_git_stays(copy):
    news(copy)
    (copy.path / ".git/index.lock").write_text("")
    with pytest.raises(Failure, match="another git works in") as caught:
        copy.worktree()
    assert (caught.value.code, caught.value.retryable) == ("conflict", True)
    assert (copy.path / ".git/index.lock").exists()


def test_git_that_is_killed_while_it_writes_a_file_leaves_no_part_of_it(copy):
    old, tip = (copy.path / MANIFEST).read_text(), news(copy)
    child = os.fork()
    if not child:
        resource.setrlimit(resource.RLIMIT_FSIZE, (20000, 20000))
        try:
            copy.worktree()
        except Failure:
            os._exit(7)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
    assert (copy.path / MANIFEST).read_text() == old
    assert copy.git("status --porcelain") == ""
    assert copy.worktree().state["revision"] == tip


@pytest.fixture
def mounted():
    """A function that mounts a file system of a given size, where the user may."""
    places = []

    def mount(place, size):
        place.mkdir(exist_ok=True)
        command = ("mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(place))
        if shutil.which("mount") is None or subprocess.run(command, capture_output=True, check=False).returncode:
            pytest.skip("this user may not mount a small file system")
        places.append(place)

    yield mount
    for place in places:
        subprocess.run(("umount", str(place)), check=True)


@pytest.mark.parametrize("free", [4096, 24576, 40960, 65536, 131072])
def test_a_full_disk_is_named_and_what_it_stopped_is_done_by_the_next_run(site, mounted, free):
    disk = site.root / "disk"
    mounted(disk, "1m")
    site.path = disk / "work"
    site.worktree()
    tip = news(site)
    state = os.statvfs(disk)
    (disk / "ballast").write_bytes(b"x" * (state.f_bavail * state.f_frsize - free))
    before = {name: data for name, data in site.bytes_of(site.path).items() if not name.startswith(".git")}
    with pytest.raises(Failure) as caught:
        site.worktree()
    assert (caught.value.code, caught.value.retryable) == ("refused", False)
    assert any(word in caught.value.msg for word in ("space left", "diskspace", "free space")), caught.value.msg
    assert {name: data for name, data in site.bytes_of(site.path).items() if not name.startswith(".git")} == before
    (disk / "ballast").unlink()
    assert site.worktree(check=True).state["revision"] == tip
    assert site.worktree().state["revision"] == tip
    assert site.git("status --porcelain") == ""


def test_a_directory_that_is_mounted_into_the_work_tree_is_followed(copy, mounted):
    mounted(copy.path / "app", "1m")
    copy.git("checkout -q app")
    tip = news(copy)
    assert copy.worktree().state["revision"] == tip
    assert (copy.path / MANIFEST).read_text() == LARGE
    assert copy.git("status --porcelain") == ""


def test_a_commit_without_its_files_is_fetched_anew(copy):
    """So it is after a fetch that was cut off: the commit is written first."""
    tip = news(copy)
    sh(f"git cat-file commit {tip} | git -C {copy.path} hash-object -w -t commit --stdin", copy.remote)
    assert copy.worktree(check=True).state["revision"] == tip
    assert copy.worktree().state["revision"] == tip


def link_above(copy):
    shutil.rmtree(copy.path / "app")
    (copy.root / "elsewhere").mkdir()
    (copy.path / "app").symlink_to(copy.root / "elsewhere")
    return ("app/new", "x\n"), "app"


def file_above(copy):
    copy.write("work", "fresh", "mine\n")
    return ("fresh/new", "x\n"), "fresh"


def directory_there(copy):
    copy.write("work", "fresh/mine", "mine\n")
    return ("fresh", "x\n"), "fresh"


def directory_for_a_file(copy):
    (copy.path / "README").unlink()
    copy.write("work", "README/mine", "mine\n")
    return ("README", "x\n"), "README"


@pytest.mark.parametrize("arrange", [link_above, file_above, directory_there, directory_for_a_file])
def test_what_lies_in_the_way_stays_and_check_mode_knows(copy, arrange):
    theirs, name = arrange(copy)
    copy.colleague("theirs", theirs)
    before = copy.git("status --porcelain -uall")
    for check in (True, False):
        done = copy.worktree(check=check)
        assert (done.changed, done.state["behind"]) == (False, 1)
        assert f"local changes in {name} are in the way" in done.reasons[0]
    assert copy.git("status --porcelain -uall") == before


def test_an_ignored_file_in_a_directory_that_becomes_a_file_stays(copy):
    copy.colleague("ignore", (".gitignore", "*.o\n"))
    copy.worktree()
    copy.write("work", "app/mine.o", "mine\n")
    copy.at("colleague", "git rm -rq app && echo file > app")
    copy.colleague("theirs")
    assert not copy.worktree().changed
    assert (copy.path / "app/mine.o").read_text() == "mine\n"


def test_empty_directories_are_not_in_the_way(copy):
    (copy.path / "fresh/deep").mkdir(parents=True)
    copy.colleague("theirs", ("fresh", "x\n"))
    assert copy.worktree().changed
    assert (copy.path / "fresh").read_text() == "x\n"


def test_a_change_that_is_made_while_it_moves_is_not_lost(copy):
    copy.git(f"config filter.busy.smudge 'echo mine > {copy.path}/README; cat'")
    copy.colleague("theirs", (".gitattributes", "app/new filter=busy\n"), ("app/new", "x\n"), ("README", "theirs\n"))
    with pytest.raises(Failure, match="somebody changed README") as caught:
        copy.worktree()
    assert (caught.value.code, caught.value.retryable) == ("conflict", True)
    assert (copy.path / "README").read_text() == "mine\n"
    assert copy.git("status --porcelain") == " M README\n"


def test_attributes_that_come_along_count_already(copy):
    copy.colleague("theirs", (".gitattributes", "*.yaml eol=crlf\n"), (MANIFEST, "a\nb\n"))
    assert copy.worktree().state["dirty"] == []
    assert (copy.path / MANIFEST).read_bytes() == b"a\r\nb\r\n"


def test_a_file_outside_of_a_sparse_checkout_is_left_out_again(copy):
    copy.colleague("more", ("other/x.yaml", "x\n"))
    copy.worktree()
    copy.git("sparse-checkout set app")
    copy.write("work", "other/x.yaml", "x\n")
    copy.colleague("theirs", ("other/x.yaml", "xx\n"))
    assert copy.worktree().state["dirty"] == []
    assert not (copy.path / "other").exists()

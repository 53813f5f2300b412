# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A write replaces a file whole, keeps its mode and its links, and stays inside."""

from __future__ import annotations

import os
import stat

import pytest
from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import Failure
from ansible_collections.manuela.event_streaming.plugins.module_utils._files import read_bytes, write_atomic


def test_a_link_stays_a_link_and_its_file_keeps_its_mode(tmp_path):
    real = tmp_path / "real.yaml"
    real.write_bytes(b"old")
    real.chmod(0o640)
    link = tmp_path / "link.yaml"
    link.symlink_to("real.yaml")
    write_atomic(link, b"new", inside=tmp_path)
    assert link.is_symlink() and real.read_bytes() == b"new"
    assert stat.S_IMODE(real.stat().st_mode) == 0o640


def test_a_new_key_file_is_private_from_birth(tmp_path):
    write_atomic(tmp_path / "key.pem", b"k", mode=0o600)
    assert stat.S_IMODE((tmp_path / "key.pem").stat().st_mode) == 0o600


@pytest.mark.parametrize("action", ["read", "write"])
def test_a_link_out_of_the_work_tree_is_refused(tmp_path, action):
    outside = tmp_path / "outside.yaml"
    outside.write_bytes(b"secret")
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "link.yaml").symlink_to(outside)
    with pytest.raises(Failure) as caught:
        if action == "read":
            read_bytes(tree / "link.yaml", inside=tree)
        else:
            write_atomic(tree / "link.yaml", b"new", inside=tree)
    assert caught.value.code == "refused" and outside.read_bytes() == b"secret"


def test_a_write_that_fails_leaves_the_old_bytes_and_no_leftover(tmp_path, monkeypatch):
    target = tmp_path / "a.yaml"
    target.write_bytes(b"old")

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Failure) as caught:
        write_atomic(target, b"new")
    assert "No space left" in caught.value.msg
    assert target.read_bytes() == b"old" and os.listdir(tmp_path) == ["a.yaml"]


def test_leftovers_of_a_killed_run_are_swept_only_when_old(tmp_path):
    old, fresh = tmp_path / ".event-streaming-old", tmp_path / ".event-streaming-fresh"
    old.write_bytes(b"")
    fresh.write_bytes(b"")
    os.utime(old, (0, 0))
    write_atomic(tmp_path / "a.yaml", b"x")
    assert sorted(os.listdir(tmp_path)) == [".event-streaming-fresh", "a.yaml"]


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(Failure, match="a.yaml") as caught:
        read_bytes(tmp_path / "a.yaml")
    assert caught.value.code == "not_found"

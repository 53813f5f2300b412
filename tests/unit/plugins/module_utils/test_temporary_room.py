# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What killed runs left in the directory for temporary files is removed by a later one, and nothing else is."""

from __future__ import annotations

import os
import tempfile
import time

import pytest
from ansible_collections.manuela.event_streaming.plugins.module_utils._temporary_room import PREFIX, temporary_room


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def left(place, name, *, hours):
    room = place / name
    room.mkdir()
    (room / "index").write_text("x")
    then = time.time() - hours * 3600
    os.utime(room, (then, then))
    return room


def test_a_room_is_gone_afterwards_also_when_the_run_fails(place):
    with pytest.raises(KeyError), temporary_room() as room:
        (room / "objects").mkdir()
        raise KeyError
    assert list(place.iterdir()) == []


def test_a_killed_runs_room_is_removed_a_day_later(place):
    old = left(place, f"{PREFIX}old", hours=25)
    young = left(place, f"{PREFIX}young", hours=23)
    other = left(place, "event-streaming-of-somebody", hours=999)
    with temporary_room():
        assert not old.exists() and young.exists() and other.exists()


def test_rooms_of_other_users_stay(place, monkeypatch):
    old = left(place, f"{PREFIX}old", hours=25)
    monkeypatch.setattr(os, "geteuid", lambda: 4711)
    with temporary_room():
        assert old.exists()


def test_a_room_may_be_somewhere_else(place, tmp_path_factory):
    other = tmp_path_factory.mktemp("other")
    old = left(other, f"{PREFIX}old", hours=25)
    with temporary_room(other) as room:
        assert room.parent == other and not old.exists()
    assert list(other.iterdir()) == list(place.iterdir()) == []

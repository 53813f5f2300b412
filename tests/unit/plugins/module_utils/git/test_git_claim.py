# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a killed run left is taken over; what a person wrote is not."""

from __future__ import annotations

import pytest
from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import Failure

EDIT = {"subject": "edit", "paths": ["app/kustomization.yaml"]}


def test_the_edits_of_a_killed_run_are_taken_over(copy):
    copy.worktree(protect=["app"])
    copy.write("work", "app/kustomization.yaml", "resources: []\n")  # and then it was killed
    again = copy.worktree(protect=["app"])
    assert again.state["dirty"] == ["app/kustomization.yaml"]


def test_a_persons_edit_after_a_published_run_is_an_error(copy):
    copy.worktree(protect=["app"])
    copy.write("work", "app/kustomization.yaml", "resources: []\n")
    copy.publish(EDIT)
    copy.write("work", "app/kustomization.yaml", "resources: [mine]\n")
    with pytest.raises(Failure, match="local changes") as caught:
        copy.worktree(protect=["app"])
    assert caught.value.code == "conflict"
    assert (copy.path / "app/kustomization.yaml").read_text() == "resources: [mine]\n"


def test_a_run_that_edited_nothing_gives_the_work_copy_back(copy):
    copy.worktree(protect=["app"])
    copy.worktree()
    copy.write("work", "app/kustomization.yaml", "resources: [mine]\n")
    with pytest.raises(Failure, match="local changes"):
        copy.worktree(protect=["app"])

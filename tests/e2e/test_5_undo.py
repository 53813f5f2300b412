# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Undo: every stage can be taken back, each twice, and reset takes back all at once."""

from __future__ import annotations

import pytest
from driving import Lab

LINK_OF = {"s3": "central-s3-store", "mirror": "factory-mirror-maker"}


@pytest.mark.parametrize("stage", ["s3", "mirror", "factory"])
def test_a_stage_is_undone_and_stays_undone(lab: Lab, stage: str) -> None:
    before = lab.revision()
    lab.stage(stage, "-e", "stage_state=absent").succeeded()
    assert len(lab.commits_since(before)) == 1
    if stage in LINK_OF:
        assert LINK_OF[stage] not in lab.git("ls-tree", "-r", "--name-only", lab.revision(), "deployment")
    middle = lab.revision()
    assert lab.stage(stage, "-e", "stage_state=absent").succeeded().changed == 0
    assert lab.revision() == middle


def test_nothing_of_the_demo_is_left_in_the_clusters(lab: Lab) -> None:
    for kind in ("kafkas", "kafkatopics", "kafkamirrormaker2s", "integrations"):
        for side in ("factory", "central"):
            assert not lab.kubectl(side, "get", f"{kind}", "-A", "-o", "name"), (kind, side)


def test_reset_takes_everything_back_at_once(lab: Lab) -> None:
    lab.stage("all", limit=400).succeeded()
    before = lab.revision()
    lab.play("reset.yml").succeeded()
    assert lab.commits_since(before)
    assert "manuela-data-lake" not in lab.git("ls-tree", "-r", "--name-only", lab.revision(), "deployment")
    middle = lab.revision()
    assert lab.play("reset.yml").succeeded().changed == 0
    assert lab.revision() == middle

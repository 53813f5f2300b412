# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page of troubleshooting says what the causes' table says; each fault of the lab leads to a cause."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from ansible_collections.manuela.event_streaming.plugins.plugin_utils.root_cause import RULES

faults = pytest.importorskip("manuela_lab.faults.catalogue", reason="the lab is not installed")
CAUSES = {rule.cause for rule in RULES}


def test_the_page_is_as_the_tables_are(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(root / "tools"))
    import troubleshooting

    made: dict[str, list[str]] = {}
    for fault in faults.FAULTS.values():
        made.setdefault(fault.cause, []).append(fault.name)
    found = (root / "docs" / "troubleshooting.md").read_text(encoding="utf-8")
    assert found == troubleshooting.page(made), f"outdated: run {sys.executable} tools/troubleshooting.py"


def test_every_fault_leads_to_a_known_cause_and_one_to_none() -> None:
    assert {fault.cause for fault in faults.FAULTS.values()} - CAUSES == {"unknown"}


def test_the_lab_produces_twenty_five_causes() -> None:
    assert len({fault.cause for fault in faults.FAULTS.values()} & CAUSES) >= 25

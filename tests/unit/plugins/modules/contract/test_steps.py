# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every module in its steps: predicted, done, predicted again, done again."""

from __future__ import annotations

import pytest
from ansible_collections.manuela.event_streaming.tests.unit.plugins.modules.contract.table import CASES, WRITING

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("case", WRITING, ids=str)
def test_twelve_steps(case, enter):
    session = enter(case)
    assert len(case.steps) >= 3
    for step in case.steps:
        step.prepare(session.world)
        before = session.world.snapshot()
        predicted = session.run(step.params, check=True).result
        assert session.world.snapshot() == before
        done = session.run(step.params).result
        assert not done.get("failed"), done["msg"]
        assert (predicted["changed"], done["changed"]) == (True, True)
        assert (predicted["diff"], predicted["reasons"]) == (done["diff"], done["reasons"])
        assert done["diff"] and done["reasons"]
        assert _keys(predicted) == _keys(done)
        after, written = session.world.snapshot(), session.world.written()
        _changes_nothing(session.run(step.params, check=True).result)
        assert session.world.snapshot() == after
        _changes_nothing(session.run(step.params).result)
        assert session.world.written() == written


def _changes_nothing(result):
    """See that a result tells of no change, and does not show one either."""
    assert (result["changed"], result["reasons"]) == (False, [])
    assert result["diff"]["before"] == result["diff"]["after"]


def _keys(result):
    """Return the names in a result, and below each dictionary of it."""
    return {
        (name, *(value if isinstance(value, dict) else ())) for name, value in result.items() if name != "invocation"
    }


@pytest.mark.parametrize("case", [case for case in CASES if not case.writes], ids=str)
def test_a_module_that_looks_changes_nothing_in_check_mode(case, enter):
    session = enter(case)
    before = session.world.snapshot()
    for step in case.steps:
        predicted = session.run(step.params, check=True).result
        assert session.world.snapshot() == before
        done = session.run(step.params).result
        assert not done.get("failed"), done["msg"]
        assert (predicted["changed"], done["changed"]) == (False, False)
        assert _keys(predicted) == _keys(done)

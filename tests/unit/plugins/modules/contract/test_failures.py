# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every failure: its code, one sentence, no traceback, no secret, and a world that is as it was."""

from __future__ import annotations

import sys
from types import ModuleType

import pytest
from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import CODES
from ansible_collections.manuela.event_streaming.tests.unit.plugins.modules.contract.table import CASES, FAULTS

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("mode", ["check", "run"])
@pytest.mark.parametrize(("case", "fault"), FAULTS, ids=str)
def test_a_fault_has_its_code_and_leaves_the_world_alone(case, fault, mode, enter):
    if mode == "check" and (fault.writes or fault.unforeseen):
        pytest.skip("it shows only in a run that writes")
    session = enter(case)
    fault.spoil(session.world)
    look = session.world.snapshot if mode == "check" else session.world.kept
    before = look()
    result = session.run(fault.params, check=mode == "check").result
    if mode == "check" and ("wait" in fault.params or not result.get("failed")):
        # In check mode a wait looks once and does not fail, and no consumer pod is started.
        assert not result.get("failed"), result["msg"]
        assert "wait" in fault.params or result[case.module]["observed"] is False
        return
    assert result["failure"]["code"] == fault.code, result["msg"]
    assert sorted(result["failure"]) == ["code", "details", "retryable"]
    assert len(result["msg"].splitlines()) == 1 and len(result["msg"]) > 30
    assert "exception" not in result
    if fault.code == "timeout" and "wait" in fault.params:
        assert {"last_seen", "progress", "elapsed", "attempts"} <= set(result["failure"]["details"])
    if not fault.writes:
        assert look() == before


LIBRARIES = [(case, name, too_old) for case in CASES for name, too_old in case.libraries.items()]


@pytest.mark.parametrize("mode", ["check", "run"])
@pytest.mark.parametrize("state", ["missing", "too old"])
@pytest.mark.parametrize(("case", "name", "too_old"), LIBRARIES, ids=str)
def test_a_library_that_is_not_there_is_named_before_anything_is_touched(case, name, too_old, state, mode, enter):
    if state == "too old" and not too_old:
        pytest.skip("every version does")
    session = enter(case)
    step = case.steps[0]
    step.prepare(session.world)
    before = session.world.snapshot()
    library = ModuleType(name)
    library.__version__ = too_old  # type: ignore[attr-defined]
    hidden = [one for one in sys.modules if one == name or one.startswith(f"{name}.")]
    for one in hidden:
        session.world.monkeypatch.delitem(sys.modules, one)
    session.world.monkeypatch.setitem(sys.modules, name, library if state == "too old" else None)
    outcome = session.run({**step.params, **case.needing.get(name, {})}, check=mode == "check")
    result = outcome.result
    assert result["failure"]["code"] == "missing_library", result["msg"]
    assert (outcome.traces.children, outcome.traces.connections) == ([], [])
    assert "pip install" in result["msg"]
    assert state == "missing" or too_old in result["msg"]
    assert session.world.snapshot() == before


ANSWERS = [(case, answer) for case in CASES for answer in case.answers]


@pytest.mark.parametrize(("case", "answer"), ANSWERS, ids=str)
def test_whatever_a_server_answers_the_failure_is_one_that_is_documented(case, answer, enter):
    session = enter(case)
    step = case.steps[0]
    step.prepare(session.world)
    session.world.be_rude(*answer)
    result = session.run(step.params).result  # which insists on a documented code
    assert "exception" not in result


def test_every_code_is_reached():
    assert {fault.code for _case, fault in FAULTS} | {"missing_library"} == CODES

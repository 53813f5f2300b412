# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The loop of every converging module."""

from __future__ import annotations

import pytest
from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import CODES, Failure, missing_library
from ansible_collections.manuela.event_streaming.plugins.module_utils._plan import Plan, converge


class Switch:
    """A resource in memory; ``reverts`` is how often somebody else turns it back after our write."""

    def __init__(self, is_on: bool, wanted: bool, reverts: int = 0) -> None:
        self.is_on, self.wanted, self.reverts = is_on, wanted, reverts
        self.writes = 0

    def observe(self) -> bool:
        return self.is_on

    def plan(self, current: bool) -> Plan:
        if current == self.wanted:
            return Plan()
        return Plan(steps=(self.wanted,), before=current, after=self.wanted, reasons=("the switch is off",))

    def apply(self, plan: Plan) -> None:
        self.writes += 1
        self.is_on = plan.steps[0]
        if self.reverts:
            self.reverts -= 1
            self.is_on = not self.is_on

    def describe(self, current: bool, pending: Plan) -> dict[str, bool]:
        return {"on": pending.steps[0] if pending.steps else current}


def test_check_mode_predicts_what_a_run_does_and_writes_nothing():
    predicted_on, done_on = Switch(False, True), Switch(False, True)
    predicted = converge(predicted_on, check_mode=True)
    done = converge(done_on, check_mode=False)
    assert predicted == done
    assert (predicted_on.writes, done_on.writes, done.changed) == (0, 1, True)
    assert (done.before, done.after, done.reasons) == (False, True, ("the switch is off",))
    assert done.state == {"on": True}


def test_a_second_run_changes_nothing():
    switch = Switch(True, True)
    done = converge(switch, check_mode=False)
    assert (done.changed, done.state, switch.writes) == (False, {"on": True}, 0)


def test_a_change_that_somebody_reverts_once_is_made_again():
    switch = Switch(False, True, reverts=1)
    assert converge(switch, check_mode=False).state == {"on": True}
    assert switch.writes == 2


def test_a_change_that_does_not_stay_is_a_failure_that_says_what_differs():
    with pytest.raises(Failure) as caught:
        converge(switch := Switch(False, True, reverts=9), check_mode=False)
    assert (caught.value.code, caught.value.retryable) == ("not_converged", True)
    assert caught.value.details == {"reasons": ["the switch is off"]}
    assert "after two attempts: the switch is off. Something else writes" in caught.value.msg
    assert switch.writes == 2


def test_a_failure_is_one_line_with_a_known_code():
    failure = missing_library("boto3", "Reading the bucket", "1.34", "1.20")
    result = failure.as_result()
    assert result["failure"]["code"] in CODES
    assert "\n" not in result["msg"] and "pip install 'boto3>=1.34'" in result["msg"]

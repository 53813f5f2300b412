# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A wait speaks at least every ten seconds, ends at its deadline, and forgets nothing between slices."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from ansible_collections.manuela.event_streaming.plugins.plugin_utils import waiting
from ansible_collections.manuela.event_streaming.plugins.plugin_utils.waiting import WaitingAction


class Action(WaitingAction):
    """Answers from a script instead of starting the module; a slice takes the seconds that it was given."""

    def __init__(self, arguments, script, check_mode=False):
        self._task = SimpleNamespace(
            args=arguments, check_mode=check_mode, action="m", get_name=lambda: "mirror", async_val=0
        )
        self.script, self.seconds, self.calls, self._now = script, 0.0, [], lambda: self.seconds

    def _execute_module(self, module_name=None, module_args=None, task_vars=None, **_):
        self.calls.append(module_args)
        self.seconds += module_args.get("wait_timeout", 1) + 0.5
        return self.script.pop(0) if len(self.script) > 1 else dict(self.script[0])


def pending(progress="Kafka NotReady", **details):
    details = {"progress": progress, "elapsed": 8, "attempts": 4, **details}
    failure = {"code": "timeout", "retryable": True, "details": details}
    return {"failed": True, "msg": "timed out after 8 s waiting for Kafka", "failure": failure}


READY = {"changed": False, "noun": {"met": True, "progress": "Kafka Ready", "attempts": 2}}


@pytest.fixture
def lines(monkeypatch):
    said = []
    monkeypatch.setattr(waiting, "display", SimpleNamespace(display=said.append))
    return said


def run(action, **task_vars):
    return action._sliced(dict(action._task.args), 60.0, task_vars)


def test_one_stable_line_per_slice(lines):
    answer = run(Action({"wait": True}, [pending(), pending(), READY]))
    assert answer == {**READY, "noun": {**READY["noun"], "attempts": 4 + 4 + 2}}
    assert lines == [
        "[mirror 00:08/01:00] Kafka NotReady",
        "[mirror 00:17/01:00] Kafka NotReady",
        "[mirror 00:25/01:00] Kafka Ready",
    ]


def test_several_hosts_are_told_apart(lines):
    run(Action({}, [READY]), ansible_play_hosts=["a", "b"], inventory_hostname="b")
    assert lines == ["[mirror (b) 00:08/01:00] Kafka Ready"]


def test_ends_at_the_deadline_with_the_figures_of_the_whole_wait(lines):
    action = Action({}, [pending()])
    answer = run(action)
    assert answer["msg"] == "timed out after 60 s waiting for Kafka"
    assert 60 <= answer["failure"]["details"]["elapsed"] < 61
    assert answer["failure"]["details"]["attempts"] == 4 * len(action.calls)
    assert all(5 <= call["wait_timeout"] <= 11 for call in action.calls), "long enough to see something"


def test_what_a_slice_hands_over_reaches_the_next(lines):
    action = Action({"refresh": "normal"}, [pending(resume={"refreshed_after": "T"}), READY])
    run(action)
    assert "refreshed_after" not in action.calls[0]
    assert action.calls[1]["refreshed_after"] == "T"


def test_what_an_earlier_slice_changed_is_not_forgotten(lines):
    noun = {"deleted": ["t"], "attempts": 1}
    so_far = {"changed": True, "reasons": ["t exists"], "noun": noun, "diff": {"before": 1}}
    answer = run(Action({}, [pending(so_far=so_far), READY]))
    assert answer["changed"] is True
    assert answer["noun"] == {"met": True, "progress": "Kafka Ready", "deleted": ["t"], "attempts": 6}
    assert answer["reasons"] == ["t exists"]
    assert "diff" not in answer


def test_a_failure_in_a_later_slice_still_tells_what_an_earlier_one_did(lines):
    so_far = {"changed": True, "noun": {"deleted": ["t"]}}
    failed = {"failed": True, "msg": "no", "failure": {"code": "failed", "retryable": False, "details": {}}}
    answer = run(Action({}, [pending(so_far=so_far), failed]))
    assert answer["failure"]["details"]["so_far"] == so_far


@pytest.mark.parametrize("code", ["failed", "unauthorized", "invalid_option"])
def test_what_waiting_cannot_cure_is_passed_on_at_once(lines, code):
    answer = {"failed": True, "msg": "no", "failure": {"code": code, "retryable": False, "details": {}}}
    action = Action({}, [answer])
    assert run(action) == answer
    assert len(action.calls) == 1


def test_a_server_that_was_there_may_come_back_but_one_that_never_was_is_an_error(lines):
    away = {"failed": True, "msg": "no", "failure": {"code": "unreachable", "retryable": True, "details": {}}}
    first = Action({}, [away])
    assert run(first) == away and len(first.calls) == 1
    assert run(Action({}, [pending(), away, READY]))["noun"]["attempts"] == 4 + 1 + 2


def test_a_module_that_breaks_is_passed_on(lines):
    assert run(Action({}, [{"failed": True, "msg": "boom"}])) == {"failed": True, "msg": "boom"}


@pytest.mark.parametrize(
    ("arguments", "seconds"),
    [
        ({}, None),
        ({"wait": False}, None),
        ({"wait": "yes"}, 300.0),
        ({"wait": True, "wait_timeout": "90"}, 90.0),
        ({"wait": True, "wait_timeout": "soon"}, None),
        ({"wait": "perhaps"}, None),
    ],
)
def test_only_a_wait_is_cut(arguments, seconds):
    assert waiting._waiting_seconds(arguments) == seconds


def test_a_failure_is_returned_so_that_a_task_may_judge_it_and_says_the_whole_waits_seconds(lines):
    """An action that raises is failed whatever its task says in failed_when."""
    answer = run(Action({"wait": True}, [{**pending(), "exception": "Module failed: timed out after 8 s"}]))
    assert "exception" not in answer
    assert answer["failed"] and answer["msg"].startswith("timed out after 6")

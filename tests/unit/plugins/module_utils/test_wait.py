# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A wait ends when it should, and says what it saw."""

from __future__ import annotations

import pytest
from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import Failure
from ansible_collections.manuela.event_streaming.plugins.module_utils._wait import Look, wait_until


class FakeClock:
    """Seconds that pass only by sleeping."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def now(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds


def looks(*script: Look[str]):
    remaining = list(script)
    return lambda: remaining.pop(0) if len(remaining) > 1 else remaining[0]


PENDING = Look("pending", met=False, progress="Kafka NotReady")
READY = Look("ready", met=True, progress="Kafka Ready")


def test_returns_as_soon_as_the_condition_holds():
    waited = wait_until(looks(PENDING, PENDING, READY), what="Kafka", clock=FakeClock(), timeout=60, interval=5)
    assert (waited.value, waited.attempts, waited.elapsed) == ("ready", 3, 10)


def test_a_timeout_carries_what_was_last_seen():
    with pytest.raises(Failure) as caught:
        wait_until(looks(PENDING), what="Kafka", clock=FakeClock(), timeout=12, interval=5)
    assert caught.value.code == "timeout"
    assert caught.value.retryable
    assert "Kafka NotReady" in caught.value.msg
    assert caught.value.details == {
        "last_seen": "pending",
        "progress": "Kafka NotReady",
        "elapsed": 12,
        "attempts": 4,
    }


def test_the_last_look_happens_at_the_deadline_not_after_it():
    clock = FakeClock()
    with pytest.raises(Failure):
        wait_until(looks(PENDING), what="Kafka", clock=clock, timeout=12, interval=5)
    assert clock.seconds == 112


def test_a_terminal_state_ends_the_wait_at_once():
    doomed = Look("doomed", met=False, terminal="Kafka version 2.4.0 is not supported")
    clock = FakeClock()
    with pytest.raises(Failure) as caught:
        wait_until(looks(PENDING, doomed), what="Kafka", clock=clock, timeout=600, interval=5)
    assert (caught.value.code, caught.value.retryable, clock.seconds) == ("failed", False, 105)


def test_looking_once_never_fails_and_never_sleeps():
    clock = FakeClock()
    waited = wait_until(looks(PENDING), what="Kafka", clock=clock, timeout=600, interval=5, once=True)
    assert (waited.look.met, waited.attempts, clock.seconds) == (False, 1, 100)

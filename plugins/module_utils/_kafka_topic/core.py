# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Topics of a Kafka cluster: what is in them, and whether records flow now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Mapping, Protocol

from ansible_collections.manuela.event_streaming.plugins.module_utils import _kube_access
from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import Failure
from ansible_collections.manuela.event_streaming.plugins.module_utils._kafka_topic.consumer_pod import ConsumerPod
from ansible_collections.manuela.event_streaming.plugins.module_utils._kafka_topic.direct import DirectConnection
from ansible_collections.manuela.event_streaming.plugins.module_utils._kafka_topic.direct_settings import load
from ansible_collections.manuela.event_streaming.plugins.module_utils._kafka_topic.flow import (
    Topic,
    met,
    progress,
    topic_of,
)
from ansible_collections.manuela.event_streaming.plugins.module_utils._kafka_topic.sight import Sight
from ansible_collections.manuela.event_streaming.plugins.module_utils._kafka_topic.wanted import Wanted, wanted_of
from ansible_collections.manuela.event_streaming.plugins.module_utils._kube import Clock
from ansible_collections.manuela.event_streaming.plugins.module_utils._kube_client import connect
from ansible_collections.manuela.event_streaming.plugins.module_utils._plan import Result
from ansible_collections.manuela.event_streaming.plugins.module_utils._wait import Look, wait_until

# Without wait, one complete look may take so long: a pod has to be placed, pulled and started.
FIRST_LOOK_SECONDS = 90
_POLL_SECONDS = 0.5
# A single look for its own sake: two readings so far apart give the rate.
_BETWEEN_READINGS = 0.2
_ROUNDS_OF_ONE_LOOK = 3
_ABOUT_FLOW = ("flowing", "still")


class Connection(Protocol):
    """What sees topics."""

    @property
    def again(self) -> int:
        """How many requests were sent again after trouble."""

    def look(self) -> Sight:
        """Look once, without waiting for long."""

    def remove(self) -> None:
        """Leave nothing behind."""


@dataclass(frozen=True, slots=True)
class View:
    """One look, judged."""

    topics: tuple[Topic, ...]
    complete: bool
    met: bool
    said: str
    reason: str = ""

    def as_result(self) -> dict[str, Any]:
        """Return the module's answer."""
        return {
            "observed": self.complete and not self.reason,
            "reason": self.reason,
            "met": self.met,
            "topics": [topic.as_result() for topic in self.topics],
            "progress": self.said,
        }


def execute(params: Mapping[str, Any], check_mode: bool, clock: Clock) -> Result:
    """Look, or wait, with a connection of our own."""
    wanted = wanted_of(params)
    if params["connection"] == "direct":
        if not params.get("bootstrap_servers"):
            raise Failure("invalid_option", "connection direct needs bootstrap_servers. Give host:port of a listener")
        connection = DirectConnection(load(), wanted, params, clock)
        return observe(wanted, {**params, "wait": params["wait"] and not check_mode}, clock, connection)
    if not wanted.namespace:
        raise Failure("invalid_option", "connection pod needs the namespace in which the pod shall run. Give namespace")
    if not (wanted.cluster or wanted.image):
        raise Failure(
            "invalid_option", "connection pod takes the image of the cluster's brokers. Give cluster, or image"
        )
    if check_mode:
        _kube_access.load()  # a missing library shows in a rehearsal too
        return _unobserved("check mode: no consumer pod is started")
    return observe(wanted, params, clock, ConsumerPod(connect(params, clock), wanted))


def _unobserved(reason: str) -> Result:
    view = View((), complete=False, met=False, said="", reason=reason)
    return Result(changed=False, state={**view.as_result(), "attempts": 0}, reasons=(reason,))


def observe(wanted: Wanted, params: Mapping[str, Any], clock: Clock, connection: Connection) -> Result:
    """Look, or wait, over ``connection``."""
    waits = bool(params["wait"])

    def once() -> Look[View]:
        sight = connection.look()
        view = _view(wanted, sight)
        return Look(view, view.met if waits else _enough(wanted, sight, view), view.said, sight.terminal)

    try:
        waited = wait_until(
            once,
            what=f"{', '.join(wanted.topics)} to be {wanted.wait_for}"
            if waits
            else f"a look at {', '.join(wanted.topics)}",
            clock=clock,
            timeout=params["wait_timeout"] if waits else FIRST_LOOK_SECONDS,
            interval=min(float(params["wait_sleep"]), _pause(wanted, params)),
            describe=View.as_result,
        )
    except Failure as failure:
        if failure.code != "timeout":
            connection.remove()
        # A pod that still reads is left for the next call of a wait; it ends by itself.
        raise
    if not wanted.watch:
        connection.remove()
    return Result(changed=False, state={**waited.value.as_result(), "attempts": waited.attempts + connection.again})


def _pause(wanted: Wanted, params: Mapping[str, Any]) -> float:
    """Seconds between two looks; what is asked about flow must last, and a pod is no quicker for being asked."""
    plain = not params["wait"] and wanted.wait_for not in _ABOUT_FLOW
    return _BETWEEN_READINGS if plain and params["connection"] == "direct" else _POLL_SECONDS


def _enough(wanted: Wanted, sight: Sight, view: View) -> bool:
    """Without wait one look is enough, but for flowing and still it must last long enough to see a slow topic grow."""
    if sight.nothing or not view.complete:
        return sight.nothing
    slow = wanted.wait_for in _ABOUT_FLOW and not view.met and not view.reason
    return not slow or sight.rounds >= _ROUNDS_OF_ONE_LOOK


def _view(wanted: Wanted, sight: Sight) -> View:
    if sight.seen is None:
        return View((), complete=False, met=False, said=sight.said, reason=sight.said)
    seen = sight.seen
    if seen.error and not any(reading.ends for reading in seen.readings[-1:]):
        said = f"{wanted.bootstrap_servers} does not answer: {seen.error}"
        return View((), complete=True, met=False, said=said, reason=said)
    topics = tuple(topic_of(name, seen, max_age=wanted.max_age, sample=wanted.sample) for name in wanted.topics)
    return View(topics, complete=True, met=met(topics, wanted), said=progress(topics))

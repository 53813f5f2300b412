# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one base of the action plugins that make a waiting module speak.

A module cannot print before it returns.  So its wait is cut into slices: the module is called with a short
``wait_timeout``, one line is printed, and it is called again until it says something else than "not yet" or the
deadline has come.  Nothing is decided here: what is met, terminal or worth saying is the module's word alone.
"""

from __future__ import annotations

import re
import time
from typing import Any

from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display
from ansible_collections.manuela.event_streaming.plugins.module_utils._options import WAIT

SLICE_SECONDS = 10
# A slice ends a little early: starting the module again takes its time, and a line is due every ten seconds.
_MODULE_START = 2

display = Display()


class WaitingAction(ActionBase):
    """Call the module of the same name in slices, with one line after each."""

    _now = staticmethod(time.monotonic)

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return what the module said last."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        del tmp
        arguments = dict(self._task.args)
        total = _waiting_seconds(arguments)
        if total is None or self._task.check_mode:
            result.update(self._call(arguments, task_vars))
        else:
            result.update(self._sliced(arguments, total, task_vars or {}))
        return result

    def _sliced(self, arguments: dict[str, Any], total: float, task_vars: dict[str, Any]) -> dict[str, Any]:
        start = self._now()
        attempts = 0
        so_far: dict[str, Any] = {}
        while True:
            left = total - (self._now() - start)
            first = not attempts
            answer = self._call({**arguments, "wait_timeout": slice_seconds(left)}, task_vars)
            details = _details(answer)
            attempts += int(details.get("attempts") or _noun(answer).get("attempts") or 1)
            so_far = so_far or details.get("so_far") or {}
            elapsed = self._now() - start
            self._say(progress_of(answer), elapsed, total, task_vars)
            if not _may_go_on(answer, first=first) or elapsed >= total:
                return _told(with_totals(with_so_far(answer, so_far), elapsed, attempts))
            arguments.update(details.get("resume") or {})

    def _call(self, arguments: dict[str, Any], task_vars: dict[str, Any] | None) -> dict[str, Any]:
        answer: dict[str, Any] = self._execute_module(
            module_name=self._task.action, module_args=arguments, task_vars=task_vars
        )
        return answer

    def _say(self, progress: str, elapsed: float, total: float, task_vars: dict[str, Any]) -> None:
        if not progress:
            return
        name = self._task.get_name().strip().split(" : ")[-1]
        hosts = task_vars.get("ansible_play_hosts") or []
        if len(hosts) > 1:
            name = f"{name} ({task_vars.get('inventory_hostname')})"
        display.display(f"[{name} {clock(elapsed)}/{clock(total)}] {progress}")


def slice_seconds(left: float) -> int:
    """Return the module's ``wait_timeout`` for the next slice; none is so short that it could see nothing."""
    if left <= SLICE_SECONDS + 1:
        return max(0, round(left))
    return min(SLICE_SECONDS - _MODULE_START, round(left / 2))


def clock(seconds: float) -> str:
    """Return ``mm:ss``."""
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes:02d}:{rest:02d}"


def progress_of(answer: dict[str, Any]) -> str:
    """Return the one line that the module has on what each part said, wherever its answer carries it."""
    details = _details(answer)
    return str(details.get("progress") or _noun(answer).get("progress") or "")


def with_totals(answer: dict[str, Any], elapsed: float, attempts: int) -> dict[str, Any]:
    """Return the answer with the figures of the whole wait where it has those of its last slice."""
    details = _details(answer)
    if "elapsed" not in details:
        noun = _noun(answer)
        told = {**noun, "attempts": attempts}
        return {key: told if value is noun else value for key, value in answer.items()} if noun else answer
    failure = {**answer["failure"], "details": {**details, "elapsed": round(elapsed, 1), "attempts": attempts}}
    msg = re.sub(r"^timed out after \d+ s", f"timed out after {elapsed:.0f} s", answer.get("msg", ""))
    return {**answer, "msg": msg, "failure": failure}


def with_so_far(answer: dict[str, Any], so_far: dict[str, Any]) -> dict[str, Any]:
    """Return the answer with what an earlier slice did, which the last one found done."""
    merged = dict(answer)
    for key, value in so_far.items():
        if isinstance(value, dict):
            if key in merged:
                merged[key] = {**merged[key], **value}
        elif value:
            merged[key] = value
    if so_far and "failure" in answer:
        merged["failure"] = {**answer["failure"], "details": {**_details(answer), "so_far": so_far}}
    return merged


def _told(answer: dict[str, Any]) -> dict[str, Any]:
    """Return a failure without the sentence that ansible-core 2.19 has made, with the last slice's seconds in it."""
    return {key: value for key, value in answer.items() if key != "exception"} if "failure" in answer else answer


def _waiting_seconds(arguments: dict[str, Any]) -> float | None:
    """Return the seconds asked for, or none when there is nothing to cut (the module checks its own options)."""
    try:
        waits = boolean(arguments.get("wait", WAIT["wait"]["default"]))
        return float(arguments.get("wait_timeout", WAIT["wait_timeout"]["default"])) if waits else None
    except (TypeError, ValueError):
        return None


def _may_go_on(answer: dict[str, Any], *, first: bool) -> bool:
    failure = answer.get("failure")
    if not answer.get("failed") or not isinstance(failure, dict):
        return False
    # A server that was there a slice ago may be back in the next one; one that never was is an error at once.
    return failure.get("code") == "timeout" or (bool(failure.get("retryable")) and not first)


def _noun(answer: dict[str, Any]) -> dict[str, Any]:
    """Return what the module found, wherever its answer carries it: the part that tells its attempts."""
    parts = [value for value in answer.values() if isinstance(value, dict) and "attempts" in value]
    return parts[0] if parts else {}


def _details(answer: dict[str, Any]) -> dict[str, Any]:
    failure = answer.get("failure")
    details = failure.get("details") if isinstance(failure, dict) else None
    return details if isinstance(details, dict) else {}

# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The shell around every core: options in, one result or one failure out.  Knows no noun."""

from __future__ import annotations

import time
import traceback
from typing import Any, Callable, Mapping, NoReturn

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import Failure
from ansible_collections.manuela.event_streaming.plugins.module_utils._plan import Result

Core = Callable[[Mapping[str, Any], bool, "SystemClock"], Result]


class SystemClock:
    """The real clock: monotonic seconds for waiting, epoch seconds for ages and expiry."""

    def now(self) -> float:
        """Return monotonic seconds."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Pause for ``seconds``."""
        time.sleep(seconds)

    def epoch(self) -> float:
        """Return seconds since 1970-01-01 UTC."""
        return time.time()


def run(noun: str, core: Core, argument_spec: Mapping[str, Any], **constraints: Any) -> NoReturn:
    """Parse the options, run ``core(params, check_mode, clock)`` and exit.

    ``constraints`` go to AnsibleModule (``required_if``, ``mutually_exclusive`` and so on).  The result's ``state``
    is returned under the name ``noun``.
    """
    module = AnsibleModule(argument_spec=dict(argument_spec), supports_check_mode=True, **constraints)
    try:
        result = core(module.params, module.check_mode, SystemClock())
    except Failure as failure:
        module.no_log_values.update(secret for secret in failure.secrets if secret)
        module.fail_json(**failure.as_result())
    except Exception as error:  # the last line of defence: a traceback never reaches the user's screen unasked
        bug = Failure("failed", f"{noun}: unexpected {type(error).__name__}: {error}. This is a bug: please report it")
        module.fail_json(exception=traceback.format_exc(), **bug.as_result())
    _exit(module, noun, result)


def _exit(module: AnsibleModule, noun: str, result: Result) -> NoReturn:
    module.no_log_values.update(secret for secret in result.secrets if secret)
    for warning in result.warnings:
        module.warn(warning)
    answer: dict[str, Any] = {
        "changed": result.changed,
        noun: dict(result.state),
        "reasons": list(result.reasons),
        **result.extra,
    }
    if module._diff:
        sides = {"before": _shown(result.before), "after": _shown(result.after)}
        answer["diff"] = {"prepared": result.prepared} if result.prepared else sides
    module.exit_json(**answer)
    raise AssertionError("exit_json ends the process")


def _shown(side: Any) -> Any:
    return "" if side is None else side

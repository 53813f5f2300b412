# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Running another program to its end, or to a deadline that ends everything it has started too."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path
from typing import Mapping, Sequence

_DYING_SECONDS = 5


class Late(Exception):
    """The program was stopped at its deadline; ``said`` is the last line that it wrote to standard error."""

    def __init__(self, said: str) -> None:
        super().__init__(said)
        self.said = said


def run_child(
    command: Sequence[str],
    *,
    timeout: float,
    directory: Path | None = None,
    env: Mapping[str, str] | None = None,
    data: bytes = b"",
) -> tuple[int, bytes, bytes]:
    """Return exit code, standard output and standard error of ``command``, which is started without a shell.

    It runs in a session of its own, which AnsibleModule.run_command cannot give: there is no terminal to ask on, and
    one group to stop after ``timeout`` seconds.

    :raises Late: when it was stopped.
    :raises OSError: when it cannot be started.
    """
    child = subprocess.Popen(  # pylint: disable=ansible-bad-function
        list(command), cwd=directory, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        start_new_session=True)  # fmt: skip
    try:
        out, err = child.communicate(data, timeout=timeout)
    except subprocess.TimeoutExpired:
        raise Late(_end(child)) from None
    return child.returncode, out, err


def _end(child: subprocess.Popen[bytes]) -> str:
    """Kill the child with all its children; return the last line that it wrote."""
    try:
        os.killpg(child.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    try:
        err = child.communicate(timeout=_DYING_SECONDS)[1]
    except subprocess.TimeoutExpired:  # a grandchild in another session still holds the pipe
        return ""
    lines = err.decode("utf-8", "replace").strip().splitlines()
    return lines[-1] if lines else ""

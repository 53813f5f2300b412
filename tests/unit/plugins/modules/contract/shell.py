# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a module's main() as Ansible does, in this process, and watches what it starts and what it removes."""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

from ansible.module_utils import basic
from ansible_collections.manuela.event_streaming.plugins.module_utils import _module

COLLECTION = "ansible_collections.manuela.event_streaming"


@dataclass
class Traces:
    """What could be seen of a run by others: children's arguments, connections, files that were removed afterwards."""

    children: list[str] = field(default_factory=list)
    connections: list[str] = field(default_factory=list)
    removed: list[bytes] = field(default_factory=list)


@dataclass(frozen=True)
class Outcome:
    """The result that Ansible would read, and what else the run left."""

    result: dict[str, Any]
    noise: str
    traces: Traces

    @property
    def failed(self) -> bool:
        return bool(self.result.get("failed"))

    def everything(self) -> bytes:
        """Return all that anybody could see."""
        texts = [json.dumps(self.result, ensure_ascii=False), self.noise, *self.traces.children]
        return "\n".join(texts).encode() + b"\n".join(self.traces.removed)


_watching: list[Traces] = []


def _hear(event: str, args: tuple[Any, ...]) -> None:
    if not _watching:
        return
    if event == "subprocess.Popen":
        _watching[-1].children.append(repr(args[1]))
    elif event == "socket.connect":
        _watching[-1].connections.append(repr(args[1]))
    elif event == "os.remove":
        _keep(Path(os.fsdecode(args[0])))
    elif event == "shutil.rmtree":
        for path in Path(os.fsdecode(args[0])).rglob("*"):
            _keep(path)


def _keep(path: Path) -> None:
    if not path.is_relative_to(os.environ["TMPDIR"]):
        return  # beside a file that is written: its new content, which is gone when it has its name
    with contextlib.suppress(OSError):
        if path.is_file() and not path.is_symlink():
            _watching[-1].removed.append(path.read_bytes())


sys.addaudithook(_hear)


@contextlib.contextmanager
def watched() -> Iterator[Traces]:
    """Collect what the code inside starts and removes."""
    traces = Traces()
    _watching.append(traces)
    try:
        yield traces
    finally:
        _watching.remove(traces)


def shell_of(name: str) -> Any:
    """Return the module as Python knows it."""
    return importlib.import_module(f"{COLLECTION}.plugins.modules.{name}")


def call(name: str, params: Mapping[str, Any], clock: Any, *, check: bool = False) -> Outcome:
    """Run the module with ``params``, always with a diff."""
    settings = {"_ansible_check_mode": check, "_ansible_diff": True, "_ansible_remote_tmp": "/nowhere"}
    handed = json.dumps({"ANSIBLE_MODULE_ARGS": {**params, **settings}}).encode()
    out, noise = io.StringIO(), io.StringIO()
    with contextlib.ExitStack() as stack:
        stack.enter_context(mock.patch.object(basic, "_ANSIBLE_ARGS", handed))
        if hasattr(basic, "_ANSIBLE_PROFILE"):
            stack.enter_context(mock.patch.object(basic, "_ANSIBLE_PROFILE", "legacy"))
        stack.enter_context(mock.patch.object(_module, "SystemClock", return_value=clock))
        traces = stack.enter_context(watched())
        stack.enter_context(contextlib.redirect_stdout(out))
        stack.enter_context(contextlib.redirect_stderr(noise))
        with contextlib.suppress(SystemExit):
            shell_of(name).main()
    return Outcome(json.loads(out.getvalue()), noise.getvalue(), traces)

# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Supervisor (the PyPI package) keeps the fixed programs running; this is its configuration and its remote control."""

from __future__ import annotations

import base64
import http.client
import os
import subprocess
import time
import xmlrpc.client
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from manuela_lab.errors import LabError
from manuela_lab.lab import Lab
from manuela_lab.pki import write_private
from manuela_lab.prerequisites import required
from manuela_lab.programs import Program, dying_with_parent

MARK = "MANUELA_LAB_PROCESS"
"""Inherited by every process of a lab, with its state directory: how ``lab down`` knows what is its own."""

START_TIMEOUT = 15.0
REQUEST_TIMEOUT = 10.0
RUNNING = ("RUNNING", "STARTING", "BACKOFF")


@dataclass(frozen=True)
class State:
    """What Supervisor says of one program."""

    name: str
    state: str
    pid: int
    since: float
    message: str


def configuration(lab: Lab, programs: Iterable[Program]) -> str:
    """The text of supervisord.conf."""
    places, endpoint = lab.places, lab.network.supervisor
    head: dict[str, dict[str, Any]] = {
        "supervisord": {
            "nodaemon": "true",
            "logfile": places.logs / "supervisord.log",
            "pidfile": places.state / "supervisord.pid",
            "childlogdir": places.logs,
            "minfds": 1024,
        },
        "inet_http_server": {"port": endpoint, "username": "lab", "password": lab.keys.supervisor_password},
        "rpcinterface:supervisor": {
            "supervisor.rpcinterface_factory": "supervisor.rpcinterface:make_main_rpcinterface"
        },
    }
    sections = [_section(name, values) for name, values in head.items()]
    return "\n".join(sections + [_section(f"program:{each.name}", _program(lab, each)) for each in programs])


def _program(lab: Lab, program: Program) -> dict[str, Any]:
    return {
        "command": " ".join(_quoted(word) for word in dying_with_parent(program.argv)),
        "environment": _variables(program.environment),
        "directory": lab.places.state,
        "autostart": str(program.at_once).lower(),
        "autorestart": "true",
        "startsecs": 1,
        "startretries": 100000,
        "stopwaitsecs": program.stop_seconds,
        "stopasgroup": "true",
        "killasgroup": "true",
        "redirect_stderr": "true",
        "stdout_logfile": f"{lab.places.logs.name}/{program.name}.log",  # relative: Supervisor expands some twice
        "stdout_logfile_maxbytes": "10MB",
        "stdout_logfile_backups": 1,
    }


def _section(name: str, values: Mapping[str, Any]) -> str:
    """Supervisor expands %(name)s in every value."""
    lines = [f"{key} = {str(value).replace('%', '%%')}" for key, value in values.items() if str(value)]
    return "\n".join([f"[{name}]", *lines, ""])


def _variables(environment: Mapping[str, str]) -> str:
    """Supervisor knows no escapes here."""
    return ",".join(f'{name}="{value}"' for name, value in sorted(environment.items()))


def _quoted(word: str) -> str:
    """One word of a command line, which Supervisor takes apart as a shell does."""
    safe = word.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{safe}"'


class Supervisor:
    """The remote control of a running Supervisor."""

    def __init__(self, lab: Lab) -> None:
        self._lab = lab
        self._authorization = base64.b64encode(f"lab:{lab.keys.supervisor_password}".encode()).decode()

    def answers(self) -> bool:
        """Whether a Supervisor of this lab is there."""
        try:
            return bool(self._call("supervisor.getState")["statename"] == "RUNNING")
        except (LabError, KeyError):
            return False

    def states(self) -> list[State]:
        """Every program's state."""
        return [
            State(each["name"], each["statename"], each["pid"], each["now"] - each["start"], each["spawnerr"] or "")
            for each in self._call("supervisor.getAllProcessInfo")
        ]

    def start(self, names: Iterable[str]) -> None:
        """Start what does not run."""
        stopped = {each.name for each in self.states() if each.state not in RUNNING}
        for name in names:
            if name in stopped:
                self._call("supervisor.startProcess", name, False)

    def stop(self, names: Iterable[str]) -> None:
        """Stop what runs."""
        running = {each.name for each in self.states() if each.state in RUNNING}
        for name in names:
            if name in running:
                self._call("supervisor.stopProcess", name)

    def reload(self) -> None:
        """Read the configuration again and restart the programs whose command line or environment is another."""
        added, changed, removed = self._call("supervisor.reloadConfig")[0]
        for name in [*changed, *removed]:
            self._call("supervisor.stopProcessGroup", name)
            self._call("supervisor.removeProcessGroup", name)
        for name in [*added, *changed]:
            self._call("supervisor.addProcessGroup", name)

    def _call(self, method: str, *arguments: Any) -> Any:
        endpoint = self._lab.network.supervisor
        connection = http.client.HTTPConnection(endpoint.host, endpoint.port, timeout=REQUEST_TIMEOUT)
        headers = {"Authorization": f"Basic {self._authorization}", "Content-Type": "text/xml"}
        try:
            connection.request("POST", "/RPC2", xmlrpc.client.dumps(arguments, method), headers)
            answer = connection.getresponse()
            body = answer.read()
        except OSError as error:
            raise LabError(f"supervisor on {endpoint} does not answer ({error}); run 'lab up'") from error
        finally:
            connection.close()
        if answer.status != 200:
            raise LabError(f"supervisor on {endpoint} refuses {method}: HTTP {answer.status}")
        try:
            return xmlrpc.client.loads(body)[0][0]
        except xmlrpc.client.Fault as fault:
            raise LabError(f"supervisor refuses {method}{arguments}: {fault.faultString}") from fault


def write(lab: Lab, programs: Iterable[Program]) -> None:
    """Write supervisord.conf; it holds a password."""
    lab.places.logs.mkdir(parents=True, exist_ok=True)
    write_private(lab.places.supervisor, configuration(lab, programs).encode())


def launch(lab: Lab) -> None:
    """Start Supervisor in a session of its own and wait until it answers."""
    output = lab.places.logs / "supervisord.out"
    with output.open("ab") as stream:
        child = subprocess.Popen(
            [required("supervisord"), "-c", str(lab.places.supervisor)],
            env={**os.environ, MARK: str(lab.places.state)},
            cwd=lab.places.state, stdin=subprocess.DEVNULL, stdout=stream, stderr=stream, start_new_session=True,
        )  # fmt: skip
    control = Supervisor(lab)
    deadline = time.monotonic() + START_TIMEOUT
    while not control.answers():
        if child.poll() is not None or time.monotonic() > deadline:
            said = output.read_text(encoding="utf-8", errors="replace").strip().splitlines() or ["nothing"]
            raise LabError(f"supervisord does not start; it said: {said[-1]} (see {output})")
        time.sleep(0.05)

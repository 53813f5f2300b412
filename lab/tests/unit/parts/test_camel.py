# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is laid out for one Integration: routes, private settings, and a command line without secrets."""

from __future__ import annotations

import subprocess
import zipfile
from dataclasses import replace

import pytest

from manuela_lab.parts import jars
from manuela_lab.parts.camel import Cache, prepare
from manuela_lab.parts.integration import read

FLOWS = {"flows": [{"route": {"from": {"uri": "timer:t", "steps": [{"to": "log:out"}]}}}]}
SECRET = "s3.secretKey=not-in-arguments\n"


@pytest.fixture
def cache(tmp_path):
    """A cache that has jars already: nothing is downloaded."""
    for name in ("camel", "camel3"):
        directory = jars.directory_of(name, tmp_path)
        directory.mkdir()
        zipfile.ZipFile(directory / "camel-main.jar", "w").close()
    return Cache(tmp_path)


def test_secrets_are_in_a_private_file_and_in_no_argument(tmp_path, cache):
    command = prepare(read(FLOWS), SECRET, tmp_path / "it", cache).command()
    settings = tmp_path / "it" / "conf" / "application.properties"
    assert settings.read_text() == SECRET
    assert settings.stat().st_mode & 0o777 == 0o600
    assert not [argument for argument in command if "not-in-arguments" in argument]
    assert str(settings.parent) in command[command.index("-cp") + 1].split(":")


def test_routes_of_an_earlier_version_are_gone(tmp_path, cache):
    source = {"sources": [{"name": "old.yaml", "content": "[]"}]}
    prepare(read(source), "", tmp_path / "it", cache)
    program = prepare(read(FLOWS), "", tmp_path / "it", cache)
    assert [path.name for path in (tmp_path / "it" / "routes").iterdir()] == ["flows.yaml"]
    assert program.properties["camel.main.routesIncludePattern"] == f"file:{tmp_path}/it/routes/*"


def test_compiled_routes_are_found_again(tmp_path, cache):
    source = {"sources": [{"name": "R.java", "content": "package a.b;\npublic class R {}"}]}
    said: list[str] = []
    listening = Cache(cache.directory, said.append)
    first = prepare(read(source), "", tmp_path / "one", listening)
    second = prepare(read(source), "", tmp_path / "two", listening)
    assert said == ["compiling Launcher.java", "compiling R.java"]
    assert first.arguments == second.arguments == ("org.apache.camel.main.Main", "-r", "a.b.R")
    assert first.classes[:2] == second.classes[:2]
    assert (first.classes[1] / "a" / "b" / "R.class").is_file()


def test_a_route_that_does_not_compile_says_where(tmp_path, cache):
    source = {"sources": [{"name": "R.java", "content": "public class R {\n  int x = ;\n}"}]}
    with pytest.raises(ValueError, match=r"javac: R\.java:2: error: illegal start of expression"):
        prepare(read(source), "", tmp_path / "it", cache)
    assert not [path for path in cache.directory.glob("routes-*") if not (path / "Launcher.class").is_file()]
    assert not list(cache.directory.glob(".routes-*"))


def test_a_program_that_fails_to_start_ends_though_a_thread_of_it_lives_on(tmp_path, cache):
    content = """
        public class Main {
            public static void main(String[] words) throws Exception {
                new Thread(() -> { while (true) { java.util.concurrent.locks.LockSupport.park(); } }).start();
                throw new IllegalStateException("no broker at " + words[0]);
            }
        }"""
    program = prepare(read({"sources": [{"name": "Main.java", "content": content}]}), "", tmp_path / "it", cache)
    command = replace(program, arguments=("Main", "nowhere"), jars=()).command()
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert "no broker at nowhere" in done.stderr


def test_a_program_whose_mqtt_client_hangs_in_connecting_ends(tmp_path, cache):
    """Paho's own defect: the thread that connects waits for a sender that has ended already."""
    hang = """
        package org.eclipse.paho.mqttv5.client.internal;
        public class CommsSender {
            public static void start() { while (true) { java.util.concurrent.locks.LockSupport.park(); } }
            public static void main(String[] words) { start(); }
        }"""
    program = prepare(read({"sources": [{"name": "CommsSender.java", "content": hang}]}), "", tmp_path / "it", cache)
    command = replace(program, arguments=("org.eclipse.paho.mqttv5.client.internal.CommsSender",), jars=()).command()
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert "the MQTT client hangs while it connects anew" in done.stderr

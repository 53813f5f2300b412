# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One class list of many, and archives that are asked for only when they can be used without a word."""

from __future__ import annotations

from manuela_lab.parts import kafka_image
from manuela_lab.parts.class_data import merged
from manuela_lab.parts.jars import JarSet


def test_lists_are_merged_without_what_belongs_to_one_run():
    broker = "# a comment\njava/lang/Object\nkafka/Kafka\n@lambda-proxy kafka/Kafka run\n"
    assert merged([broker, "java/lang/Object\n\nkafka/Tool\n"]) == "java/lang/Object\nkafka/Kafka\nkafka/Tool\n"


def test_tools_use_an_archive_silently_when_there_is_one(tmp_path):
    jars = JarSet("kafka", tmp_path, (tmp_path / "a.jar",))
    script = tmp_path / "image" / "bin" / "kafka-run-class.sh"
    kafka_image.lay_out(tmp_path / "image", jars)
    assert "SharedArchiveFile" not in script.read_text()
    jars.archive.touch()
    kafka_image.lay_out(tmp_path / "image", jars)
    assert f"-Xlog:disable -XX:SharedArchiveFile='{jars.archive}'" in script.read_text()

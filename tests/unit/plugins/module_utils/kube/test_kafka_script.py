# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The script of the consumer pod, run by a shell, with stand-ins for Kafka's tools that know one topic."""

from __future__ import annotations

import os
import subprocess

import pytest
from ansible_collections.manuela.event_streaming.plugins.module_utils._kafka_topic import manifest
from ansible_collections.manuela.event_streaming.plugins.module_utils._kafka_topic.script import SCRIPT
from ansible_collections.manuela.event_streaming.plugins.module_utils._kafka_topic.transcript import transcript_of
from ansible_collections.manuela.event_streaming.plugins.module_utils._kafka_topic.wanted import wanted_of
from ansible_collections.manuela.event_streaming.tests.unit.plugins.module_utils.kube.test_kafka_topic_info import (
    options,
)

pytestmark = pytest.mark.slow

OFFSETS = """#!/bin/sh
case "$*" in *"--time -2") end=$BEGIN ;; *) end=$END ;; esac
for partition in $PARTITIONS; do echo t.x:$partition:$end; done
"""
# Like the real one it begins at its end when it is sent to before the first record.
CONSUMER = r"""#!/bin/sh
echo "$*" >> asked
while [ $# -gt 0 ]; do
  case "$1" in --offset) offset=$2 ;; --max-messages) left=$2 ;; --partition) partition=$2 ;; esac
  shift
done
[ "$offset" -ge "$BEGIN" ] || offset=$END
while [ "$offset" -lt "$END" ] && [ "$left" -gt 0 ]; do
  case " $MARKS " in
    *" $offset "*) ;;
    *)
      printf 'CreateTime:1000\tPartition:%s\tOffset:%s\tnull\tv\n' $partition $offset
      echo "Created: $offset"
      left=$((left - 1)) ;;
  esac
  offset=$((offset + 1))
done
"""
# After each round the script would sleep.
ENOUGH = '#!/bin/sh\necho >> slept\n[ "$(grep -c "" slept)" -lt "$ROUNDS" ] || kill $PPID\n'


def run(place, sample, begin, end, marks=(), partitions=(0,), rounds=1):
    """Return the records that the rounds show, and how often the tool was called."""
    tools = place / "bin"
    tools.mkdir()
    for name, text in (("kafka-get-offsets.sh", OFFSETS), ("kafka-console-consumer.sh", CONSUMER), ("sleep", ENOUGH)):
        (tools / name).write_text(text)
        (tools / name).chmod(0o755)
    wanted = wanted_of(options(topics=["t.x"], sample=sample, wait_for="none", wait=False))
    told = {"BEGIN": str(begin), "END": str(end), "MARKS": " ".join(map(str, marks)), "TMPDIR": str(place)}
    told |= {"PARTITIONS": " ".join(map(str, partitions)), "ROUNDS": str(rounds)}
    environment = {**manifest.environment(wanted, "run"), **told, "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}"}
    argv = ["sh", "-c", SCRIPT]
    done = subprocess.run(argv, cwd=place, env=environment, capture_output=True, text=True, check=True, timeout=60)
    seen = transcript_of(done.stdout, "run")
    assert seen.rounds == rounds
    asked = (place / "asked").read_text().splitlines() if (place / "asked").exists() else []
    assert all(record.value == f"v\nCreated: {record.offset}" for record in seen.seen.records)
    return seen.seen.records, len(asked)


def newest(*asked, **more):
    """Return the offsets that the rounds show, and how often the tool was called."""
    records, calls = run(*asked, **more)
    return [record.offset for record in records], calls


@pytest.mark.parametrize(
    ("sample", "begin", "end", "marks", "found", "calls"),
    [
        (2, 0, 100, (), [98, 99], 1),
        (1, 0, 60, range(1, 60, 2), [58], 2),  # a record, a mark, a record, a mark
        (3, 0, 60, range(1, 60, 2), [54, 56, 58], 2),
        (1, 0, 42, range(1, 42), [0], 3),  # one record, and twenty transactions that were aborted
        (5, 98, 100, (), [98, 99], 1),  # fewer are kept than asked for
        (2, 0, 3, (0, 1, 2), [], 2),
        (5, 7, 7, (), [], 0),
    ],
)
def test_the_newest_records_are_found_behind_what_is_none(tmp_path, sample, begin, end, marks, found, calls):
    assert newest(tmp_path, sample, begin, end, marks) == (found, calls)


def test_a_partition_without_any_record_near_its_end_is_given_up(tmp_path):
    found, calls = newest(tmp_path, 1, 0, 900, range(1, 900))
    assert (found, calls <= 4) == ([], True)


def test_all_of_many_partitions_have_their_turn_and_none_is_read_twice_without_need(tmp_path):
    records, calls = run(tmp_path, 1, 0, 10, partitions=range(20), rounds=4)
    assert sorted(record.partition for record in records) == list(range(20))
    assert calls == 20


def test_a_partition_that_showed_nothing_is_read_again(tmp_path):
    assert newest(tmp_path, 1, 0, 3, (0, 1, 2), rounds=3) == ([], 2 + 1 + 1)

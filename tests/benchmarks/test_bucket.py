# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Emptying a bucket, against what one would run or write instead, on the same SeaweedFS."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from measuring import Cost, alternate, of_command
from playing import playbook, version_of
from programs import s5cmd
from report import Report
from stores import BUCKET, Store, running

OBJECTS, MANY, VERSIONS = 10_000, 100_000, 5_000
BESIDE = 3  # runs of what is there only for comparison
OURS = """
import json, sys
from ansible_collections.manuela.event_streaming.plugins.module_utils import _s3_bucket
from ansible_collections.manuela.event_streaming.plugins.module_utils._module import SystemClock
result = _s3_bucket.execute(json.loads(sys.argv[1]), False, SystemClock())
assert result.state["observed_empty"], result
"""
# What the documentation of boto3 shows: batches of a thousand, one after the other.
BOTO3 = """
import json, sys, boto3
endpoint, access, secret, name, what = sys.argv[1:]
s3 = boto3.resource("s3", endpoint_url=endpoint, aws_access_key_id=access, aws_secret_access_key=secret,
                    region_name="us-east-1")
getattr(s3.Bucket(name), what).delete()
"""
PAGED = """
import sys
from ansible_collections.manuela.event_streaming.plugins.module_utils._module import SystemClock
from ansible_collections.manuela.event_streaming.plugins.module_utils._s3 import Item
from ansible_collections.manuela.event_streaming.plugins.module_utils._s3_emptying import Emptying

class Paged:
    def pages(self, bucket, kind, prefix=""):
        for page in range(int(sys.argv[1]) // 1000):
            yield [Item(f"manuela-temperature/2026/{page:06}/{number:03}.txt", 100) for number in range(1000)]

    def delete(self, bucket, items):
        return []

emptying = Emptying(Paged(), "bench", SystemClock())
emptying.run(("objects",), ("",))
# What getrusage says counts the process that started this one.
(most,) = [line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM:")]
print(emptying.deleted, most)
"""


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory, report: Report) -> Iterator[Store]:
    program = s5cmd()
    report.used("s5cmd", program.version)
    with running(tmp_path_factory.mktemp("bucket"), program) as started:
        yield started


def _ours(store: Store) -> Cost:
    params = {**store.options, "name": BUCKET, "state": "empty", "prefixes": ["manuela-"], "all_keys": False,
              "quiet_seconds": 0, "request_timeout": 120}  # fmt: skip
    return of_command([sys.executable, "-c", OURS, json.dumps(params)])[0]


def _s5cmd(store: Store, *options: str) -> Cost:
    return of_command(*store.s5cmd_words("rm", *options, f"s3://{BUCKET}/*"))[0]


def _boto3(store: Store, what: str) -> Cost:
    return of_command(
        [sys.executable, "-c", BOTO3, store.endpoint_url, store.access_key, store.secret_key, BUCKET, what]
    )[0]


def _emptied(store: Store, objects: int, way: Callable[[], Cost], *, versions: bool = False) -> Callable[[], Cost]:
    """Fill, run, and insist that nothing is left; only the run is measured."""

    def measured() -> Cost:
        store.fill(objects, versions=versions)
        cost = way()
        assert not store.holds(versions=versions)
        return cost

    return measured


def test_emptying_a_bucket(store: Store, report: Report, large: bool) -> None:
    for objects in (OBJECTS, MANY) if large else (OBJECTS,):
        ways = {"s3_bucket": lambda: _ours(store), "s5cmd rm": lambda: _s5cmd(store)}
        figures = alternate({name: _emptied(store, objects, way) for name, way in ways.items()})
        if objects == OBJECTS:
            boto3 = {"boto3, Bucket.objects.delete()": _emptied(store, objects, lambda: _boto3(store, "objects"))}
            figures |= alternate(boto3, BESIDE)
        report.comparison(
            f"Emptying a bucket of {objects:,} objects",
            f"Objects of 100 bytes; each way is a process of its own, its start and imports included. s3_bucket also "
            f"looks whether other keys than those with the prefix are there, and ends by looking again. Aim: at most "
            f"{1.25} times s5cmd.",
            figures,
            "s5cmd rm",
        )


def test_emptying_a_versioned_bucket(store: Store, report: Report) -> None:
    ways = {
        "s3_bucket": lambda: _ours(store),
        "s5cmd rm --all-versions": lambda: _s5cmd(store, "--all-versions"),
    }
    figures = alternate({name: _emptied(store, VERSIONS, way, versions=True) for name, way in ways.items()})
    report.comparison(
        f"Emptying a versioned bucket of {VERSIONS:,} versions",
        "Half as many keys, each with two versions.",
        figures,
        "s5cmd rm --all-versions",
    )


def test_a_task_that_removes_a_full_bucket(store: Store, report: Report, tmp_path: Path) -> None:
    report.used("amazon.aws", version_of("amazon.aws"))
    asked = {**store.options, "name": BUCKET, "state": "absent"}
    ways = {
        "manuela.event_streaming.s3_bucket": {"manuela.event_streaming.s3_bucket": {**asked, "all_keys": True}},
        "amazon.aws.s3_bucket, force": {"amazon.aws.s3_bucket": {**asked, "force": True}},
    }
    figures = alternate(
        {name: _emptied(store, OBJECTS, lambda task=task: playbook([task], tmp_path)) for name, task in ways.items()},
        runs=BESIDE,
    )
    report.comparison(
        f"A task that removes a bucket of {OBJECTS:,} objects",
        "The whole of ansible-playbook.",
        figures,
        "amazon.aws.s3_bucket, force",
    )


def test_memory_of_emptying(report: Report) -> None:
    rows = []
    for keys in (10_000, 100_000, 1_000_000):
        cost, said = of_command([sys.executable, "-c", PAGED, keys])
        deleted, kilobytes = map(int, said.split())
        assert deleted == keys
        rows.append([f"{keys:,}", f"{kilobytes / 1024:.1f}", f"{cost.cpu:.2f}"])
    report.table(
        "Memory of emptying a large bucket",
        "Our own part of the work, over a store in memory that makes up its pages of 1,000 keys as they are asked for.",
        ["keys", "memory MB", "CPU s"],
        rows,
    )

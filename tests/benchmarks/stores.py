# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A SeaweedFS for the benchmarks, and a bucket in it that is filled quickly."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ansible_collections.manuela.event_streaming.plugins.module_utils._module import SystemClock
from ansible_collections.manuela.event_streaming.plugins.module_utils._s3 import S3
from ansible_collections.manuela.event_streaming.plugins.module_utils._s3_client import Endpoint
from ansible_collections.manuela.event_streaming.plugins.module_utils._s3_patience import Patience
from measuring import of_command
from programs import Program

STARTER = Path(__file__).parents[1] / "integration/targets/setup_s3/files/store.py"
BUCKET = "bench"
SIZE = 100


@dataclass(frozen=True)
class Store:
    """A store with nobody else in it, and the files that its bucket is filled from."""

    endpoint_url: str
    access_key: str
    secret_key: str
    files: Path
    s5cmd: Program

    @property
    def options(self) -> dict[str, str]:
        """What our modules and those of amazon.aws are told alike."""
        return {
            "endpoint_url": self.endpoint_url,
            "access_key": self.access_key,
            "secret_key": self.secret_key,
            "region": "us-east-1",
        }

    @property
    def client(self) -> S3:
        """Our client of it."""
        return S3(Endpoint.of({**self.options, "request_timeout": 120}), Patience(SystemClock()))

    def s5cmd_words(self, *words: str) -> tuple[list[str], dict[str, str]]:
        """Return a command line of s5cmd, and its environment."""
        keys = {"AWS_ACCESS_KEY_ID": self.access_key, "AWS_SECRET_ACCESS_KEY": self.secret_key}
        argv = [self.s5cmd.path, "--log", "error", "--endpoint-url", self.endpoint_url, *words]
        return argv, {**os.environ, **keys, "AWS_REGION": "us-east-1"}

    def fill(self, objects: int, *, versions: bool = False) -> None:
        """Put objects into the bucket; with versions each key twice, half as many keys."""
        client = self.client
        client.create(BUCKET)
        if versions:
            status = {"Status": "Enabled"}
            client._call("keep versions", "put_bucket_versioning", Bucket=BUCKET, VersioningConfiguration=status)
        directory = self._directory(objects // (2 if versions else 1))
        for _version in range(2 if versions else 1):
            argv, environment = self.s5cmd_words("cp", f"{directory}/*", f"s3://{BUCKET}/")
            of_command(argv, environment)

    def holds(self, *, versions: bool = False) -> bool:
        """Say whether anything is left in the bucket."""
        client = self.client
        if not client.exists(BUCKET):
            return False
        return next(iter(client.pages(BUCKET, "versions" if versions else "objects", size=1)), None) is not None

    def _directory(self, count: int) -> Path:
        directory = self.files / str(count)
        if not directory.exists():
            directory.mkdir(parents=True)
            for number in range(count):
                (directory / f"manuela-temperature-{number:07}.txt").write_bytes(b"x" * SIZE)
        return directory


@contextmanager
def running(directory: Path, s5cmd: Program) -> Iterator[Store]:
    """Start a store, and end it."""
    argv = [sys.executable, str(STARTER), str(directory / "store")]
    started = json.loads(subprocess.run(argv, capture_output=True, text=True, check=True).stdout)
    try:
        yield Store(**started["store"], files=directory / "files", s5cmd=s5cmd)
    finally:
        os.kill(started["pid"], signal.SIGKILL)  # it does not heed a gentler one

# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Start a SeaweedFS of its own in the background: store.py DIRECTORY prints its address, keys and process as JSON."""

from __future__ import annotations

import json
import random
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path


def free(address: str, port: int) -> bool:
    """Say whether nobody listens on the eight ports from there, and no other store has their sockets."""
    for number in range(port, port + 8):
        with socket.socket() as probe:
            if probe.connect_ex((address, number)) == 0 or list(Path("/tmp").glob(f"seaweedfs-*-{number}.sock")):
                return False
    return True


def main() -> None:
    """Start it and wait until it answers."""
    directory = Path(sys.argv[1])
    directory.mkdir(parents=True, exist_ok=True)
    address = f"127.{random.randint(100, 200)}.{random.randint(1, 250)}.{random.randint(1, 250)}"
    base = next(port for port in (random.randint(2000, 3200) * 10 for _try in range(50)) if free(address, port))
    keys = {"access_key": "writer", "secret_key": secrets.token_hex(16)}
    reader = {"access_key": "reader", "secret_key": secrets.token_hex(16)}
    identities = [
        {"name": "writer", "credentials": [_camel(keys)], "actions": ["Admin", "Read", "Write", "List", "Tagging"]},
        {"name": "reader", "credentials": [_camel(reader)], "actions": ["Read", "List"]},
    ]
    (directory / "s3.json").touch(mode=0o600)
    (directory / "s3.json").write_text(json.dumps({"identities": identities}))
    program = Path(sys.executable).parent / "weed"
    options = {
        "dir": directory,
        "ip": address,
        "ip.bind": address,
        "s3.port": base,
        "s3.config": directory / "s3.json",
        "s3.port.iceberg": 0,
        "s3.port.lance": 0,
        "s3.allowDeleteBucketNotEmpty": "false",
        "s3.autoCreateBucket": "false",
        "s3.iam": "false",
        "s3.localSocket": f"/tmp/seaweedfs-test-s3-{base}.sock",
        "filer.localSocket": f"/tmp/seaweedfs-test-filer-{base}.sock",
        "filer.port": base + 1,
        "master.port": base + 2,
        "master.telemetry": "false",
        "master.electionTimeout": "1s",
        "master.volumeSizeLimitMB": 64,
        "volume.port": base + 3,
        "volume.max": 0,
        # Each of these has a socket in /tmp that clients prefer to the address, so they must be of this store alone.
        **{f"{name}.port.grpc": base + 4 + number for number, name in enumerate(("s3", "filer", "master", "volume"))},
    }
    start = [program if program.exists() else shutil.which("weed") or "weed", "-logtostderr=true", "server"]
    child = subprocess.Popen(
        [*start, "-filer", "-s3", *(f"-{name}={value}" for name, value in options.items())],
        cwd=directory,
        stdin=subprocess.DEVNULL,
        stdout=(directory / "log").open("w"),
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    wait_for(address, base, child)
    store = {"endpoint_url": f"http://{address}:{base}", **keys}
    print(json.dumps({"store": store, "reader": {**store, **reader}, "pid": child.pid}))


def wait_for(address: str, port: int, child: subprocess.Popen[bytes]) -> None:
    """Return when it refuses a stranger, as a store does that is up."""
    end = time.monotonic() + 60
    while time.monotonic() < end and child.poll() is None:
        try:
            urllib.request.urlopen(f"http://{address}:{port}/nothing", timeout=5)
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.2)
    raise SystemExit(f"weed did not start within 60 s, exit code {child.poll()}")


def _camel(keys: dict[str, str]) -> dict[str, str]:
    return {"accessKey": keys["access_key"], "secretKey": keys["secret_key"]}


if __name__ == "__main__":
    main()

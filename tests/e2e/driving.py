# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Drive a lab as a presenter does: with the lab's command line and with ansible-playbook, and read what they say."""

from __future__ import annotations

import json
import os
import re
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
PLAYBOOKS = ROOT / "playbooks"
RECAP = re.compile(r"^(\S+)\s+: (ok=.*)$", re.MULTILINE)
PATIENCE = float(os.environ.get("E2E_PATIENCE", "1"))  # more than 1 on a machine that has other work
LONGEST_SILENCE = 60
LEAKS = ("AWS_", "ANSIBLE_", "KUBE", "S3_", "GIT_", "LAB_", "BUCKET_NAME", "MYDOMAIN", "FILE_NAME")


@dataclass(frozen=True)
class Play:
    """One run of ansible-playbook, as its user saw it."""

    code: int
    text: str
    seconds: float
    silence: float = 0.0
    """The longest time in which nothing was said."""

    @property
    def counts(self) -> dict[str, int]:
        """Return the recap, added up over the hosts."""
        total: dict[str, int] = {}
        for _host, line in RECAP.findall(self.text):
            for word, number in re.findall(r"(\w+)=(\d+)", line):
                total[word] = total.get(word, 0) + int(number)
        return total

    @property
    def changed(self) -> int:
        """Return how many tasks changed something."""
        return self.counts["changed"]

    @property
    def words(self) -> str:
        """Return the text as one line, so that a sentence is found wherever it was broken."""
        return " ".join(self.text.split())

    def succeeded(self) -> Play:
        """Insist that the run ended well, and that whoever watched was never left without a word for long."""
        assert self.code == 0, self.text[-4000:]
        assert self.silence < LONGEST_SILENCE * PATIENCE, f"silent for {self.silence:.0f} s:\n{self.text}"
        assert "Traceback" not in self.text, self.text[-4000:]
        return self

    def refused(self) -> Play:
        """Insist that the run failed, and with sentences instead of a traceback."""
        assert self.code != 0, self.text[-4000:]
        assert "Traceback" not in self.text, self.text[-4000:]
        assert "MODULE FAILURE" not in self.text, self.text[-4000:]
        return self


class Lab:
    """One lab in a directory of its own."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.environment = _clean_environment() | {"LAB_DIR": str(directory)}

    def command(self, *words: str, limit: float = 120) -> subprocess.CompletedProcess[str]:
        """Run the lab's command line."""
        return subprocess.run(
            [str(BIN / "lab"), *words],
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=limit * PATIENCE,
            check=False,
        )

    @property
    def state(self) -> dict[str, Any]:
        """Return what the lab says of itself."""
        loaded: dict[str, Any] = json.loads((self.directory / "lab.json").read_text())
        return loaded

    def play(
        self,
        playbook: str | Path,
        *words: str,
        cwd: Path = ROOT,
        programs: Path = BIN,
        limit: float = 240,
        **environment: str,
    ) -> Play:
        """Run a playbook (a name in playbooks/, a path, or an FQCN) to its end."""
        process = self.start(playbook, *words, cwd=cwd, programs=programs, **environment)
        begin = time.monotonic()
        text, silence, ended = listen(process, limit * PATIENCE)
        if not ended:
            os.killpg(process.pid, signal.SIGKILL)
            text += process.communicate()[0]
            raise AssertionError(f"{playbook} {words} was not done after {limit} s:\n{text[-4000:]}")
        return Play(process.wait(), text, time.monotonic() - begin, silence)

    def start(
        self, playbook: str | Path, *words: str, cwd: Path = ROOT, programs: Path = BIN, **environment: str
    ) -> subprocess.Popen[str]:
        """Start a playbook in a process group of its own."""
        name = str(playbook)
        if name.endswith(".yml") and "/" not in name and cwd != PLAYBOOKS:
            name = f"playbooks/{name}"
        path = f"{programs}{os.pathsep}{self.environment['PATH']}"
        return subprocess.Popen(
            [str(programs / "ansible-playbook"), name, *words],
            cwd=cwd,
            env={**self.environment, "PATH": path, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def stage(self, name: str, *words: str, **options: Any) -> Play:
        """Run one stage of the demo."""
        return self.play("demo-stage.yml", "-e", f"stage={name}", *words, **options)

    def git(self, *words: str) -> str:
        """Ask the lab's remote repository."""
        done = subprocess.run(
            ["git", "-C", self.state["git"]["directory"], *words],
            capture_output=True,
            text=True,
            check=True,
            timeout=30,
        )
        return done.stdout.strip()

    def revision(self) -> str:
        """Return the newest commit of the remote's branch."""
        return self.git("rev-parse", self.state["git"]["branch"])

    def commits_since(self, revision: str) -> list[tuple[str, list[str]]]:
        """Return subject and files of every commit after ``revision``, the oldest first."""
        log = self.git(
            "log", "--reverse", "--no-renames", "--format=%x01%s", "--name-only", f"{revision}..{self.revision()}"
        )
        records = [record.strip().splitlines() for record in log.split("\x01") if record.strip()]
        return [(lines[0], [line for line in lines[1:] if line]) for lines in records]

    def bucket(self) -> list[str] | None:
        """Return the keys in the lab's bucket, or None when there is no bucket."""
        import boto3
        from botocore.client import Config
        from botocore.exceptions import ClientError

        store = self.state["s3"]
        client = boto3.client(
            "s3",
            endpoint_url=store["endpoint_url"],
            region_name=store["region"],
            aws_access_key_id=store["access_key"],
            aws_secret_access_key=store["secret_key"],
            config=Config(s3={"addressing_style": "path"}),
        )
        try:
            pages = client.get_paginator("list_objects_v2").paginate(Bucket=store["bucket"])
            return [item["Key"] for page in pages for item in page.get("Contents", [])]
        except ClientError as error:
            if error.response["Error"]["Code"] == "NoSuchBucket":
                return None
            raise

    def kubectl(self, datacenter: str, *words: str) -> str:
        """Ask one data centre's API server."""
        argv = ["kubectl", "--kubeconfig", self.state["datacenters"][datacenter]["kubeconfig"], *words]
        environment = {**self.environment, "PATH": f"{BIN}{os.pathsep}{self.environment['PATH']}"}
        done = subprocess.run(argv, capture_output=True, text=True, timeout=30, check=False, env=environment)
        return done.stdout.strip()

    def processes(self) -> dict[int, str]:
        """Return every process that has this lab's directory in its command line or environment."""
        found = {}
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit() and int(entry.name) != os.getpid():
                told = _told(entry)
                if str(self.directory) in told:
                    found[int(entry.name)] = told.split("\0")[0]
        return found


def listen(process: subprocess.Popen[str], limit: float) -> tuple[str, float, bool]:
    """Return what a process says, the longest time in which it said nothing, and whether it ended in time."""
    assert process.stdout is not None
    said, silence, heard = b"", 0.0, time.monotonic()
    deadline = heard + limit
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while selector.select(max(0.0, deadline - time.monotonic())):
            chunk = os.read(process.stdout.fileno(), 1 << 16)
            silence, heard = max(silence, time.monotonic() - heard), time.monotonic()
            if not chunk:
                return said.decode(), silence, True
            said += chunk
    return said.decode(errors="replace"), silence, False


def _told(process: Path) -> str:
    try:
        return (process / "cmdline").read_text() + "\0" + (process / "environ").read_text()
    except (OSError, UnicodeDecodeError):
        return ""


def _clean_environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(LEAKS)}
    if "LAB_CACHE" in os.environ:
        kept["LAB_CACHE"] = os.environ["LAB_CACHE"]
    return {**kept, "ANSIBLE_NOCOLOR": "1", "PYTHONDONTWRITEBYTECODE": "1"}


def variables(values: Mapping[str, Any]) -> Sequence[str]:
    """Return extra variables as words of a command line."""
    return ("-e", json.dumps(dict(values)))

# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which images the lab knows, and what runs for each of them."""

from __future__ import annotations

import os
import re
import sys
from typing import Callable

from manuela_lab.operator.containers import Sandbox
from manuela_lab.operator.processes import Program
from manuela_lab.supervision import MARK

Build = Callable[[Sandbox], Program]

MISSING_TAG = re.compile(r":[\w.-]*(missing|nonexist|does-not-exist|no-such|not-there)[\w.-]*$")
KNOWN = re.compile(
    r"^(quay\.io/(manuela|strimzi|camel-k|artemiscloud|arkmq-org|openshift)/"
    r"|registry\.(redhat\.io|access\.redhat\.com)/"
    r"|image-registry\.openshift-image-registry\.svc:5000/"
    r"|(docker\.io/)?(apache|library)/)[\w./-]+(:[\w.-]+)?(@sha256:[0-9a-f]+)?$"
)
KAFKA = re.compile(
    r"(^|/)strimzi/kafka:[\w.]+-kafka-\d+\.\d+\.\d+$|/amq-streams[\w./-]*kafka[\w-]*(:[\w.-]+)?$|/amq-streams/kafka-"
)
CAMEL = re.compile(r"/camel-k-kit-[\w]+(@sha256:[0-9a-f]+|:[\w.-]+)?$")
SENSOR = re.compile(r"/[\w-]*(software-sensor|machine-sensor)[\w-]*(:[\w.-]+)?(@sha256:[0-9a-f]+)?$")
BROKER = re.compile(r"/amq-broker-rhel\d+(:[\w.-]+)?(@sha256:[0-9a-f]+)?$")
SHELL = re.compile(r"(^|/)(busybox|ubi\d*(-minimal|/ubi[\w-]*)?)(:[\w.-]+)?$")
PATH = os.environ.get("PATH") or os.defpath


def pull_error(image: str) -> str:
    """Return why an image cannot be pulled, in the words of a container runtime, or nothing."""
    known = KNOWN.match(image) or SHELL.search(image)
    if known and not MISSING_TAG.search(image) and ("strimzi/kafka:" not in image or KAFKA.search(image)):
        return ""
    return f'failed to pull and unpack image "{image}": failed to resolve reference "{image}": {image}: not found'


def base_environment(sandbox: Sandbox) -> dict[str, str]:
    """Return what every process gets beside the container's own variables; nothing of the operator's leaks in."""
    return {
        "PATH": PATH,
        "HOME": str(sandbox.directory),
        "HOSTNAME": str(sandbox.pod["metadata"]["name"]),
        "TMPDIR": sandbox.paths.get("/tmp", str(sandbox.directory)),
        "LANG": "C.UTF-8",
        "LAB_HOSTS_FILE": str(sandbox.hosts_file),
        "KAFKA_OPTS": f"-Djdk.net.hosts.file={sandbox.hosts_file}",
        **({MARK: os.environ[MARK]} if MARK in os.environ else {}),
        **sandbox.env,
    }


def sensor(sandbox: Sandbox) -> Program:
    """Return the program of one machine's sensors."""
    return Program((sys.executable, "-m", "manuela_lab.parts.sensor"), base_environment(sandbox), sandbox.directory)


def shell(sandbox: Sandbox) -> Program:
    """Return the container's own command line, for images that hold nothing but a shell."""
    argv = tuple(sandbox.argv()) or ("sleep", "infinity")
    return Program(argv, base_environment(sandbox), sandbox.directory)


def played(sandbox: Sandbox) -> Program:
    """Return no process: a pod that should end ends well, any other is up."""
    ends = sandbox.pod["spec"].get("restartPolicy") in ("Never", "OnFailure")
    return Program((), exit_code=0 if ends else None)


class Images:
    """The table of images, in the order in which it is searched."""

    def __init__(self, kafka: Build, camel: Build, broker: Build = played) -> None:
        self._table: list[tuple[re.Pattern[str], Build]] = [
            (KAFKA, kafka),
            (CAMEL, camel),
            (SENSOR, sensor),
            (BROKER, broker),
            (SHELL, shell),
        ]

    def program(self, sandbox: Sandbox) -> Program:
        """Return what runs in this container."""
        for pattern, build in self._table:
            if pattern.search(sandbox.image):
                return build(sandbox)
        return played(sandbox)

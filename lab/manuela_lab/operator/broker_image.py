# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What runs in a container of AMQ Broker: nothing where the pod stands for the lab's own broker, else one more."""

from __future__ import annotations

from pathlib import Path

from manuela_lab.operator import resources
from manuela_lab.operator.containers import ADDRESS_ANNOTATION, Sandbox
from manuela_lab.operator.images import base_environment, played
from manuela_lab.operator.processes import Program


class BrokerImage:
    """The MQTT broker of the lab as a container; ``labnet`` is the program that holds it."""

    def __init__(self, labnet: Path) -> None:
        self._labnet = labnet

    def program(self, sandbox: Sandbox) -> Program:
        """Return what the container runs."""
        address = resources.notes(sandbox.pod).get(ADDRESS_ANNOTATION)
        if not address:
            return played(sandbox)
        listen = (f"--mqtt={address}:61616,{address}:1883", f"--redis={address}:6379", f"--toxiproxy={address}:8474")
        return Program((str(self._labnet), *listen), base_environment(sandbox), sandbox.directory, (address, 1883))

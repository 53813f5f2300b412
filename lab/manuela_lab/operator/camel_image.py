# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What runs in a container of a Camel K kit: the Integration that is mounted, with the properties mounted beside it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Mapping

from manuela_lab.operator.containers import Sandbox
from manuela_lab.operator.images import base_environment
from manuela_lab.operator.processes import Program
from manuela_lab.parts import camel, integration

SOURCE = "/etc/camel/sources"
CONFIG_MAPS = "/etc/camel/conf.d/_configmaps"
SECRETS = "/etc/camel/conf.d/_secrets"
STARTED = "(camel-1) started in"
SPEC_KEY = "integration.json"


def mount_path(reference: integration.Reference) -> str:
    """Return where a kit finds a ConfigMap or Secret."""
    return f"{CONFIG_MAPS if reference.kind == 'configmap' else SECRETS}/{reference.name}"


class CamelImage:
    """The kit image of the lab: Camel of the cache, and routes compiled once."""

    def __init__(self, cache: Path) -> None:
        self._cache = camel.Cache(cache)

    def build(self, spec: Mapping[str, Any], scratch: Path) -> None:
        """Do what takes long, as Camel K's builder does; raise NotRunnable with the builder's complaint."""
        camel.prepare(integration.read(spec), "", scratch, self._cache)

    def program(self, sandbox: Sandbox) -> Program:
        """Return what the container runs."""
        spec = json.loads((sandbox.local(SOURCE) / SPEC_KEY).read_text(encoding="utf-8"))
        wanted = integration.read(spec)
        data = {reference: _files(sandbox, reference) for reference in wanted.configuration}
        properties = integration.application_properties(wanted, data)
        found = camel.prepare(wanted, properties, sandbox.directory / "camel", self._cache, sandbox.hosts_file)
        argv = tuple(found.command())
        return Program(argv, base_environment(sandbox), sandbox.directory, ready_text=STARTED)


def _files(sandbox: Sandbox, reference: integration.Reference) -> dict[str, str] | None:
    directory = sandbox.local(mount_path(reference))
    if not directory.is_dir():
        return None
    return {path.name: path.read_text(encoding="utf-8") for path in sorted(directory.iterdir()) if path.is_file()}

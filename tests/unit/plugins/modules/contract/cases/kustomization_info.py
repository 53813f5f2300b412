# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What environments deploy."""

from __future__ import annotations

import subprocess
from pathlib import Path

from ansible_collections.manuela.event_streaming.tests.unit.plugins.modules.contract.case import Case, Fault, Step
from ansible_collections.manuela.event_streaming.tests.unit.plugins.modules.contract.file_world import FileWorld

FILES = {"one/namespace.yaml": "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: demo\n"}
WRONG = "resources:\n- nowhere.yaml\n"


class Repository(FileWorld):
    """A Git work copy with one environment and one local change."""

    def __init__(self, root: Path) -> None:
        super().__init__(root, FILES)
        for words in (
            ["init", "-q"],
            ["add", "-A"],
            ["-c", "user.name=n", "-c", "user.email=e", "commit", "-qm", "first"],
        ):
            subprocess.run(["git", "-C", str(self.root), *words], check=True, capture_output=True)
        self.write("one/quota.yaml", "apiVersion: v1\nkind: ResourceQuota\nmetadata:\n  name: small\n")

    def render_slowly(self) -> None:
        """Have a program that does not end, as with a remote base that does not answer."""
        self.write("one/kustomization.yaml", "resources: []\n")
        self.write("kustomize", "#!/bin/sh\nexec sleep 30\n")
        (self.root / "kustomize").chmod(0o755)


ASKED = {"environments": [{"name": "factory", "path": "one"}], "compare_revision": "HEAD"}
CASE = Case(
    "kustomization_info",
    Repository,
    (Step(ASKED),),
    (
        Fault("not_found", {**ASKED, "compare_revision": "nowhere"}),
        Fault("refused", {**ASKED, "environments": [{"name": "x", "path": ".."}]}),
        Fault(
            "timeout",
            {**ASKED, "executable": "{root}/kustomize", "request_timeout": 1},
            lambda world: world.render_slowly(),
        ),
        Fault("corrupt_input", ASKED, lambda world: world.write("one/broken.yaml", "a: [\n")),
    ),
    {"yaml": ""},
)

# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A playbook of a few tasks, as a user runs it."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from measuring import Cost, of_command

ROOT = Path(__file__).resolve().parents[2]
PLAYBOOK = Path(sys.executable).parent / "ansible-playbook"
Tasks = Sequence[Mapping[str, Any]]
PING: Mapping[str, Any] = {"ansible.builtin.ping": {}}  # what any module task costs

sys.path.insert(0, str(ROOT / "tests" / "runner"))

from bundle import collections


def others() -> Path:
    """Return where the collections of others are, out of the community bundle."""
    return collections("amazon", "community/crypto", "kubernetes")


def version_of(collection: str) -> str:
    """Return the version of one of them."""
    manifest = others() / "ansible_collections" / collection.replace(".", "/") / "MANIFEST.json"
    return str(json.loads(manifest.read_text())["collection_info"]["version"])


def playbook(tasks: Tasks, place: Path) -> Cost:
    """Run the tasks on this machine; return what the whole of ansible-playbook cost."""
    play = {"hosts": "localhost", "gather_facts": False, "vars": {"place": str(place)}, "tasks": list(tasks)}
    file = place / "play.yml"
    file.write_text(json.dumps([play]))
    environment = {
        **os.environ,
        "ANSIBLE_PIPELINING": "1",
        "ANSIBLE_PYTHON_INTERPRETER": sys.executable,
        "ANSIBLE_COLLECTIONS_PATH": os.pathsep.join([str(ROOT / ".venv" / "types"), str(others())]),
        "ANSIBLE_LOCALHOST_WARNING": "0",
    }
    cost, _said = of_command([PLAYBOOK, "-i", "localhost,", "-c", "local", file], environment, place)
    return cost

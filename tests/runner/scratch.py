# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where ansible-test runs: a copy of the collection at the path it insists on, and a home of its own.

ansible-test refuses a linked directory, writes into the tree it tests, and wants a pip bootstrap script from a host
that not everybody reaches.  So it gets a scratch copy under the user's cache, and a HOME there whose get_pip stand-ins
use the pip that Python brings.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from parts import ROOT

CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "manuela-event-streaming"
LEFT_OUT = ("lab/", ".ci/")

GET_PIP = '''\
"""Stand-in for get-pip.py: the pip that Python brings, then what ansible-test asks for."""
import os
import subprocess
import sys

wanted = [word for word in sys.argv[1:] if word not in ("--no-setuptools", "--no-wheel")]
kept = {name: os.environ.pop(name) for name in list(os.environ) if name.startswith("PIP_")}
subprocess.check_call([sys.executable, "-m", "ensurepip"])
os.environ.update(kept)
os.environ.pop("GET_PIP", None)
subprocess.check_call([sys.executable, "-m", "pip", "install"] + wanted)
'''


def copy_collection() -> Path:
    """Bring the scratch copy to the state of this checkout, committed or not, and return its path."""
    key = hashlib.sha256(str(ROOT).encode()).hexdigest()[:12]
    tree = CACHE / f"scratch-{key}" / "ansible_collections" / "manuela" / "event_streaming"
    tree.mkdir(parents=True, exist_ok=True)
    wanted = _files_of_checkout()
    for path in _files_of(tree) - wanted:
        (tree / path).unlink()
    for path in wanted:
        _copy(ROOT / path, tree / path)
    return tree


def _files_of_checkout() -> set[str]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    names = listed.stdout.decode().split("\0")
    return {name for name in names if name and not name.startswith(LEFT_OUT) and os.path.lexists(ROOT / name)}


def _files_of(tree: Path) -> set[str]:
    found = set()
    for directory, children, names in os.walk(tree):
        here = Path(directory).relative_to(tree)
        children[:] = [name for name in children if str(here / name) not in ("tests/output", "tests/.git")]
        found.update(str(here / name) for name in names)
    return found


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.is_file() and not source.is_symlink():
        new, old = source.stat(), target.stat()
        if (new.st_mtime_ns, new.st_size, new.st_mode) == (old.st_mtime_ns, old.st_size, old.st_mode):
            return
    target.unlink(missing_ok=True)
    shutil.copy2(source, target, follow_symlinks=False)


def home_for(ansible_test: Path, python: Path) -> Path:
    """Return a HOME in which ``ansible_test`` finds its pip bootstrap script and this machine's pip settings."""
    home = CACHE / "home"
    cache = home / ".ansible" / "test" / "cache"
    cache.mkdir(parents=True, exist_ok=True)
    for version in _pip_versions(ansible_test):
        (cache / f"get_pip_{version.replace('.', '_')}.py").write_text(GET_PIP)
    settings = home / ".config" / "pip" / "pip.conf"
    settings.parent.mkdir(parents=True, exist_ok=True)
    settings.write_text(_pip_settings())
    return home


def _pip_versions(ansible_test: Path) -> set[str]:
    (source,) = ansible_test.parent.parent.glob(
        "lib/python3*/site-packages/ansible_test/_internal/python_requirements.py"
    )
    return set(re.findall(r"pip='([\d.]+)'", source.read_text()))


def _pip_settings() -> str:
    """Return the pip settings in force (files and environment, which ansible-test drops) as one pip.conf."""
    listed = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True, check=False
    )
    settings = dict(re.findall(r"^(?:global|install|user|:env:)\.([a-z-]+)='(.*)'$", listed.stdout, re.MULTILINE))
    return "[global]\n" + "".join(f"{name} = {value}\n" for name, value in sorted(settings.items()))

# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mutation tests of pure files by mutmut, in a copy: mutate.py DIRECTORY FILE... -- TEST...

DIRECTORY gets the copy and mutmut's own files; ``mutmut show NAME`` there shows a survivor.  Property tests run with a
few examples each: what lives is to be tried with all of them.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COLLECTION = Path("ansible_collections/manuela/event_streaming")
KINDS = {0: "survived", 1: "killed", 33: "reached by no test", None: "not run"}


def copy(place: Path, files: list[str], tests: list[str]) -> None:
    """Lay the collection out under its import name, with mutmut's settings."""
    for room in ("module_utils", "plugin_utils"):
        shutil.copytree(ROOT / "plugins" / room, place / COLLECTION / "plugins" / room)
    shutil.copytree(ROOT / "tests" / "unit", place / "tests" / "unit")
    for test in (place / "tests").rglob("test_*properties.py"):
        test.write_text(re.sub(r"max_examples=\d+", "max_examples=25", test.read_text()))
    # It has to be there before Python first looks for it.
    (place / "mutants").mkdir()
    patterns = json.dumps([f"*/{name}" for name in files])
    (place / "pyproject.toml").write_text(
        f'[tool.mutmut]\nsource_paths = ["ansible_collections/"]\nonly_mutate = {patterns}\n'
        f'pytest_add_cli_args_test_selection = {json.dumps(tests)}\nalso_copy = ["tests/"]\n'
        'pytest_add_cli_args = ["-x", "-p", "no:cacheprovider"]\n'
        '[tool.pytest.ini_options]\ntimeout = 60\nmarkers = ["slow: takes more than a few seconds"]\n'
    )


def main(place: Path, files: list[str], tests: list[str]) -> None:
    """Run mutmut and print how many mutants of each file lived."""
    copy(place, files, tests)
    tools = place / "tools"
    wanted = str(ROOT / "requirements" / "mutations.txt")
    uv = shutil.which("uv") or str(Path(sys.executable).with_name("uv"))
    subprocess.run([uv, "pip", "install", "-q", "--no-deps", "--target", str(tools), "-r", wanted], check=True)
    paths = os.pathsep.join([str(place / "mutants"), str(tools)])
    environment = {**os.environ, "PYTHONPATH": paths, "PYTHONDONTWRITEBYTECODE": "1"}
    argv = [sys.executable, "-m", "mutmut", "run", "--max-children", "2"]
    subprocess.run(argv, check=True, cwd=place, env=environment)
    for meta in sorted((place / "mutants").rglob("*.meta")):
        codes = json.loads(meta.read_text())["exit_code_by_key"].values()
        counted = Counter(KINDS.get(code, "killed") for code in codes)
        if counted:
            print(meta.name.removesuffix(".meta"), len(codes), dict(counted))


if __name__ == "__main__":
    split = sys.argv.index("--")
    main(Path(sys.argv[1]).resolve(), sys.argv[2:split], sys.argv[split + 1 :])

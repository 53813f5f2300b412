# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The execution environment: a definition that ansible-builder takes, and the dependencies it finds in the artifact."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from .serializer_rules import ROOT

BIN = Path(sys.executable).parent
PACKAGES = {"kubernetes", "boto3", "cryptography", "pyyaml", "urllib3"}


def run(*argv: object, cwd: Path) -> str:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ANSIBLE_")}
    environment["PATH"] = f"{BIN}{os.pathsep}{environment['PATH']}"
    words = [str(word) for word in argv]
    done = subprocess.run(words, cwd=cwd, env=environment, capture_output=True, text=True, check=False, timeout=240)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def names(requirements: Path) -> set[str]:
    return {re.split(r"[<>=~!\s\[]", line)[0].lower() for line in requirements.read_text().splitlines() if line.strip()}


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the built artifact offline, as an execution environment's build does."""
    place = tmp_path_factory.mktemp("collections")
    run(BIN / "ansible-galaxy", "collection", "build", ROOT, "--output-path", place, cwd=place)
    (artifact,) = place.glob("*.tar.gz")
    # Forced: the checkout that is linked into this environment counts as installed otherwise.
    run(BIN / "ansible-galaxy", "collection", "install", "--offline", "--force", "-p", place, artifact, cwd=place)
    return place


def test_ansible_builder_takes_the_definition(tmp_path: Path) -> None:
    words = ("create", "-f", ROOT / "execution-environment.yml", "-c", tmp_path / "c")
    run(BIN / "ansible-builder", *words, "--output-filename", "Containerfile", cwd=ROOT)
    definition = (tmp_path / "c" / "Containerfile").read_text()
    assert "ansible-core" in definition and "ansible-runner" in definition
    given = {path.name: path for path in (tmp_path / "c" / "_build").iterdir()}
    assert names(given["requirements.txt"]) - {"#"} == PACKAGES


def test_a_collection_in_an_environment_brings_its_dependencies(installed: Path, tmp_path: Path) -> None:
    """What introspection merges for any environment that takes the collection from its artifact."""
    pip, bindep = tmp_path / "pip.txt", tmp_path / "bindep.txt"
    run(BIN / "ansible-builder", "introspect", installed, "--write-pip", pip, "--write-bindep", bindep, cwd=tmp_path)
    assert names(pip) == PACKAGES - {"pyyaml"}, "introspection leaves out what ansible-core itself needs"
    assert {"git", "openssh-clients", "openssh-client"} <= names(bindep)

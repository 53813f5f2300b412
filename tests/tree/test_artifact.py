# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The artifact that users install: it builds, holds what it should, and installs offline into an empty path."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest
import yaml

BIN = Path(sys.executable).parent
NOT_FOR_USERS = ("lab/", ".venv", ".lab", ".ci", "tests/output", ".git/", "dist/")


def _run(*words: object, **environment: str) -> str:
    done = subprocess.run(
        [str(word) for word in words],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env={**os.environ, **environment},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def artifact(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the built artifact."""
    place = tmp_path_factory.mktemp("artifact")
    _run(BIN / "ansible-galaxy", "collection", "build", root, "--output-path", place)
    (built,) = place.glob("manuela-event_streaming-*.tar.gz")
    return built


@pytest.fixture(scope="module")
def installed(artifact: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return the environment of somebody who has installed the artifact, and nothing else, offline."""
    place = tmp_path_factory.mktemp("collections")
    environment = {"ANSIBLE_COLLECTIONS_PATH": str(place), "ANSIBLE_COLLECTIONS_SCAN_SYS_PATH": "false"}
    _run(BIN / "ansible-galaxy", "collection", "install", "--offline", "-p", place, artifact, **environment)
    return environment


def test_it_holds_the_collection_and_nothing_else(artifact: Path) -> None:
    with tarfile.open(artifact) as archive:
        names = archive.getnames()
    assert not [name for name in names if name.startswith(NOT_FOR_USERS)]
    assert {"MANIFEST.json", "LICENSE", "README.md", "meta/runtime.yml", "requirements.txt", "bindep.txt"} <= set(names)


def test_it_needs_no_other_collection(root: Path) -> None:
    assert yaml.safe_load((root / "galaxy.yml").read_text())["dependencies"] == {}


def test_every_module_documents_itself_where_it_is_installed(root: Path, installed: dict[str, str]) -> None:
    modules = [f"manuela.event_streaming.{path.stem}" for path in sorted((root / "plugins/modules").glob("*.py"))]
    shown = _run(BIN / "ansible-doc", "-t", "module", "--json", *modules, **installed)
    documented = yaml.safe_load(shown)
    assert sorted(documented) == sorted(modules)


def test_every_playbook_is_found_by_its_name(root: Path, installed: dict[str, str]) -> None:
    names = [
        path.stem for path in sorted((root / "playbooks").glob("*.yml")) if "-" not in path.stem and path.stem != "awx"
    ]
    assert "demo_stage" in names
    inventory = root / "inventory" / "lab" / "hosts"
    for name in names:
        _run(
            BIN / "ansible-playbook", "-i", inventory, "--syntax-check", f"manuela.event_streaming.{name}", **installed
        )

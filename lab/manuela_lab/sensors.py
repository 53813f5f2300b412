# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the sensors of somebody's repository are deployed, when it is neither factory nor central data centre."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from manuela_lab.errors import LabError
from manuela_lab.manifests import objects

SENSOR = re.compile(r"\b(machine|software)-sensor\b")


def applications(tree: Path, known: Iterable[Path]) -> list[Path]:
    """The parents in meta/ beside the known ones that deploy sensors, and the Applications of their environments."""
    found: list[Path] = []
    for parent in sorted(set((tree / "meta").glob("*.y*ml")) - set(known)):
        children = [child for source in _sources(parent) for child in _deployed(tree / source)]
        if any(_deploys_sensors(tree, child) for child in children):
            found += [parent, *children]
    return found


def _deployed(environment: Path) -> Iterator[Path]:
    """The files behind the links of an environment."""
    for entry in sorted(environment.glob("*.y*ml")):
        if entry.is_symlink() and entry.exists():
            yield entry.resolve()


def _deploys_sensors(tree: Path, application: Path) -> bool:
    for source in _sources(application):
        kustomization = tree / source / "kustomization.yaml"
        if kustomization.is_file() and SENSOR.search(kustomization.read_text("utf-8", errors="replace")):
            return True
    return False


def _sources(manifest: Path) -> list[str]:
    """The paths that the Applications of a file deploy; a file that is no YAML deploys nothing."""
    try:
        return [str(each["spec"]["source"]["path"]) for each in objects([manifest]) if _has_path(each)]
    except (LabError, UnicodeDecodeError):
        return []


def _has_path(each: Any) -> bool:
    if not isinstance(each, dict) or each.get("kind") != "Application":
        return False
    return "path" in ((each.get("spec") or {}).get("source") or {})

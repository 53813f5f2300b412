# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Manifests as text: Applications made to follow a remote without touching another byte, and files as objects."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from manuela_lab.errors import LabError

IS_APPLICATION = re.compile(r"^kind:\s*[\"']?Application[\"']?\s*$", re.MULTILINE)
OF_ARGO = re.compile(r"^apiVersion:\s*[\"']?argoproj\.io/", re.MULTILINE)
FIELD = r"^(?P<indent>\s+(?:- )?){name}:[ \t]*(?P<value>[^#\r\n]*?)(?P<rest>[ \t]*(?:#[^\r\n]*)?\r?)$"

USUAL = re.compile(r"^(\s+namespace:[ \t]*)argocd(?=[ \t]*\r?$)", re.MULTILINE)


def point_applications(root: Path, files: Iterable[Path], url: str, branch: str, namespace: str = "") -> list[str]:
    """Set repoURL and targetRevision of every Application, and its namespace where one is given.

    Returns the files that changed, relative to ``root``.
    """
    changed = []
    for path in files:
        before = path.read_bytes().decode("utf-8", errors="surrogateescape")
        after = pointed(before, url, branch, namespace)
        if after != before:
            path.write_bytes(after.encode("utf-8", errors="surrogateescape"))
            changed.append(str(path.relative_to(root)))
    return changed


def pointed(text: str, url: str, branch: str, namespace: str = "") -> str:
    """The text of a manifest whose Application follows ``branch`` of ``url``; any other text as it is.

    Only Argo CD's usual namespace becomes ``namespace``: what is deployed to another one stays there.
    """
    if not (IS_APPLICATION.search(text) and OF_ARGO.search(text)):
        return text
    text = _set(text, "repoURL", url)
    text = _set(text, "targetRevision", branch)
    return USUAL.sub(rf"\g<1>{namespace}", text) if namespace else text


def _set(text: str, name: str, value: str) -> str:
    pattern = re.compile(FIELD.format(name=name), re.MULTILINE)
    return pattern.sub(lambda found: f"{found['indent']}{name}: {value}{found['rest']}", text)


def objects(paths: Iterable[Path]) -> list[dict[str, Any]]:
    """Every object of the given YAML files."""
    return [each for path in paths for each in parse(path.read_text("utf-8"), str(path))]


def parse(text: str, name: str) -> list[dict[str, Any]]:
    """Every object of a YAML text, those of a List too; ``name`` is for the error."""
    try:
        documents = [each for each in yaml.load_all(text, Loader=_LOADER) if each]
        return [item for each in documents for item in _items(each)]
    except yaml.YAMLError as error:
        raise LabError(f"{name} is not YAML: {str(error).splitlines()[0]}") from error


def _items(document: Any) -> list[Any]:
    listed = isinstance(document, dict) and document.get("kind") == "List"
    return list(document["items"]) if listed else [document]


_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

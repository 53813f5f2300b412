# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rendering directories of a work tree, or of another revision of it, the way Argo CD would."""

from __future__ import annotations

import re
import shutil
import tarfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ansible_collections.manuela.event_streaming.plugins.module_utils import _yaml_text
from ansible_collections.manuela.event_streaming.plugins.module_utils._child import Late, run_child
from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import Failure
from ansible_collections.manuela.event_streaming.plugins.module_utils._git import Git

KUSTOMIZATIONS = ("kustomization.yaml", "kustomization.yml", "Kustomization")
_MANIFESTS = (".yaml", ".yml", ".json")
_KUBECTL = re.compile(r'^[EF][0-9]{4} .*?err="(.*)"$')  # how kubectl logs what went wrong
_FINDABLE = ("kustomize", "kubectl", "oc")


@dataclass(frozen=True, slots=True)
class Program:
    """The program that renders kustomizations, called without a shell and without plugins."""

    path: str
    timeout: float

    def build(self, directory: Path) -> str:
        """Return the manifests that the kustomization in ``directory`` makes."""
        verb = "build" if "kustomize" in Path(self.path).name else "kustomize"
        try:
            code, out, err = run_child([self.path, verb, str(directory)], timeout=self.timeout)
        except Late:
            raise Failure(
                "timeout",
                f"rendering {directory.name} did not end within {self.timeout:.0f} s. Look for a remote base that "
                "does not answer, or give a longer request_timeout",
                retryable=True,
            ) from None
        if code:
            raise Failure("corrupt_input", _said(err.decode("utf-8", "replace"), directory))
        return out.decode("utf-8", "replace")


def _said(text: str, directory: Path) -> str:
    """Return what the program complained about, without its warnings and without our absolute path."""
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith(("#", "W"))]
    lines = [_KUBECTL.sub(r"\1", line).replace('\\"', '"') for line in lines]
    return " ".join(lines).replace(f"{directory.parent}/", "")[-600:] or "it ended with an error and said nothing"


def find_program(asked: str, timeout: float) -> Program | None:
    """Return the program that was asked for, or the first of kustomize, kubectl and oc that is installed."""
    for name in (asked,) if asked else _FINDABLE:
        found = shutil.which(name)
        if found:
            return Program(found, timeout)
    return None


class Rendering:
    """One tree of files, and the documents that its directories deploy; every directory is rendered once."""

    def __init__(self, root: Path, program: Program | None) -> None:
        self._root = root.resolve()
        self._program = program
        self._done: dict[Path, list[Any]] = {}

    def documents(self, path: str) -> list[Any]:
        """Return what the directory ``path`` deploys: its kustomization, else its manifests and links to manifests.

        :raises Failure: ``not_found`` for a directory that is not there, ``corrupt_input`` when it does not render.
        """
        directory = (self._root / path).resolve()
        if not directory.is_relative_to(self._root) or not directory.is_dir():
            raise Failure("not_found", f"there is no directory {path} in the repository. Check the path")
        if directory not in self._done:
            self._done[directory] = self._render(directory, path)
        return self._done[directory]

    def has(self, path: str) -> bool:
        """Whether the tree has the directory ``path``."""
        return (self._root / path).is_dir()

    def _render(self, directory: Path, path: str) -> list[Any]:
        if any((directory / name).is_file() for name in KUSTOMIZATIONS):
            if self._program is None:
                raise Failure("missing_library", "no kustomize found")
            try:
                return _parsed(self._program.build(directory), path)
            except Failure as failure:
                raise Failure(
                    failure.code, f"cannot render {path}: {failure.msg}", retryable=failure.retryable
                ) from failure
        found: list[Any] = []
        for file in sorted(directory.iterdir()):
            if file.suffix in _MANIFESTS and file.is_file() and file.resolve().is_relative_to(self._root):
                found += _parsed(file.read_text("utf-8-sig"), f"{path}/{file.name}")
        return found


def _parsed(text: str, name: str) -> list[Any]:
    yaml = _yaml_text.load()
    loader = _yaml_text.safe_loader(yaml)
    try:
        return [one for one in yaml.load_all(text, Loader=loader) if one is not None]
    except yaml.YAMLError as error:
        raise Failure(
            "corrupt_input", f"{name} is not YAML: {' '.join(str(error).split())[:300]}. Correct it"
        ) from error


def export(git: Git, revision: str, directory: Path) -> None:
    """Write the tree of ``revision`` into the empty ``directory``."""
    commit = git.ask("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    if not commit:
        raise Failure(
            "not_found", f"there is no revision '{revision}' in {git.directory}. Fetch it, or give another one"
        )
    archive = directory.with_suffix(".tar")
    git.run("archive", "--format=tar", f"--output={archive}", commit)
    with tarfile.open(archive) as packed:
        for member in packed:
            try:
                packed.extract(member, directory, filter="data")
            except tarfile.FilterError:  # a link that leads out of the repository deploys nothing
                continue
    archive.unlink()

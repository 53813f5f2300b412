# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A checked-out work tree: its files by relative path, never one outside of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Mapping

from ansible_collections.manuela.event_streaming.plugins.module_utils import _file_set, _files, _yaml_text
from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import Failure


@dataclass(frozen=True, slots=True)
class WorkTree:
    """The directory ``root``, without links in its own path."""

    root: Path

    def real(self, path: str) -> Path:
        """Return the regular file behind ``path``, which is relative to the work tree or absolute inside it."""
        return _files.real_file(self.root / path, inside=self.root)

    def directory(self, path: str) -> Path:
        """Return the real directory behind ``path``."""
        found = (self.root / path).resolve()
        if not found.is_relative_to(self.root):
            raise Failure("refused", f"{path} leads to {found}, outside of {self.root}. Give a path inside of it")
        if not found.is_dir():
            raise Failure("not_found", f"there is no directory {path} in {self.root}. Check the path and the branch")
        return found

    def shown(self, path: Path) -> str:
        """Return ``path`` as people write it: relative to the work tree."""
        return path.relative_to(self.root).as_posix()

    def read(self, real: Path) -> _yaml_text.Source:
        """Parse the YAML file ``real``."""
        return self.parse(real, self.read_bytes(real))

    def parse(self, real: Path, data: bytes) -> _yaml_text.Source:
        """Parse what was read from the YAML file ``real``."""
        return _yaml_text.read(data, self.shown(real))

    def read_bytes(self, real: Path) -> bytes:
        """Return the content of ``real``, a path that ``real`` returned."""
        try:
            return real.read_bytes()
        except OSError as error:
            raise Failure(
                "refused", f"cannot read {self.shown(real)}: {error.strerror}. Check its permissions"
            ) from error

    def write_all(self, contents: Mapping[Path, bytes]) -> None:
        """Replace the content of each file in one step, in the order given, once all of them are on the disk."""
        _file_set.replace_all(contents)


def open_tree(path: str) -> WorkTree:
    """Return the work tree at ``path``."""
    root = Path(path).expanduser().resolve()
    if not root.is_dir():
        raise Failure("not_found", f"there is no directory {root}. Clone it, or give another work_tree")
    return WorkTree(root)

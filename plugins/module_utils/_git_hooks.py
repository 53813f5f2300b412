# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The user's commit hooks, run on what is going to be committed, away from the user's files.

A commit that is built in an index of our own passes by ``git commit`` and so by its hooks.  They run here in a
checkout of that index in a temporary directory: they see exactly what would be committed, may change it with
``git add``, and cannot touch the user's work tree.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import Failure
from ansible_collections.manuela.event_streaming.plugins.module_utils._git import ANY, Git
from ansible_collections.manuela.event_streaming.plugins.module_utils._git_errors import essence
from ansible_collections.manuela.event_streaming.plugins.module_utils._git_layout import Layout
from ansible_collections.manuela.event_streaming.plugins.module_utils._git_tree import PrivateIndex


class CommitHooks:
    """The hooks ``pre-commit`` and ``commit-msg`` of one repository."""

    def __init__(self, git: Git, layout: Layout, room: Path) -> None:
        self._git = git
        self._git_dir = layout.git_dir
        self._room = room
        places = {name: (layout.hooks / name).resolve() for name in ("pre-commit", "commit-msg")}
        self._found = {name: path for name, path in places.items() if path.is_file() and os.access(path, os.X_OK)}

    def run(self, index: PrivateIndex, message: str) -> str:
        """Run the hooks that exist; return the message, which ``commit-msg`` may have changed."""
        if "pre-commit" in self._found:
            with tempfile.TemporaryDirectory(dir=self._room) as tree:
                self._git.run("checkout-index", "-a", "-q", f"--prefix={tree}/", env=index.environment)
                self._call("pre-commit", index, Path(tree))
        if "commit-msg" not in self._found:
            return message
        with tempfile.TemporaryDirectory(dir=self._room) as tree:
            file = Path(tree, "COMMIT_EDITMSG")
            file.write_text(message, encoding="utf-8", errors="surrogateescape")
            self._call("commit-msg", index, Path(tree), str(file))
            return file.read_text(encoding="utf-8", errors="surrogateescape")

    def _call(self, name: str, index: PrivateIndex, tree: Path, *args: str) -> None:
        env = {**index.environment, "GIT_DIR": str(self._git_dir), "GIT_WORK_TREE": str(tree)}
        done = self._git.program(str(self._found[name]), *args, directory=tree, env=env, verb=f"hook {name}", ok=ANY)
        if done.code:
            said = f"{done.text}\n{done.err}"
            raise Failure(
                "refused",
                f"the hook {name} of {self._git.directory} refused the commit: {essence(said)}. Do what it says, "
                "then run again; files, index and HEAD are as they were",
                details={"hook": name, "said": said.strip()[-4000:]},
            )

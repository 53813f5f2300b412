# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A new work copy: where it starts, as its remote says."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Mapping

from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import Failure
from ansible_collections.manuela.event_streaming.plugins.module_utils._git import ANY, Git
from ansible_collections.manuela.event_streaming.plugins.module_utils._git_errors import git_failure, without_password

# What git check-ref-format allows.
_NAME = re.compile(r"(?!-)[^\x00-\x20\x7f~^:?*\[\\]+")
_NO_NAME = re.compile(r"\.\.|@\{|//|^/|/$|\.$|(^|/)\.|\.lock(/|$)|^@$|^HEAD$")
_NOTED = "refs/remotes/origin/"


@dataclass(frozen=True)
class Asked:
    """The remote, the branch (empty for the default one), and whether a branch that is not there begins anew."""

    url: str
    branch: str = ""
    create: bool = False


@dataclass(frozen=True)
class Start:
    """The branch and the revision to start from, and the default branch."""

    branch: str
    tip: str
    default: str


def advertised(git: Git, asked: Asked) -> Start:
    """Ask the remote without fetching anything."""
    said = git.run("ls-remote", "--symref", "--", asked.url, "HEAD", "refs/heads/*", url=asked.url).text
    default, tips = "", {}
    for line in said.splitlines():
        value, _tab, name = line.partition("\t")
        if value.startswith("ref: refs/heads/") and name == "HEAD":
            default = value.removeprefix("ref: refs/heads/")
        elif name.startswith("refs/heads/"):
            tips[name.removeprefix("refs/heads/")] = value
    return _start(asked, default, tips)


def clone_into(git: Git, asked: Asked, room: Path) -> Start:
    """Clone into the empty directory ``room`` and check out the branch; the remote is asked once."""
    only = ["--branch", asked.branch] if asked.branch and not asked.create else []
    done = git.run("clone", "--quiet", "--no-tags", "--no-checkout", *only, "--", asked.url, str(room),
                   url=asked.url, ok=ANY)  # fmt: skip
    if done.code and only and f"branch {asked.branch} not found" in done.err:
        return advertised(git, asked)  # which fails, and says what there is
    if done.code:
        raise git_failure("git clone", done.err or done.text, asked.url, git.redact)
    inside = Git(room, git.access)
    start = _start(asked, *_noted(inside))
    if not start.tip:
        inside.run("symbolic-ref", "HEAD", f"refs/heads/{start.branch}")
        return start
    inside.run("checkout", "--quiet", "-B", start.branch, start.tip)
    inside.run("config", f"branch.{start.branch}.remote", "origin")
    inside.run("config", f"branch.{start.branch}.merge", f"refs/heads/{start.branch}")
    return start


def _noted(git: Git) -> tuple[str, dict[str, str]]:
    """Return the default branch and the tips of all branches, as the clone has noted them."""
    default, tips = "", {}
    for line in git.text("for-each-ref", "--format=%(refname) %(objectname) %(symref)", _NOTED).splitlines():
        name, value, target = line.split(" ")
        if name == f"{_NOTED}HEAD":
            default = target.removeprefix(_NOTED)
        else:
            tips[name.removeprefix(_NOTED)] = value
    return default, tips


def _start(asked: Asked, default: str, tips: Mapping[str, str]) -> Start:
    wanted = asked.branch or default or "main"
    if not _NAME.fullmatch(wanted) or _NO_NAME.search(wanted):
        raise Failure("invalid_option", f"branch: git has no branch with the name {wanted!r}. Give another name")
    if wanted in tips:
        return Start(wanted, tips[wanted], default)
    if tips and not asked.create:
        names = ", ".join(sorted(tips)[:20])
        raise Failure("not_found", f"{without_password(asked.url)} has no branch {wanted}. It has: {names}. "
                      "Give one of them, or create_branch: true", details={"branches": sorted(tips)})  # fmt: skip
    return Start(wanted, tips.get(default, ""), default)

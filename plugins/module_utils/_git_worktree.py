# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A private work copy: cloned when it is missing, fast-forwarded when it is behind, never reset."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Iterator, Mapping
from urllib.parse import unquote, urlsplit, urlunsplit

from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import Failure
from ansible_collections.manuela.event_streaming.plugins.module_utils._git import Access, Git
from ansible_collections.manuela.event_streaming.plugins.module_utils._git_claim import Claim
from ansible_collections.manuela.event_streaming.plugins.module_utils._git_copy import WorkCopy, opened
from ansible_collections.manuela.event_streaming.plugins.module_utils._git_diff import readable_diff
from ansible_collections.manuela.event_streaming.plugins.module_utils._git_errors import without_password
from ansible_collections.manuela.event_streaming.plugins.module_utils._git_merged import includes
from ansible_collections.manuela.event_streaming.plugins.module_utils._git_tree import PrivateIndex
from ansible_collections.manuela.event_streaming.plugins.module_utils._plan import Result
from ansible_collections.manuela.event_streaming.plugins.module_utils._wait import Clock

_LEFTOVER_SECONDS = 3600


def execute(params: Mapping[str, Any], check_mode: bool, clock: Clock) -> Result:
    """Clone or fast-forward what the options name."""
    access = Access.of(params)
    url = checked_url(params["repo"])
    path = Path(params["path"]).expanduser()
    if _missing(path):
        return _clone(path, url, params, access, check_mode)
    with opened(str(path), access, keep=not check_mode) as copy:
        return _forward(copy, url, params, check_mode)


def checked_url(url: str) -> str:
    """Return the URL, after making sure that it holds no password."""
    if without_password(url) != url:
        password = urlsplit(url).password or ""
        raise Failure("invalid_option", f"repo: the URL of {without_password(url)} holds a password, which would end "
                      "up in .git/config and in logs. Give it as token (and username)",
                      secrets=(unquote(password), password))  # fmt: skip
    return url


def same_repository(one: str, other: str) -> bool:
    """Say whether two URLs name one repository: user, ``.git``, trailing slash and the scp-like form do not matter."""
    return _plain(one) == _plain(other)


def _plain(url: str) -> str:
    if "://" not in url and ":" in url.split("/")[0]:  # git@host:group/repo.git
        host, _colon, path = url.partition(":")
        url = f"ssh://{host}/{path}"
    parts = urlsplit(url)
    if parts.scheme in ("", "file"):
        return os.path.realpath(parts.path).removesuffix("/.git").removesuffix(".git").rstrip("/")
    host = parts.netloc.rpartition("@")[2].lower()
    return urlunsplit(("", host, parts.path.rstrip("/").removesuffix(".git"), "", ""))


def _missing(path: Path) -> bool:
    if not path.exists():
        return True
    if not path.is_dir():
        raise Failure("refused", f"{path} is a file. Give the path of a directory for the work copy")
    return not any(path.iterdir())


# --- clone -----------------------------------------------------------------------------------------------------------


def _clone(path: Path, url: str, params: Mapping[str, Any], access: Access, check_mode: bool) -> Result:
    parent = path.resolve().parent
    git = Git(next(one for one in (parent, *parent.parents) if one.is_dir()), access)
    branch, tip, default = _advertised(git, url, params["branch"] or "", params["create_branch"])
    if not check_mode:
        with _made(parent), _sibling(path, parent) as room:
            _clone_into(git, url, branch, tip, room)
            os.rename(room, path)
        Claim(path.resolve() / ".git").take(params["protect"] or [])
    state = {**_state(path, branch, tip, tip, url), "default_branch": default or None}
    reasons = (f"there is no work copy at {path}",)
    return Result(True, state, reasons, before={"revision": None}, after={"revision": tip or None})


@contextmanager
def _made(parent: Path) -> Iterator[None]:
    """Make ``parent`` and what leads to it; what a failure leaves empty of these is removed."""
    new = [one for one in (parent, *parent.parents) if not one.exists()]
    try:
        parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Failure("refused", f"cannot create {parent}: {error.strerror}. Check its permissions") from error
    try:
        yield
    except BaseException:
        with suppress(OSError):  # somebody else has put something there
            for one in new:
                one.rmdir()
        raise


def _advertised(git: Git, url: str, branch: str, create: bool) -> tuple[str, str, str]:
    """Return branch and revision to start from, and the default branch, as the remote names them."""
    said = git.run("ls-remote", "--symref", url, "HEAD", "refs/heads/*", url=url).text
    default, tips = "", {}
    for line in said.splitlines():
        value, _tab, name = line.partition("\t")
        if value.startswith("ref: refs/heads/") and name == "HEAD":
            default = value.removeprefix("ref: refs/heads/")
        elif name.startswith("refs/heads/"):
            tips[name.removeprefix("refs/heads/")] = value
    wanted = branch or default or "main"
    if wanted in tips:
        return wanted, tips[wanted], default
    if tips and not create:
        names = ", ".join(sorted(tips)[:20])
        raise Failure("not_found", f"{without_password(url)} has no branch {wanted}. It has: {names}. "
                      "Give one of them, or create_branch: true", details={"branches": sorted(tips)})  # fmt: skip
    return wanted, tips.get(default, ""), default


@contextmanager
def _sibling(path: Path, parent: Path) -> Iterator[Path]:
    """Give a new directory beside ``path``, and remove it when the clone does not end well."""
    prefix = f".{path.name}.event-streaming-"
    for leftover in parent.glob(f"{prefix}*"):
        if time.time() - leftover.lstat().st_mtime > _LEFTOVER_SECONDS:  # of a run that was killed
            shutil.rmtree(leftover, ignore_errors=True)
    room = Path(tempfile.mkdtemp(prefix=prefix, dir=parent))
    try:
        room.chmod(0o755)
        yield room
    finally:
        shutil.rmtree(room, ignore_errors=True)


def _clone_into(git: Git, url: str, branch: str, tip: str, room: Path) -> None:
    git.run("clone", "--quiet", "--no-tags", "--no-checkout", url, str(room), url=url)
    inside = Git(room, git.access)
    if not tip:
        inside.run("symbolic-ref", "HEAD", f"refs/heads/{branch}")
        return
    inside.run("checkout", "--quiet", "-B", branch, tip)
    inside.run("config", f"branch.{branch}.remote", "origin")
    inside.run("config", f"branch.{branch}.merge", f"refs/heads/{branch}")


# --- an existing copy ------------------------------------------------------------------------------------------------


def _forward(copy: WorkCopy, url: str, params: Mapping[str, Any], check_mode: bool) -> Result:
    _require_remote(copy, url)
    branch = copy.require(params["branch"] or "")
    head, there = copy.head(), copy.remote_tip(branch)
    if not there and not params["create_branch"] and head:
        raise Failure("not_found", f"{url} has no branch {branch}. Give a branch that it has, or create_branch: true")
    anew = _merged_into(copy, url, head) if head and not there else ""
    tip = there or anew
    if not params["adopt"]:
        _protect(copy, params["protect"] or [], tip)
    behind, ahead = copy.only_in(tip, head), copy.only_in(head, tip) if there else []
    move = bool(behind) and not ahead and copy.advance(branch, head, tip, dry=True).moved
    reasons: tuple[str, ...] = ()
    text = ""
    if move:
        reasons = (f"the work copy was {len(behind)} commit(s) behind",)
        text = readable_diff(copy.git, copy.tree(head), tip)
        if not check_mode:
            copy.advance(branch, head, tip)
    elif behind:
        reasons = (_why_not(copy, branch, head, tip, ahead),)
    if not check_mode:
        _claim(copy, params["protect"] or [])
    left = 0 if move else len(behind)
    state = _state(copy.root, branch, tip if move else head, there, url, len(ahead), left, copy.dirty())
    return Result(move, {**state, "default_branch": copy.default_branch(branch) or None}, reasons, prepared=text)


def _merged_into(copy: WorkCopy, url: str, head: str) -> str:
    """Return where a branch that the remote lacks begins anew: at the default branch, once that includes HEAD.

    So it is with a branch that was merged, and deleted at the host.
    """
    _branch, advertised, default = _advertised(copy.git, url, "", create=True)
    tip = copy.remote_tip(default) if advertised else ""
    return tip if tip and includes(copy.git, copy.room, tip, head) else ""


def _claim(copy: WorkCopy, protect: list[str]) -> None:
    """Record what is edited from now on; a call that edits nothing ends the record of a run that changed nothing."""
    claim = Claim(copy.git_dir)
    if protect:
        claim.take(protect)
    else:
        claim.end(copy.dirty())


def _require_remote(copy: WorkCopy, url: str) -> None:
    name, found = copy.remote(copy.git.ask("symbolic-ref", "--quiet", "--short", "HEAD"))
    written = copy.git.ask("config", "--get", f"remote.{name}.url")
    if not any(same_repository(url, known) for known in (found, written)):
        raise Failure("refused", f"{copy.root} is a work copy of {without_password(written or found)}, not of {url}. "
                      "Give another path, or the repository that it belongs to")  # fmt: skip


def _protect(copy: WorkCopy, protect: list[str], tip: str) -> None:
    named = [os.path.normpath(path) for path in protect]
    touched = [path for path in copy.dirty() if any(path == name or path.startswith(f"{name}/") for name in named)]
    head = copy.tree(copy.head())
    index = PrivateIndex(copy.git, head, copy.room)
    index.read_work_tree(touched)
    ours, theirs = index.entries(), PrivateIndex(copy.git, copy.tree(tip), copy.room).entries()
    touched = [path for path in touched if ours.get(path) != theirs.get(path)]  # else a killed run pushed them already
    claim = Claim(copy.git_dir)
    touched = [path for path in touched if not claim.holds(path)]
    if not touched:
        return
    raise Failure(
        "conflict",
        f"{copy.root} has local changes, which this run did not make, in {', '.join(touched)}. Commit or undo them, or "
        "take them over with adopt: true; nothing was changed",
        details={"paths": touched, "diff": readable_diff(copy.git, head, index.write())},
    )


def _why_not(copy: WorkCopy, branch: str, head: str, tip: str, ahead: list[str]) -> str:
    if ahead:
        return f"{len(ahead)} local commit(s) are not on the remote, which moved too; publishing puts them on top"
    stuck = copy.advance(branch, head, tip, dry=True).stuck
    return f"local changes in {', '.join(stuck)} are in the way of the remote's; publishing merges them"


def _state(path: Path, branch: str, revision: str, remote: str, url: str, ahead: int = 0, behind: int = 0,
           dirty: list[str] | None = None) -> dict[str, Any]:  # fmt: skip
    return {
        "path": str(path),
        "branch": branch,
        "revision": revision or None,
        "remote_revision": remote or None,
        "ahead": ahead,
        "behind": behind,
        "dirty": dirty or [],
        "repo": without_password(url),
    }

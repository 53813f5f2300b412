# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A private work copy: cloned when it is missing, fast-forwarded when it is behind, never reset."""

from __future__ import annotations

import glob
import os
import shutil
import tempfile
import time
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, Iterator, Mapping
from urllib.parse import unquote, urlsplit, urlunsplit

from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import Failure
from ansible_collections.manuela.event_streaming.plugins.module_utils._git import Access, Git
from ansible_collections.manuela.event_streaming.plugins.module_utils._git_claim import Claim
from ansible_collections.manuela.event_streaming.plugins.module_utils._git_clone import Asked, advertised, clone_into
from ansible_collections.manuela.event_streaming.plugins.module_utils._git_copy import Advance, WorkCopy, opened
from ansible_collections.manuela.event_streaming.plugins.module_utils._git_diff import readable_diff
from ansible_collections.manuela.event_streaming.plugins.module_utils._git_errors import without_password
from ansible_collections.manuela.event_streaming.plugins.module_utils._git_merged import includes
from ansible_collections.manuela.event_streaming.plugins.module_utils._git_tree import PrivateIndex
from ansible_collections.manuela.event_streaming.plugins.module_utils._git_wire import Patience
from ansible_collections.manuela.event_streaming.plugins.module_utils._plan import Result
from ansible_collections.manuela.event_streaming.plugins.module_utils._wait import Clock

_LEFTOVER_SECONDS = 3600


def execute(params: Mapping[str, Any], check_mode: bool, clock: Clock) -> Result:
    """Clone or fast-forward what the options name."""
    access = Access.of(params)
    url = checked_url(params["repo"])
    path = Path(params["path"]).expanduser()
    patience = Patience(clock)
    if _missing(path):
        done = _clone(path, url, params, access, check_mode, patience)
    else:
        with opened(str(path), access, keep=not check_mode) as copy:
            done = _forward(copy, url, params, check_mode, patience)
    return replace(done, state={**done.state, "attempts": 1 + patience.again})


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


def _clone(path: Path, url: str, params: Mapping[str, Any], access: Access, check_mode: bool,
           patience: Patience) -> Result:  # fmt: skip
    parent = path.resolve().parent
    git = Git(next(one for one in (parent, *parent.parents) if one.is_dir()), access)
    asked = Asked(url, params["branch"] or "", params["create_branch"])
    if check_mode:
        start = patience.ask(lambda: advertised(git, asked))
    else:
        with _made(parent), _sibling(path, parent) as room:
            start = patience.ask(lambda: clone_into(git, asked, room))
            _put(room, path.resolve())
        Claim(path.resolve() / ".git").take(params["protect"] or [])
    state = {**_state(path, start.branch, start.tip, start.tip, url), "default_branch": start.default or None}
    reasons = (f"there is no work copy at {path}",)
    return Result(True, state, reasons, before={"revision": None}, after={"revision": start.tip or None})


def _put(room: Path, path: Path) -> None:
    try:
        os.rename(room, path)
    except OSError as error:
        raise Failure("refused", f"cannot put the clone at {path}: {error.strerror}. Give a directory below it when "
                      "something is mounted there") from error  # fmt: skip


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


@contextmanager
def _sibling(path: Path, parent: Path) -> Iterator[Path]:
    """Give a new directory beside ``path``, and remove it when the clone does not end well."""
    prefix = f".{path.name}.event-streaming-"
    for leftover in parent.glob(f"{glob.escape(prefix)}*"):
        if time.time() - leftover.lstat().st_mtime > _LEFTOVER_SECONDS:  # of a run that was killed
            shutil.rmtree(leftover, ignore_errors=True)
    room = Path(tempfile.mkdtemp(prefix=prefix, dir=parent))
    try:
        room.chmod(0o755)
        yield room
    finally:
        shutil.rmtree(room, ignore_errors=True)


# --- an existing copy ------------------------------------------------------------------------------------------------


def _forward(copy: WorkCopy, url: str, params: Mapping[str, Any], check_mode: bool, patience: Patience) -> Result:
    _require_remote(copy, url)
    branch = copy.require(params["branch"] or "")
    head, there = copy.head, patience.ask(lambda: copy.remote_tip(branch))
    if not there and not params["create_branch"] and head:
        raise Failure("not_found", f"{url} has no branch {branch}. Give a branch that it has, or create_branch: true")
    anew = patience.ask(lambda: _merged_into(copy, url, head)) if head and not there else ""
    tip = there or anew
    dirty = copy.dirty()
    if not params["adopt"]:
        _protect(copy, params["protect"] or [], head, tip, dirty)
    behind, ahead = copy.only_in(tip, head), copy.only_in(head, tip) if there else []
    reasons: tuple[str, ...] = ()
    text, moved = "", Advance(False)
    if behind and not ahead:
        text = readable_diff(copy.git, copy.tree(head), tip)
        moved = copy.advance(branch, head, tip, dry=check_mode)
    if moved.moved:
        reasons = (f"the work copy was {len(behind)} commit(s) behind",)
        dirty = dirty if check_mode else copy.dirty()
    elif behind:
        reasons, text = (_why_not(ahead, moved.stuck),), ""
    if not check_mode:
        _claim(copy, params["protect"] or [], dirty)
    left = 0 if moved.moved else len(behind)
    state = _state(copy.root, branch, tip if moved.moved else head, there, url, len(ahead), left, dirty)
    return Result(moved.moved, {**state, "default_branch": copy.default_branch(branch) or None}, reasons, prepared=text)


def _merged_into(copy: WorkCopy, url: str, head: str) -> str:
    """Return where a branch that the remote lacks begins anew: at the default branch, once that includes HEAD.

    So it is with a branch that was merged, and deleted at the host.
    """
    start = advertised(copy.git, Asked(url, create=True))
    tip = copy.remote_tip(start.default) if start.tip else ""
    return tip if tip and includes(copy.git, copy.room, tip, head) else ""


def _claim(copy: WorkCopy, protect: list[str], dirty: list[str]) -> None:
    """Record what is edited from now on; a call that edits nothing ends the record of a run that changed nothing."""
    claim = Claim(copy.git_dir)
    if protect:
        claim.take(protect)
    else:
        claim.end(lambda: dirty)


def _require_remote(copy: WorkCopy, url: str) -> None:
    name, found = copy.remote(copy.current)
    written = [str(copy.root / one) if one.startswith(".") else one for one in copy.git.config.urls_of(name)]
    if not any(same_repository(url, known) for known in (found, *written)):
        raise Failure("refused", f"{copy.root} is a work copy of {without_password(found)}, not of {url}. "
                      "Give another path, or the repository that it belongs to")  # fmt: skip


def _protect(copy: WorkCopy, protect: list[str], revision: str, tip: str, dirty: list[str]) -> None:
    named = [os.path.normpath(path) for path in protect]
    touched = [path for path in dirty if any(path == name or path.startswith(f"{name}/") for name in named)]
    if not touched:
        return
    head = copy.tree(revision)
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


def _why_not(ahead: list[str], stuck: tuple[str, ...]) -> str:
    if ahead:
        return f"{len(ahead)} local commit(s) are not on the remote, which moved too; publishing puts them on top"
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

# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Git remote of a lab: our sample repository, or a copy of somebody's own, made to follow itself."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

from manuela_lab import sensors
from manuela_lab.errors import LabError
from manuela_lab.manifests import point_applications
from manuela_lab.places import Places

AUTHOR = {"NAME": "Manuela Lab", "EMAIL": "lab@manuela.example"}
TIMEOUT = 300.0
LEFT_LINKS = (
    ("factorydatacenter", "factory-mirror-maker"),
    ("factorydatacenter", "central-s3-store"),
    ("centraldatacenter", "central-kafka-cluster"),
)


def git(*arguments: str, cwd: Path | None = None, ok: tuple[int, ...] = (0,)) -> str:
    """Run git without any prompt or configuration of the user's; the last line of what it said is in the error."""
    environment = {
        "PATH": os.environ.get("PATH", ""),
        "HOME": os.environ.get("HOME", "/"),
        "SSH_AUTH_SOCK": os.environ.get("SSH_AUTH_SOCK", ""),
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_SSH_COMMAND": "ssh -o BatchMode=yes",
        **{f"GIT_{role}_{field}": value for role in ("AUTHOR", "COMMITTER") for field, value in AUTHOR.items()},
    }
    try:
        done = subprocess.run(
            ["git", "-c", "core.symlinks=true", "-c", "commit.gpgsign=false", *arguments],
            cwd=cwd, env=environment, capture_output=True, text=True, timeout=TIMEOUT, stdin=subprocess.DEVNULL,
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise LabError(f"git {arguments[0]}: no answer within {TIMEOUT:.0f} s; is the repository reachable?") from error
    if done.returncode not in ok:
        said = (done.stderr.strip() or done.stdout.strip()).splitlines() or ["no message"]
        raise LabError(f"git {arguments[0]} failed (exit {done.returncode}): {said[-1]}")
    return done.stdout.strip()


def seed(places: Places, url: str, branch: str, left_over: bool, settle: Callable[[Path], None] | None = None) -> str:
    """Make the remote from the sample repository, with one commit, and another for what a show left behind.

    ``settle`` changes the sample before its commit, as the owner of a fork does.
    """
    sample = places.checkout / "lab" / "gitops"
    if not sample.is_dir():
        raise LabError(f"the sample repository {sample} is missing; restore it or give your own with --gitops")
    with _arriving(places) as (bare, tree):
        git("init", "-q", "-b", branch, str(tree))
        shutil.copytree(sample, tree, symlinks=True, dirs_exist_ok=True)
        point_applications(tree, _all_applications(tree), url, branch)
        if settle:
            settle(tree)
        _commit(tree, "The demo's GitOps repository in its quiet state")
        if left_over:
            _leave_over(tree)
        git("clone", "-q", "--bare", str(tree), str(bare))
        return _publish(bare, places, branch)


def adopt(places: Places, source: str, url: str, parents: Iterable[str], namespace: str) -> str:
    """Make the remote from somebody's repository, with one commit more: the parents follow this remote.

    They are for ``namespace``, where the lab's Argo CD looks.
    Only the parents: the children are for prepare to set, as in a fork.  But prepare knows nothing of the sensors when
    they are in an environment of their own (the demo's line data server): there the lab sets parent and children.
    """
    with _arriving(places) as (bare, tree):
        git("clone", "-q", "--bare", _absolute(source), str(bare))
        git("clone", "-q", str(bare), str(tree))
        branch = git("symbolic-ref", "--short", "HEAD", cwd=tree)
        named = _named(tree / "meta", set(parents))
        changed = point_applications(tree, [*named, *sensors.applications(tree, named)], url, branch, namespace)
        if changed:
            _commit(tree, "The parents follow the lab's remote")
            git("push", "-q", "origin", branch, cwd=tree)
        return _publish(bare, places, branch)


def _absolute(source: str) -> str:
    """A local path may be relative to where the user is; anything else is a URL."""
    return str(Path(source).absolute()) if Path(source).exists() else source


def _all_applications(tree: Path) -> list[Path]:
    return [path for path in sorted(tree.rglob("*.yaml")) if not path.is_symlink() and ".git" not in path.parts]


def _named(directory: Path, names: set[str]) -> list[Path]:
    """The parents' manifests: whatever file of meta/ names one."""
    found = [path for path in sorted(directory.glob("*.y*ml")) if names & set(path.read_text("utf-8").split())]
    if not found:
        raise LabError(f"no manifest in meta/ of the given repository names {' or '.join(sorted(names))}")
    return found


def _leave_over(tree: Path) -> None:
    """What a careless presenter left: Kafka switched on, the data lake linked, its S3 part into the wrong place."""
    kustomization = tree / "config" / "instances" / "manuela-stormshift" / "messaging" / "kustomization.yaml"
    text = kustomization.read_text(encoding="utf-8")
    kustomization.write_text(re.sub(r"(?m)^(\s*)# ?(- \S+/messaging-kafka)$", r"\1\2", text), encoding="utf-8")
    for environment, name in LEFT_LINKS:
        target = Path("config", "instances", "manuela-data-lake", f"manuela-data-lake-{name}.yaml")
        if not (tree / target).is_file():
            raise LabError(f"the sample repository has no {target}: restore it")
        link = tree / "deployment" / f"execenv-{environment}" / target.name
        if not link.is_symlink():
            link.symlink_to(Path("..", "..") / target)
    _commit(tree, "What the last show left behind")


def _commit(tree: Path, message: str) -> None:
    git("add", "--all", cwd=tree)
    git("commit", "-q", "-m", message, cwd=tree)


class _arriving:
    """Temporary directories beside the remote: bare repository and work tree."""

    def __init__(self, places: Places) -> None:
        places.remote.parent.mkdir(parents=True, exist_ok=True)
        for leftover in places.remote.parent.glob(".arriving-*"):
            shutil.rmtree(leftover, ignore_errors=True)
        self._root = Path(tempfile.mkdtemp(prefix=".arriving-", dir=places.remote.parent))

    def __enter__(self) -> tuple[Path, Path]:
        return self._root / "bare.git", self._root / "tree"

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self._root, ignore_errors=True)


def _publish(bare: Path, places: Places, branch: str) -> str:
    """One rename makes the remote appear; it keeps no link to where it came from."""
    if "origin" in git("remote", cwd=bare).split():
        git("remote", "remove", "origin", cwd=bare)
    git("config", "uploadpack.allowAnySHA1InWant", "true", cwd=bare)
    git("update-server-info", cwd=bare)
    os.rename(bare, places.remote)
    return branch


def listing(remote: Path, branch: str, directory: str) -> list[str]:
    """The files of a directory of the remote."""
    return git("ls-tree", "--name-only", branch, f"{directory}/", cwd=remote).splitlines()


def show(remote: Path, branch: str, path: str) -> str:
    """A file of the remote."""
    return git("show", f"{branch}:{path}", cwd=remote)

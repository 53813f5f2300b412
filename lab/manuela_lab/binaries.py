# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The control plane's programs: built once from the Go module, kept in the cache under a name made of its sources."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from manuela_lab.errors import LabError
from manuela_lab.places import Places
from manuela_lab.prerequisites import required
from manuela_lab.progress import HEARTBEAT, Progress

# One set of flags, always: with another one, Go compiles all of its 3,000 packages again.
VERSIONS = {
    "k8s.io/component-base/version.gitVersion": "v1.36.3",
    "sigs.k8s.io/kustomize/api/provenance.version": "v5.8.1",
}
LDFLAGS = "-s -w " + " ".join(f"-X {name}={value}" for name, value in VERSIONS.items())
ENVIRONMENT = {"CGO_ENABLED": "0", "GOFLAGS": "-buildvcs=false", "GOWORK": "off"}
MODULE = Path("lab", "controlplane")
PACKAGES = 3180
UNUSED = 30 * 24 * 3600.0
ARGO_NAMES = ("argocd-application-controller", "argocd-repo-server", "argocd-git-ask-pass")
VERIFY_WRAPPER = "#!/bin/sh\n# Argo CD asks here whether a commit is signed; the lab checks no signatures.\nexit 0\n"


def sources(module: Path) -> list[Path]:
    """Everything that the programs are made of."""
    return [module / "go.mod", module / "go.sum", *sorted(module.glob("*/**/*.go"))]


def directory_for(module: Path, cache: Path) -> Path:
    """The cache directory of these sources and flags."""
    digest = hashlib.sha256(f"{LDFLAGS} {ENVIRONMENT}".encode())
    for path in sources(module):
        digest.update(f"{path.relative_to(module)}\0".encode() + path.read_bytes())
    return cache / f"bin-{digest.hexdigest()[:12]}"


def ensure(places: Places, progress: Progress) -> Path:
    """The directory with the programs, built when the cache has none."""
    module = places.checkout / MODULE
    directory = directory_for(module, places.cache)
    if directory.exists():
        os.utime(directory)
        return directory
    places.cache.mkdir(parents=True, exist_ok=True)
    with _alone(places.cache / "build.lock", progress):
        if not directory.exists():
            _build_into(directory, module, progress)
    return directory


def cached(places: Places) -> bool:
    """Whether the cache has the programs."""
    return directory_for(places.checkout / MODULE, places.cache).exists()


def _sweep(cache: Path, now: float) -> None:
    """Remove what killed builds left, and builds of sources that nobody has used for a month."""
    for leftover in cache.glob(".bin-*"):
        shutil.rmtree(leftover, ignore_errors=True)
    for build in cache.glob("bin-*"):
        if now - build.stat().st_mtime > UNUSED:
            shutil.rmtree(build, ignore_errors=True)


def _build_into(directory: Path, module: Path, progress: Progress) -> None:
    """Beside first, then one rename: a killed build leaves nothing that looks complete."""
    _sweep(directory.parent, time.time())
    arriving = Path(tempfile.mkdtemp(prefix=".bin-", dir=directory.parent))
    try:
        _compile(module, arriving, progress)
        _add_names(arriving)
        arriving.chmod(0o755)
        os.rename(arriving, directory)
    finally:
        shutil.rmtree(arriving, ignore_errors=True)


def _add_names(directory: Path) -> None:
    for name in ARGO_NAMES:
        (directory / name).symlink_to("argolab")
    wrapper = directory / "git-verify-wrapper.sh"
    wrapper.write_text(VERIFY_WRAPPER, encoding="utf-8")
    wrapper.chmod(0o755)


def _compile(module: Path, target: Path, progress: Progress) -> None:
    command = [required("go"), "build", "-v", "-trimpath", "-ldflags", LDFLAGS, "-o", f"{target}/", "./cmd/..."]
    progress.say("building the control plane from Go modules (once; about 10 minutes on two cores, less when cached)")
    begin = progress.elapsed
    child = subprocess.Popen(
        command, cwd=module, env=build_environment(os.environ), text=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
    )  # fmt: skip
    lines = _follow(child, progress)
    if child.wait() != 0:
        said = " / ".join(line for line in lines[-4:])
        raise LabError(f"go build failed in {module} (exit {child.returncode}): {said}")
    progress.say(f"control plane built in {progress.elapsed - begin:.0f} s")


def build_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """The user's environment with our flags in place of the user's own."""
    return {**environment, **ENVIRONMENT}


def _follow(child: subprocess.Popen[str], progress: Progress) -> list[str]:
    """Read what Go says; a line per heartbeat, also in the minutes in which Go says nothing."""
    lines: list[str] = []
    ended = threading.Event()

    def speak() -> None:
        while not ended.wait(HEARTBEAT):
            progress.say(stage(lines))
            if progress.stopped.is_set():
                child.terminate()

    speaker = threading.Thread(target=speak, daemon=True)
    speaker.start()
    assert child.stderr is not None
    lines.extend(line.strip() for line in child.stderr)
    ended.set()
    speaker.join()
    return lines


def stage(lines: list[str]) -> str:
    """How far Go is, told from what it has said so far."""
    fetched = sum(line.startswith("go: downloading") for line in lines)
    compiled = sum(not line.startswith(("go: ", "#")) for line in lines)
    if not lines:
        return "building the control plane: Go looks at what it has compiled before, and links"
    if compiled == 0:
        return f"building the control plane: {fetched} modules downloaded"
    return f"building the control plane: {compiled} of at most {PACKAGES} packages compiled"


@contextmanager
def _alone(lock: Path, progress: Progress) -> Iterator[None]:
    """Two labs that start together build once."""
    with lock.open("w") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            progress.say("another lab is building the control plane; waiting for it")
            fcntl.flock(stream, fcntl.LOCK_EX)
        yield

# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A kill at every boundary of a system call: files are old or new, never in part, and the next run completes."""

from __future__ import annotations

import os
import signal
import sys
import threading
from pathlib import Path

import pytest
from ansible_collections.manuela.event_streaming.plugins.module_utils import (
    _deployment_link,
    _kustomization_resource,
    _tls_secret,
)
from ansible_collections.manuela.event_streaming.plugins.module_utils._files import PREFIX, sweep, write_atomic
from ansible_collections.manuela.event_streaming.plugins.module_utils._git_claim import Claim

pytestmark = pytest.mark.slow

NOON = 1_800_000_000.0
# What Python calls for the system calls of a write, and those of them that change what others see.
CALLS = frozenset({"open", "write", "flush", "close", "fchmod", "fsync", "replace", "symlink", "unlink"})
TELLING = {"fsync", "replace", "symlink", "unlink"}


class Clock:
    def epoch(self):
        return NOON


def killed_at(boundary, work, calls):
    """Run ``work`` in a child that dies at the given boundary; say whether it came so far."""
    child = os.fork()
    if child:
        return os.WIFSIGNALED(os.waitpid(child, 0)[1])
    count = 0

    def profile(frame, event, called):
        nonlocal count
        is_one = event in ("c_call", "c_return") and called.__name__ in calls
        if is_one and not isinstance(called.__self__, str | bytes):
            count += 1
            if count == boundary:
                os.kill(os.getpid(), signal.SIGKILL)

    threading.setprofile(profile)
    sys.setprofile(profile)
    try:
        work()
        os._exit(0)
    except BaseException:
        os._exit(1)


def boundaries(work, after, calls=CALLS):
    """Kill ``work`` at each boundary in turn and call ``after``, until it comes to its end."""
    boundary = 0
    while killed_at(boundary + 1, work, calls):
        boundary += 1
        after(boundary)
    return boundary


def content(directory):
    return {path.name: path.read_bytes() for path in directory.iterdir() if not path.name.startswith(PREFIX)}


def test_a_file_is_old_or_new(tmp_path):
    file = tmp_path / "manifest.yaml"
    old, new = b"old\n" * 5000, b"new\n" * 7000
    seen = set()

    def look(boundary):
        assert list(content(tmp_path)) == ["manifest.yaml"]
        seen.add(file.read_bytes())
        assert file.read_bytes() in (old, new)
        assert file.stat().st_mode & 0o777 == 0o640
        for leftover in tmp_path.glob(f"{PREFIX}*"):
            os.utime(leftover, (0, 0))
        sweep(tmp_path)
        assert [path.name for path in tmp_path.iterdir()] == ["manifest.yaml"]
        file.write_bytes(old)

    file.write_bytes(old)
    file.chmod(0o640)
    assert boundaries(lambda: write_atomic(file, new), look) > 10
    assert seen == {old, new}


def test_a_new_key_file_is_never_readable_by_others(tmp_path):
    key = tmp_path / "key.pem"

    def look(boundary):
        for path in tmp_path.iterdir():
            assert path.stat().st_mode & 0o077 == 0
            path.unlink()

    assert boundaries(lambda: write_atomic(key, b"key", mode=0o600), look) > 10


def test_the_record_of_a_run_is_old_or_new(tmp_path):
    def look(boundary):
        Claim(tmp_path).holds("a/b")  # readable
        assert not Claim(tmp_path).holds("b")

    assert boundaries(lambda: Claim(tmp_path).take(["a"]), look) > 10


def manifests(tmp_path):
    text = 'kind: Secret\ndata:\n  tls.crt: ""\n  tls.key: ""\n'
    for name in ("pair.yaml", "trust.yaml", "more.yaml"):
        (tmp_path / name).write_text(text)
    item = {"name": None, "namespace": None, "certificate_key": "tls.crt", "private_key_key": "tls.key"}
    holds = {"pair.yaml": "pair", "trust.yaml": "certificate", "more.yaml": "certificate"}
    return {
        "work_tree": str(tmp_path), "manifests": [{**item, "path": path, "holds": holds[path]} for path in holds],
        "subject_alt_name": ["DNS:a.example.com"], "common_name": None, "subject": None, "key_type": "ECDSA",
        "key_size": None, "valid_days": 365, "renew_before_days": 30, "regenerate": "auto",
        "private_key_in_git": True, "ca_certificate": None, "ca_private_key": None, "ca_private_key_passphrase": None,
    }  # fmt: skip


def test_a_pair_is_the_same_in_all_manifests_after_the_next_run(tmp_path):
    pytest.importorskip("cryptography")
    asked = manifests(tmp_path)
    pairs = set()

    def look(boundary):
        was_made = b'tls.key: ""' not in (tmp_path / "pair.yaml").read_bytes()
        before = (tmp_path / "pair.yaml").read_bytes()
        result = _tls_secret.execute(asked, False, Clock())
        if was_made:  # the pair that a killed run made is kept
            assert (tmp_path / "pair.yaml").read_bytes() == before
        assert len({line for path in tmp_path.glob("*.yaml") for line in lines_of(path, "tls.crt")}) == 1
        assert not _tls_secret.execute(asked, False, Clock()).changed
        pairs.add(result.state["fingerprint_sha256"])
        manifests(tmp_path)

    count = boundaries(lambda: _tls_secret.execute(asked, False, Clock()), look, TELLING)
    assert count > 10
    assert len(pairs) == count


def lines_of(path: Path, key: str) -> list[str]:
    return [line for line in path.read_text().splitlines() if key in line]


def test_many_kustomizations_are_switched_by_the_next_run(tmp_path):
    names = [f"app{number}" for number in range(4)]
    old, new = b"resources:\n#- ../kafka\n- a.yaml\n", b"resources:\n- ../kafka\n- a.yaml\n"
    item = {
        "entry": "../kafka",
        "match": "exact",
        "field": None,
        "target": None,
        "state": "present",
        "missing": "error",
    }
    asked = {"work_tree": str(tmp_path), "entries": [{**item, "path": name} for name in names]}

    def reset(boundary=0):
        if boundary:
            written = [(tmp_path / name / "kustomization.yaml").read_bytes() for name in names]
            assert set(written) <= {old, new}
            _kustomization_resource.execute(asked, False, None)
            assert {(tmp_path / name / "kustomization.yaml").read_bytes() for name in names} == {new}
        for name in names:
            (tmp_path / name).mkdir(exist_ok=True)
            (tmp_path / name / "kustomization.yaml").write_bytes(old)

    reset()
    assert boundaries(lambda: _kustomization_resource.execute(asked, False, None), reset, TELLING) > 10


def test_a_link_is_there_or_not(tmp_path):
    for name in ("apps", "one"):
        (tmp_path / name).mkdir()
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / "apps" / name).write_text("kind: Application\n")
    link = {"environment": "one", "target": "apps/b.yaml", "name": "link.yaml", "state": "present"}
    asked = {"work_tree": str(tmp_path), "links": [link], "environments": [], "stray": "error"}
    path = tmp_path / "one/link.yaml"

    def reset(boundary=0):
        if boundary:
            assert os.readlink(path) in ("../apps/a.yaml", "../apps/b.yaml")  # a link that is replaced is never gone
            _deployment_link.execute(asked, False, None)
            assert [os.readlink(entry) for entry in path.parent.iterdir()] == ["../apps/b.yaml"]
            path.unlink()
        path.symlink_to("../apps/a.yaml")

    reset()
    assert boundaries(lambda: _deployment_link.execute(asked, False, None), reset) > 4

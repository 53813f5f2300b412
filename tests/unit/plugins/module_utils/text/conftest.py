# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A work tree on a real file system, and a check of everything a module must not touch."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable, Mapping

import pytest
from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import Failure
from ansible_collections.manuela.event_streaming.plugins.module_utils._plan import Result
from ansible_collections.manuela.event_streaming.tests.unit.plugins.modules.contract.file_world import NOON, Clock

Core = Callable[[Mapping[str, Any], bool, Any], Result]


@dataclass
class Tree:
    """A directory to build files in, and to compare before and after."""

    root: Path

    def clock(self, seconds: float = NOON) -> Clock:
        return Clock(seconds)

    def add(self, path: str, content: str | bytes) -> Path:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return file

    def link(self, path: str, text: str) -> Path:
        link = self.root / path
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(text)
        return link

    def bytes(self, path: str) -> bytes:
        return (self.root / path).read_bytes()

    def held(self, path: str, key: str) -> str:
        """Return one decoded value of a Secret, read without the code under test."""
        line = next(one for one in self.bytes(path).decode().splitlines() if one.strip().startswith(key))
        return base64.b64decode(line.split(":")[1].split("#")[0].strip(' "'), validate=True).decode()

    def put_pair(self, path: str, certificate: str, private_key: str) -> None:
        texts = {"tls.crt": certificate, "tls.key": private_key}
        lines = "".join(f"  {key}: {base64.b64encode(text.encode()).decode()}\n" for key, text in texts.items())
        self.add(path, "kind: Secret\ndata:\n" + lines)

    def fails(self, core: Core, params: Mapping[str, Any], now: float = NOON) -> Failure:
        """Return the failure of a run."""
        with pytest.raises(Failure) as caught:
            core({"work_tree": str(self.root), **params}, False, Clock(now))
        return caught.value

    def snapshot(self) -> dict[str, Any]:
        """Return bytes, mode, inode and time of every file, and the text of every link."""
        return {
            str(path.relative_to(self.root)): (
                path.readlink() if path.is_symlink() else path.read_bytes() if path.is_file() else None,
                path.lstat().st_mode,
                path.lstat().st_ino,
                path.lstat().st_mtime_ns,
            )
            for path in sorted(self.root.rglob("*"))
        }

    def run(self, core: Core, params: Mapping[str, Any], clock: Clock | None = None) -> Result:
        """Run a converging module as its users do: in check mode, for real, and both once more.

        Check mode writes nothing and predicts ``changed``, reasons and diff; the later runs change nothing.
        """
        clock = clock or Clock()
        params = {"work_tree": str(self.root), **params}
        before = self.snapshot()
        predicted = core(params, True, clock)
        assert self.snapshot() == before
        done = core(params, False, clock)
        assert (done.changed, done.reasons) == (predicted.changed, predicted.reasons)
        assert (done.before, done.after) == (predicted.before, predicted.after)
        assert set(done.state) == set(predicted.state)
        after = self.snapshot()
        assert not core(params, True, clock).changed
        assert not core(params, False, clock).changed
        assert self.snapshot() == after
        if not done.changed:
            assert after == before
        return done


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    root = tmp_path / "tree"
    root.mkdir()
    return Tree(root)


def _asked(**more: Any) -> dict[str, Any]:
    """Return the options of ``tls_secret`` for a pair in central and its certificate in the factory."""
    manifest = {"name": None, "namespace": None, "certificate_key": "tls.crt", "private_key_key": "tls.key"}
    params = {
        "manifests": [
            {**manifest, "path": "factory/trust.yaml", "holds": "certificate"},
            {**manifest, "path": "central/pair.yaml", "holds": "pair"},
        ],
        "subject_alt_name": ["DNS:*.apps.example.com", "DNS:bootstrap.apps.example.com"],
        "common_name": None,
        "subject": None,
        "key_type": "ECDSA",
        "key_size": None,
        "valid_days": 365,
        "renew_before_days": 30,
        "regenerate": "auto",
        "private_key_in_git": True,
        "ca_certificate": None,
        "ca_private_key": None,
        "ca_private_key_passphrase": None,
    }
    return {**params, **more}


@pytest.fixture
def asked() -> Callable[..., dict[str, Any]]:
    return _asked

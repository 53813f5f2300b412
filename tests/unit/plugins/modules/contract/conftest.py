# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A case in its world."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.manuela.event_streaming.tests.unit.plugins.modules.contract.case import Case, World
from ansible_collections.manuela.event_streaming.tests.unit.plugins.modules.contract.documented import surprises
from ansible_collections.manuela.event_streaming.tests.unit.plugins.modules.contract.file_world import tree_of
from ansible_collections.manuela.event_streaming.tests.unit.plugins.modules.contract.secrecy import dresses
from ansible_collections.manuela.event_streaming.tests.unit.plugins.modules.contract.shell import Outcome, call


class Session:
    """One module in one world."""

    def __init__(self, case: Case, world: Any, home: Path, temporary: Path) -> None:
        self.case = case
        self.home = home
        self.world: World = world
        self.temporary = temporary

    def run(self, params: Mapping[str, Any], *, check: bool = False) -> Outcome:
        """Run the module, and insist on what holds for every run, good or bad.

        It returns what is documented, leaves nothing behind, shows no secret, and in check mode it writes no file.
        """
        known = {"{url}": getattr(self.world, "url", ""), "{root}": str(self.world.root)}  # type: ignore[attr-defined]
        before = tree_of(self.home)
        outcome = call(self.case.module, {**self.world.given, **_filled(params, known)}, self.world.clock, check=check)
        assert not check or tree_of(self.home) == before
        assert list(self.temporary.iterdir()) == []
        assert surprises(self.case.module, outcome.result) == []
        everything = outcome.everything()
        assert [one for secret in self.world.secrets for one in dresses(secret) if one in everything] == []
        return outcome


def _filled(value: Any, known: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: _filled(one, known) for key, one in value.items()}
    if isinstance(value, str):
        for name, text in known.items():
            value = value.replace(name, text)
    return value


@pytest.fixture
def enter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Case], Session]]:
    """Return what enters the world of a case; nothing of this machine's settings is in it."""
    home = tmp_path / "world"
    temporary = tmp_path / "tmp"
    home.mkdir()
    temporary.mkdir()
    for name in ("GIT_DIR", "GIT_ASKPASS", "SSH_ASKPASS", "KUBECONFIG", "AWS_PROFILE", "http_proxy", "HTTP_PROXY"):
        monkeypatch.delenv(name, raising=False)
    for name in ("HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, str(home))
    monkeypatch.setenv("TMPDIR", str(temporary))
    monkeypatch.setattr(tempfile, "tempdir", None)
    worlds: list[Any] = []

    def of(case: Case) -> Session:
        world: Any = case.world(home)
        world.monkeypatch = monkeypatch
        worlds.append(world)
        return Session(case, world, home, temporary)

    yield of
    for world in worlds:
        world.close()

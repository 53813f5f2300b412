# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the contract tests need to know of a module: a world, what to ask for in it, and how it can fail."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol


class World(Protocol):
    """Everything outside of a module that it can touch."""

    clock: Any
    given: dict[str, Any]  # options of every call
    secrets: tuple[str, ...]  # never to be seen

    def snapshot(self) -> Any:
        """Return everything that check mode must leave alone: bytes, modes, times, links, refs, objects."""

    def written(self) -> Any:
        """Return what shows each write: a journal of writing calls, or again everything."""

    def kept(self) -> Any:
        """Return everything that a run that fails must leave alone."""

    def close(self) -> None:
        """Stop servers."""


def nothing(world: Any) -> None:
    """Leave the world as it is."""


@dataclass(frozen=True)
class Step:
    """One thing to ask for; ``prepare`` is what others did before."""

    params: Mapping[str, Any]
    prepare: Callable[[Any], Any] = nothing


@dataclass(frozen=True)
class Fault:
    """Something that goes wrong, and the code it has to be told with."""

    code: str
    params: Mapping[str, Any]
    spoil: Callable[[Any], Any] = nothing
    name: str = ""
    writes: bool = False  # the fault shows only after a write
    unforeseen: bool = False  # no rehearsal can know of it

    def __str__(self) -> str:
        return f"{self.code}-{self.name}" if self.name else self.code


@dataclass(frozen=True)
class Case:
    """One module.  One that writes has three steps (make, change, take away), and more where it has other ways.

    ``libraries`` are names, each with a version that is too old; ``needing`` are the options that make it needed,
    where the first step does not.  ``answers`` are what the world's server may say to every request.
    """

    module: str
    world: Callable[[Path], World]
    steps: tuple[Step, ...]
    faults: tuple[Fault, ...]
    libraries: Mapping[str, str] = field(default_factory=dict)
    needing: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    answers: tuple[tuple[Any, ...], ...] = ()

    @property
    def writes(self) -> bool:
        """Whether the module may change anything."""
        return not self.module.endswith("_info")

    def __str__(self) -> str:
        return self.module

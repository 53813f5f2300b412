# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults below Kubernetes: a program that does not run, one that hangs, a link that is cut."""

from __future__ import annotations

import signal
from dataclasses import dataclass

import psutil

from manuela_lab import processes
from manuela_lab.errors import LabError
from manuela_lab.faults.world import World
from manuela_lab.link import Link


@dataclass(frozen=True)
class Stopped:
    """A program of the lab that somebody stopped."""

    program: str

    def inject(self, world: World) -> None:
        world.supervisor.stop([self.program])

    def clear(self, world: World, kept: None) -> None:
        world.supervisor.start([self.program])


@dataclass(frozen=True)
class Frozen:
    """A process that takes connections and answers nothing: the one whose command line and place hold these words."""

    words: tuple[str, ...]

    def inject(self, world: World) -> list[int]:
        found = [each.pid for each in self._found(world)]
        if not found:
            raise LabError(f"no process of the lab is called {' '.join(self.words)}: run the stage that starts it")
        for pid in found:
            psutil.Process(pid).send_signal(signal.SIGSTOP)
        return found

    def clear(self, world: World, kept: list[int]) -> None:
        for each in self._found(world):
            each.send_signal(signal.SIGCONT)

    def _found(self, world: World) -> list[psutil.Process]:
        return [each for each in processes.of_lab(world.lab.places.state) if self._fits(each)]

    def _fits(self, process: psutil.Process) -> bool:
        try:
            told = " ".join(process.cmdline())
        except psutil.Error:
            return False
        return all(word in told for word in self.words)


@dataclass(frozen=True)
class Cut:
    """The link between factory and central, cut."""

    name: str = "central-route"

    def inject(self, world: World) -> None:
        self._link(world).switch(False)

    def clear(self, world: World, kept: None) -> None:
        self._link(world).switch(True)

    def _link(self, world: World) -> Link:
        return Link(f"http://{world.lab.network.toxiproxy}", self.name)

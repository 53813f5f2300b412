# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``lab down``: end every process of the lab and remove its directory.  Nothing of it is worth a slow goodbye."""

from __future__ import annotations

import shutil

from manuela_lab import lab, processes, sockets
from manuela_lab.errors import LabError
from manuela_lab.lock import alone
from manuela_lab.places import Places
from manuela_lab.programs import seaweed_store
from manuela_lab.progress import Progress


def down(places: Places, progress: Progress) -> None:
    """Also ends what a crash has left; a lab that is not there is no error."""
    if not places.state.exists():
        progress.say(f"no lab in {places.state}")
        return
    _ensure_ours(places)
    with alone(places.lock):
        count = processes.kill(places.state)
        _remove_sockets(places)
        shutil.rmtree(places.state)
    progress.say(f"ended {count} processes, removed {places.state}")


def _ensure_ours(places: Places) -> None:
    """LAB_DIR may point anywhere: only a directory that a lab has made is removed."""
    names = {each.name for each in places.state.iterdir()}
    if names and not names & {places.lock.name, places.record.name}:
        raise LabError(f"{places.state} holds no lab (no {places.record.name}); remove it yourself if it should go")


def _remove_sockets(places: Places) -> None:
    """Those that had to lie outside because their paths would have been too long."""
    try:
        known = lab.load(places)
    except LabError:
        return
    if known is not None:
        argocd = [sockets.ask_pass(known, cluster) for cluster in known.profile.clusters]
        for socket in [*seaweed_store(known).sockets(), *argocd]:
            socket.unlink(missing_ok=True)

# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sockets of programs that would otherwise meet those of another lab in /tmp."""

from __future__ import annotations

import hashlib
from pathlib import Path

from manuela_lab.lab import Lab
from manuela_lab.profile import Cluster

LONGEST = 100


def ask_pass(lab: Lab, cluster: Cluster) -> Path:
    """Where Argo CD's repo server hands credentials to git.  A socket's path must be short, wherever the lab lives."""
    path = lab.places.cluster(cluster.name) / "argocd" / "ask-pass.sock"
    if len(str(path)) <= LONGEST:
        return path
    return Path("/tmp") / f"manuela-lab-{hashlib.sha256(str(path).encode()).hexdigest()[:12]}.sock"

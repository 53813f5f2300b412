# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a lab keeps its files: everything of one lab in its state directory, what outlives labs in the cache."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Places:
    """The directories of one lab; ``lab down`` removes ``state`` and nothing else."""

    state: Path
    cache: Path
    checkout: Path = CHECKOUT

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Places:
        """LAB_DIR and LAB_CACHE, or the checkout's .lab and the user's cache directory."""
        state = environment.get("LAB_DIR") or str(CHECKOUT / ".lab")
        home = environment.get("XDG_CACHE_HOME") or os.path.join(environment.get("HOME", "/tmp"), ".cache")
        cache = environment.get("LAB_CACHE") or os.path.join(home, "manuela-lab")
        return cls(Path(state).absolute(), Path(cache).absolute())

    @property
    def record(self) -> Path:
        """lab.json: what inventories, tests and the operator read."""
        return self.state / "lab.json"

    @property
    def remote(self) -> Path:
        """The Git remote that both Argo CDs follow."""
        return self.state / "git" / "manuela-gitops.git"

    @property
    def git_pki(self) -> Path:
        """Certificate and key of the Git host, where there is one."""
        return self.state / "git" / "pki"

    @property
    def git_authority(self) -> Path:
        """Who has signed the Git host's certificate."""
        return self.git_pki / "ca.crt"

    @property
    def kubeconfig(self) -> Path:
        """One kubeconfig with a context per cluster."""
        return self.state / "kubeconfig"

    @property
    def logs(self) -> Path:
        """One log per fixed program."""
        return self.state / "log"

    @property
    def supervisor(self) -> Path:
        """Supervisor's configuration."""
        return self.state / "supervisord.conf"

    @property
    def store(self) -> Path:
        """The S3 store's data and keys."""
        return self.state / "s3"

    @property
    def lock(self) -> Path:
        """Held while a command changes the lab."""
        return self.state / "lock"

    def cluster(self, name: str) -> Path:
        """Everything of one cluster."""
        return self.state / name

    def cluster_kubeconfig(self, name: str) -> Path:
        """The kubeconfig of one cluster alone."""
        return self.cluster(name) / "kubeconfig"

    def pki(self, name: str) -> Path:
        """Certificates and keys of one cluster."""
        return self.cluster(name) / "pki"

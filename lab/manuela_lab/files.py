# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files of a lab that exist before its programs start; each is written whole, and again only when it is missing."""

from __future__ import annotations

from pathlib import Path

from manuela_lab import kubeconfig, pki
from manuela_lab.lab import Lab, save
from manuela_lab.parts import seaweed
from manuela_lab.pki import write_private
from manuela_lab.profile import Cluster
from manuela_lab.programs import seaweed_store

ARGOCD_DIRECTORIES = ("tls", "ssh", "gpg", "tmp", "plugins", "bin")
GIT_CONFIGURATION = "[safe]\n\tdirectory = *\n"


def prepare(lab: Lab) -> None:
    """Write everything that the programs read when they start."""
    for cluster in lab.profile.clusters:
        _cluster(lab, cluster)
    kubeconfig.write_all(lab)
    if lab.profile.openshift:
        _git_host(lab)
    store = seaweed_store(lab)
    store.directory.mkdir(parents=True, exist_ok=True)
    keys = seaweed.configuration(lab.keys.s3_access_key, lab.keys.s3_secret_key)
    write_private(store.configuration_file, keys.encode())
    save(lab)


def _cluster(lab: Lab, cluster: Cluster) -> None:
    name, network = cluster.name, lab.network
    directory = lab.places.pki(name)
    pki.ensure(directory, name, (network.api(cluster).host,), (network.kubelet(cluster).host,))
    token = f'{lab.keys.tokens[name]},admin,admin,"system:masters"\n'
    write_private(directory / "tokens.csv", token.encode())
    _argocd_home(lab, lab.places.cluster(name) / "argocd")


def _git_host(lab: Lab) -> None:
    """Its certificate, which each Argo CD trusts as its users tell it to: by host name."""
    host = lab.network.git.host
    pki.ensure_server(lab.places.git_pki, "git", host)
    for cluster in lab.profile.clusters:
        trusted = lab.places.cluster(cluster.name) / "argocd" / "tls" / host
        write_private(trusted, lab.places.git_authority.read_bytes())


def _argocd_home(lab: Lab, home: Path) -> None:
    for directory in ARGOCD_DIRECTORIES:
        (home / directory).mkdir(parents=True, exist_ok=True)
    asked = home / "bin" / "argocd"  # by this name git asks the repo server for credentials
    asked.unlink(missing_ok=True)
    asked.symlink_to(lab.programs / "argolab")
    (home / "ssh" / "ssh_known_hosts").touch()
    (home / ".gitconfig").write_text(GIT_CONFIGURATION, encoding="utf-8")

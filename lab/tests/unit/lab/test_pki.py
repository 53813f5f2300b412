# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each cluster has an authority of its own; what was made stays, what was half made is made again."""

from __future__ import annotations

import ssl
import stat
from pathlib import Path

import pytest
from cryptography import x509

from manuela_lab import pki


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    pki.ensure(tmp_path / "pki", "factory", ["127.9.8.1"], ["127.9.8.40"])
    return tmp_path / "pki"


def certificate(directory: Path, name: str) -> x509.Certificate:
    return x509.load_pem_x509_certificate((directory / f"{name}.crt").read_bytes())


def contents(directory: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in directory.iterdir()}


def test_private_files_are_for_their_owner_alone(directory: Path):
    for path in directory.glob("*.key"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path.name


def test_a_strict_client_trusts_the_api_server_by_its_address(directory: Path):
    server, client = ssl.MemoryBIO(), ssl.MemoryBIO()
    of_server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    of_server.load_cert_chain(directory / "apiserver.crt", directory / "apiserver.key")
    of_client = ssl.create_default_context(cafile=str(directory / "ca.crt"))
    of_client.verify_flags |= ssl.VERIFY_X509_STRICT
    left = of_client.wrap_bio(client, server, server_hostname="127.9.8.1")
    right = of_server.wrap_bio(server, client, server_side=True)
    for _ in range(4):
        for side in (left, right):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
    assert left.getpeercert()


@pytest.mark.parametrize(
    ("name", "organization"),
    [("admin", "system:masters"), ("kubelet-client", "system:masters"), ("kubelet", "system:nodes")],
)
def test_clients_are_in_the_groups_that_the_api_server_knows(directory: Path, name: str, organization: str):
    subject = certificate(directory, name).subject
    assert [each.value for each in subject.get_attributes_for_oid(x509.NameOID.ORGANIZATION_NAME)] == [organization]


def test_a_second_start_changes_nothing(directory: Path):
    before = contents(directory)
    pki.ensure(directory, "factory", ["127.9.8.1"], ["127.9.8.40"])
    assert contents(directory) == before


def test_a_start_that_was_killed_on_the_way_is_done_again_as_a_whole(directory: Path):
    (directory / "complete").unlink()
    (directory / "admin.key").unlink()
    pki.ensure(directory, "factory", ["127.9.8.1"], ["127.9.8.40"])
    authority = certificate(directory, "ca")
    for name in ("apiserver", "kubelet", "kubelet-client", "admin"):
        certificate(directory, name).verify_directly_issued_by(authority)


def test_one_clusters_authority_does_not_vouch_for_another(directory: Path, tmp_path: Path):
    pki.ensure(tmp_path / "other", "central", ["127.9.8.2"], ["127.9.8.41"])
    with pytest.raises(ValueError, match="[Ii]ssuer"):
        certificate(tmp_path / "other", "admin").verify_directly_issued_by(certificate(directory, "ca"))

# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificates and keys of one cluster or server: an authority of its own, so that no credential opens another."""

from __future__ import annotations

import datetime
import ipaddress
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

VALID = datetime.timedelta(days=3650)
SERVER = ExtendedKeyUsageOID.SERVER_AUTH
CLIENT = ExtendedKeyUsageOID.CLIENT_AUTH
COMPLETE = "complete"


@dataclass(frozen=True)
class Authority:
    """A certificate authority in memory; its key stays with the cluster, to issue more on the next start."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey


@dataclass(frozen=True)
class Wanted:
    """A certificate to issue: who, for what, under which names."""

    name: str
    common_name: str
    usage: x509.ObjectIdentifier
    organization: str | None = None
    hosts: tuple[str, ...] = ()


def write_private(path: Path, data: bytes) -> None:
    """For the owner's eyes only from the first byte, whole or not at all."""
    arriving = path.with_name(f".{path.name}.{os.getpid()}")
    arriving.unlink(missing_ok=True)
    descriptor = os.open(arriving, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(data)
    os.replace(arriving, path)


def ensure(directory: Path, cluster: str, api_hosts: Iterable[str], kubelet_hosts: Iterable[str]) -> None:
    """Make what a cluster lacks.  The last file written marks a complete directory: a killed start begins again."""
    if _begun(directory):
        _store_all(directory, f"lab-{cluster}", _certificates(cluster, tuple(api_hosts), tuple(kubelet_hosts)))
        _store_service_account_key(directory)
        write_private(directory / COMPLETE, b"")


def ensure_server(directory: Path, name: str, host: str) -> None:
    """Make the certificate of one HTTPS server, with an authority of its own."""
    if _begun(directory):
        _store_all(directory, f"lab-{name}", [Wanted("server", name, SERVER, hosts=(host,))])
        write_private(directory / COMPLETE, b"")


def _begun(directory: Path) -> bool:
    directory.mkdir(parents=True, exist_ok=True)
    return not (directory / COMPLETE).exists()


def _store_all(directory: Path, name: str, certificates: Iterable[Wanted]) -> None:
    authority = _authority(name)
    _store(directory, "ca", authority.certificate, authority.key)
    for wanted in certificates:
        key = ec.generate_private_key(ec.SECP256R1())
        _store(directory, wanted.name, _issue(authority, wanted, key), key)


def _certificates(cluster: str, api_hosts: tuple[str, ...], kubelet_hosts: tuple[str, ...]) -> list[Wanted]:
    names = ("localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc")
    return [
        Wanted("apiserver", "kube-apiserver", SERVER, hosts=(*api_hosts, *names)),
        Wanted("kubelet", f"system:node:{cluster}", SERVER, "system:nodes", kubelet_hosts),
        Wanted("kubelet-client", "apiserver-kubelet-client", CLIENT, "system:masters"),
        Wanted("admin", "admin", CLIENT, "system:masters"),
    ]


def _authority(name: str) -> Authority:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    usage = x509.KeyUsage(True, False, False, False, False, True, True, False, False)
    certificate = (
        _builder(subject, subject, key)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .sign(key, hashes.SHA256())
    )
    return Authority(certificate, key)


def _issue(authority: Authority, wanted: Wanted, key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    names = [x509.NameAttribute(NameOID.COMMON_NAME, wanted.common_name)]
    if wanted.organization:
        names.insert(0, x509.NameAttribute(NameOID.ORGANIZATION_NAME, wanted.organization))
    builder = _builder(x509.Name(names), authority.certificate.subject, key)
    builder = builder.add_extension(x509.ExtendedKeyUsage([wanted.usage]), critical=False)
    if wanted.hosts:
        alternatives = x509.SubjectAlternativeName([_general_name(host) for host in wanted.hosts])
        builder = builder.add_extension(alternatives, critical=False)
    builder = builder.add_extension(
        x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.key.public_key()), critical=False
    )
    return builder.sign(authority.key, hashes.SHA256())


def _builder(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
    now = datetime.datetime.now(datetime.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + VALID)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _store(directory: Path, name: str, certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey) -> None:
    write_private(directory / f"{name}.key", _private_pem(key))
    write_private(directory / f"{name}.crt", certificate.public_bytes(serialization.Encoding.PEM))


def _store_service_account_key(directory: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    write_private(directory / "sa.key", _private_pem(key))
    write_private(directory / "sa.pub", public)


def _private_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )

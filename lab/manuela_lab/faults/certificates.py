# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificates of the central Kafka that a client must refuse, in the manifests that hold the real ones."""

from __future__ import annotations

import base64
import datetime
import re
from collections.abc import Callable
from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

AUTHORITY = "authority.lab.example"
DAY = datetime.timedelta(days=1)
Text = Callable[[str], str]


@dataclass(frozen=True)
class Pair:
    """A certificate, its key, and the certificate by which a client trusts it, all as PEM."""

    certificate: bytes
    key: bytes
    trusted: bytes


def pair(host: str, days_ago: int, days: int) -> Pair:
    """A self-signed certificate for a host, valid from some days ago for some days."""
    key = _key()
    certificate = _issued(host, key, host, key, days_ago, days)
    return Pair(certificate, _pem(key), certificate)


def issued_pair(host: str, days_ago: int, days: int) -> Pair:
    """A certificate that an authority has issued, which is valid itself.

    Java takes a certificate that it was told to trust for good for ever; it looks at the dates of those behind one.
    """
    key, authority = _key(), _key()
    certificate = _issued(host, key, AUTHORITY, authority, days_ago, days)
    return Pair(certificate, _pem(key), _issued(AUTHORITY, authority, AUTHORITY, authority, days_ago, 10 * days))


def _key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


def _pem(key: rsa.RSAPrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _issued(
    subject: str, key: rsa.RSAPrivateKey, issuer: str, issuer_key: rsa.RSAPrivateKey, days_ago: int, days: int
) -> bytes:
    begin = datetime.datetime.now(datetime.UTC) - days_ago * DAY
    certificate = (
        x509.CertificateBuilder()
        .subject_name(_name(subject))
        .issuer_name(_name(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(begin + days * DAY)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(subject)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=key is issuer_key, path_length=None), critical=True)
        .sign(issuer_key, hashes.SHA256())
    )
    return certificate.public_bytes(serialization.Encoding.PEM)


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common[:64])])


def held(certificate: bytes, key: bytes = b"") -> Text:
    """Return what puts a certificate, and its key, into a Secret's manifest."""

    def replaced(text: str) -> str:
        values = {"tls.crt": certificate, **({"tls.key": key} if key else {})}
        for name, data in values.items():
            coded = base64.b64encode(data).decode()
            text = re.sub(rf"(?m)^(\s*{re.escape(name)}:).*(\n[ \t]+[A-Za-z0-9+/=]+$)*", rf"\1 {coded}", text)
        return text

    return replaced

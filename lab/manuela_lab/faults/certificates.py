# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificates of the central Kafka that a client must refuse, in the manifests that hold the real ones."""

from __future__ import annotations

import base64
import datetime
import re
from collections.abc import Callable

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

DAY = datetime.timedelta(days=1)
Text = Callable[[str], str]


def pair(host: str, days_ago: int, days: int) -> tuple[bytes, bytes]:
    """A self-signed certificate and its key, valid from some days ago for some days."""
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host[:64])])
    begin = datetime.datetime.now(datetime.UTC) - days_ago * DAY
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(begin + days * DAY)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return certificate.public_bytes(serialization.Encoding.PEM), secret


def held(certificate: bytes, key: bytes = b"") -> Text:
    """Return what puts a certificate, and its key, into a Secret's manifest."""

    def replaced(text: str) -> str:
        values = {"tls.crt": certificate, **({"tls.key": key} if key else {})}
        for name, data in values.items():
            coded = base64.b64encode(data).decode()
            text = re.sub(rf"(?m)^(\s*{re.escape(name)}:).*(\n[ \t]+[A-Za-z0-9+/=]+$)*", rf"\1 {coded}", text)
        return text

    return replaced

# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PEM material of Secrets in the shapes that Kafka's PEM stores take."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization

CERTIFICATE = re.compile(rb"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)


@dataclass(frozen=True)
class Certificate:
    """The facts of a certificate that a status reports."""

    thumbprint: str
    not_after: datetime


def first(data: bytes) -> Certificate:
    """Return the facts of the first certificate of a PEM text; raise ValueError when there is none."""
    found = CERTIFICATE.search(data)
    if found is None:
        raise ValueError("there is no PEM certificate in it")
    certificate = x509.load_pem_x509_certificate(found.group(0))
    return Certificate(certificate.fingerprint(hashes.SHA256()).hex(), certificate.not_valid_after_utc)


def key_store(key: bytes, chain: bytes) -> bytes:
    """Return key and chain in one text; Kafka reads only PKCS#8 keys, so any other form is turned into it."""
    loaded = serialization.load_pem_private_key(key, None)
    text = loaded.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return text + b"\n".join(CERTIFICATE.findall(chain)) + b"\n"


def trust_store(texts: list[bytes]) -> bytes:
    """Return all certificates of several PEM texts, each once; raise ValueError when there is none at all."""
    found = [entry for text in texts for entry in CERTIFICATE.findall(text)]
    if not found:
        raise ValueError("there is no PEM certificate among the trusted certificates")
    return b"\n".join(dict.fromkeys(found)) + b"\n"

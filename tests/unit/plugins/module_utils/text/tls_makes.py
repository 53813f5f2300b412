# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificates of other makes than the collection's own, and a strict client that meets them."""

from __future__ import annotations

import ssl
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

CA_USAGE = x509.KeyUsage(False, False, False, False, False, True, True, False, False)


@dataclass(frozen=True)
class Made:
    """A certificate with its key, as objects and as PEM texts."""

    certificate: x509.Certificate
    key: Any

    @property
    def pem(self) -> str:
        return self.certificate.public_bytes(serialization.Encoding.PEM).decode()

    @property
    def secret(self) -> str:
        return self.secret_as(serialization.PrivateFormat.PKCS8)

    def secret_as(self, form: serialization.PrivateFormat) -> str:
        return self.key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode()


def made(
    name: str,
    *,
    now: float | None = None,
    days: tuple[int, int] = (-1, 3650),
    key: Any = None,
    by: Made | None = None,
    own_id: bytes | None = None,
    is_ca: bool = True,
    usage: x509.KeyUsage | None = CA_USAGE,
    names: tuple[str, ...] = (),
    extra: x509.ExtensionType | None = None,
) -> Made:
    """Return a certificate, self-signed unless it is issued ``by`` another; valid for ``days`` counted from now."""
    key = key or ec.generate_private_key(ec.SECP256R1())
    start = datetime.fromtimestamp(time.time() if now is None else now, tz=UTC)
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    identity = (
        x509.SubjectKeyIdentifier(own_id) if own_id else x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    )
    above = by.certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value if by else identity
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(by.certificate.subject if by else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start + timedelta(days=days[0]))
        .not_valid_after(start + timedelta(days=days[1]))
        .add_extension(x509.BasicConstraints(ca=is_ca, path_length=None), critical=True)
        .add_extension(identity, critical=False)
        .add_extension(x509.AuthorityKeyIdentifier(above.digest, None, None), critical=False)
    )
    if is_ca and usage:
        builder = builder.add_extension(usage, critical=True)
    if names:
        shown = x509.SubjectAlternativeName([x509.DNSName(one) for one in names])
        builder = builder.add_extension(shown, critical=False)
    if extra:
        builder = builder.add_extension(extra, critical=True)
    is_edwards = not hasattr(key, "key_size")
    return Made(builder.sign(by.key if by else key, None if is_edwards else hashes.SHA256()), key)


def shake_hands(place: Path, certificate: str, secret: str, trust: str, host: str) -> None:
    """Let a strict client meet a server.

    :raises ssl.SSLError: when it refuses.
    """
    for name, text in (("server", certificate), ("secret", secret), ("trust", trust)):
        (place / name).write_text(text)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(place / "server", place / "secret")
    client = ssl.create_default_context(cafile=str(place / "trust"))
    client.verify_flags |= ssl.VERIFY_X509_STRICT
    meet(client, server, host)


def meet(client: ssl.SSLContext, server: ssl.SSLContext, host: str) -> None:
    """Let two sides shake hands, in memory.

    :raises ssl.SSLError: when one refuses.
    """
    to_client, to_server = ssl.MemoryBIO(), ssl.MemoryBIO()
    sides = [
        client.wrap_bio(to_client, to_server, server_hostname=host),
        server.wrap_bio(to_server, to_client, server_side=True),
    ]
    for _round in range(10):
        for side in tuple(sides):
            try:
                side.do_handshake()
                sides.remove(side)
            except ssl.SSLWantReadError:
                continue
    assert not sides

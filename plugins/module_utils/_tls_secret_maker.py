# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Making private keys and certificates, self-signed or signed by an own CA."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import Failure
from ansible_collections.manuela.event_streaming.plugins.module_utils._tls_secret_decision import Wanted, moment
from ansible_collections.manuela.event_streaming.plugins.module_utils._tls_secret_x509 import (
    NAME_OIDS,
    certificates_in,
    epoch_of,
    extension_of,
    fingerprint,
    is_self_signed,
    key_identifier,
    kind_of,
    load,
    public_bytes,
    unknown_in,
)

if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

    PrivateKey = RSAPrivateKey | EllipticCurvePrivateKey

_BACKDATED = timedelta(hours=1)  # clocks of clients may be behind ours


@dataclass(frozen=True, slots=True)
class Made:
    """A pair as PEM texts; ``trust`` is what a client must trust to accept it."""

    certificate: str
    private_key: str
    trust: str

    def __repr__(self) -> str:
        return "Made(…)"  # the private key must not get into a message by accident


@dataclass(frozen=True, slots=True)
class Authority:
    """An own certificate authority: ``chain`` is it and what is above it, as PEM, and ``trust`` the last of these."""

    certificate: x509.Certificate
    private_key: PrivateKey
    chain: str
    trust: str
    fingerprint: str
    not_after: float

    def __repr__(self) -> str:
        return f"Authority({self.fingerprint})"


def authority(certificate: str, private_key: str, passphrase: str | None, now: float) -> Authority:
    """Return the own CA from its PEM texts.

    :raises Failure: ``invalid_option`` when it cannot sign: unreadable, not a pair, no CA, or expired.
    """
    library = load()
    try:
        above = [library.x509.load_pem_x509_certificate(one.encode()) for one in certificates_in(certificate)]
        parsed = above[0]
    except Exception as error:
        raise _unusable("ca_certificate is no PEM certificate") from error
    try:
        password = passphrase.encode() if passphrase else None
        key = library.serialization.load_pem_private_key(private_key.encode(), password=password)
    except Exception:  # the library's text is left out: it could show a part of the key
        raise _unusable("ca_private_key is no PEM key, or its passphrase is wrong") from None
    if public_bytes(library, key.public_key()) != public_bytes(library, parsed.public_key()):
        raise _unusable("ca_certificate and ca_private_key are not a pair")
    chain = _chain(library, above)
    for one in chain:
        _check_signer(library, one, now)
    texts = [one.public_bytes(library.serialization.Encoding.PEM).decode() for one in chain]
    end = min(epoch_of(one, "not_valid_after") for one in chain)
    return Authority(parsed, key, "".join(texts), texts[-1], fingerprint(library, parsed), end)


def _chain(library: Any, given: list[x509.Certificate]) -> list[x509.Certificate]:
    """Return the first certificate and those above it up to the root, the only one that every client can trust."""
    chain = given[:1]
    while not is_self_signed(library, chain[-1]):
        above = [one for one in given if one.subject == chain[-1].issuer and one not in chain]
        if not above:
            raise _unusable(
                f"ca_certificate is signed by {chain[-1].issuer.rfc4514_string()}, whose certificate has to stand "
                "behind it in the same text, up to the root"
            )
        chain.append(above[0])
    return chain


def _check_signer(library: Any, certificate: x509.Certificate, now: float) -> None:
    """Refuse a CA whose certificates no client accepts."""
    constraints = extension_of(library, certificate, "BasicConstraints")
    usage = extension_of(library, certificate, "KeyUsage")
    begin, end = epoch_of(certificate, "not_valid_before"), epoch_of(certificate, "not_valid_after")
    key = certificate.public_key()
    kinds = (library.rsa.RSAPublicKey, library.ec.EllipticCurvePublicKey)
    if constraints is None or not constraints.ca:
        raise _unusable("ca_certificate is not one of a CA (basicConstraints CA:TRUE)")
    if usage is not None and not usage.key_cert_sign:
        raise _unusable("ca_certificate may not sign certificates (keyUsage keyCertSign)")
    if not isinstance(key, kinds):
        raise _unusable(f"its key is {kind_of(key)}, not RSA or ECDSA")
    unknown = [one for one in unknown_in(library, certificate) if "extension" not in one]
    if unknown:
        raise _unusable(f"clients do not know {', '.join(unknown)}")
    if isinstance(key, kinds[0]) and key.key_size < 2048:
        raise _unusable(f"its RSA key has {key.key_size} bits, clients accept 2048 or more")
    if end <= now:
        raise _unusable(f"ca_certificate expired on {moment(end)}")
    if begin > now:
        raise _unusable(f"ca_certificate is not valid before {moment(begin)}")


def _unusable(why: str) -> Failure:
    return Failure("invalid_option", f"the CA cannot be used: {why}. Give a CA certificate with its own private key")


def make(wanted: Wanted, now: float, issuer: Authority | None = None) -> Made:
    """Return a new key with a certificate, self-signed or signed by ``issuer``."""
    library = load()
    key = _new_key(library, wanted)
    certificate = _signed(library, wanted, key, now, issuer)
    forms = library.serialization
    text = certificate.public_bytes(forms.Encoding.PEM).decode()
    secret = key.private_bytes(forms.Encoding.PEM, forms.PrivateFormat.PKCS8, forms.NoEncryption()).decode()
    return Made(text + (issuer.chain if issuer else ""), secret, issuer.trust if issuer else text)


def _new_key(library: Any, wanted: Wanted) -> PrivateKey:
    if wanted.key_type == "RSA":
        key: PrivateKey = library.rsa.generate_private_key(public_exponent=65537, key_size=wanted.key_size)
        return key
    curves = {256: library.ec.SECP256R1, 384: library.ec.SECP384R1, 521: library.ec.SECP521R1}
    curve_key: PrivateKey = library.ec.generate_private_key(curves[wanted.key_size]())
    return curve_key


def _signed(library: Any, wanted: Wanted, key: PrivateKey, now: float, issuer: Authority | None) -> x509.Certificate:
    kinds = library.x509
    name = _name(library, wanted)
    start = datetime.fromtimestamp(int(now), tz=UTC)
    end = start + timedelta(days=wanted.valid_days)
    if issuer:  # a certificate that outlives its CA is refused after the CA's end anyway
        end = min(end, datetime.fromtimestamp(issuer.not_after, tz=UTC))
    builder = (
        kinds.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer.certificate.subject if issuer else name)
        .public_key(key.public_key())
        .serial_number(kinds.random_serial_number())
        .not_valid_before(start - _BACKDATED)
        .not_valid_after(end)
    )
    for extension, critical in _extensions(library, wanted, key, issuer):
        builder = builder.add_extension(extension, critical=critical)
    signer = issuer.private_key if issuer else key
    signed: x509.Certificate = builder.sign(signer, library.hashes.SHA256())
    return signed


def _name(library: Any, wanted: Wanted) -> x509.Name:
    oids, attribute = library.x509.NameOID, library.x509.NameAttribute
    parts = [attribute(getattr(oids, NAME_OIDS[key]), value) for key, value in wanted.subject]
    if wanted.common_name:
        parts.append(attribute(oids.COMMON_NAME, wanted.common_name))
    name: x509.Name = library.x509.Name(parts)
    return name


def _extensions(
    library: Any, wanted: Wanted, key: PrivateKey, issuer: Authority | None
) -> list[tuple[x509.ExtensionType, bool]]:
    kinds = library.x509
    own_id = kinds.SubjectKeyIdentifier.from_public_key(key.public_key())
    issuer_id = key_identifier(library, issuer.certificate) if issuer else own_id.digest
    usage = dict.fromkeys(
        ("content_commitment", "data_encipherment", "key_agreement", "key_cert_sign", "crl_sign"), False
    )
    usage |= {"digital_signature": True, "key_encipherment": wanted.key_type == "RSA"}
    purposes = [kinds.ExtendedKeyUsageOID.SERVER_AUTH, kinds.ExtendedKeyUsageOID.CLIENT_AUTH]
    names = [_alternative_name(library, name) for name in wanted.subject_alt_name]
    has_subject = bool(wanted.common_name or wanted.subject)
    return [
        (kinds.BasicConstraints(ca=False, path_length=None), True),
        (kinds.KeyUsage(encipher_only=False, decipher_only=False, **usage), True),
        (kinds.ExtendedKeyUsage(purposes), False),
        (kinds.SubjectAlternativeName(names), not has_subject),
        (own_id, False),
        (kinds.AuthorityKeyIdentifier(issuer_id, None, None), False),
    ]


def _alternative_name(library: Any, name: str) -> x509.GeneralName:
    kind, _colon, value = name.partition(":")
    if kind == "IP":
        address: x509.GeneralName = library.x509.IPAddress(ipaddress.ip_address(value))
        return address
    host: x509.GeneralName = library.x509.DNSName(value)
    return host

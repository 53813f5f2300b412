# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading X.509 certificates with the library cryptography, which is imported in load() only."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import missing_library
from ansible_collections.manuela.event_streaming.plugins.module_utils._tls_secret_decision import (
    Certificate,
    Pair,
)

if TYPE_CHECKING:
    from cryptography import x509

MINIMUM = "3.4"
_PEM = re.compile(r"-----BEGIN (?:X509 )?CERTIFICATE-----.+?-----END (?:X509 )?CERTIFICATE-----\n?", re.DOTALL)
_CURVES = ("secp256r1", "secp384r1", "secp521r1")
# Key usage, names, constraints, policies and purposes: what Java, Go and OpenSSL check.
_MAY_BE_CRITICAL = tuple(f"2.5.29.{number}" for number in (15, 17, 19, 30, 32, 33, 36, 37, 54))
_RSA_PSS = "1.2.840.113549.1.1.10"
NAME_OIDS = {
    "C": "COUNTRY_NAME",
    "ST": "STATE_OR_PROVINCE_NAME",
    "L": "LOCALITY_NAME",
    "O": "ORGANIZATION_NAME",
    "OU": "ORGANIZATIONAL_UNIT_NAME",
}


def load() -> Any:
    """Import what we use of the library cryptography.

    :raises Failure: ``missing_library``.
    """
    try:
        import cryptography

        found = str(cryptography.__version__)
        if tuple(map(int, found.split(".")[:2])) < tuple(map(int, MINIMUM.split("."))):
            raise missing_library("cryptography", "Making and reading certificates", MINIMUM, found)
        from cryptography import exceptions, x509
        from cryptography.hazmat.primitives import hashes, serialization
        from cryptography.hazmat.primitives.asymmetric import ec, rsa
    except ImportError as error:
        raise missing_library("cryptography", "Making and reading certificates", MINIMUM) from error
    return SimpleNamespace(
        x509=x509, hashes=hashes, serialization=serialization, ec=ec, rsa=rsa, exceptions=exceptions, version=found
    )


def read(certificate: str | None, private_key: str | None, *, needs_key: bool, issuer: Any = None) -> Pair:
    """Return what the PEM texts of one manifest hold; ``issuer`` is the own CA that may have signed it."""
    library = load()
    if not certificate:
        return Pair(None, "there is no certificate yet")
    if "PRIVATE KEY-----" in certificate:  # the text goes to everybody who trusts it
        return Pair(None, "a private key stands beside the certificate, where everybody reads it")
    try:
        parsed = library.x509.load_pem_x509_certificate(certificate.encode())
        facts = _facts(library, parsed, issuer)
    except Exception as error:  # the library raises many kinds for what people put into such a field
        return Pair(None, f"the certificate is unreadable: {str(error).splitlines()[0] if str(error) else 'no PEM'}")
    return Pair(facts, "", _key_problem(library, parsed, private_key) if needs_key else "")


def _key_problem(library: Any, certificate: x509.Certificate, private_key: str | None) -> str:
    if not private_key:
        return "the private key is missing"
    try:
        key = library.serialization.load_pem_private_key(private_key.encode(), password=None)
    except Exception:  # the text of the error could show a part of the key
        return "the private key is unreadable"
    same = public_bytes(library, key.public_key()) == public_bytes(library, certificate.public_key())
    return "" if same else "the private key and the certificate are not a pair"


def certificates_in(text: str) -> list[str]:
    """Return the PEM certificates of a text, one by one."""
    return list(_PEM.findall(text))


def public_bytes(library: Any, key: Any) -> bytes:
    """Return a public key in the one form that can be compared."""
    forms = library.serialization
    return bytes(key.public_bytes(forms.Encoding.DER, forms.PublicFormat.SubjectPublicKeyInfo))


def fingerprint(library: Any, certificate: x509.Certificate) -> str:
    """Return the SHA-256 of a certificate as people compare it."""
    return ":".join(f"{byte:02X}" for byte in certificate.fingerprint(library.hashes.SHA256()))


def _facts(library: Any, certificate: x509.Certificate, issuer: Any) -> Certificate:
    name = {attribute.oid.dotted_string: str(attribute.value) for attribute in certificate.subject}
    oids = library.x509.NameOID
    subject = [(short, name.get(getattr(oids, long).dotted_string)) for short, long in NAME_OIDS.items()]
    key = certificate.public_key()
    names = {library.rsa.RSAPublicKey: "RSA", library.ec.EllipticCurvePublicKey: "ECDSA"}
    digest = certificate.signature_hash_algorithm
    return Certificate(
        fingerprint=fingerprint(library, certificate),
        common_name=name.get(oids.COMMON_NAME.dotted_string, ""),
        subject_alt_name=_alternative_names(library, certificate),
        subject=tuple((short, value) for short, value in subject if value),
        not_before=epoch_of(certificate, "not_valid_before"),
        not_after=epoch_of(certificate, "not_valid_after"),
        key_type=next((shown for kind, shown in names.items() if isinstance(key, kind)), kind_of(key)),
        key_size=int(getattr(key, "key_size", 0)),
        issuer=_issuer(library, certificate, issuer),
        weak=f"it is signed with {digest.name}" if digest is not None and digest.name in ("md5", "sha1") else "",
        lacks=_lacks(library, certificate),
        unknown=unknown_in(library, certificate),
    )


def _issuer(library: Any, certificate: x509.Certificate, authority: Any) -> str:
    """Return the fingerprint of ``authority`` when it signed the certificate, else the issuer's name."""
    if is_self_signed(library, certificate):
        return ""
    by = extension_of(library, certificate, "AuthorityKeyIdentifier")
    if authority is not None and by is not None:
        key = key_identifier(library, authority.certificate)
        if (certificate.issuer, by.key_identifier) == (authority.certificate.subject, key):
            return str(authority.fingerprint)
    return str(certificate.issuer.rfc4514_string())


def is_self_signed(library: Any, certificate: x509.Certificate) -> bool:
    """Whether the certificate names itself as its issuer."""
    by = extension_of(library, certificate, "AuthorityKeyIdentifier")
    by_itself = by is None or by.key_identifier in (None, key_identifier(library, certificate))
    return certificate.issuer == certificate.subject and by_itself


def key_identifier(library: Any, certificate: x509.Certificate) -> bytes:
    """Return how certificates that it signed name its key: as it does itself, which need not be a SHA-1 of the key."""
    own = extension_of(library, certificate, "SubjectKeyIdentifier")
    computed = own or library.x509.SubjectKeyIdentifier.from_public_key(certificate.public_key())
    return bytes(computed.digest)


def kind_of(key: Any) -> str:
    """Return the kind of a public key that is neither RSA nor ECDSA, as people call it."""
    return type(key).__name__.strip("_").removesuffix("PublicKey")


def unknown_in(library: Any, certificate: x509.Certificate) -> tuple[str, ...]:
    """Return what Java, Go or OpenSSL do not know: a curve, a kind of RSA key, an extension that they must know."""
    key = certificate.public_key()
    oid = getattr(certificate, "public_key_algorithm_oid", None)  # since version 43
    found = []
    if isinstance(key, library.ec.EllipticCurvePublicKey) and key.curve.name not in _CURVES:
        found.append(f"the curve {key.curve.name}")
    if oid is not None and oid.dotted_string == _RSA_PSS:
        found.append("a key for RSA-PSS alone")
    critical = [one.oid.dotted_string for one in certificate.extensions if one.critical]
    return (*found, *(f"the critical extension {one}" for one in critical if one not in _MAY_BE_CRITICAL))


def epoch_of(certificate: x509.Certificate, name: str) -> float:
    """Return ``not_valid_before`` or ``not_valid_after`` in seconds since 1970."""
    aware = getattr(certificate, f"{name}_utc", None)  # since version 42; the naive one is deprecated
    moment: datetime = aware if aware is not None else getattr(certificate, name).replace(tzinfo=UTC)
    return moment.timestamp()


def _alternative_names(library: Any, certificate: x509.Certificate) -> tuple[str, ...]:
    extension = extension_of(library, certificate, "SubjectAlternativeName")
    kinds = library.x509
    shown = []
    for name in extension or ():
        prefix = "IP" if isinstance(name, kinds.IPAddress) else "DNS" if isinstance(name, kinds.DNSName) else "other"
        shown.append(f"{prefix}:{str(name.value).lower()}")
    return tuple(shown)


def extension_of(library: Any, certificate: x509.Certificate, name: str) -> Any:
    """Return the extension of that class, None when the certificate has none."""
    try:
        return certificate.extensions.get_extension_for_class(getattr(library.x509, name)).value
    except library.x509.ExtensionNotFound:
        return None


def _lacks(library: Any, certificate: x509.Certificate) -> tuple[str, ...]:
    """Return what strict clients want of a server's certificate that is its own trust anchor and is not there."""
    if certificate.version is not library.x509.Version.v3:
        return ("X.509 version 3",)
    constraints = extension_of(library, certificate, "BasicConstraints")
    usage = extension_of(library, certificate, "KeyUsage")
    purposes = extension_of(library, certificate, "ExtendedKeyUsage")
    server = library.x509.ExtendedKeyUsageOID.SERVER_AUTH
    is_ca, is_own = constraints is not None and constraints.ca, is_self_signed(library, certificate)
    wanted = {
        "the issuer's name": bool(list(certificate.issuer)),
        "subjectAltName": extension_of(library, certificate, "SubjectAlternativeName") is not None,
        "basicConstraints": constraints is not None,
        "keyUsage digitalSignature": usage is None or usage.digital_signature,
        "keyUsage keyCertSign": not is_ca or (usage is not None and usage.key_cert_sign),
        "extendedKeyUsage serverAuth": purposes is None or server in purposes,
        "subjectKeyIdentifier": extension_of(library, certificate, "SubjectKeyIdentifier") is not None,
        "authorityKeyIdentifier": is_own or extension_of(library, certificate, "AuthorityKeyIdentifier") is not None,
    }
    return tuple(name for name, is_there in wanted.items() if not is_there)

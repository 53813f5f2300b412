# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A server whose authority is trusted, and of a form that Python 3.13 refuses: what each of our ways to it says.

Earlier Pythons refuse it too with the flag that 3.13 sets by itself, so the refusal is OpenSSL's own in both.
"""

from __future__ import annotations

import ipaddress
import ssl
import sys
from datetime import UTC, datetime, timedelta

import pytest
from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import Failure
from ansible_collections.manuela.event_streaming.plugins.module_utils._git_pull_request_api import Api
from ansible_collections.manuela.event_streaming.tests.unit.plugins.module_utils.test_wire_faults import (
    LISTING,
    OBJECT,
    kube,
    s3,
)
from ansible_collections.manuela.event_streaming.tests.unit.plugins.module_utils.wire import Rude, says
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

# What an old authority leaves out of its own certificate, or of those that it issues.
FORMS = ("no key usage", "no key identifier", "constraints not critical")
SENTENCE = "Python 3.13 and later refuse certificates of this form, earlier ones take them"


def git_host(url, **more):
    given = {"ca_cert": more.get("ca_cert", ""), "validate_certs": more.get("validate_certs", True)}
    return Api(f"{url}/api/v1", timeout=more["request_timeout"], **given).get("/version")


WAYS = {"kube": (kube, OBJECT), "s3": (s3, LISTING), "git host": (git_host, b"{}")}


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])


def _certificate(subject, key, issuer, issuer_key, *extensions):
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(_named(subject)).issuer_name(_named(issuer))
    builder = builder.public_key(key.public_key()).serial_number(x509.random_serial_number())
    builder = builder.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=30))
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical=critical)
    return builder.sign(issuer_key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def _authority(key, form: str) -> bytes:
    extensions = [(x509.BasicConstraints(ca=True, path_length=None), form != "constraints not critical")]
    if form != "no key usage":
        signs = {"key_cert_sign": True, "crl_sign": True}
        rest = ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement")
        usage = x509.KeyUsage(**dict.fromkeys((*rest, "encipher_only", "decipher_only"), False), **signs)
        extensions.append((usage, True))
    extensions.append((x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False))
    return _certificate("An old authority", key, "An old authority", key, *extensions)


def _served(key, authority, form: str) -> bytes:
    here = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    extensions = [(here, False), (x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)]
    if form != "no key identifier":
        extensions.append((x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.public_key()), False))
    return _certificate("server", key, "An old authority", authority, *extensions)


@pytest.fixture(params=FORMS)
def behind(request, tmp_path):
    """Serve ``body`` with a certificate of such an authority; return the URL and the authority's file."""
    authority, key = (ec.generate_private_key(ec.SECP256R1()) for _one in range(2))
    trusted, pair = tmp_path / "authority.pem", tmp_path / "pair.pem"
    trusted.write_bytes(_authority(authority, request.param))
    forms = serialization
    secret = key.private_bytes(forms.Encoding.PEM, forms.PrivateFormat.PKCS8, forms.NoEncryption())
    pair.write_bytes(_served(key, authority, request.param) + secret)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pair)
    servers = []

    def serve(body):
        servers.append(Rude(says("200 OK", body), context=context))
        return f"https://127.0.0.1:{servers[-1].port}", str(trusted)

    yield serve
    for server in servers:
        server.close()


@pytest.fixture
def strict(monkeypatch):
    """Have every client check as Python 3.13 does."""
    wrap = ssl.SSLContext.wrap_socket

    def strictly(self, sock, server_side=False, **more):
        if not server_side:
            self.verify_flags |= ssl.VERIFY_X509_STRICT
        return wrap(self, sock, server_side=server_side, **more)

    monkeypatch.setattr(ssl.SSLContext, "wrap_socket", strictly)


@pytest.mark.parametrize("way", WAYS)
def test_the_refusal_has_a_sentence_of_its_own(way, behind, strict):
    look, body = WAYS[way]
    url, trusted = behind(body)
    with pytest.raises(Failure) as caught:
        look(url, ca_cert=trusted, request_timeout=10)
    assert SENTENCE in caught.value.msg, caught.value.msg
    look(url, validate_certs=False, request_timeout=10)


@pytest.mark.skipif(sys.version_info >= (3, 13), reason="Python 3.13 refuses it by itself")
@pytest.mark.parametrize("way", WAYS)
def test_an_earlier_python_takes_it(way, behind):
    look, body = WAYS[way]
    url, trusted = behind(body)
    look(url, ca_cert=trusted, request_timeout=10)


@pytest.mark.skipif(sys.version_info < (3, 13), reason="Python before 3.13 takes it")
@pytest.mark.parametrize("way", ["kube", "git host"])
def test_python_3_13_refuses_it_by_itself(way, behind):
    look, body = WAYS[way]
    url, trusted = behind(body)
    with pytest.raises(Failure, match=SENTENCE):
        look(url, ca_cert=trusted, request_timeout=10)

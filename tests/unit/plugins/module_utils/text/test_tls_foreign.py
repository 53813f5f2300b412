# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pairs that somebody else put there: kept in whatever form they are written, replaced for what clients refuse."""

from __future__ import annotations

import base64
import textwrap

import pytest
from ansible_collections.manuela.event_streaming.plugins.module_utils._tls_secret import execute
from ansible_collections.manuela.event_streaming.tests.unit.plugins.module_utils.text.tls_makes import made
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import PrivateFormat

NOON = 1.8e9
PAIR, TRUST = "central/pair.yaml", "factory/trust.yaml"
NAMES = ("*.apps.example.com",)
NAMED = {"subject_alt_name": ["DNS:*.apps.example.com"]}
PARAMETERS = "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n"


@pytest.fixture
def tree(tree):
    tree.add(TRUST, 'kind: Secret\ndata:\n  tls.crt: ""\n')
    return tree


def pair(**options):
    return made(NAMES[0], now=NOON, is_ca=False, names=NAMES, days=(-1, 300), **options)


def plain(one):
    return one.pem, one.secret


def with_words_before_it(one):
    return f"Bag Attributes\n    friendlyName: x\nsubject=CN = x\n{one.pem}", f"Key Attributes: <none>\n{one.secret}"


def with_windows_line_ends(one):
    return one.pem.replace("\n", "\r\n"), one.secret.replace("\n", "\r\n")


def with_curve_parameters(one):
    return one.pem, PARAMETERS + one.secret_as(PrivateFormat.TraditionalOpenSSL)


def with_its_issuer(one):
    return one.pem + made("Root", now=NOON).pem, one.secret


@pytest.mark.parametrize(
    "form", [plain, with_words_before_it, with_windows_line_ends, with_curve_parameters, with_its_issuer]
)
def test_a_good_pair_is_kept_in_whatever_form_it_is_written(tree, asked, form):
    certificate, secret = form(pair())
    tree.put_pair(PAIR, certificate, secret)
    assert tree.run(execute, asked(**NAMED)).reasons == (f"{TRUST}: it differs from {PAIR}",)
    assert (tree.held(PAIR, "tls.crt"), tree.held(PAIR, "tls.key")) == (certificate, secret)


def test_base64_in_lines_of_76_is_kept(tree, asked):
    one = pair()
    texts = {"tls.crt": one.pem, "tls.key": one.secret}
    wrapped = {
        key: "\n".join(textwrap.wrap(base64.b64encode(text.encode()).decode(), 76)) for key, text in texts.items()
    }
    blocks = "".join(f"  {key}: |\n{textwrap.indent(text, '    ')}\n" for key, text in wrapped.items())
    tree.add(PAIR, f"kind: Secret\ndata:\n{blocks}")
    assert tree.run(execute, asked(**NAMED)).reasons == (f"{TRUST}: it differs from {PAIR}",)


def test_a_pair_whose_key_has_another_name_than_its_sha1_is_self_signed_all_the_same(tree, asked):
    tree.put_pair(PAIR, *plain(pair(own_id=b"\x02" * 20)))
    assert tree.run(execute, asked(**NAMED)).reasons == (f"{TRUST}: it differs from {PAIR}",)


def both_in_one(one):
    return one.secret + one.pem


def the_key_behind(one):
    return one.pem + one.secret_as(PrivateFormat.TraditionalOpenSSL)


@pytest.mark.parametrize("text", [both_in_one, the_key_behind])
def test_a_private_key_beside_the_certificate_is_given_to_nobody(tree, asked, text):
    one = pair()
    tree.put_pair(PAIR, text(one), one.secret)
    before = tree.snapshot()
    assert tree.fails(execute, asked(**NAMED, regenerate="never")).code == "refused"
    assert tree.snapshot() == before
    done = tree.run(execute, asked(**NAMED))
    assert "a private key stands beside the certificate" in done.reasons[0]
    assert "PRIVATE" not in tree.held(TRUST, "tls.crt") + tree.held(PAIR, "tls.crt")


@pytest.mark.parametrize(
    ("key", "asked_for", "reason"),
    [
        (ec.generate_private_key(ec.SECP256K1()), "ECDSA", "they do not know the curve secp256k1"),
        (ec.generate_private_key(ec.BrainpoolP384R1()), "ECDSA", "they do not know the curve brainpoolP384r1"),
        (ed25519.Ed25519PrivateKey.generate(), "ECDSA", "its key is Ed25519, wanted ECDSA"),
        (rsa.generate_private_key(65537, 1024), "RSA", "its key has 1024 bits, wanted 2048"),
    ],
    ids=["secp256k1", "brainpool", "ed25519", "short"],
)
def test_a_key_that_clients_do_not_know_is_replaced(tree, asked, key, asked_for, reason):
    tree.put_pair(PAIR, *plain(pair(key=key)))
    assert reason in tree.run(execute, asked(**NAMED, key_type=asked_for)).reasons[0]


@pytest.mark.parametrize(
    ("extra", "shown"),
    [
        (x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\x05\x00"), "1.2.3.4"),
        (x509.TLSFeature([x509.TLSFeatureType.status_request]), "1.3.6.1.5.5.7.1.24"),
    ],
    ids=["unknown", "must staple"],
)
def test_an_extension_that_clients_must_know_and_do_not_is_a_reason(tree, asked, extra, shown):
    tree.put_pair(PAIR, *plain(pair(extra=extra)))
    done = tree.run(execute, asked(**NAMED))
    assert f"strict clients refuse it: they do not know the critical extension {shown}" in done.reasons[0]

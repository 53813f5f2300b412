# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Own CAs of other makes: strict clients accept what they sign, and one that they would refuse is named at once."""

from __future__ import annotations

import time

import pytest
from ansible_collections.manuela.event_streaming.plugins.module_utils._tls_secret import execute
from ansible_collections.manuela.event_streaming.tests.unit.plugins.module_utils.text.tls_makes import (
    CA_USAGE,
    made,
    shake_hands,
)
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, rsa

PAIR, TRUST = "central/pair.yaml", "factory/trust.yaml"
NAMED = {"subject_alt_name": ["DNS:*.apps.example.com"]}
NO_SIGNER = x509.KeyUsage(True, False, False, False, False, False, True, False, False)


@pytest.fixture
def tree(tree):
    tree.add(PAIR, 'kind: Secret\ndata:\n  tls.crt: ""\n  tls.key: ""\n')
    tree.add(TRUST, 'kind: Secret\ndata:\n  tls.crt: ""\n')
    return tree


def signed_by(ca, *above):
    return {**NAMED, "ca_certificate": "".join(one.pem for one in (ca, *above)), "ca_private_key": ca.secret}


def meet(tree, place):
    pair = tree.held(PAIR, "tls.crt"), tree.held(PAIR, "tls.key")
    shake_hands(place, *pair, tree.held(TRUST, "tls.crt"), "a.apps.example.com")


def test_a_ca_that_names_its_key_otherwise_than_by_its_sha1_is_found_by_strict_clients(tree, asked, tmp_path):
    ca = made("Own CA", own_id=b"\x01" * 20)
    tree.run(execute, asked(**signed_by(ca)), tree.clock(time.time()))
    meet(tree, tmp_path)


def test_an_intermediate_ca_is_shown_by_the_server_and_its_root_is_what_clients_trust(tree, asked, tmp_path):
    root = made("Root")
    middle = made("Middle", by=root)
    low = made("Low", by=middle)
    tree.run(execute, asked(**signed_by(low, root, middle)), tree.clock(time.time()))
    assert tree.held(TRUST, "tls.crt") == root.pem
    meet(tree, tmp_path)


def test_a_certificate_does_not_outlive_the_shortest_of_the_authorities_above_it(tree, asked):
    root = made("Root", now=1.8e9, days=(-1, 100))
    middle = made("Middle", now=1.8e9, by=root)
    done = tree.run(execute, asked(**signed_by(middle, root)))
    assert done.state["days_left"] == 100


def test_an_intermediate_ca_alone_is_refused_since_openssl_would_not_trust_it(tree, asked):
    middle = made("Middle", now=1.8e9, by=made("Root", now=1.8e9))
    failure = tree.fails(execute, asked(**signed_by(middle)))
    assert (failure.code, "signed by CN=Root" in failure.msg) == ("invalid_option", True)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"key": ed25519.Ed25519PrivateKey.generate()}, "its key is Ed25519, not RSA or ECDSA"),
        ({"key": dsa.generate_private_key(2048)}, "its key is DSA, not RSA or ECDSA"),
        ({"key": ec.generate_private_key(ec.SECP256K1())}, "clients do not know the curve secp256k1"),
        ({"key": rsa.generate_private_key(65537, 1024)}, "has 1024 bits"),
        ({"usage": NO_SIGNER}, "may not sign certificates"),
        ({"days": (1, 3650)}, "is not valid before 2027-01-16T08:00:00Z"),
        ({"days": (-9, -1)}, "expired on"),
    ],
    ids=["ed25519", "dsa", "curve", "short", "usage", "future", "past"],
)
def test_a_ca_whose_certificates_clients_refuse_is_named_before_a_write(tree, asked, options, said):
    before = tree.snapshot()
    failure = tree.fails(execute, asked(**signed_by(made("Own CA", now=1.8e9, **options))))
    assert (failure.code, said in failure.msg) == ("invalid_option", True), failure.msg
    assert tree.snapshot() == before


def test_a_ca_without_key_usage_may_sign(tree, asked):
    assert CA_USAGE.key_cert_sign
    tree.run(execute, asked(**signed_by(made("Own CA", now=1.8e9, usage=None))))


def test_a_kept_pair_that_the_ca_did_not_sign_does_not_get_its_trust(tree, asked):
    tree.run(execute, asked(**NAMED))
    before = tree.snapshot()
    ca = signed_by(made("Own CA", now=1.8e9))
    failure = tree.fails(execute, asked(**ca, regenerate="never"))
    assert (failure.code, "wanted the given CA" in failure.msg) == ("refused", True)
    assert tree.snapshot() == before

# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificates from elsewhere: signed by an own CA, made as in the demo's document; and options that cannot work."""

from __future__ import annotations

import contextlib
import ssl
import time
from datetime import UTC, datetime, timedelta

import pytest
from ansible_collections.manuela.event_streaming.plugins.module_utils import _tls_secret_x509 as x509
from ansible_collections.manuela.event_streaming.plugins.module_utils._tls_secret import execute
from ansible_collections.manuela.event_streaming.plugins.module_utils._tls_secret_decision import DAY, Wanted
from ansible_collections.manuela.event_streaming.plugins.module_utils._tls_secret_maker import authority as authority_of
from ansible_collections.manuela.event_streaming.plugins.module_utils._tls_secret_maker import make

NOON = 1_800_000_000.0
PAIR, TRUST = "central/pair.yaml", "factory/trust.yaml"
NAMES = ["DNS:*.apps.example.com", "DNS:bootstrap.apps.example.com"]


@pytest.fixture
def tree(tree):
    tree.add(PAIR, 'kind: Secret\ndata:\n  tls.crt: ""\n  tls.key: ""\n')
    tree.add(TRUST, 'kind: Secret\ndata:\n  tls.crt: ""\n')
    return tree


def _issued(days: int, *, is_ca: bool, name: str = "", start: float = NOON) -> tuple[str, str]:
    library = x509.load()
    key = library.rsa.generate_private_key(public_exponent=65537, key_size=2048)
    kinds, forms = library.x509, library.serialization
    common = name or "Own CA" if is_ca else "*.apps.example.com"
    subject = kinds.Name([kinds.NameAttribute(kinds.NameOID.COMMON_NAME, common)])
    begin = datetime.fromtimestamp(start, tz=UTC)
    builder = kinds.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(begin).not_valid_after(begin + timedelta(days=days))
    builder = builder.add_extension(kinds.BasicConstraints(ca=True, path_length=None), True)
    if is_ca:
        usage = dict.fromkeys(("content_commitment", "data_encipherment", "key_agreement", "encipher_only"), False)
        usage |= dict.fromkeys(("digital_signature", "key_encipherment", "decipher_only"), False)
        builder = builder.add_extension(kinds.KeyUsage(key_cert_sign=True, crl_sign=True, **usage), True)
        builder = builder.add_extension(kinds.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
    text = builder.sign(key, library.hashes.SHA256()).public_bytes(forms.Encoding.PEM).decode()
    secret = key.private_bytes(forms.Encoding.PEM, forms.PrivateFormat.PKCS8, forms.NoEncryption()).decode()
    return text, secret


def test_a_pair_signed_by_an_own_ca_needs_no_new_trust_when_it_is_renewed(tree, authority, asked):
    ca = {"ca_certificate": authority[0], "ca_private_key": authority[1]}
    tree.run(execute, asked(**ca))
    assert tree.held(TRUST, "tls.crt") == authority[0]
    assert tree.held(PAIR, "tls.crt").endswith(authority[0])
    trust, pair = tree.snapshot()[TRUST], tree.snapshot()[PAIR]
    tree.run(execute, asked(**ca), tree.clock(NOON + 340 * DAY))
    assert tree.snapshot()[TRUST] == trust
    assert tree.snapshot()[PAIR] != pair


def test_a_ca_may_have_the_name_of_the_certificate(tree, asked):
    ca = dict(zip(("ca_certificate", "ca_private_key"), _issued(9999, is_ca=True, name=NAMES[0][4:]), strict=True))
    tree.run(execute, asked(**ca))


def test_a_change_between_self_signed_and_an_own_ca_is_made(tree, authority, asked):
    ca = {"ca_certificate": authority[0], "ca_private_key": authority[1]}
    tree.run(execute, asked())
    assert "it is signed by itself, wanted the given CA" in tree.run(execute, asked(**ca)).reasons[0]
    assert "it is signed by another issuer, wanted a self-signed one" in tree.run(execute, asked()).reasons[0]
    assert tree.held(TRUST, "tls.crt") == tree.held(PAIR, "tls.crt")


@pytest.mark.parametrize(
    ("which", "now", "said"),
    [
        (("leaf", "leaf"), NOON, "is not one of a CA"),
        (("own", "leaf"), NOON, "are not a pair"),
        (("own", "nonsense"), NOON, "no PEM key"),
        (("own", "own"), NOON + 4000 * DAY, "expired on"),
        (("own", "own"), NOON + 3640 * DAY, "within renew_before_days"),
    ],
)
def test_a_ca_that_cannot_sign_is_named(tree, authority, which, now, said, asked):
    leaf = make(Wanted("", tuple(NAMES), key_type="ECDSA", key_size=256), NOON)
    texts = {"own": authority, "leaf": (leaf.certificate, leaf.private_key), "nonsense": ("x", "x")}
    ca = {"ca_certificate": texts[which[0]][0], "ca_private_key": texts[which[1]][1]}
    failure = tree.fails(execute, asked(**ca), now)
    assert (failure.code, said in failure.msg) == ("invalid_option", True), failure.msg


def test_python_accepts_the_chain_with_strict_flags_and_the_ca_as_its_trust(tmp_path):
    now = time.time()
    text, secret = _issued(3650, is_ca=True, start=now - DAY)
    wanted = Wanted("a.example", ("DNS:a.example",), key_type="ECDSA", key_size=256)
    made = make(wanted, now, authority_of(text, secret, None, now))
    for name, content in (("chain", made.certificate), ("key", made.private_key), ("ca", made.trust)):
        (tmp_path / name).write_text(content)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(tmp_path / "chain", tmp_path / "key")
    client = ssl.create_default_context(cafile=str(tmp_path / "ca"))
    client.verify_flags |= ssl.VERIFY_X509_STRICT
    to_client, to_server = ssl.MemoryBIO(), ssl.MemoryBIO()
    asking = client.wrap_bio(to_client, to_server, server_hostname="a.example")
    answering = server.wrap_bio(to_server, to_client, server_side=True)
    for side in (asking, answering, asking):
        with contextlib.suppress(ssl.SSLWantReadError):
            side.do_handshake()
    assert asking.getpeercert()["subjectAltName"] == (("DNS", "a.example"),)


@pytest.fixture
def authority():
    """Make an own CA, valid for ten years."""
    return _issued(10 * 365, is_ca=True)


def test_a_certificate_of_the_demo_document_is_replaced_because_strict_clients_refuse_it(tree, asked):
    tree.put_pair(PAIR, *_issued(365, is_ca=False))
    done = tree.run(execute, asked(key_type="RSA"))
    assert any("strict clients refuse it: it lacks subjectAltName" in reason for reason in done.reasons)


@pytest.mark.parametrize(
    ("change", "code", "said"),
    [
        ({"subject_alt_name": []}, "invalid_option", "subject_alt_name is empty"),
        ({"subject_alt_name": ["*.a.b"]}, "invalid_option", "must begin with DNS: or IP:"),
        ({"subject_alt_name": ["DNS:a_b.c"]}, "invalid_option", "is no host name"),
        ({"subject_alt_name": ["DNS:a.*.c"]}, "invalid_option", "is no host name"),
        ({"subject_alt_name": ["DNS:" + "a" * 64]}, "invalid_option", "is no host name"),
        ({"subject_alt_name": ["IP:1.2.3"]}, "invalid_option", "is no IP address"),
        ({"subject_alt_name": ["IP:fe80::1%eth0"]}, "invalid_option", "is no IP address of a certificate"),
        ({"subject_alt_name": ["DNS:192.0.2.1"]}, "invalid_option", "write IP:192.0.2.1"),
        ({"subject_alt_name": ["DNS:2001:db8::1"]}, "invalid_option", "write IP:2001:db8::1"),
        ({"valid_days": 4_000_000}, "invalid_option", "ends after the year 9999"),
        ({"common_name": "\u00fc" * 33}, "invalid_option", "has 66 bytes"),
        ({"common_name": "a\nb"}, "invalid_option", "cannot be shown: 'a\\nb'"),
        ({"subject": {"O": "a\x00"}}, "invalid_option", "subject: O holds characters that cannot be shown"),
        ({"subject": {"O": "x" * 65}}, "invalid_option", "O has 65 characters, a certificate takes 64"),
        ({"subject": {"C": "\u00c4\u00d6"}}, "invalid_option", "two letters"),
        ({"common_name": "x" * 65}, "invalid_option", "has 65 bytes"),
        ({"subject": {"X": "y"}}, "invalid_option", "'X' is unknown"),
        ({"subject": {"C": "Germany"}}, "invalid_option", "two letters"),
        ({"key_size": 1024, "key_type": "RSA"}, "invalid_option", "from 2048"),
        ({"key_size": 2048}, "invalid_option", "256, 384, 521"),
        ({"renew_before_days": 365}, "invalid_option", "every run would renew"),
        ({"ca_certificate": "x", "ca_private_key": "y"}, "invalid_option", "no PEM certificate"),
    ],
)
def test_bad_options_are_named(tree, change, code, said, asked):
    before = tree.snapshot()
    failure = tree.fails(execute, asked(**change))
    assert (failure.code, said in failure.msg) == (code, True), failure.msg
    assert tree.snapshot() == before


@pytest.mark.parametrize(
    ("content", "code", "said"),
    [
        (b"kind: [\n", "corrupt_input", "not YAML"),
        (b"kind: ConfigMap\n", "not_found", "holds no Secret"),
        (b"kind: Secret\n", "not_found", "there is no 'data'"),
        (b"kind: Secret\ndata: {}\n", "refused", "{braces}"),
        (b"kind: Secret\n---\nkind: Secret\n", "conflict", "2 documents"),
        (b"kind: Secret\ndata:\n  tls.crt: &a x\n", "refused", "an anchor"),
    ],
)
def test_a_manifest_that_cannot_be_used_is_named_before_anything_is_written(tree, content, code, said, asked):
    tree.add(TRUST, content)
    before = tree.snapshot()
    failure = tree.fails(execute, asked())
    assert (failure.code, said in failure.msg) == (code, True), failure.msg
    assert tree.snapshot() == before


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"private_key_key": "tls.crt"}, "the server's certificate and the private key"),
        ({"path": TRUST}, "what clients trust and the server's certificate"),
        ({"path": TRUST, "certificate_key": "server.crt", "private_key_key": "tls.crt"}, "and the private key"),
    ],
)
def test_two_things_for_one_key_are_named(tree, change, said, asked):
    params, before = asked(), tree.snapshot()
    params["manifests"][1] |= change
    failure = tree.fails(execute, params)
    assert (failure.code, said in failure.msg) == ("invalid_option", True), failure.msg
    assert tree.snapshot() == before


def test_one_secret_may_hold_the_pair_and_what_clients_trust(tree, authority, asked):
    params = asked(ca_certificate=authority[0], ca_private_key=authority[1])
    params["manifests"][0] |= {"path": PAIR, "certificate_key": "ca.crt"}
    tree.run(execute, params)
    assert tree.held(PAIR, "ca.crt") == authority[0]


def test_a_secret_in_clear_without_the_keys_gets_them_in_clear(tree, asked):
    tree.add(PAIR, "kind: Secret\nstringData:\n  config: x\n")
    tree.run(execute, asked())
    lines = [line.partition(b":")[0] for line in tree.bytes(PAIR).splitlines()]
    assert lines == [b"kind", b"stringData", b"  config", b"  tls.crt", b"  tls.key"]


def test_the_private_key_needs_a_manifest(tree, asked):
    params = asked()
    params["manifests"] = params["manifests"][:1]
    assert "holds=pair" in tree.fails(execute, params).msg

# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One pair in several Secrets: when a new one is made, and that all of them agree."""

from __future__ import annotations

import base64
import json
import os
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from ansible_collections.manuela.event_streaming.plugins.module_utils import _tls_secret_x509 as x509
from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import Failure
from ansible_collections.manuela.event_streaming.plugins.module_utils._tls_secret import execute
from ansible_collections.manuela.event_streaming.plugins.module_utils._tls_secret_decision import DAY, Wanted, reasons
from ansible_collections.manuela.event_streaming.plugins.module_utils._tls_secret_maker import make

NOON = 1_800_000_000.0
PAIR, TRUST = "central/pair.yaml", "factory/trust.yaml"
EMPTY_PAIR = b'# never in a real repository\nkind: Secret\nmetadata:\n  name: p\ndata:\n  tls.crt: ""\n  tls.key: ""\n# end'
EMPTY_TRUST = b'kind: Secret\r\nmetadata:\r\n  name: t\r\ndata:\r\n  tls.crt: ""  # public\r\n'
NAMES = ["DNS:*.apps.example.com", "DNS:bootstrap.apps.example.com"]


def asked(**more: Any) -> dict[str, Any]:
    manifest = {"name": None, "namespace": None, "certificate_key": "tls.crt", "private_key_key": "tls.key"}
    params = {
        "manifests": [{**manifest, "path": TRUST, "holds": "certificate"}, {**manifest, "path": PAIR, "holds": "pair"}],
        "subject_alt_name": NAMES,
        "common_name": None,
        "subject": None,
        "key_type": "ECDSA",
        "key_size": None,
        "valid_days": 365,
        "renew_before_days": 30,
        "regenerate": "auto",
        "private_key_in_git": True,
        "ca_certificate": None,
        "ca_private_key": None,
        "ca_private_key_passphrase": None,
    }
    return {**params, **more}


@pytest.fixture
def tree(tree):
    tree.add(PAIR, EMPTY_PAIR)
    tree.add(TRUST, EMPTY_TRUST)
    return tree


def held(tree: Any, path: str, key: str) -> str:
    """Return one decoded value of a manifest, read without the code under test."""
    line = next(one for one in tree.bytes(path).decode().splitlines() if one.strip().startswith(key))
    return base64.b64decode(line.split(":")[1].split("#")[0].strip(' "'), validate=True).decode()


def put(tree: Any, certificate: str, private_key: str) -> None:
    texts = {"tls.crt": certificate, "tls.key": private_key}
    lines = "".join(f"  {key}: {base64.b64encode(text.encode()).decode()}\n" for key, text in texts.items())
    tree.add(PAIR, "kind: Secret\ndata:\n" + lines)


def test_an_empty_pair_is_filled_and_the_trust_follows(tree):
    done = tree.run(execute, asked(subject={"OU": "Manuela", "C": "DE"}))
    certificate = held(tree, PAIR, "tls.crt")
    assert held(tree, TRUST, "tls.crt") == certificate
    pair = x509.read(certificate, held(tree, PAIR, "tls.key"), needs_key=True)
    assert pair.is_usable and pair.certificate.subject_alt_name == tuple(NAMES)
    assert done.reasons == (f"{PAIR}: there is no certificate yet",)
    assert done.state["fingerprint_sha256"] == pair.certificate.fingerprint
    assert (done.state["common_name"], done.state["days_left"]) == ("*.apps.example.com", 365)
    assert tree.bytes(PAIR).startswith(b"# never in a real repository\n") and tree.bytes(PAIR).endswith(b"\n# end")
    assert tree.bytes(TRUST).endswith(b"  # public\r\n")


def test_check_mode_says_null_for_what_it_cannot_know(tree):
    state = execute({"work_tree": str(tree.root), **asked()}, True, tree.clock()).state
    assert {key for key, value in state.items() if value is None} == {
        "fingerprint_sha256",
        "not_before",
        "not_after",
        "days_left",
    }


def test_the_private_key_is_shown_nowhere(tree):
    done = tree.run(execute, asked())
    shown = json.dumps([done.state, done.before, done.after, done.reasons]) + repr(done)
    assert held(tree, PAIR, "tls.key").splitlines()[1] not in shown
    assert "PRIVATE" not in shown and "tls.key" not in shown


def test_a_private_key_needs_leave_to_stand_in_git(tree):
    before = tree.snapshot()
    failure = fails(tree, asked(private_key_in_git=False))
    assert (failure.code, PAIR in failure.msg) == ("refused", True)
    assert tree.snapshot() == before


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"subject_alt_name": [*NAMES, "DNS:b"]}, "names differ: it lacks DNS:b"),
        ({"subject_alt_name": NAMES[:1]}, "names differ: it has DNS:bootstrap.apps.example.com beyond what is asked for"),
        ({"common_name": "other"}, "its common name is '*.apps.example.com', wanted 'other'"),
        ({"subject": {"C": "DE"}}, "its subject is empty, wanted C=DE"),
        ({"key_size": 384}, "weaker than asked: its key has 256 bits, wanted 384"),
        ({"key_type": "RSA"}, "its key is ECDSA, wanted RSA"),
        ({"renew_before_days": 364, "valid_days": 500}, "it expires within 364 days"),
        ({"regenerate": "always"}, "a new one was asked for"),
    ],
)
def test_each_reason_for_a_new_pair_is_named(tree, change, reason):
    tree.run(execute, asked())
    old = held(tree, PAIR, "tls.key")
    params = {"work_tree": str(tree.root), **asked(**change)}
    done = execute(params, False, tree.clock(NOON + 2 * DAY))
    assert reason in done.reasons[0]
    assert held(tree, PAIR, "tls.key") != old
    assert held(tree, TRUST, "tls.crt") == held(tree, PAIR, "tls.crt")
    if change != {"regenerate": "always"}:
        assert not execute(params, False, tree.clock(NOON + 2 * DAY)).changed


def test_what_still_does_is_kept(tree):
    tree.run(execute, asked(key_size=384))
    for same in (
        asked(key_size=256),
        asked(subject_alt_name=[*reversed(NAMES)], common_name="*.apps.example.com"),
        asked(subject_alt_name=[name.upper() for name in NAMES]),
        asked(valid_days=9999),
    ):
        assert not execute({"work_tree": str(tree.root), **same}, False, tree.clock()).changed


def test_a_moving_clock_renews_once_in_the_window_and_never_before(tree):
    params = {"work_tree": str(tree.root), **asked()}
    execute(params, False, tree.clock())
    pair = x509.read(held(tree, PAIR, "tls.crt"), held(tree, PAIR, "tls.key"), needs_key=True)
    wanted = Wanted("*.apps.example.com", tuple(NAMES), key_type="ECDSA", key_size=256)
    days = [day for day in range(1000) if reasons(pair, wanted, NOON + day * DAY * 0.335 - 1)]
    assert days == []
    renewals = [day for day in range(325, 345) if execute(params, False, tree.clock(NOON + day * DAY + 1)).changed]
    assert renewals == [335]


def test_an_expired_certificate_is_replaced(tree):
    tree.run(execute, asked())
    done = tree.run(execute, asked(), tree.clock(NOON + 400 * DAY))
    assert "it expired on 2028-01-15T08:00:00Z" in done.reasons[0]


def test_a_certificate_of_the_future_is_replaced(tree):
    tree.run(execute, asked(), tree.clock(NOON + 90 * DAY))
    assert "it is not valid before" in tree.run(execute, asked()).reasons[0]


@pytest.mark.parametrize(
    ("certificate", "private_key", "reason"),
    [
        ("nonsense", "nonsense", "the certificate is unreadable"),
        ("own", "nonsense", "the private key is unreadable"),
        ("own", "", "the private key is missing"),
        ("own", "another", "the private key and the certificate are not a pair"),
    ],
)
def test_a_broken_pair_is_replaced(tree, certificate, private_key, reason):
    made, other = (make(Wanted("", tuple(NAMES), key_type="ECDSA", key_size=256), NOON) for _ in range(2))
    texts = {"own": made.certificate, "another": other.private_key}
    put(tree, texts.get(certificate, certificate), texts.get(private_key, private_key))
    done = tree.run(execute, asked())
    assert reason in done.reasons[0]


@pytest.mark.parametrize("content", [b"'!'", b"YQ", b"<fill in>", b"''", b""])
def test_a_value_that_is_no_base64_is_replaced(tree, content):
    tree.add(PAIR, b"kind: Secret\ndata:\n  tls.crt: " + content + b"\n")
    assert tree.run(execute, asked()).changed


def test_a_certificate_of_the_demo_document_is_replaced_because_strict_clients_refuse_it(tree, old_style):
    put(tree, *old_style)
    done = tree.run(execute, asked(key_type="RSA"))
    assert any("strict clients refuse it: it lacks subjectAltName" in reason for reason in done.reasons)


@pytest.fixture
def old_style():
    """Make a certificate as ``openssl req -x509`` of the document does: no alternative names."""
    return _issued(365, is_ca=False)


def _issued(days: int, *, is_ca: bool, name: str = "") -> tuple[str, str]:
    library = x509.load()
    key = library.rsa.generate_private_key(public_exponent=65537, key_size=2048)
    kinds, forms = library.x509, library.serialization
    common = name or "Own CA" if is_ca else "*.apps.example.com"
    subject = kinds.Name([kinds.NameAttribute(kinds.NameOID.COMMON_NAME, common)])
    start = datetime.fromtimestamp(NOON, tz=UTC)
    builder = kinds.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(start).not_valid_after(start + timedelta(days=days))
    builder = builder.add_extension(kinds.BasicConstraints(ca=True, path_length=None), True)
    if is_ca:
        usage = dict.fromkeys(("content_commitment", "data_encipherment", "key_agreement", "encipher_only"), False)
        usage |= dict.fromkeys(("digital_signature", "key_encipherment", "decipher_only"), False)
        builder = builder.add_extension(kinds.KeyUsage(key_cert_sign=True, crl_sign=True, **usage), True)
        builder = builder.add_extension(kinds.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
    text = builder.sign(key, library.hashes.SHA256()).public_bytes(forms.Encoding.PEM).decode()
    secret = key.private_bytes(forms.Encoding.PEM, forms.PrivateFormat.PKCS8, forms.NoEncryption()).decode()
    return text, secret


def test_only_the_manifests_that_differ_are_written(tree):
    tree.run(execute, asked())
    old = tree.snapshot()[PAIR]
    tree.add(TRUST, EMPTY_TRUST)
    done = tree.run(execute, asked())
    assert done.reasons == (f"{TRUST}: it differs from {PAIR}",)
    assert tree.snapshot()[PAIR] == old


def test_a_run_that_is_killed_between_its_writes_is_completed_with_the_same_pair(tree, monkeypatch):
    real, calls = os.replace, []

    def replace(*args: Any) -> None:
        if calls:
            raise KeyboardInterrupt
        calls.append(args)
        real(*args)

    monkeypatch.setattr(os, "replace", replace)
    with pytest.raises(KeyboardInterrupt):
        execute({"work_tree": str(tree.root), **asked()}, False, tree.clock())
    monkeypatch.undo()
    made = held(tree, PAIR, "tls.key")
    assert held(tree, TRUST, "tls.crt") == ""
    tree.run(execute, asked())
    assert held(tree, PAIR, "tls.key") == made
    assert held(tree, TRUST, "tls.crt") == held(tree, PAIR, "tls.crt")


@pytest.mark.parametrize("now", [NOON + 1, NOON + 340 * DAY])
def test_never_keeps_a_usable_pair(tree, now):
    tree.run(execute, asked())
    tree.add(TRUST, EMPTY_TRUST)
    old = held(tree, PAIR, "tls.key")
    execute({"work_tree": str(tree.root), **asked(regenerate="never")}, False, tree.clock(now))
    assert held(tree, PAIR, "tls.key") == old
    assert held(tree, TRUST, "tls.crt") == held(tree, PAIR, "tls.crt")


def test_never_fails_on_an_expired_certificate(tree):
    tree.run(execute, asked())
    failure = fails(tree, asked(regenerate="never"), NOON + 400 * DAY)
    assert failure.code == "refused"
    assert "it expired on" in failure.msg and "regenerate=never" in failure.msg


def test_string_data_is_written_in_clear(tree):
    tree.add(PAIR, b'kind: Secret\nstringData:\n  tls.crt: ""\n  tls.key: ""\n')
    tree.run(execute, asked())
    assert b'tls.crt: "-----BEGIN CERTIFICATE-----\\n' in tree.bytes(PAIR)


def test_a_pair_signed_by_an_own_ca_needs_no_new_trust_when_it_is_renewed(tree, authority):
    ca = {"ca_certificate": authority[0], "ca_private_key": authority[1]}
    tree.run(execute, asked(**ca))
    assert held(tree, TRUST, "tls.crt") == authority[0]
    assert held(tree, PAIR, "tls.crt").endswith(authority[0])
    trust, pair = tree.snapshot()[TRUST], tree.snapshot()[PAIR]
    tree.run(execute, asked(**ca), tree.clock(NOON + 340 * DAY))
    assert tree.snapshot()[TRUST] == trust
    assert tree.snapshot()[PAIR] != pair


def test_a_ca_may_have_the_name_of_the_certificate(tree):
    ca = dict(zip(("ca_certificate", "ca_private_key"), _issued(9999, is_ca=True, name=NAMES[0][4:]), strict=True))
    tree.run(execute, asked(**ca))


def test_a_change_between_self_signed_and_an_own_ca_is_made(tree, authority):
    ca = {"ca_certificate": authority[0], "ca_private_key": authority[1]}
    tree.run(execute, asked())
    assert "it is signed by itself, wanted the given CA" in tree.run(execute, asked(**ca)).reasons[0]
    assert "it is signed by another issuer, wanted a self-signed one" in tree.run(execute, asked()).reasons[0]
    assert held(tree, TRUST, "tls.crt") == held(tree, PAIR, "tls.crt")


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
def test_a_ca_that_cannot_sign_is_named(tree, authority, which, now, said):
    leaf = make(Wanted("", tuple(NAMES), key_type="ECDSA", key_size=256), NOON)
    texts = {"own": authority, "leaf": (leaf.certificate, leaf.private_key), "nonsense": ("x", "x")}
    ca = {"ca_certificate": texts[which[0]][0], "ca_private_key": texts[which[1]][1]}
    failure = fails(tree, asked(**ca), now)
    assert (failure.code, said in failure.msg) == ("invalid_option", True), failure.msg


@pytest.fixture
def authority():
    """Make an own CA, valid for ten years."""
    return _issued(10 * 365, is_ca=True)


def test_one_file_may_hold_both_secrets(tree):
    both = EMPTY_PAIR.decode() + "\n---\n" + EMPTY_TRUST.decode().replace("\r\n", "\n")
    tree.add("both.yaml", both)
    params = asked()
    for one, name in zip(params["manifests"], ("t", "p"), strict=True):
        one |= {"path": "both.yaml", "name": name}
    tree.run(execute, params)
    assert tree.bytes("both.yaml").count(b'"LS0tLS1CRUdJTi') == 3


@pytest.mark.parametrize(
    ("change", "code", "said"),
    [
        ({"subject_alt_name": []}, "invalid_option", "subject_alt_name is empty"),
        ({"subject_alt_name": ["*.a.b"]}, "invalid_option", "must begin with DNS: or IP:"),
        ({"subject_alt_name": ["DNS:a_b.c"]}, "invalid_option", "is no host name"),
        ({"subject_alt_name": ["DNS:a.*.c"]}, "invalid_option", "is no host name"),
        ({"subject_alt_name": ["DNS:" + "a" * 64]}, "invalid_option", "is no host name"),
        ({"subject_alt_name": ["IP:1.2.3"]}, "invalid_option", "is no IP address"),
        ({"common_name": "x" * 65}, "invalid_option", "has 65 characters"),
        ({"subject": {"X": "y"}}, "invalid_option", "'X' is unknown"),
        ({"subject": {"C": "Germany"}}, "invalid_option", "two letters"),
        ({"key_size": 1024, "key_type": "RSA"}, "invalid_option", "from 2048"),
        ({"key_size": 2048}, "invalid_option", "256, 384, 521"),
        ({"renew_before_days": 365}, "invalid_option", "every run would renew"),
        ({"manifests": asked()["manifests"][:1]}, "invalid_option", "holds=pair"),
        ({"ca_certificate": "x", "ca_private_key": "y"}, "invalid_option", "no PEM certificate"),
    ],
)
def test_bad_options_are_named(tree, change, code, said):
    before = tree.snapshot()
    failure = fails(tree, asked(**change))
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
def test_a_manifest_that_cannot_be_used_is_named_before_anything_is_written(tree, content, code, said):
    tree.add(TRUST, content)
    before = tree.snapshot()
    failure = fails(tree, asked())
    assert (failure.code, said in failure.msg) == (code, True), failure.msg
    assert tree.snapshot() == before


def fails(tree: Any, params: dict[str, Any], now: float = NOON) -> Failure:
    with pytest.raises(Failure) as caught:
        execute({"work_tree": str(tree.root), **params}, False, tree.clock(now))
    return caught.value

# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One pair in several Secrets: when a new one is made, and that all of them agree."""

from __future__ import annotations

import json
import os
from typing import Any

import pytest
from ansible_collections.manuela.event_streaming.plugins.module_utils import _tls_secret_x509 as x509
from ansible_collections.manuela.event_streaming.plugins.module_utils._tls_secret import execute
from ansible_collections.manuela.event_streaming.plugins.module_utils._tls_secret_decision import DAY, Wanted, reasons
from ansible_collections.manuela.event_streaming.plugins.module_utils._tls_secret_maker import make

NOON = 1_800_000_000.0
PAIR, TRUST = "central/pair.yaml", "factory/trust.yaml"
EMPTY_PAIR = (
    b'# never in a real repository\nkind: Secret\nmetadata:\n  name: p\ndata:\n  tls.crt: ""\n  tls.key: ""\n# end'
)
EMPTY_TRUST = b'kind: Secret\r\nmetadata:\r\n  name: t\r\ndata:\r\n  tls.crt: ""  # public\r\n'
NAMES = ["DNS:*.apps.example.com", "DNS:bootstrap.apps.example.com"]


@pytest.fixture
def tree(tree):
    tree.add(PAIR, EMPTY_PAIR)
    tree.add(TRUST, EMPTY_TRUST)
    return tree


def test_an_empty_pair_is_filled_and_the_trust_follows(tree, asked):
    done = tree.run(execute, asked(subject={"OU": "Manuela", "C": "DE"}))
    certificate = tree.held(PAIR, "tls.crt")
    assert tree.held(TRUST, "tls.crt") == certificate
    pair = x509.read(certificate, tree.held(PAIR, "tls.key"), needs_key=True)
    assert pair.is_usable and pair.certificate.subject_alt_name == tuple(NAMES)
    assert done.reasons == (f"{PAIR}: there is no certificate yet",)
    assert done.state["fingerprint_sha256"] == pair.certificate.fingerprint
    assert (done.state["common_name"], done.state["days_left"]) == ("*.apps.example.com", 365)
    assert tree.bytes(PAIR).startswith(b"# never in a real repository\n") and tree.bytes(PAIR).endswith(b"\n# end")
    assert tree.bytes(TRUST).endswith(b"  # public\r\n")


def test_check_mode_says_null_for_what_it_cannot_know(tree, asked):
    state = execute({"work_tree": str(tree.root), **asked()}, True, tree.clock()).state
    assert {key for key, value in state.items() if value is None} == {
        "fingerprint_sha256",
        "not_before",
        "not_after",
        "days_left",
    }


def test_the_private_key_is_shown_nowhere(tree, asked):
    done = tree.run(execute, asked())
    shown = json.dumps([done.state, done.before, done.after, done.reasons]) + repr(done)
    assert tree.held(PAIR, "tls.key").splitlines()[1] not in shown
    assert "PRIVATE" not in shown and "tls.key" not in shown


def test_a_private_key_needs_leave_to_stand_in_git(tree, asked):
    before = tree.snapshot()
    failure = tree.fails(execute, asked(private_key_in_git=False))
    assert (failure.code, PAIR in failure.msg) == ("refused", True)
    assert tree.snapshot() == before


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"subject_alt_name": [*NAMES, "DNS:b"]}, "names differ: it lacks DNS:b"),
        (
            {"subject_alt_name": NAMES[:1]},
            "names differ: it has DNS:bootstrap.apps.example.com beyond what is asked for",
        ),
        ({"common_name": "other"}, "its common name is '*.apps.example.com', wanted 'other'"),
        ({"subject": {"C": "DE"}}, "its subject is empty, wanted C=DE"),
        ({"key_size": 384}, "weaker than asked: its key has 256 bits, wanted 384"),
        ({"key_type": "RSA"}, "its key is ECDSA, wanted RSA"),
        ({"renew_before_days": 364, "valid_days": 500}, "it expires within 364 days"),
        ({"regenerate": "always"}, "a new one was asked for"),
    ],
)
def test_each_reason_for_a_new_pair_is_named(tree, change, reason, asked):
    tree.run(execute, asked())
    old = tree.held(PAIR, "tls.key")
    params = {"work_tree": str(tree.root), **asked(**change)}
    done = execute(params, False, tree.clock(NOON + 2 * DAY))
    assert reason in done.reasons[0]
    assert tree.held(PAIR, "tls.key") != old
    assert tree.held(TRUST, "tls.crt") == tree.held(PAIR, "tls.crt")
    if change != {"regenerate": "always"}:
        assert not execute(params, False, tree.clock(NOON + 2 * DAY)).changed


def test_what_still_does_is_kept(tree, asked):
    tree.run(execute, asked(key_size=384))
    for same in (
        asked(key_size=256),
        asked(subject_alt_name=[*reversed(NAMES)], common_name="*.apps.example.com"),
        asked(subject_alt_name=[name.upper() for name in NAMES]),
        asked(valid_days=9999),
    ):
        assert not execute({"work_tree": str(tree.root), **same}, False, tree.clock()).changed


def test_a_moving_clock_renews_once_in_the_window_and_never_before(tree, asked):
    params = {"work_tree": str(tree.root), **asked()}
    execute(params, False, tree.clock())
    pair = x509.read(tree.held(PAIR, "tls.crt"), tree.held(PAIR, "tls.key"), needs_key=True)
    wanted = Wanted("*.apps.example.com", tuple(NAMES), key_type="ECDSA", key_size=256)
    days = [day for day in range(1000) if reasons(pair, wanted, NOON + day * DAY * 0.335 - 1)]
    assert days == []
    renewals = [day for day in range(325, 345) if execute(params, False, tree.clock(NOON + day * DAY + 1)).changed]
    assert renewals == [335]


def test_an_expired_certificate_is_replaced(tree, asked):
    tree.run(execute, asked())
    done = tree.run(execute, asked(), tree.clock(NOON + 400 * DAY))
    assert "it expired on 2028-01-15T08:00:00Z" in done.reasons[0]


def test_a_certificate_of_the_future_is_replaced(tree, asked):
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
def test_a_broken_pair_is_replaced(tree, certificate, private_key, reason, asked):
    made, other = (make(Wanted("", tuple(NAMES), key_type="ECDSA", key_size=256), NOON) for number in range(2))
    texts = {"own": made.certificate, "another": other.private_key}
    tree.put_pair(PAIR, texts.get(certificate, certificate), texts.get(private_key, private_key))
    done = tree.run(execute, asked())
    assert reason in done.reasons[0]


@pytest.mark.parametrize("content", [b"'!'", b"YQ", b"<fill in>", b"''", b""])
def test_a_value_that_is_no_base64_is_replaced(tree, content, asked):
    tree.add(PAIR, b"kind: Secret\ndata:\n  tls.crt: " + content + b"\n")
    assert tree.run(execute, asked()).changed


def test_only_the_manifests_that_differ_are_written(tree, asked):
    tree.run(execute, asked())
    old = tree.snapshot()[PAIR]
    tree.add(TRUST, EMPTY_TRUST)
    done = tree.run(execute, asked())
    assert done.reasons == (f"{TRUST}: it differs from {PAIR}",)
    assert tree.snapshot()[PAIR] == old


def test_a_run_that_is_killed_between_its_writes_is_completed_with_the_same_pair(tree, monkeypatch, asked):
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
    made = tree.held(PAIR, "tls.key")
    assert tree.held(TRUST, "tls.crt") == ""
    tree.run(execute, asked())
    assert tree.held(PAIR, "tls.key") == made
    assert tree.held(TRUST, "tls.crt") == tree.held(PAIR, "tls.crt")


@pytest.mark.parametrize("now", [NOON + 1, NOON + 340 * DAY])
def test_never_keeps_a_usable_pair(tree, now, asked):
    tree.run(execute, asked())
    tree.add(TRUST, EMPTY_TRUST)
    old = tree.held(PAIR, "tls.key")
    execute({"work_tree": str(tree.root), **asked(regenerate="never")}, False, tree.clock(now))
    assert tree.held(PAIR, "tls.key") == old
    assert tree.held(TRUST, "tls.crt") == tree.held(PAIR, "tls.crt")


def test_never_fails_on_an_expired_certificate(tree, asked):
    tree.run(execute, asked())
    failure = tree.fails(execute, asked(regenerate="never"), NOON + 400 * DAY)
    assert failure.code == "refused"
    assert "it expired on" in failure.msg and "regenerate=never" in failure.msg


def test_string_data_is_written_in_clear(tree, asked):
    tree.add(PAIR, b'kind: Secret\nstringData:\n  tls.crt: ""\n  tls.key: ""\n')
    tree.run(execute, asked())
    assert b'tls.crt: "-----BEGIN CERTIFICATE-----\\n' in tree.bytes(PAIR)


def test_one_file_may_hold_both_secrets(tree, asked):
    both = EMPTY_PAIR.decode() + "\n---\n" + EMPTY_TRUST.decode().replace("\r\n", "\n")
    tree.add("both.yaml", both)
    params = asked()
    for one, name in zip(params["manifests"], ("t", "p"), strict=True):
        one |= {"path": "both.yaml", "name": name}
    tree.run(execute, params)
    assert tree.bytes("both.yaml").count(b'"LS0tLS1CRUdJTi') == 3

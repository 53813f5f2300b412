# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Why a certificate is replaced, to the second and in words."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from ansible_collections.manuela.event_streaming.plugins.module_utils._tls_secret_decision import (
    DAY,
    Certificate,
    Pair,
    Wanted,
    moment,
    reasons,
)

BEGIN = 1_700_000_000.0
END = BEGIN + 365 * DAY
NAMES = ("DNS:a.example", "DNS:b.example")
WANTED = Wanted("a.example", NAMES)
THERE = Certificate("f" * 64, "a.example", NAMES, (), BEGIN, END, "RSA", 2048)


def why(now: float = BEGIN + DAY, wanted: Wanted = WANTED, **differs):
    return reasons(Pair(replace(THERE, **differs)), wanted, now)


@pytest.mark.parametrize(
    ("now", "said"),
    [
        pytest.param(BEGIN - 1, ("it is not valid before 2023-11-14T22:13:20Z",), id="a second before it begins"),
        pytest.param(BEGIN, (), id="when it begins"),
        pytest.param(END - 30 * DAY, (), id="when the window opens"),
        pytest.param(END - 30 * DAY + 1, ("it expires within 30 days, on 2024-11-13T22:13:20Z",), id="in the window"),
        pytest.param(END - 1, ("it expires within 30 days, on 2024-11-13T22:13:20Z",), id="its last second"),
        pytest.param(END, ("it expired on 2024-11-13T22:13:20Z",), id="when it ends"),
    ],
)
def test_dates_count_to_the_second(now, said):
    assert why(now) == said


@pytest.mark.parametrize(
    ("wanted", "differs", "said"),
    [
        ({}, {"subject_alt_name": NAMES[:1]}, "names differ: it lacks DNS:b.example"),
        ({}, {"subject_alt_name": ()}, "names differ: it lacks DNS:a.example, DNS:b.example"),
        (
            {},
            {"subject_alt_name": (*NAMES, "DNS:z", "DNS:c")},
            "names differ: it has DNS:c, DNS:z beyond what is asked for",
        ),
        (
            {},
            {"subject_alt_name": ("DNS:a.example", "DNS:c")},
            "names differ: it lacks DNS:b.example and it has DNS:c beyond what is asked for",
        ),
        ({}, {"common_name": "b"}, "names differ: its common name is 'b', wanted 'a.example'"),
        (
            {"subject": (("O", "us"), ("C", "DE"))},
            {},
            "names differ: its subject is empty, wanted C=DE/O=us",
        ),
        ({}, {"issuer": "CN=x"}, "it is signed by another issuer, wanted a self-signed one"),
        ({"issuer": "ab"}, {}, "it is signed by itself, wanted the given CA"),
        ({"key_type": "ECDSA"}, {}, "its key is RSA, wanted ECDSA"),
        ({"key_size": 2049}, {}, "weaker than asked: its key has 2048 bits, wanted 2049"),
        ({}, {"weak": "it is signed with md5"}, "weaker than asked: it is signed with md5"),
        ({}, {"lacks": ("x", "y")}, "strict clients refuse it: it lacks x, y"),
        ({}, {"unknown": ("x", "y")}, "strict clients refuse it: they do not know x, y"),
    ],
)
def test_each_reason_is_said_in_words(wanted, differs, said):
    assert why(wanted=replace(WANTED, **wanted), **differs) == (said,)


def test_what_is_stronger_or_in_another_order_stays():
    assert why(key_size=4096, subject_alt_name=NAMES[::-1]) == ()


def test_a_lost_key_comes_first_and_a_lost_certificate_alone():
    assert (
        reasons(Pair(THERE, key_problem="the private key is missing"), WANTED, END)[0] == "the private key is missing"
    )
    assert reasons(Pair(None, "there is no certificate yet"), WANTED, END) == ("there is no certificate yet",)


def test_moments_are_told_in_utc(monkeypatch):
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    try:
        assert moment(0) == "1970-01-01T00:00:00Z"
    finally:
        monkeypatch.undo()
        time.tzset()

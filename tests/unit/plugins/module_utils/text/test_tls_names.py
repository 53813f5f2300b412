# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names of a certificate, as they are given and as they are written; and which one becomes the common name."""

from __future__ import annotations

import pytest
from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import Failure
from ansible_collections.manuela.event_streaming.plugins.module_utils._tls_secret_names import common_name, normalised

A, B = "a" * 60, "b" * 60
FULL = "a" * 31 + "." + "b" * 32  # 64 characters, the most that fit
LONGEST = ".".join(["a" * 63, "b" * 63, "c" * 63, "d" * 61])  # 253 characters, the most that a name has


@pytest.mark.parametrize(
    ("given", "written"),
    [
        ("DNS:a.example", "DNS:a.example"),
        (" dns:A.Example. ", "DNS:a.example"),
        ("DNS:*.Apps.example", "DNS:*.apps.example"),
        ("DNS:localhost", "DNS:localhost"),
        ("DNS:xn--mnchen-3ya.example", "DNS:xn--mnchen-3ya.example"),
        ("DNS:1.2.3.example", "DNS:1.2.3.example"),
        ("DNS:x" + LONGEST[1:], "DNS:x" + LONGEST[1:]),
        ("ip:192.0.2.1", "IP:192.0.2.1"),
        ("IP:2001:DB8:0:0::1", "IP:2001:db8::1"),
    ],
)
def test_a_name_is_written_in_one_way(given, written):
    assert normalised([given]) == (written,)


def test_each_name_stands_once_in_the_order_given():
    assert normalised(["DNS:b", "IP:::1", "DNS:a", "dns:B", "IP:0::1"]) == ("DNS:b", "IP:::1", "DNS:a")


@pytest.mark.parametrize(
    "given",
    ["DNS:", "DNS:*", "DNS:*.", "DNS:.a", "DNS:-a", "DNS:a-", "DNS:a..b", "DNS:*a.b", "DNS:m\u00fcnchen.example",
     "DNS:" + LONGEST + "d", "DNS:" + 64 * "a", "URI:spiffe://x", "URI:x", "DNS", "DNS:192.0.2.1", "DNS:::1", "",
     "IP", "IP:", "IP:192.0.2.0/24", "IP:[::1]", "IP:fe80::1%eth0"],
)  # fmt: skip
def test_a_name_that_no_client_would_match_is_refused(given):
    with pytest.raises(Failure) as caught:
        normalised([given])
    assert (caught.value.code, f"'{given}'" in caught.value.msg) == ("invalid_option", True)


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["DNS:b.example", "DNS:a.example"], "b.example"),
        (["IP:2001:db8::1", "DNS:a.example"], "a.example"),
        (["IP:2001:db8::1"], "2001:db8::1"),
        ([f"DNS:{A}.{B}", "DNS:b.example"], "b.example"),
        ([f"DNS:{A}.{B}", "IP:192.0.2.1"], "192.0.2.1"),
        ([f"DNS:{FULL}", "DNS:b.example"], FULL),
        ([f"DNS:*.{A}.{B}"], B),
        ([f"DNS:{A}.{B}.c", f"DNS:{A}.{B}.d"], f"{B}.c"),
        ([f"DNS:x.{FULL}"], FULL),
    ],
)
def test_the_first_name_that_fits_becomes_the_common_name_or_the_end_of_one(names, said):
    assert common_name("", names) == said


def test_the_common_name_asked_for_stays():
    assert common_name("x" * 64, ["DNS:a.example"]) == "x" * 64
    with pytest.raises(Failure, match="Leave it out: clients match subject_alt_name") as caught:
        common_name("x" * 65, ["DNS:a.example"])
    assert caught.value.code == "invalid_option"
    with pytest.raises(Failure, match="^common_name holds characters") as caught:
        common_name("a\tb", ["DNS:a.example"])
    assert caught.value.code == "invalid_option"


def test_no_name_at_all_is_refused():
    with pytest.raises(Failure, match="^subject_alt_name is empty: .*Give at least one DNS: name") as caught:
        normalised([])
    assert caught.value.code == "invalid_option"

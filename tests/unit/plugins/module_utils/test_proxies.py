# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which proxy of the environment is asked: the same answer for every kind of server, and never for this host itself."""

from __future__ import annotations

import pytest
from ansible_collections.manuela.event_streaming.plugins.module_utils._proxies import is_excepted, proxy_of
from ansible_collections.manuela.event_streaming.plugins.module_utils._strict_certificates import advice_on

PROXY = "http://proxy.example:3128"
API = "https://api.factory.example:6443"


@pytest.mark.parametrize("name", ["https_proxy", "HTTPS_PROXY"])
def test_the_proxy_of_the_scheme_is_asked(name):
    assert proxy_of(API, {name: PROXY}) == PROXY
    assert proxy_of(API.replace("https", "http"), {name: PROXY}) == ""
    assert proxy_of(API, {}) == ""


def test_a_proxy_without_a_scheme_speaks_http():
    assert proxy_of(API, {"HTTPS_PROXY": "proxy.example:3128"}) == PROXY


@pytest.mark.parametrize(
    "rules",
    ["*", "api.factory.example", "factory.example", ".factory.example", "*.factory.example", "a.b, FACTORY.example",
     "api.factory.example:6443"],
)  # fmt: skip
def test_no_proxy_names_the_server(rules):
    assert proxy_of(API, {"HTTPS_PROXY": PROXY, "NO_PROXY": rules}) == ""


@pytest.mark.parametrize("rules", ["", "tory.example", "other.example", "api.factory.example:443", "10.0.0.0/8", ","])
def test_no_proxy_names_another(rules):
    assert proxy_of(API, {"HTTPS_PROXY": PROXY, "NO_PROXY": rules}) == PROXY


@pytest.mark.parametrize(
    ("host", "rules", "direct"),
    [
        ("10.1.2.3", "10.0.0.0/8", True),
        ("11.1.2.3", "10.0.0.0/8", False),
        ("10.1.2.3", "10.1.2.3", True),
        ("10.1.2.3", "10.0.0.0/nonsense", False),
        ("[fd00::7]", "fd00::/8", True),
    ],
)
def test_networks_in_no_proxy_are_known(host, rules, direct):
    assert is_excepted(f"https://{host}:6443", {"no_proxy": rules}) is direct


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.55.248.1", "[::1]"])
def test_this_host_is_never_reached_through_a_proxy(host):
    assert proxy_of(f"https://{host}:6443", {"HTTPS_PROXY": PROXY}) == ""


@pytest.mark.parametrize(
    "reason",
    [
        "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: Missing Authority Key Identifier (_ssl.c:1032)",
        "certificate verify failed: Basic Constraints of CA cert not marked critical (_ssl.c:1028)",
        "certificate verify failed: CA cert does not include key usage extension (_ssl.c:1032)",
    ],
)
def test_a_certificate_of_the_wrong_form_has_a_sentence_of_its_own(reason):
    assert "Python 3.13" in advice_on(reason)


@pytest.mark.parametrize("reason", ["unable to get local issuer certificate", "Hostname mismatch", "has expired"])
def test_any_other_reason_has_not(reason):
    assert advice_on(f"certificate verify failed: {reason}") == ""

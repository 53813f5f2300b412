# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the client library is told to connect, and which options are refused before it is."""

from __future__ import annotations

import pytest
from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import Failure
from ansible_collections.manuela.event_streaming.plugins.module_utils._kafka_topic.direct_settings import settings
from ansible_collections.manuela.event_streaming.plugins.module_utils._kafka_topic.wanted import wanted_of
from ansible_collections.manuela.event_streaming.tests.unit.plugins.module_utils.kube.test_kafka_direct import options

CERTIFICATE = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"


def test_joins_no_group_commits_nothing_and_creates_no_topic():
    chosen = settings({}, wanted_of(options()))
    assert (chosen["enable.auto.commit"], chosen["enable.auto.offset.store"], chosen["allow.auto.create.topics"]) == (
        False,
        False,
        False,
    )


USER = {"username": "u", "password": "p", "sasl_mechanism": "SCRAM-SHA-512"}
KEY = {"client_cert": "c.pem", "client_key": "k.pem"}


@pytest.mark.parametrize(
    ("given", "protocol"),
    [
        ({}, "plaintext"),
        ({"ca_cert": "x.pem"}, "ssl"),
        (KEY, "ssl"),
        ({"security_protocol": "ssl"}, "ssl"),
        ({"trusted_certificates": CERTIFICATE}, "ssl"),
        ({"trusted_certificates": CERTIFICATE, "security_protocol": "plaintext"}, "plaintext"),
        (USER, "sasl_ssl"),
        ({**USER, **KEY, "ca_cert": "x.pem"}, "sasl_ssl"),
        ({**USER, "security_protocol": "sasl_plaintext"}, "sasl_plaintext"),
    ],
)
def test_tls_as_asked_or_when_there_is_somebody_to_trust_and_no_password_in_clear_unless_asked(given, protocol):
    chosen = settings(given, wanted_of(options(**given)))
    assert chosen["security.protocol"] == protocol
    assert chosen.get("ssl.ca.location") == given.get("ca_cert")
    assert chosen.get("ssl.ca.pem") == (given.get("trusted_certificates") if protocol == "ssl" else None)
    assert chosen.get("ssl.key.location") == given.get("client_key")
    assert (chosen.get("sasl.username"), chosen.get("sasl.password")) == (given.get("username"), given.get("password"))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"username": "u"}, "username and password belong together"),
        ({"client_key": "k.pem"}, "client_cert and client_key belong together"),
        ({**USER, "connection": "pod"}, "Give connection: direct"),
        ({**KEY, "connection": "pod"}, "Give connection: direct"),
        ({"security_protocol": "sasl_ssl"}, "with sasl_ssl and sasl_plaintext goes a username"),
        ({**USER, "security_protocol": "ssl"}, "with sasl_ssl and sasl_plaintext goes a username"),
        ({"bootstrap_servers": "https://b:9092"}, "'https://b:9092' is no address. Give host:port"),
        ({"bootstrap_servers": "a:9092;b:9092"}, "is no address"),
    ],
)
def test_what_does_not_fit_together_is_refused_before_anything_is_done(given, said):
    with pytest.raises(Failure, match=said):
        wanted_of(options(**given))


@pytest.mark.parametrize("servers", ["a", "a:1, b:2", "[fd00::1]:9092,[::1]", "10.0.0.1:9092"])
def test_addresses_of_every_make_are_taken(servers):
    assert wanted_of(options(bootstrap_servers=servers)).bootstrap_servers == servers


@pytest.mark.parametrize("connection", ["pod", "direct"])
def test_what_is_no_certificate_is_refused_before_anything_is_done(connection):
    with pytest.raises(Failure, match="trusted_certificates: this is no certificate. Give PEM text"):
        wanted_of(options(connection=connection, trusted_certificates="LS0tLS1CRUdJTg=="))

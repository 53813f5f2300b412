# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The client library of the connection ``direct``, and how it is told to connect."""

from __future__ import annotations

from typing import Any, Mapping

from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import missing_library, require_version
from ansible_collections.manuela.event_streaming.plugins.module_utils._kafka_topic.wanted import Wanted

_MINIMUM = "2.3"
_PURPOSE = "connection direct"
# After trouble: the library connects about twice as often as this says, and does not heed the most where somebody
# takes a connection and closes it.
CALM = {"reconnect.backoff.ms": 1000}


def load() -> Any:
    """Return the library, imported only for this connection."""
    try:
        import confluent_kafka

        require_version("confluent-kafka", str(confluent_kafka.__version__), _MINIMUM, _PURPOSE)
        import confluent_kafka.admin  # by the first question about a topic otherwise, while a broker waits
    except ImportError as error:
        raise missing_library("confluent-kafka", _PURPOSE, _MINIMUM) from error
    return confluent_kafka


def settings(params: Mapping[str, Any], wanted: Wanted) -> dict[str, Any]:
    """Return the library's settings."""
    return {
        "bootstrap.servers": wanted.bootstrap_servers,
        "security.protocol": wanted.protocol,
        "group.id": "manuela-event-streaming-looks",  # the library wants a name; without a subscription it is not used
        "enable.auto.commit": False,
        "enable.auto.offset.store": False,
        "allow.auto.create.topics": False,
        "isolation.level": "read_committed",
        "enable.partition.eof": True,  # the last offsets may be no records: what a transaction or a compaction left
        "socket.connection.setup.timeout.ms": 4000,
        "reconnect.backoff.ms": 20,  # the library lets half of it pass before it goes on from the first broker
        "reconnect.backoff.max.ms": 1000,
        "fetch.wait.max.ms": 20,  # a broker answers in order: the next question waits for a fetch with nothing to bring
        "log_level": 0,
        **(_of_tls(params, wanted) if wanted.protocol.endswith("ssl") else {}),
        **(_of_sasl(params) if wanted.protocol.startswith("sasl") else {}),
    }


def _of_tls(params: Mapping[str, Any], wanted: Wanted) -> dict[str, Any]:
    given = {
        "ssl.ca.location": params.get("ca_cert"),
        "ssl.ca.pem": wanted.trusted_certificates,
        "ssl.certificate.location": params.get("client_cert"),
        "ssl.key.location": params.get("client_key"),
    }
    chosen: dict[str, Any] = {name: str(value) for name, value in given.items() if value}
    if params.get("validate_certs") is False:
        chosen["enable.ssl.certificate.verification"] = False
    return chosen


def _of_sasl(params: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "sasl.mechanism": params["sasl_mechanism"],
        "sasl.username": params["username"],
        "sasl.password": params["password"],
    }

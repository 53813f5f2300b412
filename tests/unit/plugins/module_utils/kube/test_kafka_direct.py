# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Topics seen with a client library: assigned, never subscribed, and with the first complaint in the message."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import Failure
from ansible_collections.manuela.event_streaming.plugins.module_utils._kafka_topic.core import execute, observe
from ansible_collections.manuela.event_streaming.plugins.module_utils._kafka_topic.direct import (
    DirectConnection,
    settings,
)
from ansible_collections.manuela.event_streaming.plugins.module_utils._kafka_topic.wanted import wanted_of

CERTIFICATE = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"


class KafkaError(Exception):
    pass


class FakeLibrary:
    """One topic ``t`` of one partition, to which ``rate`` records come between two looks."""

    KafkaException = KafkaError

    def __init__(self, clock, rate=5, end=100, age=1.0, error=None, complaints=()):
        self.clock, self.rate, self.end, self.age = clock, rate, end, age
        self.error, self.complaints, self.journal, self.chosen = error, complaints, [], {}

    def TopicPartition(self, topic, partition, offset=-1):
        return SimpleNamespace(topic=topic, partition=partition, offset=offset)

    def Consumer(self, chosen):
        self.chosen = chosen
        return self

    def list_topics(self, timeout):
        if self.error:
            raise KafkaError(self.error)
        return SimpleNamespace(topics={"t": SimpleNamespace(partitions={0: None}, error=None)})

    def get_watermark_offsets(self, place, timeout):
        self.end += self.rate
        return 40, self.end

    def assign(self, places):
        self.journal.append(("assign", [(place.partition, place.offset) for place in places]))
        self.queue = list(range(places[0].offset, self.end)) if places else []

    def unassign(self):
        self.journal.append(("unassign",))

    def consume(self, num_messages, timeout):
        self.journal.append(("consume", num_messages))
        self.clock.sleep(timeout)
        offsets, self.queue = self.queue[:1], self.queue[1:]
        stamp = int((self.clock.epoch() - self.age) * 1000)
        return [
            SimpleNamespace(
                error=lambda: None,
                topic=lambda: "t",
                partition=lambda: 0,
                offset=lambda offset=offset: offset,
                timestamp=lambda: (1, stamp),
                key=lambda: None,
                value=lambda: b"floor-1,pump-1,49.5,1",
            )
            for offset in offsets
        ]

    def poll(self, timeout):
        for text in self.complaints:
            self.chosen["error_cb"](text)

    def close(self):
        self.journal.append(("close",))


def options(**given):
    params = {"connection": "direct", "namespace": None, "cluster": None, "image": None, "bootstrap_servers": "b:9092"}
    params |= {"topics": ["t"], "wait_for": "flowing", "max_age": 30.0, "sample": 3, "pod_name": "kafka-consumer"}
    params |= {"wait": True, "wait_timeout": 20, "wait_sleep": 1.0, "request_timeout": 5.0}
    return {**params, **given}


def run(library, clock, **given):
    params = options(**given)
    wanted = wanted_of(params)
    return observe(wanted, params, clock, DirectConnection(library, wanted, params, clock)).state


def test_sees_offsets_growth_and_the_newest_records(clock):
    library = FakeLibrary(clock)
    state = run(library, clock)
    topic = state["topics"][0]
    assert (state["met"], topic["flowing"], topic["newest_age_seconds"] < 5) == (True, True, True)
    assert topic["partitions"] == [{"partition": 0, "beginning_offset": 40, "end_offset": 110}]
    assert [record["offset"] for record in topic["sample"]] == [107, 108, 109]
    assert library.journal[0] == ("assign", [(0, 102)])
    assert library.journal[-1] == ("close",)


def test_asks_for_the_records_that_are_missing_and_no_more_because_the_library_waits_for_all_of_them(clock):
    library = FakeLibrary(clock)
    run(library, clock, wait=False, wait_for="none")
    assert [step[1] for step in library.journal if step[0] == "consume"][:3] == [3, 2, 1]


def test_joins_no_group_commits_nothing_and_creates_no_topic():
    chosen = settings({}, wanted_of(options()))
    assert (chosen["enable.auto.commit"], chosen["enable.auto.offset.store"], chosen["allow.auto.create.topics"]) == (
        False,
        False,
        False,
    )


@pytest.mark.parametrize(
    ("given", "protocol"),
    [
        ({}, "plaintext"),
        ({"ca_cert": "x.pem"}, "ssl"),
        ({"security_protocol": "ssl"}, "ssl"),
        ({"trusted_certificates": CERTIFICATE}, "ssl"),
        ({"trusted_certificates": CERTIFICATE, "security_protocol": "plaintext"}, "plaintext"),
    ],
)
def test_tls_as_asked_or_when_there_is_somebody_to_trust(given, protocol):
    chosen = settings(given, wanted_of(options(**given)))
    assert chosen["security.protocol"] == protocol
    assert chosen.get("ssl.ca.location") == given.get("ca_cert")
    assert chosen.get("ssl.ca.pem") == (given.get("trusted_certificates") if protocol == "ssl" else None)


@pytest.mark.parametrize("connection", ["pod", "direct"])
def test_what_is_no_certificate_is_refused_before_anything_is_done(connection):
    with pytest.raises(Failure, match="trusted_certificates: this is no certificate. Give PEM text"):
        wanted_of(options(connection=connection, trusted_certificates="LS0tLS1CRUdJTg=="))


def test_old_records_do_not_flow(clock):
    with pytest.raises(Failure) as caught:
        run(FakeLibrary(clock, rate=0, age=600), clock)
    assert caught.value.code == "timeout" and "0/s, newest 599 s old" in caught.value.msg


def test_a_topic_that_is_not_there_is_absent(clock):
    state = run(FakeLibrary(clock), clock, topics=["t", "nope"], wait=False, wait_for="none")
    assert [topic["exists"] for topic in state["topics"]] == [True, False]


def test_the_telling_complaint_is_named_and_not_the_last_one(clock):
    complaints = ["Failed to resolve 'broker-0.apps.example:443': no such host", "1/1 brokers are down"]
    state = run(FakeLibrary(clock, error="Timed out", complaints=complaints), clock, wait=False)
    assert (state["observed"], state["met"]) == (False, False)
    assert state["reason"].startswith("b:9092 does not answer: Failed to resolve 'broker-0.apps.example:443'")


def test_it_has_to_be_said_where_to_connect(clock):
    with pytest.raises(Failure) as caught:
        execute(options(bootstrap_servers=None, cluster="k"), False, clock)
    assert caught.value.code == "invalid_option"

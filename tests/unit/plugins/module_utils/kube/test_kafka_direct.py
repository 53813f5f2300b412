# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Topics seen with a client library: assigned, never subscribed, and with the first complaint in the message."""

from __future__ import annotations

from itertools import islice
from types import SimpleNamespace

import pytest
from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import Failure
from ansible_collections.manuela.event_streaming.plugins.module_utils._kafka_topic.core import execute, observe
from ansible_collections.manuela.event_streaming.plugins.module_utils._kafka_topic.direct import (
    DirectConnection,
)
from ansible_collections.manuela.event_streaming.plugins.module_utils._kafka_topic.wanted import wanted_of


class KafkaError(Exception):
    """What the library raises, and hands over as a complaint."""

    TOPIC_AUTHORIZATION_FAILED, _PARTITION_EOF, _AUTHENTICATION, _SSL, _TRANSPORT = 29, -191, -169, -181, -195

    def __init__(self, text="", code=_TRANSPORT):
        super().__init__(text)
        self.text, self.number = text, code

    def code(self):
        return self.number

    def str(self):
        return self.text


class FakeLibrary:
    """One topic ``t``, to whose partition 0 ``rate`` records come between two looks.

    ``marks`` are offsets that hold no record; ``leaders`` has the leader of each partition.
    """

    KafkaException = KafkaError = KafkaError

    def __init__(self, clock, rate=5, end=100, age=1.0, error=None, complaints=(), marks=(), leaders=(1,)):
        self.clock, self.rate, self.end, self.age, self.marks = clock, rate, end, age, set(marks)
        self.error, self.complaints, self.journal, self.chosen = error, complaints, [], {}
        self.hasty, self.late, self.consumers = False, 0.0, []
        self.leaders, self.refused, self.forbidden, self.queue, self.sent = leaders, None, None, [], []

    def TopicPartition(self, topic, partition, offset=-1):
        return SimpleNamespace(topic=topic, partition=partition, offset=offset, error=None)

    def Consumer(self, chosen):
        self.chosen = chosen
        self.consumers.append(chosen)
        return self

    def list_topics(self, topic, timeout):
        self.journal.append(("list_topics", topic, timeout))
        if self.error:
            self.clock.sleep(0 if self.hasty else timeout + self.late)
            raise KafkaError(self.error)
        partitions = {number: SimpleNamespace(leader=leader) for number, leader in enumerate(self.leaders)}
        found = SimpleNamespace(partitions=partitions, error=self.refused)
        return SimpleNamespace(topics={"t": found} if topic == "t" else {})

    def offsets_for_times(self, places, timeout):
        self.journal.append(("offsets", [(place.partition, place.offset) for place in places]))
        assert all(self.leaders[place.partition] >= 0 for place in places), "the library waits for a leader"
        if places[0].offset == -2:
            self.end += self.rate
        ends = {-2: 40, -1: self.end}
        return [self.TopicPartition(place.topic, place.partition, ends[place.offset]) for place in places]

    def assign(self, places):
        self.journal.append(("assign", [(place.partition, place.offset) for place in places]))
        self.queue = [(place.partition, offset) for place in places for offset in range(place.offset, self.end + 1)]

    def unassign(self):
        self.journal.append(("unassign",))

    def poll(self, timeout):
        self.clock.sleep(timeout)
        for error in self.complaints:
            self.chosen["error_cb"](error)
        return next(self.messages(), None)

    def consume(self, num_messages, timeout):
        return list(islice(self.messages(), num_messages))

    def messages(self):
        while self.queue:
            partition, offset = self.queue.pop(0)
            if offset not in self.marks:
                yield self.message(partition, offset)

    def message(self, partition, offset):
        error = self.forbidden or (
            KafkaError("end of partition", KafkaError._PARTITION_EOF) if offset == self.end else None
        )
        stamp = int((self.clock.epoch() - self.age) * 1000)
        return SimpleNamespace(
            error=lambda: error,
            topic=lambda: "t",
            partition=lambda: partition,
            offset=lambda: offset,
            timestamp=lambda: (1, stamp),
            key=lambda: None,
            value=lambda: b"floor-1,pump-1,49.5,1" if offset % 2 else None,
        )

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
    assert ("assign", [(0, 102)]) in library.journal
    assert state["attempts"] == 2
    assert library.journal[-1] == ("close",)


def test_marks_of_transactions_are_no_records_and_are_not_waited_for(clock):
    topic = run(FakeLibrary(clock, rate=0, end=100, marks=range(91, 100)), clock, wait=False, wait_for="none")[
        "topics"
    ][0]
    assert [record["offset"] for record in topic["sample"]] == [88, 89, 90]
    assert clock.seconds < 2


def test_a_topic_of_transactions_flows_though_its_last_offset_never_is_a_record(clock):
    library = FakeLibrary(clock, rate=2, marks=range(101, 200, 2))
    topic = run(library, clock, sample=1)["topics"][0]
    assert (topic["flowing"], len(topic["sample"])) == (True, 1)


def test_a_record_without_a_value_is_told_from_an_empty_one(clock):
    topic = run(FakeLibrary(clock, rate=0), clock, wait=False, wait_for="none")["topics"][0]
    assert [record["value"] is None for record in topic["sample"]] == [False, True, False]


def test_a_partition_without_a_leader_has_no_offsets_and_the_others_are_seen(clock):
    state = run(FakeLibrary(clock, leaders=(1, -1)), clock, wait=False, wait_for="none")
    assert state["topics"][0]["partitions"][1] == {"partition": 1, "beginning_offset": None, "end_offset": None}
    assert "no leader of 1 of 2 partitions" in state["progress"]


def test_a_topic_without_any_leader_exists(clock):
    topic = run(FakeLibrary(clock, leaders=(-1,)), clock, wait=False, wait_for="none")["topics"][0]
    assert (topic["exists"], topic["records"]) == (True, 0)


def test_all_partitions_are_asked_for_in_two_requests(clock):
    library = FakeLibrary(clock, leaders=(1,) * 300)
    run(library, clock, wait=False, wait_for="exists", sample=0)
    assert [len(step[1]) for step in library.journal if step[0] == "offsets"] == [300] * 4


@pytest.mark.parametrize("verb", ["describe", "read"])
def test_what_an_access_list_forbids_is_not_absent(clock, verb):
    library = FakeLibrary(clock)
    refusal = KafkaError("Topic authorization failed", KafkaError.TOPIC_AUTHORIZATION_FAILED)
    library.refused, library.forbidden = (refusal, None) if verb == "describe" else (None, refusal)
    with pytest.raises(Failure, match=f"may not {verb} topic t: Kafka refuses it. Allow the user") as caught:
        run(library, clock)
    assert (caught.value.code, library.journal[-1]) == ("unauthorized", ("close",))


def test_a_password_that_is_refused_ends_the_wait(clock):
    complaint = KafkaError("Authentication failed: Invalid username or password", KafkaError._AUTHENTICATION)
    library = FakeLibrary(clock, error="Timed out", complaints=[complaint])
    with pytest.raises(Failure, match="b:9092 refuses the user: Authentication failed") as caught:
        run(library, clock)
    assert (caught.value.code, len(library.journal)) == ("unauthorized", 2)


def test_a_certificate_that_is_not_trusted_is_not_asked_for_again_and_again(clock):
    complaint = KafkaError("ssl://b:9092/bootstrap: SSL handshake failed", KafkaError._SSL)
    library = FakeLibrary(clock, error="Timed out", complaints=[complaint])
    state = run(library, clock, wait=False)
    assert "SSL handshake failed" in state["reason"]
    assert [step for step in library.journal if step[0] == "list_topics"] == [("list_topics", "t", 0.5)]


def test_no_question_is_asked_for_ever_when_the_library_takes_longer_than_it_is_told(clock):
    library = FakeLibrary(clock, error="Timed out")
    library.late = 0.1
    run(library, clock, wait=False, request_timeout=1.55)
    assert all(step[2] > 0 for step in library.journal if step[0] == "list_topics")


@pytest.mark.parametrize("hasty", [False, True])
def test_a_broker_that_does_not_answer_has_all_of_the_time_of_a_request(clock, hasty):
    """The library may also fail at once each time that it is asked."""
    library = FakeLibrary(clock, error="Timed out")
    library.hasty = hasty
    run(library, clock, wait=False)
    assert sum(step[2] for step in library.journal if step[0] == "list_topics") == 5.0
    assert len(library.consumers) == 1


DISCONNECTED = "ssl://b:9092/bootstrap: SSL handshake failed: Disconnected: connecting to a PLAINTEXT broker listener?"


DOWN = "1/1 brokers are down"
REFUSED = "b:9092/bootstrap: Connect failed: Connection refused"


@pytest.mark.parametrize(("complaints", "spent"), [([DISCONNECTED, DOWN], 3.5), ([DOWN], 3.5), ([REFUSED], 15.0)])
def test_who_closes_connections_is_not_connected_to_eighty_times_a_second_until_the_time_is_up(
    clock, complaints, spent
):
    library = FakeLibrary(clock, error="Timed out", complaints=[KafkaError(text) for text in complaints])
    state = run(library, clock, wait=False, request_timeout=15.0, security_protocol="ssl")
    assert sum(step[2] for step in library.journal if step[0] == "list_topics") == spent
    assert ("is ssl right as security_protocol" in state["reason"]) == (spent < 15)
    backoffs = [chosen["reconnect.backoff.ms"] for chosen in library.consumers]
    assert (len(backoffs), backoffs[0] < 50, backoffs[-1] >= 500) == (2, True, True)
    assert library.journal.count(("close",)) == 2  # nobody is left connecting


def test_a_listener_without_users_is_told_from_a_password_that_is_refused(clock):
    said = "SASL PLAIN mechanism handshake failed: Broker: Request not valid in current SASL state"
    library = FakeLibrary(clock, error="Timed out", complaints=[KafkaError(said, KafkaError._AUTHENTICATION)])
    with pytest.raises(Failure, match="b:9092 knows no users: .* or no username") as caught:
        run(library, clock)
    assert caught.value.code == "invalid_option"


def test_a_window_that_cannot_be_read_in_time_is_no_window_with_lost_records(clock):
    library = FakeLibrary(clock, rate=0)
    library.messages = lambda: iter(())
    windows = [{"topic": "t", "partition": 0, "from_offset": 90, "to_offset": 95}]
    with pytest.raises(Failure, match="topic t, partition 0 could not be read up to offset 95 in time") as caught:
        run(library, clock, wait=False, wait_for="none", sample=0, windows=windows)
    assert (caught.value.code, caught.value.retryable) == ("timeout", True)


def test_old_records_do_not_flow(clock):
    with pytest.raises(Failure) as caught:
        run(FakeLibrary(clock, rate=0, age=600), clock)
    assert caught.value.code == "timeout" and "0/s, newest 600 s old" in caught.value.msg


def test_a_topic_that_is_not_there_is_absent(clock):
    state = run(FakeLibrary(clock), clock, topics=["t", "nope"], wait=False, wait_for="none")
    assert [topic["exists"] for topic in state["topics"]] == [True, False]


LATE = "1/1 brokers are down"
ADVERTISED = "(the cluster advertises this listener; it must be reachable from here too)"


@pytest.mark.parametrize(
    ("complaints", "reason"),
    [
        (
            ["Failed to resolve 'b:9092': no such host", LATE],
            "b:9092 does not answer: Failed to resolve 'b:9092': no such host",
        ),
        (
            ["10.0.0.7:9092/1: Connect to ipv4#10.0.0.7:9092 failed: Connection refused", LATE],
            f"10.0.0.7:9092/1: Connect to ipv4#10.0.0.7:9092 failed: Connection refused {ADVERTISED}",
        ),
        (
            ["ssl://[fd00::7]:9092/12: SSL handshake failed: certificate verify failed", LATE],
            f"ssl://[fd00::7]:9092/12: SSL handshake failed: certificate verify failed {ADVERTISED}",
        ),
        (
            ["ssl://c:9092/bootstrap: Connection setup timed out in state CONNECT", LATE],
            "b:9092 does not answer: ssl://c:9092/bootstrap: Connection setup timed out in state CONNECT",
        ),
        (
            [LATE],
            "Timed out; whoever listens there closes connections: is plaintext right as security_protocol, and is a "
            "broker behind that address?",
        ),
        ([], "b:9092 does not answer: Timed out"),
    ],
)
def test_the_telling_complaint_is_named_and_not_the_last_one(clock, complaints, reason):
    library = FakeLibrary(clock, error="Timed out", complaints=[KafkaError(text) for text in complaints])
    state = run(library, clock, wait=False)
    assert (state["observed"], state["met"]) == (False, False)
    assert state["reason"].endswith(reason)


def test_it_has_to_be_said_where_to_connect(clock):
    with pytest.raises(Failure) as caught:
        execute(options(bootstrap_servers=None, cluster="k"), False, clock)
    assert caught.value.code == "invalid_option"

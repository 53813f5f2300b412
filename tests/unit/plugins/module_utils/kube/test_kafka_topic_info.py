# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Topics seen from a short-lived pod: what flows, what stands still, and why it could not be seen."""

from __future__ import annotations

import pytest
from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import Failure
from ansible_collections.manuela.event_streaming.plugins.module_utils._kafka_topic import manifest
from ansible_collections.manuela.event_streaming.plugins.module_utils._kafka_topic.consumer_pod import ConsumerPod
from ansible_collections.manuela.event_streaming.plugins.module_utils._kafka_topic.core import execute, observe
from ansible_collections.manuela.event_streaming.plugins.module_utils._kafka_topic.wanted import wanted_of
from ansible_collections.manuela.event_streaming.plugins.module_utils._kube import EVENT, JOB, POD, name_of
from ansible_collections.manuela.event_streaming.tests.unit.plugins.module_utils.kube.fake_kube import (
    START,
    FakeKube,
    forbidden,
    stamp,
)

TOPICS = ["iot-sensor-sw-temperature", "manuela-factory.iot-sensor-sw-vibration"]
VALUE = "floor-1-line-1-extruder-1,pump-1,49.5,1795371057824"


def options(**given):
    params = {"connection": "pod", "namespace": "ns", "cluster": "k", "image": None, "bootstrap_servers": None}
    params |= {"topics": TOPICS, "wait_for": "flowing", "max_age": 30.0, "sample": 2, "pod_name": "kafka-consumer"}
    return {**params, "wait": True, "wait_timeout": 60, "wait_sleep": 1.0, **given}


class Cluster(FakeKube):
    """Runs our Jobs: their pod is placed, started, and writes a round every three seconds."""

    def __init__(self, clock):
        super().__init__(clock)
        self.labels = {"strimzi.io/cluster": "k"}
        self.put(
            POD,
            "k-kafka-0",
            metadata={"labels": self.labels},
            spec={"containers": [{"name": "kafka", "image": "r/kafka:4"}]},
        )
        self.created = self.run
        self.pod_status = {"phase": "Running"}
        self.rounds = flowing_rounds()

    def run(self, kind, item):
        if kind == JOB:
            owner = {"ownerReferences": [{"kind": "Job", "name": name_of(item)}]}
            labels = item["spec"]["template"]["metadata"]["labels"]
            spec = item["spec"]["template"]["spec"]
            self.clock.at(self.clock.seconds + 1, lambda: self.place(f"{name_of(item)}-x", labels, spec, owner))
        elif kind == POD:
            self.place(name_of(item), item["metadata"]["labels"], item["spec"], {})

    def place(self, name, labels, spec, owner):
        self.put(POD, name, metadata={"labels": labels, **owner}, spec=spec, status=self.pod_status)
        if owner and self.pod_status["phase"] == "Failed":
            failed = {"conditions": [{"type": "Failed", "status": "True"}]}
            self.item(JOB, owner["ownerReferences"][0]["name"])["status"] = failed
        run = next(entry["value"] for entry in spec["containers"][0]["env"] if entry["name"] == "ES_RUN")
        for number, text in enumerate(self.rounds):
            self.clock.at(self.clock.seconds + 3 * (number + 1), lambda text=text: self.write(name, run, text))

    def write(self, name, run, text):
        self.texts["ns", name] = self.texts.get(("ns", name), "") + text.replace("@@", f"@@{run} ").replace("##", "@@")

    def ours(self, kind=JOB):
        return list(self.list(kind, "ns", manifest.SELECTOR))


def offsets(ends):
    return "".join(f"{topic}:0:{end}\n" for topic, end in ends.items())


def records(topic, end, age_at):
    """The two newest records, the newest of them ``age_at`` seconds after the start."""
    lines = ["Option --property is deprecated and will be removed in a future version.\n"]
    for offset in (end - 2, end - 1):
        lines.append(f"CreateTime:{int((START + age_at) * 1000)}\tPartition:0\tOffset:{offset}\tnull\t{VALUE}\n")
    return f"@@records {topic} 0\n{''.join(lines)}"


def round_at(second, ends, records_from=None, age_at=None):
    body = "".join(
        records(topic, end, age_at if age_at is not None else second - 1) for topic, end in (records_from or {}).items()
    )
    return f"{body}@@ends {START + second}\n{offsets(ends)}@@done {START + second}\n"


def flowing_rounds(grow=15, age_at=None):
    first = dict.fromkeys(TOPICS, 100)
    begin = f"@@begin {START + 1}\n@@beginnings {START + 1}\n{offsets(dict.fromkeys(TOPICS, 40))}"
    begin += f"@@ends {START + 1}\n{offsets(first)}"
    texts, ends = [], first
    for number in range(1, 12):
        later = {topic: end + grow for topic, end in ends.items()}
        texts.append(round_at(1 + 3 * number, later, ends, age_at))
        ends = later
    return [begin + texts[0], *texts[1:]]


@pytest.fixture
def cluster(clock):
    return Cluster(clock)


def run(cluster, clock, **given):
    params = options(**given)
    wanted = wanted_of(params)
    return observe(wanted, params, clock, ConsumerPod(cluster, wanted))


def test_records_flow_when_the_end_grows_and_the_newest_is_young(cluster, clock):
    state = run(cluster, clock).state
    assert (state["observed"], state["met"], clock.seconds < 8) == (True, True, True)
    topic = state["topics"][0]
    assert (topic["name"], topic["exists"], topic["flowing"]) == (TOPICS[0], True, True)
    assert topic["partitions"] == [{"partition": 0, "beginning_offset": 40, "end_offset": 115}]
    assert (topic["records"], topic["rate_per_second"]) == (75, 5.0)
    assert topic["sample"][-1] == {
        "partition": 0,
        "offset": 99,
        "timestamp_ms": int((START + 3) * 1000),
        "key": None,
        "value": VALUE,
    }


def test_the_pod_is_removed_afterwards(cluster, clock):
    cluster.again = 20  # requests that were sent again
    assert 20 < run(cluster, clock).state["attempts"] < 40
    assert cluster.ours() == []


def test_old_records_that_are_only_retained_prove_nothing(cluster, clock):
    cluster.rounds = flowing_rounds(grow=0, age_at=-600)
    with pytest.raises(Failure) as caught:
        run(cluster, clock, wait_timeout=20)
    assert caught.value.code == "timeout"
    assert "iot-sensor-sw-temperature 60 records, 0/s, newest 6" in caught.value.msg
    assert caught.value.details["last_seen"]["topics"][0]["flowing"] is False


def test_a_topic_that_grows_with_old_records_does_not_flow(cluster, clock):
    cluster.rounds = flowing_rounds(age_at=-600)
    with pytest.raises(Failure):
        run(cluster, clock, wait_timeout=12)
    cluster.objects = {key: item for key, item in cluster.objects.items() if key[2] == "k-kafka-0"}
    assert run(cluster, clock, max_age=1000.0).state["met"]


def test_without_wait_a_slow_topic_gets_three_rounds_to_grow(cluster, clock):
    cluster.rounds = flowing_rounds(grow=0)
    state = run(cluster, clock, wait=False).state
    assert (state["met"], state["observed"], 9 <= clock.seconds <= 12) == (False, True, True)


def test_the_next_slice_of_a_wait_finds_its_pod_and_counts_only_what_is_new(cluster, clock):
    cluster.rounds = [*flowing_rounds(grow=0)[:2], round_at(20, dict.fromkeys(TOPICS, 130), dict.fromkeys(TOPICS, 130))]
    with pytest.raises(Failure):
        run(cluster, clock, wait_timeout=8)
    assert len(cluster.ours()) == 1
    assert run(cluster, clock).state["met"]
    assert [entry[0] for entry in cluster.writes()] == ["create", "delete"]


def test_topics_that_are_not_there_are_absent(cluster, clock):
    error = "@@error\nError occurred: Could not match any topic-partitions with the specified filters\n"
    ends = f"@@ends {START + 2}\n{error}"
    cluster.rounds = [f"@@beginnings {START + 2}\n{error}{ends}{ends}@@done {START + 3}\n"]
    state = run(cluster, clock, wait=False, wait_for="exists").state
    assert [topic["exists"] for topic in state["topics"]] == [False, False]
    assert state["progress"].startswith("topic iot-sensor-sw-temperature absent")


def test_a_broker_that_does_not_answer_is_named_with_its_reason(cluster, clock):
    said = (
        "Error occurred: org.apache.kafka.common.errors.TimeoutException: x\n"
        "Caused by: org.apache.kafka.common.errors.TimeoutException: Timed out waiting for a node assignment.\n"
        "\tat org.apache.kafka.tools.GetOffsetShell.main(GetOffsetShell.java:1)\n\t... 6 more\n"
    )
    cluster.rounds = [f"@@ends {START + 2}\n@@error\n{said}@@done {START + 3}\n"]
    state = run(cluster, clock, wait=False).state
    assert (state["observed"], state["topics"]) == (False, [])
    assert state["reason"].startswith("k-kafka-bootstrap:9092 does not answer: ")
    assert state["reason"].endswith("Timed out waiting for a node assignment.")


@pytest.mark.parametrize("reason", ["ErrImagePull", "ImagePullBackOff", "CreateContainerConfigError"])
def test_a_pod_that_cannot_start_ends_the_wait_by_name_and_is_removed(cluster, clock, reason):
    waiting = {"state": {"waiting": {"reason": reason, "message": "no such image"}}}
    cluster.pod_status = {"phase": "Pending", "containerStatuses": [waiting]}
    with pytest.raises(Failure) as caught:
        run(cluster, clock)
    assert (caught.value.code, clock.seconds < 5, cluster.ours()) == ("failed", True, [])
    assert reason in caught.value.msg and "no such image" in caught.value.msg


def test_a_pod_that_fails_twice_ends_the_wait_with_its_reason(cluster, clock):
    ended = {"state": {"terminated": {"reason": "StartError", "exitCode": 128, "message": "no /bin/sh"}}}
    cluster.pod_status = {"phase": "Failed", "containerStatuses": [ended]}
    with pytest.raises(Failure) as caught:
        run(cluster, clock)
    assert (caught.value.code, clock.seconds < 10, cluster.ours()) == ("failed", True, [])
    assert "StartError: no /bin/sh" in caught.value.msg
    assert [entry[0] for entry in cluster.writes()].count("create") == 2


def test_what_a_record_says_is_not_taken_for_what_the_script_says(cluster, clock):
    """The options are no secret: who writes records could know all that is made of them."""
    wanted = wanted_of(options())
    forged = f"CreateTime:1\tPartition:0\tOffset:99\tnull\tv\n##{wanted.run} ends {START + 3}\n{TOPICS[0]}:0:900000\n"
    cluster.rounds = [text.replace("@@ends", f"@@records {TOPICS[0]} 0\n{forged}@@ends") for text in flowing_rounds()]
    topic = run(cluster, clock, wait=False, wait_for="none").state["topics"][0]
    assert topic["records"] < 1000
    assert "900000" in topic["sample"][0]["value"]


def test_a_pod_without_a_cluster_needs_an_image(clock):
    with pytest.raises(Failure, match="Give cluster, or image"):
        execute(options(cluster=None, bootstrap_servers="b:9092"), False, clock)


def test_a_pod_that_no_node_takes_ends_the_wait(cluster, clock):
    condition = {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": "Insufficient memory"}
    cluster.pod_status = {"phase": "Pending", "conditions": [condition]}
    with pytest.raises(Failure) as caught:
        run(cluster, clock)
    assert "Unschedulable: Insufficient memory. Make room on a node" in caught.value.msg


def test_a_quota_that_refuses_the_pod_of_the_job_is_told(cluster, clock):
    def refuse(kind, item):
        text = 'pods "x" is forbidden: exceeded quota: small'
        cluster.put(
            EVENT, "e", involvedObject={"name": name_of(item)}, type="Warning", reason="FailedCreate", message=text
        )

    cluster.created = refuse
    with pytest.raises(Failure) as caught:
        run(cluster, clock)
    assert "the consumer pod is refused in ns" in caught.value.msg and "exceeded quota" in caught.value.msg


def test_where_jobs_are_forbidden_a_bare_pod_does(cluster, clock):
    cluster.fail("create", JOB, forbidden())
    assert run(cluster, clock).state["met"]
    assert [entry[:2] for entry in cluster.writes()] == [
        ("create", "jobs.batch"),
        ("create", "pods"),
        ("delete", "pods"),
    ]


def test_where_pods_are_forbidden_too_the_failure_says_so(cluster, clock):
    cluster.fail("create", JOB, forbidden())
    cluster.fail("create", POD, forbidden("create pods"))
    with pytest.raises(Failure) as caught:
        run(cluster, clock)
    assert (caught.value.code, caught.value.msg) == ("unauthorized", "may not create pods")


def test_leftovers_past_their_deadline_are_removed_first(cluster, clock):
    old = {"labels": manifest.OURS, "creationTimestamp": stamp(START - 1000)}
    cluster.put(JOB, "left", metadata=old, spec={"activeDeadlineSeconds": 300})
    cluster.put(POD, "left-bare", metadata=dict(old), spec={"activeDeadlineSeconds": 300})
    cluster.put(POD, "somebody", metadata={"creationTimestamp": stamp(START - 9000)})
    run(cluster, clock)
    deleted = [entry[3] for entry in cluster.writes() if entry[0] == "delete"]
    assert {"left", "left-bare"} <= set(deleted) and "somebody" not in deleted


def test_without_a_broker_pod_there_is_nothing_to_ask(cluster, clock):
    cluster.drop(POD, "k-kafka-0")
    state = run(cluster, clock, wait=False).state
    assert (state["observed"], state["reason"]) == (False, "no broker pod of Kafka k in ns")
    assert cluster.writes() == []


def test_check_mode_starts_no_pod():
    result = execute(options(wait=False), True, None)
    assert (result.changed, result.state["observed"]) == (False, False)
    assert "check mode" in result.state["reason"]


def test_a_topic_is_still_once_it_had_no_new_record_for_long_enough(clock):
    cluster = Cluster(clock)
    still = offsets(dict.fromkeys(TOPICS, 12))
    growing = (
        f"@@beginnings {START}\n{offsets(dict.fromkeys(TOPICS, 0))}@@ends {START}\n{offsets(dict.fromkeys(TOPICS, 9))}"
    )
    rounds = [f"@@ends {START + 3 * number}\n{still}@@done {START}\n" for number in (1, 2, 3, 4)]
    cluster.rounds = [growing + rounds[0], *rounds[1:]]
    asked = options(wait_for="still", quiet_seconds=5.0, sample=0)
    seen = observe(wanted_of(asked), asked, clock, ConsumerPod(cluster, wanted_of(asked)))
    assert [topic["still_seconds"] for topic in seen.state["topics"]] == [6.0, 6.0]
    assert "no new one for 6 s" in seen.state["progress"]


def test_produced_after_waits_for_a_record_of_that_time(clock):
    cluster = Cluster(clock)
    asked = options(produced_after=START + 8, wait=False, wait_for="records")
    seen = observe(wanted_of(asked), asked, clock, ConsumerPod(cluster, wanted_of(asked)))
    assert seen.state["topics"] and not seen.state["met"]


def test_a_window_is_read_up_to_its_last_offset_and_found_again_by_digest(clock):
    cluster = Cluster(clock)
    text = records(TOPICS[0], 6, 1).replace(f"records {TOPICS[0]} 0", f"window {TOPICS[0]} 0 4 5")
    mirrored = records(TOPICS[1], 12, 1).replace(f"records {TOPICS[1]} 0", f"window {TOPICS[1]} 0 10 12")
    cluster.rounds = [text + mirrored + cluster.rounds[0], *cluster.rounds[1:]]
    windows = [{"topic": TOPICS[0], "partition": 0, "from_offset": 4, "to_offset": 5}]
    windows += [{"topic": TOPICS[1], "partition": 0, "from_offset": 10, "to_offset": None}]
    asked = options(windows=windows)
    seen = observe(wanted_of(asked), asked, clock, ConsumerPod(cluster, wanted_of(asked)))
    here, there = (topic["windows"][0] for topic in seen.state["topics"])
    assert (here["from_offset"], here["to_offset"], len(here["digests"]), len(there["digests"])) == (4, 5, 1, 2)
    assert here["digests"][0] in there["digests"]


def test_a_window_of_a_topic_that_is_not_looked_at_is_refused():
    with pytest.raises(Failure, match="is none of topics"):
        wanted_of(options(windows=[{"topic": "x", "partition": 0, "from_offset": 0, "to_offset": None}]))


def test_a_pod_that_watches_goes_on_until_a_later_task_reads_what_it_saw(clock):
    cluster = Cluster(clock)
    first = options(watch=600)
    observe(wanted_of(first), first, clock, ConsumerPod(cluster, wanted_of(first)))
    assert len(cluster.ours()) == 1
    clock.sleep(20)
    later = options(wait_for="none", wait=False)
    seen = observe(wanted_of(later), later, clock, ConsumerPod(cluster, wanted_of(later)))
    assert cluster.ours() == []
    assert [topic["longest_gap_seconds"] for topic in seen.state["topics"]] == [3.0, 3.0]

#!/usr/bin/python
# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: kafka_topic_info
short_description: Partitions, offsets and newest records of Kafka topics, and whether records flow now
version_added: 1.0.0
description:
  - Reads first and end offsets and the newest records of topics.
  - V(flowing) means that the end offset grew while the module looked and that the newest record is younger than
    O(max_age). Old records that are only retained prove nothing.
  - Joins no consumer group and commits no offset. Records of aborted transactions are left out.
  - With O(connection=pod) a short-lived pod in the cluster reads with the cluster's own image, one pod for all topics.
    It is a Job with a deadline that the cluster removes, or a bare Pod where Jobs are forbidden. It meets the
    restricted pod security standard.
attributes:
  check_mode:
    support: partial
    description: Only looks, and changes nothing in any mode.
    details:
      - With O(connection=pod) there is nothing to look with in check mode, because no pod is started.
        RV(kafka_topic_info.observed) is then false.
options:
  connection:
    description:
      - How Kafka is reached.
      - V(direct) uses the Python library C(confluent-kafka) on the host that runs the module, which must reach the
        listeners that the cluster advertises. It needs O(bootstrap_servers) and no Kubernetes.
    type: str
    choices: [pod, direct]
    default: pod
  namespace:
    description: Namespace in which the pod runs, as a rule that of the Kafka cluster. Required for O(connection=pod).
    type: str
  cluster:
    description: Name of the C(Kafka) resource.
    type: str
  image: {description: Image of the pod. That of the cluster's own brokers without it., type: str}
  bootstrap_servers:
    description: Where to connect. C(CLUSTER-kafka-bootstrap:9092) without it.
    type: str
  security_protocol:
    description:
      - Whether Kafka is reached over TLS, and with a user. V(sasl_ssl) without this option if O(username) is set;
        V(ssl) if O(trusted_certificates) is, or O(ca_cert) or O(client_cert) with O(connection=direct).
      - With O(connection=direct) O(ca_cert) and O(validate_certs) are then about Kafka's certificate.
    type: str
    choices: [plaintext, ssl, sasl_plaintext, sasl_ssl]
  username: {description: "User for SASL, with O(connection=direct).", type: str}
  password: {description: Password of O(username)., type: str}
  sasl_mechanism:
    description: How O(username) proves itself.
    type: str
    choices: [PLAIN, SCRAM-SHA-256, SCRAM-SHA-512]
    default: SCRAM-SHA-512
  client_cert:
    description: Path of a PEM file with the certificate to show to Kafka, with O(connection=direct).
    type: path
  client_key: {description: Path of a PEM file with the private key of O(client_cert)., type: path}
  trusted_certificates:
    description:
      - PEM text of the certificates, or of their authorities, that Kafka may show. What the host or the image trusts
        without it.
      - With O(connection=pod) this tells whether a client in that cluster can reach, and trusts, a listener of another
        one. It needs Kafka 2.7 or later in the image.
    type: str
  topics:
    description: Names of topics. All of them are read in one task.
    type: list
    elements: str
    required: true
  wait_for:
    description:
      - What O(wait) waits for and RV(kafka_topic_info.met) is about, of every topic.
      - V(exists), V(records) (at least one is kept), V(flowing), or V(still) (no new record for O(quiet_seconds)).
    type: str
    choices: [none, exists, records, flowing, still]
    default: none
  quiet_seconds:
    description:
      - Seconds for which a V(still) topic must have had no new record, while the module looked.
      - With O(connection=direct) at most 6, which is what one slice of a wait sees.
    type: float
    default: 5
  produced_after:
    description:
      - Seconds since 1970. The newest record of every topic must have been produced then or later, whatever
        O(wait_for) is. A mirrored record keeps the time at which it was produced.
    type: float
  max_age:
    description: Seconds that the newest record of a flowing topic may be old.
    type: float
    default: 30
  sample:
    description:
      - Number of newest records to return of each topic. With V(0) no record is read.
      - With O(connection=pod) eight partitions are read at a time, of all O(topics) together.
    type: int
    default: 5
  watch:
    description:
      - Seconds for which the pod goes on reading after the task. A later task with the same O(topics), O(sample) and
        connection finds it, and RV(kafka_topic_info.topics[].longest_gap_seconds) is then about all the time since.
    type: int
    default: 0
  windows:
    description:
      - Records to read one by one. RV(kafka_topic_info.topics[].windows) has a digest of each, by which they are found
        again in another topic, as P(manuela.event_streaming.delivered#filter) does.
      - Meant for thousands of records, not for millions.
    type: list
    elements: dict
    suboptions:
      topic: {description: One of O(topics)., type: str, required: true}
      partition: {description: Partition., type: int, required: true}
      from_offset:
        description: Offset of the first record. Records that are no longer kept are left out.
        type: int
        required: true
      to_offset: {description: Offset behind the last record. Without it the end that the module sees first., type: int}
  pod_name:
    description: What the name of the Job or Pod begins with.
    type: str
    default: kafka-consumer
extends_documentation_fragment:
  - manuela.event_streaming.kube
  - manuela.event_streaming.wait
  - manuela.event_streaming.attributes.info
notes:
  - With O(connection=pod) the user needs the verbs C(create), C(list) and C(delete) on C(jobs.batch), C(list) and
    C(delete) on C(pods), C(get) on C(pods/log) and C(list) on C(events), in O(namespace) only. Without rights on jobs
    it takes C(create) on C(pods) instead.
  - A pod that a killed run left ends by itself within two minutes. The next read removes what is left of it.
  - The labels C(app.kubernetes.io/managed-by=manuela.event_streaming) and
    C(app.kubernetes.io/component=kafka-topic-info) are on everything that it creates.
requirements:
  - python >= 3.11
  - confluent-kafka >= 2.3 (Python library, for O(connection=direct) only)
seealso:
  - module: manuela.event_streaming.resource_status_info
  - plugin: manuela.event_streaming.delivered
    plugin_type: filter
author:
  - manuela.event_streaming contributors (@sa-mw-dach)
"""

EXAMPLES = r"""
- name: Wait until sensor records flow, and show five of each topic
  manuela.event_streaming.kafka_topic_info:
    context: factory
    namespace: messaging
    cluster: my-cluster
    topics:
      - temperature
      - vibration
    wait_for: flowing
    wait: true
    wait_timeout: 120

- name: Read the newest records over the central cluster's route
  manuela.event_streaming.kafka_topic_info:
    connection: direct
    bootstrap_servers: kafka.apps.example.com:443
    ca_cert: central-kafka.pem
    topics: [factory.temperature]

- name: Wait until records arrive there, as a user with a password
  manuela.event_streaming.kafka_topic_info:
    connection: direct
    bootstrap_servers: kafka.apps.example.com:443
    ca_cert: central-kafka.pem
    username: reader
    password: "{{ kafka_password }}"
    topics: [factory.temperature]
    wait_for: flowing
    wait: true

- name: Ask in the factory's cluster whether a client there reaches and trusts the central cluster's route
  manuela.event_streaming.kafka_topic_info:
    context: factory
    namespace: messaging
    cluster: my-cluster
    bootstrap_servers: kafka.apps.example.com:443
    trusted_certificates: "{{ lookup('ansible.builtin.file', 'central-kafka.pem') }}"
    topics: [factory.temperature]
    sample: 0
"""

RETURN = r"""
kafka_topic_info:
  description: What was seen last.
  returned: success
  type: dict
  contains:
    observed:
      description: Whether Kafka could be looked at.
      type: bool
      sample: true
    reason:
      description: Why it could not. Empty otherwise.
      type: str
      sample: ""
    met:
      description: Whether every topic is as O(wait_for) says.
      type: bool
      sample: true
    topics:
      description: One entry per topic, in the order of O(topics). Empty when Kafka could not be looked at.
      type: list
      elements: dict
      contains:
        name: {description: Name., type: str, sample: temperature}
        exists: {description: Whether it exists., type: bool, sample: true}
        partitions:
          description: Its partitions.
          type: list
          elements: dict
          contains:
            partition: {description: Number., type: int, sample: 0}
            beginning_offset: {description: Offset of the first record. Null without a leader., type: int, sample: 0}
            end_offset: {description: Offset of the next record. Null without a leader., type: int, sample: 1200}
        records:
          description: Offsets that are kept. Marks of transactions and what is compacted count too.
          type: int
          sample: 1200
        rate_per_second:
          description: Records per second while the module looked, 0.2 seconds at least.
          type: float
          sample: 5.0
        newest_age_seconds: {description: Age of the newest record. Null without one., type: float, sample: 0.2}
        flowing: {description: Whether records flow now., type: bool, sample: true}
        still_seconds:
          description: For how many seconds the module has seen no new record.
          type: float
          sample: 0.4
        longest_gap_seconds:
          description: The longest time in which the module saw no new record.
          type: float
          sample: 0.6
        windows:
          description: What was read of O(windows).
          type: list
          elements: dict
          contains:
            partition: {description: Partition., type: int, sample: 0}
            from_offset: {description: Offset of the first record., type: int, sample: 1198}
            to_offset: {description: Offset behind the last record., type: int, sample: 1200}
            digests:
              description: Of each record in order, a digest of its time, key and value.
              type: list
              elements: str
              sample: [5d41402abc4b2a76, 7d793037a0760186]
        sample:
          description: The newest records, the newest last.
          type: list
          elements: dict
          contains:
            partition: {description: Partition., type: int, sample: 0}
            offset: {description: Offset., type: int, sample: 1199}
            timestamp_ms: {description: Milliseconds since 1970., type: int, sample: 1769860800000}
            key: {description: Key as text. Null without one., type: str, sample: pump-1}
            value: {description: Value as text. Null without one., type: str, sample: "extruder-1,pump-1,48.2"}
    progress:
      description: One line on each topic.
      type: str
      sample: topic temperature 1200 records, 5/s, newest 0 s old
    attempts:
      description: How often the module looked, and one more for each request that was sent again. 0 for no look.
      type: int
      sample: 1
reasons:
  description: Why Kafka was not looked at; otherwise empty, because nothing is changed.
  returned: success
  type: list
  elements: str
  sample: []
failure:
  description: What kind of failure this is.
  returned: failure
  type: dict
  contains:
    code:
      description: What went wrong. An error that nobody thought of is C(failed) too.
      type: str
      choices:
        - invalid_option
        - missing_library
        - not_found
        - unauthorized
        - refused
        - conflict
        - unreachable
        - timeout
        - failed
      sample: invalid_option
    retryable: {description: Whether the same call may succeed later without any change., type: bool, sample: false}
    details: {description: "Further facts, depending on the code.", type: dict}
"""

from ansible_collections.manuela.event_streaming.plugins.module_utils import _options
from ansible_collections.manuela.event_streaming.plugins.module_utils._kafka_topic import core
from ansible_collections.manuela.event_streaming.plugins.module_utils._module import run


def main() -> None:
    """Run the module."""
    window = {
        "topic": {"type": "str", "required": True},
        "partition": {"type": "int", "required": True},
        "from_offset": {"type": "int", "required": True},
        "to_offset": {"type": "int"},
    }
    run(
        "kafka_topic_info",
        core.execute,
        argument_spec={
            "connection": {"type": "str", "choices": ["pod", "direct"], "default": "pod"},
            "namespace": {"type": "str"},
            "cluster": {"type": "str"},
            "image": {"type": "str"},
            "bootstrap_servers": {"type": "str"},
            "security_protocol": {"type": "str", "choices": ["plaintext", "ssl", "sasl_plaintext", "sasl_ssl"]},
            "username": {"type": "str"},
            "password": {"type": "str", "no_log": True},
            "sasl_mechanism": {
                "type": "str",
                "choices": ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"],
                "default": "SCRAM-SHA-512",
            },
            "client_cert": {"type": "path"},
            "client_key": {"type": "path", "no_log": False},
            "trusted_certificates": {"type": "str"},
            "topics": {"type": "list", "elements": "str", "required": True},
            "wait_for": {
                "type": "str",
                "choices": ["none", "exists", "records", "flowing", "still"],
                "default": "none",
            },
            "quiet_seconds": {"type": "float", "default": 5},
            "produced_after": {"type": "float"},
            "max_age": {"type": "float", "default": 30},
            "sample": {"type": "int", "default": 5},
            "watch": {"type": "int", "default": 0},
            "windows": {"type": "list", "elements": "dict", "options": window},
            "pod_name": {"type": "str", "default": "kafka-consumer"},
            **_options.KUBE,
            **_options.WAIT,
        },
    )


if __name__ == "__main__":
    main()

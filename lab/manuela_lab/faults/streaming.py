# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kafka, the mirror and the integrations are given what they cannot run with."""

from __future__ import annotations

from collections.abc import Callable

from manuela_lab.faults import certificates, where
from manuela_lab.faults.certificates import Pair, held
from manuela_lab.faults.commits import Commit, Replace, Rewrite, commit
from manuela_lab.faults.fault import Fault
from manuela_lab.faults.objects import Created, Held
from manuela_lab.faults.signs import AtOnce, Gone, Logged, Status

KAFKA = where.strimzi(where.CENTRAL_KAFKA, "kafkas", "kafka-cluster")
MIRROR = where.strimzi(where.MIRROR, "kafkamirrormaker2s", "factory-to-central")
TEMPERATURE = where.strimzi(where.MESSAGING, "kafkatopics", "iot-sensor-sw-temperature")
VIBRATION = where.strimzi(where.MESSAGING, "kafkatopics", "iot-sensor-sw-vibration")
INGEST = where.integration(where.MESSAGING, "mqtt2kafka-integration")
MIRROR_LOG = "strimzi.io/cluster=factory-to-central"
HOST = "bootstrap-manuela-data-lake-central-kafka-cluster.apps.central.lab.example"
LONG = "bootstrap-of-the-kafka-cluster-in-the-manuela-data-lake-of-the-central-data-centre"


def served(make: Callable[[], Pair]) -> Commit:
    """The broker gets a certificate, and the mirror trusts it."""
    made: list[Pair] = []

    def key_and_certificate(text: str) -> str:
        made.append(make())
        return held(made[-1].certificate, made[-1].key)(text)

    def trust(text: str) -> str:
        return held(made[-1].trusted)(text)

    return commit(Rewrite(where.CENTRAL_PAIR, key_and_certificate), Rewrite(where.MIRROR_CERTIFICATE, trust))


def stranger(text: str) -> str:
    """The mirror gets another certificate than the broker has."""
    return held(certificates.pair(HOST, 1, 30).certificate)(text)


STREAMING = (
    Fault(
        "kafka-version",
        "a Kafka asks for a version that its operator does not know",
        (commit(Replace(where.CENTRAL_KAFKA_FILE, r"version: 4\.\S+", "version: 2.4.0")),),
        Status("central", KAFKA, "Unsupported"),
        "kafka_version",
        ("kafka-cluster", "2.4.0"),
    ),
    Fault(
        "listener-secret-missing",
        "a Kafka's listener names a Secret that is not there",
        (commit(Replace(where.CENTRAL_KAFKA_FILE, r"secretName: \S+", "secretName: no-such-secret")),),
        Status("central", KAFKA, "custom certificates"),
        "resource_invalid",
        ("kafka-cluster", "no-such-secret"),
    ),
    Fault(
        "host-too-long",
        "the first label of a Kafka's route is longer than a name may be",
        (commit(Replace(where.CENTRAL_KAFKA_FILE, r"host: bootstrap-[^.]+", f"host: {LONG}")),),
        Status("central", KAFKA, "no more than 63"),
        "route_refused",
        ("kafka-cluster", LONG),
    ),
    Fault(
        "topic-refused",
        "a topic has a setting that Kafka refuses",
        (
            commit(
                Replace(f"{where.TEMPLATE}/kafka-topic-temperature.yaml", r"retention.ms: \d+", "retention.ms: soon")
            ),
        ),
        Status("factory", TEMPERATURE, "NotReady|Invalid"),
        "resource_invalid",
        ("iot-sensor-sw-temperature",),
    ),
    Fault(
        "topic-held",
        "a topic is being deleted, and a finalizer holds it",
        (Held("factory", VIBRATION, "streaming.example/hold"),),
        AtOnce(),
        "finalizer",
        ("iot-sensor-sw-vibration", "streaming.example/hold"),
    ),
    Fault(
        "platform-missing",
        "the factory has no platform for Camel K",
        (commit(Replace(f"{where.TEMPLATE}/kustomization.yaml", "^- camel-k-integration-platform.yaml\n", "")),),
        Status("factory", INGEST, "Waiting For Platform"),
        "integration_platform",
        ("mqtt2kafka-integration", "IntegrationPlatform"),
    ),
    Fault(
        "integration-broken",
        "an integration asks for a component that does not exist",
        (commit(Replace(f"{where.TEMPLATE}/mqtt2kafka-integration.yaml", "uri: paho-mqtt5:", "uri: telepathy:")),),
        Status("factory", INGEST, "telepathy|CrashLoopBackOff"),
        "crash_loop",
        ("mqtt2kafka-integration", "crashes again and again"),
    ),
    Fault(
        "integration-empty",
        "an integration has no route",
        (commit(Replace(f"{where.TEMPLATE}/mqtt2kafka-integration.yaml", r"  flows:\n(.|\n)*\Z", "")),),
        Status("factory", INGEST, '"Error"'),
        "integration_error",
        ("mqtt2kafka-integration", "neither spec.sources with content nor spec.flows"),
    ),
    Fault(
        "configuration-missing",
        "an integration needs a Secret that was deleted",
        (commit(Replace(f"{where.ARCHIVE}/kustomization.yaml", "^- s3-secret.yaml\n", "")),),
        Status("central", where.integration(where.S3_STORE, "kafka-to-s3-integration"), "not found"),
        "configuration_missing",
        ("kafka-to-s3-integration", "s3-secret"),
    ),
    Fault(
        "image-missing",
        "the mirror's image cannot be pulled",
        (
            commit(
                Replace(where.MIRROR_FILE, "^  replicas: 1", "  image: quay.io/strimzi/kafka:missing\n  replicas: 1")
            ),
        ),
        Status("factory", f"{where.pods(where.MIRROR)}/factory-to-central-mirrormaker2-0", "ImagePullBackOff"),
        "image_missing",
        ("factory-to-central-mirrormaker2-0", "quay.io/strimzi/kafka:missing"),
    ),
    Fault(
        "connector-failed",
        "the mirror's connector has a setting that it cannot start with",
        (commit(Replace(where.MIRROR_FILE, r"topicsPattern: \S+", "topicsPattern: '['")),),
        Status("factory", MIRROR, "FAILED|ConnectorFailed"),
        "connector_failed",
        ("factory-to-central",),
    ),
    Fault(
        "mirror-stopped",
        "the mirror is given no replicas",
        (commit(Replace(where.MIRROR_FILE, "^  replicas: 1", "  replicas: 0")),),
        Gone("factory", f"{where.pods(where.MIRROR)}/factory-to-central-mirrormaker2-0"),
        "stopped",
        ("factory-to-central", "no replicas"),
    ),
    Fault(
        "mirror-host-wrong",
        "the mirror is given a host that no name server knows",
        (
            commit(
                Replace(
                    where.MIRROR_FILE, r"bootstrapServers: bootstrap-\S+:", "bootstrapServers: no-such-host.example:"
                )
            ),
        ),
        Logged("factory", where.MIRROR, MIRROR_LOG, "No resolvable bootstrap|Couldn't resolve server"),
        "name_unresolved",
        ("factory-to-central", "no-such-host.example"),
    ),
    Fault(
        "certificate-expired",
        "the certificate of the central Kafka has expired",
        (served(lambda: certificates.issued_pair(f"*.{HOST.partition('.')[2]}", 400, 365)),),
        Logged("factory", where.MIRROR, MIRROR_LOG, "(?i)expired|NotAfter"),
        "tls_expired",
        ("has expired",),
    ),
    Fault(
        "certificate-of-another-host",
        "the certificate of the central Kafka is for another host",
        (served(lambda: certificates.pair("kafka.somewhere-else.example", 1, 30)),),
        Logged("factory", where.MIRROR, MIRROR_LOG, "No subject alternative"),
        "tls_wrong_name",
        ("is for another host",),
    ),
    Fault(
        "certificate-unknown",
        "the mirror trusts another certificate than the central Kafka has",
        (commit(Rewrite(where.MIRROR_CERTIFICATE, stranger)),),
        Logged("factory", where.MIRROR, MIRROR_LOG, "PKIX|certification path|SSLHandshake"),
        "tls_untrusted",
        ("does not trust",),
    ),
)

QUOTA = {
    "apiVersion": "v1",
    "kind": "ResourceQuota",
    "metadata": {"name": "no-more-pods", "namespace": where.MESSAGING},
    "spec": {"hard": {"pods": "1"}},
}
LIMITS = (
    Fault(
        "quota-used-up",
        "the namespace's quota lets no other pod in",
        (Created("factory", QUOTA, {"hard": {"pods": "1"}, "used": {"pods": "1"}}),),
        AtOnce(),
        "quota",
        (where.MESSAGING, "no-more-pods"),
    ),
)

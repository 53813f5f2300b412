# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Causes in pods, resources and data, the deepest first."""

from __future__ import annotations

from ansible_collections.manuela.event_streaming.plugins.plugin_utils.root_cause_rule import GENERIC, Rule, rule

# What a topic says that has stopped growing.
_STILL = r"newest (?P<age>\d+) s old|0 records"
_GET = "oc -n {namespace} get {kind} {name} -o yaml"

RUNTIME: tuple[Rule, ...] = (
    # Pods.
    rule(
        "image_missing",
        r"(ImagePullBackOff|ErrImagePull|InvalidImageName|Failed to pull image)",
        "the image of {name} cannot be pulled: {message}",
        "oc -n {namespace} describe pod {name}",
        hops="pod resource",
    ),
    rule(
        "out_of_memory",
        r"OOMKilled|OutOfMemory",
        "{name} ran out of memory",
        "raise its memory limit; oc -n {namespace} describe pod {name}",
        hops="pod",
    ),
    rule(
        "unschedulable",
        r"Unschedulable|FailedScheduling|nodes are available",
        "no node has room for {name}: {message}",
        "oc describe nodes | grep -A6 Allocated",
        hops="pod resource",
    ),
    rule(
        "quota",
        r"(?:refused in (?P<namespace>[^\s:]+): .*)?exceeded quota",
        "the quota of {namespace} is used up: {message}",
        "oc -n {namespace} describe quota",
    ),
    rule(
        "pod_security",
        r"violates PodSecurity|unable to validate against any security context constraint",
        "the pod security of {namespace} refuses {name}: {message}",
        "oc -n {namespace} get events --field-selector reason=FailedCreate",
    ),
    rule(
        "configuration_missing",
        r"CreateContainerConfigError|(secret|configmap) \"(?P<what>[^\"]+)\" not found|couldn't find key",
        "{name} needs a Secret or ConfigMap that is not there: {message}",
        "oc -n {namespace} get secrets,configmaps",
        hops="pod resource",
    ),
    rule(
        "s3_bucket_missing",
        r"NoSuchBucket|bucket (\S+ )?does not exist",
        "the bucket that the archive writes to does not exist: {message}",
        "run prepare, which creates it",
    ),
    rule(
        "s3_denied",
        r"InvalidAccessKeyId|SignatureDoesNotMatch|AccessDenied|S3.*(403|denied)",
        "the S3 store refuses the keys: {message}",
        "compare the keys in the Secret of the S3 integration with those of the store",
    ),
    rule(
        "s3_unreachable",
        r"the S3 store at (?P<server>\S+) (?P<said>does not answer|gave no answer in time): (?P<why>[^.]+)",
        "the S3 store {server} {said}: {why}",
        "curl -sk {server}; look at the store, and at the way to it",
    ),
    rule(
        "tls_expired",
        r"certificate (has )?expired|NotAfter|CertificateExpired|validity check failed",
        "the certificate of the central Kafka has expired",
        "ansible-playbook rotate-certificate.yml",
    ),
    rule(
        "tls_wrong_name",
        r"No (name|subject alternative \S+ ?\S*) matching|hostname .* doesn't match|No subject alternative",
        "the certificate of the central Kafka is for another host: {message}",
        "ansible-playbook rotate-certificate.yml",
    ),
    rule(
        "tls_untrusted",
        r"PKIX path|unable to find valid certification path|certificate verify failed|SSLHandshake",
        "the mirror does not trust the central Kafka's certificate: {message}",
        "ansible-playbook rotate-certificate.yml",
    ),
    rule(
        "name_unresolved",
        r"Couldn't resolve server (?P<host>[^\s:]+)",
        "{name} is given the host {host}, which does not resolve",
        "oc get routes -A; compare the host with bootstrapServers",
    ),
    rule(
        "name_unresolved",
        r"No resolvable bootstrap urls|UnknownHost|Name or service not known|no such host",
        "{object} is given a host name that does not resolve: {message}",
        "oc get routes -A; compare the host with bootstrapServers",
    ),
    rule(
        "crash_loop",
        r"CrashLoopBackOff",
        "{name} crashes again and again: {message}",
        "oc -n {namespace} logs {name} --previous",
        hops="pod",
    ),
    # Resources, in their operator's words.
    rule(
        "kafka_version",
        r"Unsupported Kafka\.spec\.kafka\.version:? ?(?P<version>[\w.]+)?",
        "the operator does not support the Kafka version of {name}: {message}",
        "set spec.kafka.version to one that the message names, and push",
        hops="resource",
    ),
    rule(
        "resource_invalid",
        r"InvalidResource|InvalidConfiguration|Invalid value .+ for configuration|UnsupportedVersion|KafkaUpgrade",
        "the operator refuses {name}: {message}",
        _GET,
        hops="resource topic",
    ),
    rule(
        "connector_failed",
        r"FAILED",
        "a connector of the mirror {name} failed: {message}",
        _GET,
        hops="resource",
        about=r"^KafkaMirrorMaker2 ",
    ),
    rule(
        "stopped",
        r"with 0 replicas: it is stopped",
        "{name} is stopped: it is given no replicas",
        "set spec.replicas to 1 in its manifest, and push; " + _GET,
        hops="resource",
    ),
    rule(
        "integration_platform",
        r"Waiting For Platform",
        "{name} waits for an IntegrationPlatform that is ready",
        "oc -n {namespace} get integrationplatforms",
    ),
    rule(
        "integration_build",
        r"phase (Building Kit|Initialization|Deploying)",
        "{name} is still being built; the first build takes minutes",
        "oc -n {namespace} get integrationkits,builds.camel.apache.org",
    ),
    rule(
        "integration_error",
        r"phase Error",
        "the integration {name} failed: {message}",
        _GET,
        hops="resource",
    ),
    rule(
        "route_refused",
        r"not admitted|HostAlreadyClaimed|InvalidHost|Route with host \S+ is invalid",
        "the router refuses {name}: {message}",
        "oc -n {namespace} describe {kind} {name}",
    ),
    rule(
        "finalizer",
        r"held by the finalizer (?P<finalizer>\S+)|finalizers? remaining|SomeFinalizersRemain",
        "{object} cannot go because nobody takes its finalizer off: {message}",
        "delete what it guards first, or oc -n {namespace} patch {kind} {name} --type merge "
        '-p \'{{"metadata":{{"finalizers":null}}}}\'',
    ),
    rule(
        "operator_missing",
        r"its operator has not looked at it|OLM has not looked at it|no status yet",
        "nobody looks after {object}: its operator does not run, or does not watch {namespace}",
        "oc -n {namespace} get subscriptions,csv; oc get pods -A | grep operator",
        hops="resource operator topic",
    ),
    # Data.
    rule(
        "sensors_stopped",
        r"0 of 0 replicas ready: it is stopped",
        "the sensors are stopped, so nothing is sent: {names} in {namespace}",
        "oc -n {namespace} scale deployment {each} --replicas=1",
        hops="resource",
        about=r"^Deployment ",
    ),
    rule(
        "mirror_cut_off",
        r"Connection to node .*(could not be established|terminated)|disconnected|Timed out waiting for a node",
        "the mirror cannot reach the central Kafka: {message}",
        "oc get routes -A in the central data centre; look at the line and at firewalls between the two",
        hops="pod tls",
        about=r"mirror|^route ",
        refuted_by="tls",
    ),
    rule(
        "broker_unreachable",
        r"(?P<server>\S+) does not answer: (?P<why>.+)|Timed out waiting for a node assignment",
        "Kafka does not answer: {message}",
        "oc -n {namespace} get kafka,pods",
        hops="topic",
    ),
    rule("topic_missing", r"absent", "{name} does not exist", "oc -n {namespace} get kafkatopics", hops="topic"),
    rule(
        "one_topic_still",
        _STILL,
        "nothing new arrives in {names} ({message}) while {others} gets records: its sensors do not send it, or the "
        "integration that brings it hangs",
        "look at the sensors' ConfigMap and at the broker's topic; if both are right, delete the integration's pod: "
        "oc get pods -A | grep mqtt2kafka",
        hops="topic",
        about=r"^topic [\w-]+$",
        beside=True,
    ),
    rule(
        "no_new_records",
        _STILL,
        "nothing new arrives in {name} ({message}): the sensors, or what brings their records here, stand still",
        "oc get pods -A | grep -e sensor -e mqtt2kafka; look at the MQTT broker",
        hops="topic",
        about=r"^topic [\w-]+$",
    ),
    rule(
        "mirror_still",
        _STILL,
        "nothing new arrives in {names} ({message}), whatever the factory's own topics get: the mirror stands still",
        "oc get kafkamirrormaker2s,pods -A in the factory, and the logs of the mirror's pod",
        hops="topic",
        about=r"^topic [\w-]+\.",
    ),
    rule(
        "archive_still",
        r"objects, newest (?P<age>\d+) s old",
        "the newest object in {name} is {age} s old: the archive writes nothing",
        "oc get integrations,pods -A in the central data centre, and the logs of the S3 integration's pod",
        hops="s3",
    ),
    rule(
        "no_objects",
        r"no objects?|0 objects",
        "no object has arrived in {name}: the archive writes after ten records, and only what came while it ran",
        "oc get integrations -A; oc logs of the S3 integration",
        hops="s3",
    ),
    rule(
        "sync_unexplained",
        GENERIC,
        "the last sync of {name} failed, and nothing that was looked at says why: {message}",
        "oc -n {namespace} get application {name} -o jsonpath={{.status.operationState.syncResult}}",
        hops="application",
    ),
)

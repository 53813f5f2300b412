# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What today's operators refuse in a manifest; pure. The table names the release that took each thing away.

Strimzi's v1beta2 is not in it: many clusters serve it still, so it is for the cluster to say.
"""

from __future__ import annotations

from typing import Any, Callable, Iterator, Mapping, NamedTuple


class Rule(NamedTuple):
    """What a manifest holds, who refuses it, and what stands there today."""

    applies: Callable[[str, str, Mapping[str, Any]], bool]
    what: str
    why: str
    fix: str


def _strimzi(*versions: str) -> Callable[[str, str, Mapping[str, Any]], bool]:
    return lambda version, _kind, _spec: version in {f"kafka.strimzi.io/{name}" for name in versions}


def _kafka(holds: Callable[[Mapping[str, Any]], bool]) -> Callable[[str, str, Mapping[str, Any]], bool]:
    return lambda version, kind, spec: version.startswith("kafka.strimzi.io/") and kind == "Kafka" and holds(spec)


def _inside(spec: Mapping[str, Any], name: str) -> Any:
    kafka = spec.get("kafka")
    return kafka.get(name) if isinstance(kafka, Mapping) else None


def _old_version(_version: str, kind: str, spec: Mapping[str, Any]) -> bool:
    found = _inside(spec, "version") if kind == "Kafka" else spec.get("version")
    return kind in ("Kafka", "KafkaMirrorMaker2") and str(found or "").partition(".")[0] in ("0", "1", "2", "3")


def _old_csv(_version: str, kind: str, spec: Mapping[str, Any]) -> bool:
    return kind == "Subscription" and str(spec.get("startingCSV") or "").startswith(_OLD_CSV)


_OLD_CSV = ("amqstreams.v1.", "red-hat-camel-k-operator.v1.0")

RULES = (
    Rule(
        _strimzi("v1alpha1", "v1beta1"),
        "is written as {version}",
        "Strimzi serves v1alpha1 and v1beta1 no more since 0.23",
        "write it as kafka.strimzi.io/v1",
    ),
    Rule(
        _kafka(lambda spec: isinstance(_inside(spec, "listeners"), Mapping)),
        "has its listeners as a map",
        "the API takes a list since v1beta2",
        "give each listener a name, a port, a type and tls",
    ),
    Rule(
        _kafka(lambda spec: "zookeeper" in spec),
        "has a section zookeeper",
        "Strimzi runs no ZooKeeper since 0.46",
        "remove it and add a KafkaNodePool with the roles controller and broker",
    ),
    Rule(
        _old_version,
        "asks for an old Kafka version",
        "today's operators run Kafka 4",
        "leave the version out, or name one that the operator supports",
    ),
    Rule(
        _old_csv,
        "starts at an operator version of years ago",
        "today's catalogs hold it no more, so nothing would be installed",
        "remove startingCSV and name a channel of the catalog",
    ),
)


def outdated(manifests: Any) -> list[dict[str, str]]:
    """Return what today's operators refuse in the manifests, one entry for each finding, in their order."""
    return [finding for manifest in manifests if isinstance(manifest, Mapping) for finding in _findings(manifest)]


def _findings(manifest: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    version, kind = str(manifest.get("apiVersion") or ""), str(manifest.get("kind") or "")
    spec, metadata = manifest.get("spec"), manifest.get("metadata")
    name = str(metadata.get("name") or "") if isinstance(metadata, Mapping) else ""
    for rule in RULES:
        if isinstance(spec, Mapping) and rule.applies(version, kind, spec):
            what = rule.what.format(version=version)
            sentence = f"{kind} {name} {what}: {rule.why}; {rule.fix}"
            yield {"kind": kind, "name": name, "what": what, "why": rule.why, "fix": rule.fix, "sentence": sentence}

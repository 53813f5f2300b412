# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was asked for; pure."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import astuple, dataclass
from math import inf
from typing import Any, Mapping, Sequence

from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import Failure

_TOPIC = re.compile(r"[\w.-]{1,249}", re.ASCII)
_NAME = re.compile(r"[a-z0-9]([-a-z0-9]{0,40}[a-z0-9])?")
_SERVER = re.compile(r"(\[[0-9a-fA-F:.]+\]|[^\s:/\[\],]+)(:\d{1,5})?")
_LIFETIME = 100
_SLICE = 6
_DAY = 86400


@dataclass(frozen=True, slots=True)
class Window:
    """Records that are wanted one by one: from an offset to before another, or to the end that was seen first."""

    topic: str
    partition: int
    start: int
    stop: int | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """The options of one task."""

    topics: tuple[str, ...]
    wait_for: str
    max_age: float
    sample: int
    namespace: str
    cluster: str
    bootstrap_servers: str
    image: str
    pod_name: str
    quiet_seconds: float = 0.0
    produced_after: float | None = None
    windows: tuple[Window, ...] = ()
    watch: int = 0
    protocol: str = "plaintext"
    trusted_certificates: str = ""

    @property
    def lifetime(self) -> int:
        """Seconds for which a pod reads, unless it is removed before."""
        return _LIFETIME + int(self.quiet_seconds) + self.watch

    @property
    def run(self) -> str:
        """Tells reads apart: the same options give the same text, so that a wait finds its own pod again."""
        said = [self.topics, self.bootstrap_servers, self.image, self.sample, self.cluster]
        asked = [[*astuple(window)] for window in self.windows]
        text = json.dumps([*said, self.quiet_seconds, asked, self.protocol, self.trusted_certificates])
        return hashlib.sha256(text.encode()).hexdigest()[:8]

    @property
    def instance(self) -> str:
        """The label by which this read's Job or Pod is found, and what its name begins with."""
        return f"{self.pod_name}-{self.run}"


def wanted_of(params: Mapping[str, Any]) -> Wanted:
    """Return the options, checked."""
    _check_names(params)
    _check_looks(params)
    _check_identity(params)
    if not params.get("bootstrap_servers") and not params.get("cluster"):
        raise Failure("invalid_option", "it is not said where to connect. Give cluster, or bootstrap_servers")
    for server in str(params.get("bootstrap_servers") or "x").split(","):
        if not _SERVER.fullmatch(server.strip()):
            raise Failure("invalid_option", f"bootstrap_servers: {server!r} is no address. Give host:port, by commas")
    return Wanted(
        topics=tuple(dict.fromkeys(params["topics"])),
        wait_for=params["wait_for"],
        max_age=float(params["max_age"]),
        sample=int(params["sample"]),
        namespace=str(params.get("namespace") or ""),
        cluster=str(params.get("cluster") or ""),
        bootstrap_servers=str(params.get("bootstrap_servers") or f"{params['cluster']}-kafka-bootstrap:9092"),
        image=str(params.get("image") or ""),
        pod_name=str(params["pod_name"]),
        quiet_seconds=float(params["quiet_seconds"]) if params["wait_for"] == "still" else 0.0,
        produced_after=params.get("produced_after"),
        watch=int(params.get("watch") or 0),
        protocol=_protocol(params),
        trusted_certificates=str(params.get("trusted_certificates") or ""),
        windows=tuple(_window(entry, params["topics"]) for entry in params.get("windows") or ()),
    )


def _check_names(params: Mapping[str, Any]) -> None:
    for name in params["topics"]:
        if not _TOPIC.fullmatch(name):
            raise Failure("invalid_option", f"topics: {name!r} is not a topic's name. Use letters, digits, . _ and -")
    trusted = params.get("trusted_certificates")
    if trusted and "-----BEGIN CERTIFICATE-----" not in trusted:
        raise Failure(
            "invalid_option", "trusted_certificates: this is no certificate. Give PEM text, not base64 or a path"
        )
    if trusted and "PRIVATE KEY" in trusted:  # the pod's manifest is read by many
        raise Failure("invalid_option", "trusted_certificates: there is a private key in it. Give certificates only")
    if not _NAME.fullmatch(params["pod_name"]):
        raise Failure(
            "invalid_option",
            f"pod_name: {params['pod_name']!r} does not fit. Use at most 42 letters, digits and -",
        )


def _check_looks(params: Mapping[str, Any]) -> None:
    if params["wait"] and params["wait_for"] == "none":
        raise Failure(
            "invalid_option", "wait needs something to wait for. Give wait_for: exists, records, flowing or still"
        )
    if params.get("watch") and params["connection"] == "direct":
        raise Failure("invalid_option", "watch leaves a pod that goes on. Give connection: pod")
    if params["sample"] < 0 or not params["max_age"] > 0 or (params.get("watch") or 0) < 0:
        raise Failure("invalid_option", "sample and watch must not be negative, and max_age must be positive")
    longest = _SLICE if params["connection"] == "direct" else inf
    if params["wait_for"] == "still" and not 0 <= params["quiet_seconds"] <= min(longest, _DAY):
        at_most = f" With connection direct no more than {_SLICE} are seen in one go." if longest == _SLICE else ""
        raise Failure(
            "invalid_option", f"quiet_seconds: {params['quiet_seconds']:g} cannot be seen.{at_most} Give another number"
        )
    if (params["wait_for"] == "flowing" or params.get("produced_after") is not None) and not params["sample"]:
        raise Failure(
            "invalid_option", "wait_for flowing and produced_after read the newest records. Give a sample of 1 or more"
        )


def _check_identity(params: Mapping[str, Any]) -> None:
    """Check who we are for Kafka."""
    pairs = (("username", "password"), ("client_cert", "client_key"))
    for one, other in (pair for pair in pairs if bool(params.get(pair[0])) != bool(params.get(pair[1]))):
        raise Failure("invalid_option", f"{one} and {other} belong together. Give both, or none")
    if params["connection"] == "pod" and any(params.get(name) for name in ("username", "client_cert")):
        told = "would be told to everybody who may read its pod. Give connection: direct"
        raise Failure("invalid_option", f"username and client_cert: with connection pod what is secret {told}")
    protocol = params.get("security_protocol")
    if protocol and protocol.startswith("sasl") != bool(params.get("username")):
        raise Failure(
            "invalid_option", "security_protocol: with sasl_ssl and sasl_plaintext goes a username. Give both"
        )


def _protocol(params: Mapping[str, Any]) -> str:
    """Return the protocol; nobody's password travels in clear unless that is asked for."""
    if params.get("security_protocol"):
        return str(params["security_protocol"])
    if params.get("username"):
        return "sasl_ssl"
    direct = params["connection"] == "direct" and (params.get("ca_cert") or params.get("client_cert"))
    return "ssl" if params.get("trusted_certificates") or direct else "plaintext"


def _window(entry: Mapping[str, Any], topics: Sequence[str]) -> Window:
    window = Window(entry["topic"], entry["partition"], entry["from_offset"], entry.get("to_offset"))
    if window.topic not in topics:
        raise Failure("invalid_option", f"windows: {window.topic} is none of topics. Name it there too")
    if window.partition < 0:
        raise Failure("invalid_option", f"windows: {window.topic} has no partition {window.partition}. Give 0 or more")
    if window.start < 0 or (window.stop is not None and window.stop < window.start):
        raise Failure("invalid_option", f"windows: {window.topic} has no offsets from {window.start} to {window.stop}")
    return window

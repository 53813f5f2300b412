# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a person would look at next: operators, pods, events and logs around a resource that is stuck."""

from __future__ import annotations

import re
from functools import partial
from typing import Any, Callable, Iterable, Mapping

from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import Failure
from ansible_collections.manuela.event_streaming.plugins.module_utils._kube import (
    EVENT,
    POD,
    Kube,
    Object,
    at,
    name_of,
    namespace_of,
    uid_of,
)
from ansible_collections.manuela.event_streaming.plugins.module_utils._pod_state import pod_state
from ansible_collections.manuela.event_streaming.plugins.module_utils._resource_status.readiness import judge
from ansible_collections.manuela.event_streaming.plugins.module_utils._resource_status.wanted import Evidence, Seen
from ansible_collections.manuela.event_streaming.plugins.module_utils._resource_status.world import View, pods_of

# Groups whose objects stay without a status when the operator is missing.
_OPERATED = ("kafka.strimzi.io", "camel.apache.org", "broker.amq.io")
_OLM_KINDS = ("Subscription", "ClusterServiceVersion", "InstallPlan")
_EVENTS = 3
_LOG_LINES = 60
_TELLING_LINES = 4
_LINE = 8000
# What a process said longer ago is no evidence of what is wrong now.
_RECENT = 60
_TROUBLE = ("error", "exception", "fatal", "denied", "refused", "failed", "could not", "couldn't", "cannot")
# The head of a line, with time, thread and logger; Camel's account of the message; and the packages of Java's classes.
_LOGGER = re.compile(r"^[\d:.,TZ -]+(\[(?:[^\[\]]|\[[^\[\]]*\])*\] )?(WARN|ERROR|FATAL) +\S+ - ")
_CAMEL = re.compile(r"^.*\bFailed delivery for .* caught: ")
_PACKAGE = re.compile(r"\b(?:[a-z]\w*\.){2,}(?=[A-Z])")
_CRASHED = ("CrashLoopBackOff", "Error")


def gather(kube: Kube, view: View, logs: str = "stuck") -> list[Evidence]:
    """Return one piece of evidence per resource, and what lies behind those that are not as wanted.

    With ``logs`` all, also what the pods of those said that are: they may run and do nothing.
    """
    found = [_resource(entry) for entry in view.seen]
    stuck = [entry for entry in view.seen if not entry.met]
    namespaces = {_namespace(entry) for entry in stuck} - {""}
    for entry in _readable(sorted(namespaces), partial(_behind, kube, stuck)):
        found.append(entry)
    for namespace, state in view.pods:
        found.append(Evidence("pod", f"Pod {state.name} in {namespace}", state.ready, str(state)))
    speaking = view.pods if logs == "stuck" else pods_of(kube, view.seen)
    for namespace, state in speaking:
        if state.reason in _CRASHED or state.phase == "Running":
            found += _readable([state.name], partial(_log, kube, namespace, state.reason in _CRASHED))
    return found


def _namespace(entry: Seen) -> str:
    return namespace_of(entry.item or {}) or entry.wanted.namespace


def _resource(entry: Seen) -> Evidence:
    hop = "application" if (entry.wanted.kind, entry.wanted.state) == ("Application", "ready") else "resource"
    if entry.api_version.startswith("operators.coreos.com/"):
        hop = "operator"
    if entry.item is not None and entry.item.get("kind") == "Pod":
        hop = "pod"
    if entry.item is not None and entry.item.get("kind") == "KafkaTopic":
        hop = "topic"
    place = _namespace(entry)
    title = entry.title + (f" in {place}" if place else "")
    # What is only reported counts as it is; that none is there may be as it should.
    well = entry.verdict.ready or entry.item is None if entry.wanted.state == "none" else entry.met
    return Evidence(hop, title, well, entry.verdict.message)


def _behind(kube: Kube, everywhere: list[Seen], namespace: str) -> list[Evidence]:
    stuck = [entry for entry in everywhere if _namespace(entry) == namespace]
    found = _events(kube, namespace, stuck)
    if any(_operated(entry) for entry in stuck if entry.wanted.state in ("ready", "running")):
        for name in _OLM_KINDS:
            kind = kube.find(name, group="operators.coreos.com")
            for item in kube.list(kind, namespace) if kind else []:
                verdict = judge(item)
                found.append(
                    Evidence("operator", f"{name} {name_of(item)} in {namespace}", verdict.ready, verdict.message)
                )
    return found


def _operated(entry: Seen) -> bool:
    return not entry.api_version or entry.api_version.rpartition("/")[0] in _OPERATED


def _events(kube: Kube, namespace: str, stuck: list[Seen]) -> list[Evidence]:
    names = {name_of(entry.item or {}) or entry.wanted.name for entry in stuck} - {""}
    warnings = [
        event
        for event in kube.list(EVENT, namespace, fields="type=Warning")
        if any(_concerns(str(at(event, "involvedObject", "name") or ""), name) for name in names)
    ]
    warnings = _of_what_is_there(kube, namespace, stuck, sorted(warnings, key=_when))
    latest = {(at(event, "involvedObject", "name"), event.get("reason")): event for event in warnings}
    return [
        Evidence(
            "pod" if at(event, "involvedObject", "kind") == "Pod" else "resource",
            f"{at(event, 'involvedObject', 'kind')} {at(event, 'involvedObject', 'name')} in {namespace}",
            False,
            " ".join(f"event {event.get('reason')}: {event.get('message')}".split())[:400],
        )
        for event in list(latest.values())[-_EVENTS:]
    ]


def _of_what_is_there(kube: Kube, namespace: str, stuck: list[Seen], events: list[Object]) -> list[Object]:
    """Leave out events of pods that are well now, and of objects that had the name before."""
    there = {_address(entry.item): uid_of(entry.item) for entry in stuck if entry.item}
    if any(at(event, "involvedObject", "kind") == "Pod" for event in events):
        pods = [pod for pod in kube.list(POD, namespace) if not pod_state(pod).ready]
        there |= {("Pod", name_of(pod)): uid_of(pod) for pod in pods}
    return [event for event in events if _is_about(there, at(event, "involvedObject") or {})]


def _address(item: Mapping[str, Any]) -> tuple[str, str]:
    return str(item.get("kind")), name_of(item)


def _is_about(there: Mapping[tuple[str, str], str], involved: Object) -> bool:
    address = str(involved.get("kind")), str(involved.get("name"))
    if address not in there:
        return address[0] != "Pod"
    return involved.get("uid") in (None, there[address])


def _concerns(involved: str, name: str) -> bool:
    # Pods and jobs are called after their owner.
    return involved == name or involved.startswith(f"{name}-")


def _when(event: Object) -> str:
    return str(event.get("lastTimestamp") or event.get("eventTime") or at(event, "metadata", "creationTimestamp") or "")


def _log(kube: Kube, namespace: str, crashed: bool, pod: str) -> list[Evidence]:
    """Return the last telling lines; the last line of all tells only of a process that has ended."""
    text = kube.logs(namespace, pod, tail=_LOG_LINES, since=0 if crashed else _RECENT)
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    telling = [line for line in lines if any(word in line.lower() for word in _TROUBLE)]
    if crashed and not telling:
        telling = lines[-1:]
    latest = {re.sub(r"\d+", "", line): line for line in map(_said, telling)}
    return [
        Evidence("pod", f"log of pod {pod} in {namespace}", False, line[:400])
        for line in list(latest.values())[-_TELLING_LINES:]
    ]


def _said(line: str) -> str:
    """Return what a line says, without what only its programmer reads."""
    return _PACKAGE.sub("", _CAMEL.sub("", _LOGGER.sub("", line[:_LINE])))


def _readable(names: Iterable[str], read: Callable[[str], list[Evidence]]) -> list[Evidence]:
    """Evidence is a help: what may not be read is said, and hides nothing else."""
    found: list[Evidence] = []
    for name in names:
        try:
            found += read(name)
        except Failure as failure:
            found.append(Evidence("resource", name, False, f"could not look further: {failure.msg}"))
    return found

# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a resource is ready, in the words of the operator that owns it; pure, one small function per family."""

from __future__ import annotations

from dataclasses import replace
from typing import Callable, Mapping

from ansible_collections.manuela.event_streaming.plugins.module_utils._kube import (
    at,
    condition,
    items_at,
    terminating,
)
from ansible_collections.manuela.event_streaming.plugins.module_utils._pod_state import pod_state
from ansible_collections.manuela.event_streaming.plugins.module_utils._resource_status.conventions import (
    judge_by_conventions,
    unheard_of,
    unseen,
)
from ansible_collections.manuela.event_streaming.plugins.module_utils._resource_status.verdict import (
    Object,
    Verdict,
    says,
)

# Strimzi's reasons that stay until somebody changes a manifest.
_STRIMZI_FINAL = (
    "InvalidResourceException",
    "InvalidConfigurationException",
    "InvalidTopicException",
    "KafkaUpgradeException",
    "UnsupportedVersionException",
    "UnsupportedKafkaVersionException",
)
_UNSUPPORTED = ("Unsupported Kafka.spec.kafka.version", "is not supported", "resource is invalid")
_ORPHAN = "exists and is not referenced by a subscription"


def judge(item: Object, now: float | None = None, *, reports: bool = False) -> Verdict:
    """Return the verdict on any object; ``now`` in epoch seconds, where it is known.

    ``reports`` says that objects of its kind are meant to get a status.
    """
    if terminating(item):
        return Verdict(False, deletion_of(item))
    if late := unseen(item):
        return late
    group = str(item.get("apiVersion", "")).rpartition("/")[0]
    kind = str(item.get("kind", ""))
    rule = _RULES.get((group, kind)) or _GROUPS.get(group)
    return rule(item) if rule else unheard_of(item, now, reports=reports) or judge_by_conventions(item)


def deletion_of(item: Object) -> str:
    """Return what keeps an object that is being deleted."""
    if item.get("kind") == "Namespace":
        kept = [str(entry.get("message")) for entry in items_at(item, "status", "conditions") if _remains(entry)]
        return "Terminating" + (f": {'; '.join(kept)}" if kept else "")
    finalizers = at(item, "metadata", "finalizers") or []
    return "being deleted" + (f", held by the finalizer {', '.join(map(str, finalizers))}" if finalizers else "")


def _remains(entry: Object) -> bool:
    return entry.get("status") == "True" and str(entry.get("type", "")).startswith("Namespace")


def _strimzi(item: Object) -> Verdict:
    ready, trouble = condition(item, "Ready"), condition(item, "NotReady")
    if trouble and trouble.get("status") == "True":
        text = says(trouble)
        if trouble.get("reason") == "Creating":
            return Verdict(False, text)
        final = trouble.get("reason") in _STRIMZI_FINAL or any(word in text for word in _UNSUPPORTED)
        return Verdict(False, f"NotReady: {text}", final)
    if not ready:
        return Verdict(False, "no status yet: its operator has not looked at it")
    good = ready.get("status") == "True"
    return Verdict(good, "Ready" if good else f"not Ready: {says(ready, 'no reason given')}")


def _pool(item: Object) -> Verdict:
    # Strimzi sets no Ready condition on node pools: the Kafka that they belong to carries it.
    return _strimzi(item) if at(item, "status", "conditions") else Verdict(True, "exists")


def _mirror_maker(item: Object) -> Verdict:
    verdict = _strimzi(item)
    if verdict.ready and at(item, "spec", "replicas") == 0:
        return Verdict(True, f"Ready, {_STOPPED}")
    mirrors = items_at(item, "spec", "mirrors")
    restarts = any(at(mirror, part, "autoRestart", "enabled") for mirror in mirrors for part in mirror)
    connectors = items_at(item, "status", "connectors")
    if trouble := next(filter(None, map(_trouble_of, connectors)), None):
        return replace(trouble, terminal=trouble.terminal and not restarts)
    return Verdict(True, f"Ready, {len(connectors)} connectors RUNNING") if verdict.ready and connectors else verdict


def _trouble_of(connector: Object) -> Verdict | None:
    """Return what the connector, or the first task that does not run, is; none when all run."""
    states = [("connector", at(connector, "connector") or {})]
    states += [(f"task {task.get('id')}", task) for task in items_at(connector, "tasks")]
    for what, entry in states:
        state = str(entry.get("state", ""))
        if state != "RUNNING":
            trace = str(entry.get("trace") or "").strip().splitlines()
            text = f"{connector.get('name')} {what} {state or 'without state'}" + (f": {trace[0]}" if trace else "")
            return Verdict(False, text, state == "FAILED")
    return None


def _camel_integration(item: Object) -> Verdict:
    phase = str(at(item, "status", "phase") or "")
    entry = condition(item, "Ready")
    if phase == "Error":
        return Verdict(False, f"phase Error: {says(entry or _first_false(item), 'no reason given')}", True)
    if phase != "Running":
        return Verdict(False, f"phase {phase or 'not set: its operator has not looked at it'}")
    if entry and entry.get("status") != "True":
        return Verdict(False, f"Running, not Ready: {says(entry, 'no reason given')}")
    return Verdict(True, f"Running, {_STOPPED}" if at(item, "spec", "replicas") == 0 else "Running")


def _camel(item: Object) -> Verdict:
    phase = str(at(item, "status", "phase") or "")
    bad = phase in ("Error", "Failed")
    text = f"phase {phase or 'not set: its operator has not looked at it'}"
    if bad:
        text += f": {at(item, 'status', 'failure', 'reason') or says(_first_false(item), 'no reason given')}"
    return Verdict(phase in ("Ready", "Running", "Succeeded"), text, bad)


def _first_false(item: Object) -> Object | None:
    return next((entry for entry in items_at(item, "status", "conditions") if entry.get("status") == "False"), None)


def _artemis(item: Object) -> Verdict:
    if condition(item, "Ready") or condition(item, "Deployed"):
        return judge_by_conventions(item)
    ready, wanted = len(at(item, "status", "podStatus", "ready") or []), at(item, "spec", "deploymentPlan", "size")
    wanted = 1 if wanted is None else int(wanted)
    return Verdict(ready >= wanted, f"{ready} of {wanted} pods ready" + ("" if wanted else ": it is stopped"))


def _subscription(item: Object) -> Verdict:
    state = str(at(item, "status", "state") or "")
    for kind in ("ResolutionFailed", "CatalogSourcesUnhealthy", "InstallPlanFailed", "InstallPlanMissing"):
        entry = condition(item, kind)
        if kind == "InstallPlanMissing" and state == "AtLatestKnown":
            continue  # somebody tidied up behind what is installed
        if entry and entry.get("status") == "True":
            text = f"{kind}: {says(entry)}"
            return Verdict(False, text, _ORPHAN in text or kind == "InstallPlanFailed")
    pending = condition(item, "InstallPlanPending")
    if pending and pending.get("status") == "True" and not at(item, "status", "installedCSV"):
        plan = at(item, "status", "installPlanRef", "name") or at(item, "status", "installplan", "name")
        return Verdict(False, f"its InstallPlan {plan or ''} waits: {says(pending)}")
    if state == "AtLatestKnown" or (at(item, "status", "installedCSV") and state.startswith("Upgrade")):
        return Verdict(True, f"{state} {at(item, 'status', 'installedCSV') or ''}".strip())
    return Verdict(False, state or "no status yet: OLM has not looked at it")


def _cluster_service_version(item: Object) -> Verdict:
    phase, message = str(at(item, "status", "phase") or "no phase yet"), at(item, "status", "message")
    good = phase == "Succeeded"
    return Verdict(
        good, phase if good else f"{phase}: {at(item, 'status', 'reason') or ''} {message or ''}".strip(" :")
    )


def _install_plan(item: Object) -> Verdict:
    phase = str(at(item, "status", "phase") or "no phase yet")
    if phase == "Failed":
        return Verdict(False, f"Failed: {says(_first_false(item), 'no reason given')}", True)
    return Verdict(phase == "Complete", phase)


def _workload(item: Object) -> Verdict:
    wanted = at(item, "spec", "replicas")
    wanted = 1 if wanted is None else int(wanted)
    status = at(item, "status") or {}
    stuck, refused = condition(item, "Progressing"), condition(item, "ReplicaFailure")
    ready = int(status.get("availableReplicas", status.get("readyReplicas")) or 0)
    text = f"{ready} of {wanted} replicas ready" + ("" if wanted else ": it is stopped")
    if stuck and stuck.get("reason") == "ProgressDeadlineExceeded":
        return Verdict(False, f"{text}: {says(stuck)}", True)
    if refused and refused.get("status") == "True" and ready < wanted:
        text += f": {says(refused)}"
    updated = int(status.get("updatedReplicas", ready) or 0)
    total = int(status.get("replicas") or 0)
    new = ready if _by_hand(item) else updated
    kept = int(at(item, "spec", "updateStrategy", "rollingUpdate", "partition") or 0)
    if ready >= wanted and new < wanted - kept:
        text += f", {updated} of them as it is now"
    return Verdict(ready >= wanted and new >= wanted - kept and total <= max(wanted, updated), text)


def _by_hand(item: Object) -> bool:
    """Say whether pods are replaced only when somebody deletes them."""
    return bool(at(item, "spec", "updateStrategy", "type") == "OnDelete")


def _daemon_set(item: Object) -> Verdict:
    status = at(item, "status") or {}
    wanted, ready = int(status.get("desiredNumberScheduled") or 0), int(status.get("numberReady") or 0)
    updated = wanted if _by_hand(item) else int(status.get("updatedNumberScheduled", wanted) or 0)
    text = f"{ready} of {wanted} pods ready" + (
        f", {updated} of them as it is now" if updated < wanted <= ready else ""
    )
    return Verdict(ready >= wanted and updated >= wanted, text)


def _service(item: Object) -> Verdict:
    waits = at(item, "spec", "type") == "LoadBalancer" and not items_at(item, "status", "loadBalancer", "ingress")
    return Verdict(not waits, "its load balancer has no address yet" if waits else "exists")


def _pod_set(item: Object) -> Verdict:
    wanted, ready = at(item, "status", "pods"), int(at(item, "status", "readyPods") or 0)
    return Verdict(wanted is not None and ready >= int(wanted), f"{ready} of {int(wanted or 0)} pods ready")


def _pod(item: Object) -> Verdict:
    state = pod_state(item)
    text = ": ".join(part for part in (state.reason or state.phase, state.message) if part)
    return Verdict(state.ready, text, state.terminal)


def _job(item: Object) -> Verdict:
    failed, complete = condition(item, "Failed"), condition(item, "Complete")
    if failed and failed.get("status") == "True":
        return Verdict(False, f"Failed: {says(failed)}", True)
    if complete and complete.get("status") == "True":
        return Verdict(True, "Complete")
    return Verdict(False, f"running, {int(at(item, 'status', 'failed') or 0)} attempts failed")


def _route(item: Object) -> Verdict:
    admitted = [
        entry
        for ingress in items_at(item, "status", "ingress")
        for entry in items_at(ingress, "conditions")
        if entry.get("type") == "Admitted"
    ]
    if any(entry.get("status") == "True" for entry in admitted):
        return Verdict(True, f"admitted as {at(item, 'spec', 'host')}")
    if admitted:
        return Verdict(False, f"not admitted: {says(admitted[0])}", admitted[0].get("status") == "False")
    return Verdict(False, "no router has admitted it yet")


def _application(item: Object) -> Verdict:
    sync, health = at(item, "status", "sync", "status") or "?", at(item, "status", "health", "status") or "?"
    return Verdict((sync, health) == ("Synced", "Healthy"), f"{sync} {health}")


def _namespace(item: Object) -> Verdict:
    phase = str(at(item, "status", "phase") or "")
    return Verdict(phase == "Active", phase)


_OLM = "operators.coreos.com"
_STOPPED = "with 0 replicas: it is stopped"
_RULES: Mapping[tuple[str, str], Callable[[Object], Verdict]] = {
    ("", "Namespace"): _namespace,
    ("", "Pod"): _pod,
    ("", "Service"): _service,
    ("apps", "DaemonSet"): _daemon_set,
    ("apps", "Deployment"): _workload,
    ("apps", "ReplicaSet"): _workload,
    ("apps", "StatefulSet"): _workload,
    ("apps.openshift.io", "DeploymentConfig"): _workload,
    ("argoproj.io", "Application"): _application,
    ("batch", "Job"): _job,
    ("broker.amq.io", "ActiveMQArtemis"): _artemis,
    ("camel.apache.org", "Integration"): _camel_integration,
    ("core.strimzi.io", "StrimziPodSet"): _pod_set,
    ("kafka.strimzi.io", "KafkaMirrorMaker2"): _mirror_maker,
    ("kafka.strimzi.io", "KafkaNodePool"): _pool,
    (_OLM, "ClusterServiceVersion"): _cluster_service_version,
    (_OLM, "InstallPlan"): _install_plan,
    (_OLM, "Subscription"): _subscription,
    ("route.openshift.io", "Route"): _route,
}


_GROUPS: Mapping[str, Callable[[Object], Verdict]] = {"camel.apache.org": _camel, "kafka.strimzi.io": _strimzi}

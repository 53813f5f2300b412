# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a data centre can take the show: access, Argo CD, operators, sensors, leftovers; pure."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Iterator, Mapping

from ansible_collections.manuela.event_streaming.plugins.module_utils._argocd_application.wanted import same_repository
from ansible_collections.manuela.event_streaming.plugins.plugin_utils import preflight_hosts as hosts
from ansible_collections.manuela.event_streaming.plugins.plugin_utils.preflight_files import Files
from ansible_collections.manuela.event_streaming.plugins.plugin_utils.preflight_hosts import Manifest
from ansible_collections.manuela.event_streaming.plugins.plugin_utils.preflight_row import (
    Row,
    failure,
    from_result,
    not_asked,
    ok,
    warning,
)

Facts = Mapping[str, Any]
Objects = list[Mapping[str, Any]]
_OLM_LABEL = "operators.coreos.com/"
_LABEL_NAME = 63
_TELLING = ("ComparisonError", "InvalidSpecError", "SyncError", "UnknownError")


def access_rows(centre: Facts) -> Iterator[Row]:
    """Return the rows without which nothing can be done: the API, permissions, the parent Application."""
    where, cluster = str(centre["name"]), centre.get("cluster") or {}
    known = cluster.get("cluster_info")
    if not known:
        yield _unreached(where, from_result(where, "API", cluster))
        return
    user = f" as {known['user']}" if known.get("user") else ""
    yield ok(where, "API", f"{known['server']}{user}")
    yield _permissions(where, known["permissions"])
    said = centre.get("argocd") or {}
    if "argocd_application_info" in said:
        yield from _parent(centre, said["argocd_application_info"]["applications"])
    else:
        yield from_result(where, "Argo CD", said)


def _unreached(where: str, row: Row) -> Row:
    """Name the inventory's values where the module names its options."""
    fix = row.fix.replace("as context", f"as event_streaming_context of {where}")
    return replace(row, fix=fix.replace("Give kubeconfig (or host and api_key)", "set event_streaming_kubeconfig"))


def _permissions(where: str, permissions: Objects) -> Row:
    denied: dict[tuple[str, str], list[str]] = {}
    for one in permissions:
        if not one["allowed"]:
            denied.setdefault((one["resource"], one.get("namespace") or ""), []).append(one["verb"])
    if not denied:
        return ok(where, "permissions", f"all {len(permissions)} that the stages use")
    parts = [
        f"{', '.join(verbs)} {resource}{f' in {namespace}' if namespace else ''}"
        for (resource, namespace), verbs in denied.items()
    ]
    fix = "let an administrator apply docs/rights of this collection, which hold all that the stages use"
    return failure(where, "permissions", f"not allowed: {'; '.join(parts)}", fix)


def _parent(centre: Facts, applications: Objects) -> Iterator[Row]:
    where, path = str(centre["name"]), centre["environment"]
    deploying = [one for one in applications if one["exists"] and str(one["path"]).strip("/") == path]
    # What was asked for by its path, and by its repository too.
    parents = list({(one["namespace"], one["name"]): one for one in deploying}.values())
    if not parents:
        fix = (
            "apply the parent (meta/ of the repository), or set event_streaming_environment to the directory it deploys"
        )
        yield failure(where, "Argo CD", f"no Application deploys {path}{_deployed_beside(path, applications)}", fix)
        return
    ours = [one for one in parents if same_repository(str(one["repo_url"]), centre["repo"])]
    if len(ours) > 1:
        names = ", ".join(f"{one['namespace']}/{one['name']}" for one in ours)
        yield failure(where, "Argo CD", f"several Applications deploy {path}: {names}", "delete all but one of them")
        return
    parent = (ours or parents)[0]
    yield _named(centre, parent)
    yield _followed(where, centre, parent)


def _deployed_beside(path: str, applications: Objects) -> str:
    """Name the environments of the repository that are deployed there."""
    beside = f"{path.rpartition('/')[0]}/"
    there = [one for one in applications if one["exists"] and str(one["path"]).startswith(beside)]
    named = sorted({f"{one['path']} ({one['name']})" for one in there})
    return f"; deployed there: {', '.join(named)}" if named else ""


def _named(centre: Facts, parent: Manifest) -> Row:
    where, title = str(centre["name"]), f"Application {parent['name']} in {parent['namespace']}"
    given = {"application": parent["name"], "argocd_namespace": parent["namespace"]}
    other = [f"event_streaming_{key}: {value}" for key, value in given.items() if centre.get(key) not in ("", value)]
    if other:
        fix = f"set {' and '.join(other)} for {where}, or leave them out"
        return failure(where, "Argo CD", f"{title} deploys {parent['path']}, the inventory names another one", fix)
    broken = [one for one in parent.get("conditions") or [] if one.get("type") in _TELLING]
    if broken:
        fix = f"oc -n {parent['namespace']} describe application {parent['name']}"
        return failure(where, "Argo CD", f"{title}: {' '.join(str(broken[0].get('message')).split())[:300]}", fix)
    said = f"{title} is {parent['sync_status']} and {parent['health_status']}"
    if (parent["sync_status"], parent["health_status"]) != ("Synced", "Healthy"):
        return warning(where, "Argo CD", said, f"oc -n {parent['namespace']} describe application {parent['name']}")
    return ok(where, "Argo CD", said)


def _followed(where: str, centre: Facts, parent: Manifest) -> Row:
    url, branch, name = parent["repo_url"], parent["target_revision"], parent["name"]
    patch = f"oc -n {parent['namespace']} patch application {name} --type merge -p "
    if not same_repository(str(url), centre["repo"]):
        fix = f"""{patch}'{{"spec":{{"source":{{"repoURL":"{centre["repo"]}"}}}}}}'"""
        return failure(where, "its source", f"{name} follows {url}, and we push to {centre['repo']}", fix)
    if centre.get("proposed") and branch != centre["branch"]:
        return ok(where, "its source", f"follows our repository, {branch}, once {centre['branch']} is merged into it")
    if branch not in (centre["branch"], f"refs/heads/{centre['branch']}", "HEAD"):
        fix = f"""{patch}'{{"spec":{{"source":{{"targetRevision":"{centre["branch"]}"}}}}}}'"""
        fix = f"set event_streaming_git_branch: {branch}, or {fix}"
        return failure(where, "its source", f"{name} follows {branch}, and we push to {centre['branch']}", fix)
    if branch == "HEAD" and centre.get("branch_given"):
        said = f"{name} follows HEAD, the remote's default branch, and we push to {centre['branch']}"
        return warning(where, "its source", said, "make sure that this is the default branch")
    return ok(where, "its source", f"follows our repository, {branch}")


def readiness_rows(centre: Facts, files: Files) -> Iterator[Row]:
    """Return the rows about what runs there: generation, operators, sensors, leftovers."""
    where, known = str(centre["name"]), (centre.get("cluster") or {}).get("cluster_info")
    yield from _switch(where, centre.get("switch") or {}, files)
    if not known:
        yield not_asked(where, "the rest", "the API must answer first")
        return
    yield from _generation(
        where, known["kinds"], [one for path in centre["components"] for one in files.deployed(path)]
    )
    states = (centre.get("states") or {}).get("resource_status_info")
    if states is None:
        yield from_result(where, "resources", centre.get("states") or {})
        return
    found = [one for one in states["resources"] if one["exists"]]
    yield from _operators(where, found)
    if centre["side"] == "factory":
        yield _sensors(where, centre, found)
        yield _source_of_mirror(where, centre, files)
    yield from _leftovers(where, found, is_on=_is_on(centre, files))


def _switch(where: str, switch: Facts, files: Files) -> Iterator[Row]:
    path, entry = str(switch.get("path")), str(switch.get("entry"))
    if path in files and path not in files.broken and not files.has_line(path, entry):
        said = f"{path} has no entry that ends in /{entry}, neither active nor commented out"
        fix = f"add it below resources as a comment: #- ../../../templates/manuela-openshift-prod/{entry}"
        yield failure(where, "switch", said, fix)


def _is_on(centre: Facts, files: Files) -> bool:
    switch = centre.get("switch")
    return files.names(switch["path"], switch["entry"]) if switch else bool(centre["linked"])


def _generation(where: str, kinds: Objects, manifests: list[Manifest]) -> Iterator[Row]:
    served = {(one["group"], one["kind"]): one["versions"] for one in kinds}
    missing, wrong = [], []
    for group, version, kind in dict.fromkeys(map(_identity, manifests)):
        versions = served.get((group, kind))
        if versions == []:
            missing.append(kind)
        elif versions and version not in versions:
            wrong.append((kind, f"{group}/{version}", versions))
    for kind, written, versions in wrong:
        said = f"{kind} is written as {written}, and the cluster serves {', '.join(versions)}"
        yield failure(where, "generation", said, f"write it as {written.partition('/')[0]}/{versions[0]} in Git")
    if missing:
        said = f"not served yet: {', '.join(missing)}"
        yield warning(where, "generation", said, "none needed: the operators that the stages subscribe to bring them")
    if not wrong and not missing:
        yield ok(where, "generation", "serves the custom resources as Git writes them")


def _identity(manifest: Manifest) -> tuple[str, str, str]:
    group, _slash, version = str(manifest.get("apiVersion") or "").rpartition("/")
    return group, version, str(manifest.get("kind") or "")


def _operators(where: str, found: Objects) -> Iterator[Row]:
    subscriptions = [one for one in found if one["kind"] == "Subscription"]
    stuck = [one for one in subscriptions if not one["ready"]]
    for one in stuck:
        fix = f"oc -n {one['namespace']} describe subscription.operators.coreos.com {one['name']}"
        yield failure(where, "operators", f"Subscription {one['name']}: {one['message']}", fix)
    if subscriptions and not stuck:
        yield ok(where, "operators", ", ".join(f"{one['name']} {one['message']}" for one in subscriptions))
    if not subscriptions:
        yield ok(where, "operators", "none subscribed: they come with their stages")


def _sensors(where: str, centre: Facts, found: Objects) -> Row:
    namespace = centre["sensor_namespace"]
    sensors = [one for one in found if one["kind"] == "Deployment" and one["namespace"] == namespace]
    brokers = [one for one in found if one["kind"] == "ActiveMQArtemis"]
    dead = [one for one in [*brokers, *sensors] if not one["ready"]]
    if dead:
        said = "; ".join(f"{one['kind']} {one['name']}: {one['message']}" for one in dead)
        return failure(where, "sensors", said, f"oc -n {dead[0]['namespace']} get pods, and start what does not run")
    if not brokers:
        fix = "deploy the messaging application: its MQTT broker is where the sensors send to"
        return failure(where, "sensors", "there is no MQTT broker (ActiveMQArtemis)", fix)
    if not sensors:
        said = f"no sensor in {namespace}: they may run in another cluster, which is not seen from here"
        return warning(where, "sensors", said, "look at the dashboard whether values come")
    asleep = [one["name"] for one in sensors if str(one["message"]).startswith("0 of 0")]
    if asleep:
        fix = f"oc -n {namespace} scale deployment {' '.join(asleep)} --replicas=1"
        return failure(where, "sensors", f"scaled to nothing: {', '.join(asleep)}", fix)
    return ok(where, "sensors", f"{len(sensors)} run, and so does their MQTT broker")


def _source_of_mirror(where: str, centre: Facts, files: Files) -> Row:
    manifest = hosts.of_kind(files.manifests(centre["mirror"]), "KafkaMirrorMaker2")
    _target, source = hosts.mirror_servers(manifest)
    if source and not hosts.host_of(source).startswith(f"{centre['bootstrap']}."):
        said = f"MirrorMaker reads from {source}, and Kafka is at {centre['bootstrap']}"
        return failure(where, "mirror", said, f"correct the source's bootstrapServers in {centre['mirror']}")
    return ok(where, "mirror", f"MirrorMaker reads from {source or 'what its manifest does not say'}")


def _leftovers(where: str, found: Objects, *, is_on: bool) -> Iterator[Row]:
    rows = [row for one in found if (row := _leaving(where, one))]
    rows += [_orphan(where, one) for one in found if _is_orphan(one, found)]
    if not is_on:
        rows += [_still_there(where, one) for one in found if one["kind"] == "Kafka" and not _is_leaving(one)]
    yield from rows or [ok(where, "leftovers", "none of an earlier show")]


def _is_leaving(one: Manifest) -> bool:
    return str(one["message"]).startswith(("being deleted", "Terminating"))


def _leaving(where: str, one: Manifest) -> Row | None:
    if not _is_leaving(one):
        return None
    place = f" in {one['namespace']}" if one.get("namespace") else ""
    space = f"-n {one['namespace']} " if one.get("namespace") else ""
    name = f"{str(one['kind']).lower()} {one['name']}"
    clear = f"""oc {space}patch {name} --type merge -p '{{"metadata":{{"finalizers":null}}}}'"""
    fix = clear if "finalizer" in str(one["message"]) and one["kind"] != "Namespace" else f"oc {space}describe {name}"
    return failure(where, "leftovers", f"{one['kind']} {one['name']}{place} is {_lowered(one['message'])}", fix)


def _lowered(message: Any) -> str:
    return str(message)[:1].lower() + str(message)[1:]


def _is_orphan(one: Manifest, found: Objects) -> bool:
    """A version whose Subscription is gone: OLM installs nothing over it."""
    if one["kind"] != "ClusterServiceVersion" or _is_leaving(one):
        return False
    namespace = one["namespace"]
    subscribed = {
        f"{each['name']}.{namespace}"[:_LABEL_NAME]
        for each in found
        if each["kind"] == "Subscription" and each["namespace"] == namespace
    }
    labels = [str(label).removeprefix(_OLM_LABEL) for label in one.get("labels") or {} if _OLM_LABEL in str(label)]
    # What OLM copied from another namespace bears that one's name.
    own = [label for label in labels if label.partition(".")[2] and namespace.startswith(label.partition(".")[2])]
    return bool(own) and not subscribed.intersection(own)


def _orphan(where: str, one: Manifest) -> Row:
    said = f"{one['name']} in {one['namespace']} has no Subscription any more, and OLM would install nothing over it"
    return failure(where, "leftovers", said, f"oc -n {one['namespace']} delete csv {one['name']}", mended=True)


def _still_there(where: str, one: Manifest) -> Row:
    said = f"Kafka {one['name']} runs in {one['namespace']}, and Git says that it is off"
    return failure(where, "leftovers", said, "the playbook prepare waits until it is gone", mended=True)

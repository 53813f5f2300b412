# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether what Git says can work: strings that must agree, the certificate, links, placeholders; pure."""

from __future__ import annotations

from typing import Any, Iterator, Mapping

from ansible_collections.manuela.event_streaming.plugins.module_utils._argocd_application.wanted import same_repository
from ansible_collections.manuela.event_streaming.plugins.plugin_utils import preflight_hosts as hosts
from ansible_collections.manuela.event_streaming.plugins.plugin_utils.outdated import outdated
from ansible_collections.manuela.event_streaming.plugins.plugin_utils.preflight_files import Files
from ansible_collections.manuela.event_streaming.plugins.plugin_utils.preflight_row import (
    Row,
    failure,
    from_result,
    not_asked,
    ok,
    warning,
)

GIT = "git"
PREPARE = "the playbook prepare"
Facts = Mapping[str, Any]


def repository_rows(git: Facts, files: Files) -> Iterator[Row]:
    """Return all rows about the repository."""
    yield _repository(git)
    files.read_all()
    for path, why in files.broken.items():
        yield failure(GIT, "manifests", f"{path} {why}", f"correct {path}, commit and push it")
    yield from map(_missing, git.get("missing") or [])
    yield from _domains(git, files)
    yield _labels(git, files)
    yield _routes(git, files)
    yield from _store(git, files)
    yield _certificate(git, files)
    yield _applications(git, files)
    yield from _links(git)
    yield from _placeholders(git)
    yield _generation(git, files)


def _repository(git: Facts) -> Row:
    return ok(GIT, "repository", f"{git['repo']}, branch {git['branch']}, at {str(git['revision'])[:12]}")


def _missing(path: str) -> Row:
    fix = f"bring it back (git log -- {path}), or take it from the repository that yours was forked from"
    return failure(GIT, "manifests", f"{path} is missing", fix)


def _domains(git: Facts, files: Files) -> Iterator[Row]:
    kafka = hosts.kafka_host(hosts.of_kind(files.manifests(git["kafka"]), "Kafka"))
    target, _source = hosts.mirror_servers(hosts.of_kind(files.manifests(git["mirror"]), "KafkaMirrorMaker2"))
    wanted = str(git.get("domain") or "")
    for path, found in ((git["kafka"], kafka), (git["mirror"], target)):
        if not found and path not in (git.get("missing") or []) and path not in files.broken:
            yield failure(GIT, "domains", f"{path} names no host of the central Kafka", f"put the file right: {path}")
    if not kafka or not target:
        return
    if kafka != hosts.host_of(target):
        said = f"Kafka's listener is {kafka}, and MirrorMaker goes to {hosts.host_of(target)}"
        yield failure(GIT, "domains", said, f"{PREPARE} sets both (MYDOMAIN names the domain)", mended=True)
    elif wanted and hosts.domain_of(kafka) != wanted:
        said = f"Kafka and MirrorMaker are set to {hosts.domain_of(kafka)}, and central's router serves {wanted}"
        yield failure(GIT, "domains", said, f"{PREPARE} sets both", mended=True)
    else:
        yield ok(GIT, "domains", f"Kafka's listener and MirrorMaker agree on {kafka}")


def _labels(git: Facts, files: Files) -> Row:
    manifests = files.manifests(git["kafka"])
    target, _source = hosts.mirror_servers(hosts.of_kind(files.manifests(git["mirror"]), "KafkaMirrorMaker2"))
    names = [hosts.kafka_host(hosts.of_kind(manifests, "Kafka")), hosts.host_of(target)]
    names += [*hosts.broker_hosts(manifests, git["kafka_namespace"]), *_routed(git, files)]
    wrong = {name: why for name in dict.fromkeys(names) if name and (why := hosts.wrong_label(name))}
    if wrong:
        said = "; ".join(f"no router serves {name}: {why}" for name, why in wrong.items())
        return failure(GIT, "host names", said, "shorten or rename it: 63 characters a label, no underscore")
    return ok(GIT, "host names", f"{len(set(filter(None, names)))} hosts, each with labels that a router serves")


def _routed(git: Facts, files: Files) -> list[str]:
    paths = files.under(git["instance"])
    return [host for path in paths if path.endswith(".yaml") for host in hosts.route_hosts(files.manifests(path))]


def _routes(git: Facts, files: Files) -> Row:
    domains = sorted({hosts.domain_of(host) for host in _routed(git, files)})
    served = str(git.get("factory_domain") or "")
    if not domains:
        return not_asked(GIT, "routes", f"no route with a host in {git['instance']}")
    if len(domains) > 1 or (served and domains != [served]):
        said = f"routes of the factory are set to {' and '.join(domains)}"
        said += f", and its router serves {served}" if served else ""
        return warning(GIT, "routes", said, f"set one domain in the routes of {git['instance']}")
    return ok(GIT, "routes", f"the factory's routes agree on {domains[0]}")


def _store(git: Facts, files: Files) -> Iterator[Row]:
    if not git.get("s3_bucket"):
        yield not_asked(GIT, "S3 settings", "no bucket is given (event_streaming_s3_bucket, BUCKET_NAME)")
        return
    config = hosts.of_kind(files.manifests(git["s3_config"]), "ConfigMap")
    lines = str(hosts.at(config, "data", "application.properties") or "").splitlines()
    found = {key.strip(): value.strip() for key, equals, value in (line.partition("=") for line in lines) if equals}
    asked = {"s3.bucket.name": git["s3_bucket"], "s3.custom.endpoint.url": git.get("s3_endpoint") or ""}
    differs = [
        f"{name} is {found.get(name) or 'not set'}, asked for is {value}"
        for name, value in asked.items()
        if value and _bare(found.get(name, "")) != _bare(value)
    ]
    if differs:
        yield failure(GIT, "S3 settings", "; ".join(differs), f"{PREPARE} sets it in {git['s3_config']}", mended=True)
    else:
        yield ok(GIT, "S3 settings", f"the writer is set to {git['s3_bucket']} at {git.get('s3_endpoint') or 'AWS'}")


def _bare(url: str) -> str:
    return url.rpartition("://")[2].rstrip("/")


def _certificate(git: Facts, files: Files) -> Row:
    result = git.get("certificate") or {}
    if git.get("missing") or files.broken:
        return not_asked(GIT, "certificate", "the manifests must be right first")
    if result.get("failed") or result.get("failure"):
        return from_result(GIT, "certificate", result)
    pair = result.get("tls_secret")
    if not pair:
        return not_asked(GIT, "certificate", "the manifests with the domains must be right first")
    reasons = list(dict.fromkeys(str(reason).partition(": ")[2] for reason in result.get("reasons") or []))
    if reasons:
        said = "; ".join(reasons)
        return failure(GIT, "certificate", said, f"{PREPARE} makes a new one in both files", mended=True)
    name = str(pair["subject_alt_name"][0]).removeprefix("DNS:")
    return ok(GIT, "certificate", f"{name}, {pair['days_left']} days left, with its key, the same in both files")


def _applications(git: Facts, files: Files) -> Row:
    wrong = []
    for path in git["applications"]:
        application = hosts.of_kind(files.manifests(path), "Application")
        source = hosts.at(application, "spec", "source") or {}
        place = path.rpartition("/")[2]
        if source and not same_repository(str(source.get("repoURL") or ""), git["repo"]):
            wrong.append(f"{place} deploys from {source.get('repoURL')}")
        elif source and not git.get("proposed") and source.get("targetRevision") not in (git["branch"], "HEAD", None):
            wrong.append(f"{place} deploys {source.get('targetRevision')}, not {git['branch']}")
        wrong += _elsewhere(git, place, str(hosts.at(application, "metadata", "namespace") or ""))
    if wrong:
        fix = f"{PREPARE} sets their source and namespace"
        return failure(GIT, "applications", "; ".join(wrong), fix, mended=True)
    return ok(GIT, "applications", f"{len(git['applications'])} deploy from our repository and branch")


def _elsewhere(git: Facts, name: str, namespace: str) -> list[str]:
    """Argo CD does not see an Application in another namespace than where its parent is."""
    parents = git.get("argocd_namespaces") or {}
    looked_in = {parents[home] for home in git["homes"].get(name, []) if home in parents}
    if not namespace or not looked_in or namespace in looked_in:
        return []
    return [f"{name} is for the namespace {namespace}, and Argo CD looks into {' and '.join(sorted(looked_in))}"]


def _links(git: Facts) -> Iterator[Row]:
    homes, bad = git["homes"], []
    for full in sorted(git["links"]):
        path = _inside(git, full)
        environment, _slash, name = path.rpartition("/")
        if full in git["dangling"]:
            bad.append((f"{path} leads to nothing", f"git rm {path}, or bring back what it leads to", False))
        elif environment not in homes.get(name, [environment]):
            home = " and ".join(homes[name])
            bad.append((f"{path} belongs into {home}", f"{PREPARE} removes it, and its stage links it there", True))
    for path in _copies(git):
        bad.append((f"{path} is a copy, where a link should be", f"git rm {path}; its stage links it", False))
    for said, fix, mended in bad:
        yield failure(GIT, "links", said, fix, mended=mended)
    if not bad:
        yield ok(GIT, "links", f"{len(git['links'])} links of the environments lead where they should")


def _copies(git: Facts) -> list[str]:
    inside = [_inside(git, path).rpartition("/") for path in git["files"]]
    return [
        "/".join((home, name)) for home, _slash, name in inside if home in git["environments"] and name in git["homes"]
    ]


def _inside(git: Facts, path: str) -> str:
    return path.removeprefix(f"{git['work_tree']}/")


def _placeholders(git: Facts) -> Iterator[Row]:
    kept = {_inside(git, path).rpartition("/")[0] for path in git["files"]}
    bare = [environment for environment in git["environments"] if environment not in kept]
    for environment in bare:
        if environment not in (git.get("directories") or [environment]):
            yield _no_environment(git, environment)
            continue
        name = f"{environment.rpartition('/')[2]}-placeholder-configmap"
        said = f"{environment} holds no manifest of its own: without a link Argo CD could not sync it any more"
        yield failure(GIT, "placeholders", said, f"add {environment}/{name}.yaml with a ConfigMap {name}")
    if not bare:
        yield ok(GIT, "placeholders", "each environment keeps a manifest of its own when all links are gone")


def _no_environment(git: Facts, environment: str) -> Row:
    beside = environment.rpartition("/")[0]
    there = sorted(path for path in git["directories"] if path.rpartition("/")[0] == beside)
    said = f"the repository has no {environment}; it has {', '.join(there) or 'nothing beside it'}"
    return failure(GIT, "environments", said, "set event_streaming_environment of that data centre to one of them")


def _generation(git: Facts, files: Files) -> Row:
    found = outdated([one for path in git["components"] for one in files.deployed(path)])
    if found:
        kinds = ", ".join(dict.fromkeys(f"{one['kind']} {one['name']} {one['what']}" for one in found))
        return warning(GIT, "generation", f"today's operators would refuse: {kinds}", found[0]["fix"])
    return ok(GIT, "generation", "nothing in the demo's manifests is outdated")

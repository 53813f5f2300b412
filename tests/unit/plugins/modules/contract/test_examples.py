# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every example runs as it stands, in a world that has what it names."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jinja2
import pytest
import yaml
from ansible_collections.manuela.event_streaming.tests.unit.plugins.module_utils.kube import fake_kube as kinds
from ansible_collections.manuela.event_streaming.tests.unit.plugins.module_utils.kube import (
    test_kafka_direct as client,
)
from ansible_collections.manuela.event_streaming.tests.unit.plugins.module_utils.kube import (
    test_kafka_topic_info as flows,
)
from ansible_collections.manuela.event_streaming.tests.unit.plugins.module_utils.text import test_tls_sealed as sealed
from ansible_collections.manuela.event_streaming.tests.unit.plugins.modules.contract import git_world
from ansible_collections.manuela.event_streaming.tests.unit.plugins.modules.contract.cases import (
    cluster_info,
    git_pull_request,
)
from ansible_collections.manuela.event_streaming.tests.unit.plugins.modules.contract.example_tree import grow
from ansible_collections.manuela.event_streaming.tests.unit.plugins.modules.contract.file_world import FileWorld
from ansible_collections.manuela.event_streaming.tests.unit.plugins.modules.contract.kube_world import (
    TOKEN,
    KubeWorld,
)
from ansible_collections.manuela.event_streaming.tests.unit.plugins.modules.contract.s3_world import S3World
from ansible_collections.manuela.event_streaming.tests.unit.plugins.modules.contract.shell import call, shell_of
from ansible_collections.manuela.event_streaming.tests.unit.plugins.modules.contract.table import CASES

pytestmark = pytest.mark.slow

URL = "https://git.example.com/demo/gitops.git"
READY = {"status": {"conditions": [{"type": "Ready", "status": "True"}]}}
REVISION = "8f14e45fceea167a5a36dedd4bea2543c9f2e6a1"


def work_tree(world: Any) -> dict[str, Any]:
    """Have the repository of the examples as the work tree."""
    grow(world.root)
    return {"work_tree": str(world.root), "s3_secret_key": "s3cr3t"}


def sealing(world: Any) -> dict[str, Any]:
    """Have a SealedSecret besides, and the controller's certificate where the lookup finds it."""
    variables = work_tree(world)
    world.write("apps/central-kafka/tls-sealed.yaml", sealed.BLOCKS.format(""))
    key = sealed.rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return {**variables, "lookup": lambda plugin, name: sealed.certificate_of(key)}


def repository(world: Any) -> dict[str, Any]:
    """Let git find the repository of the examples at the host of the tests."""
    for path in ("apps/messaging/kustomization.yaml", "apps/central-kafka/keep", "environments/keep"):
        world.push(path, "resources: []\n")
    names = "".join(f" insteadOf = {name}\n" for name in (URL, "git@git.example.com:demo/gitops.git"))
    with (world.root / ".gitconfig").open("a") as settings:
        settings.write(f'[url "{world.root}/remote.git"]\n{names}')
    (world.root / ".ssh").mkdir()
    (world.root / ".ssh/gitops").write_text("")
    return {"git_token": git_world.TOKEN, "ansible_env": {"HOME": str(world.root / "first")}}


def publishing(world: Any) -> dict[str, Any]:
    """Have a clone with edits of a stage."""
    variables = repository(world)
    world.git(world.root, "clone", "-q", URL, "gitops")
    for path in ("apps/messaging/kustomization.yaml", "apps/central-kafka/keep", "environments/new"):
        (world.root / "gitops" / path).write_text("resources: [a]\n")
    looked = ["git", "-C", str(world.root / "gitops"), "rev-parse", "HEAD"]
    revision = subprocess.run(looked, capture_output=True, text=True, check=True).stdout.strip()
    return {**variables, "worktree": {"git_worktree": {"revision": revision}}}


def proposing(world: Any) -> dict[str, Any]:
    """Have the repository of the example at the host of the tests."""
    return {"git_token": git_pull_request.TOKEN, URL: world.url}


def bucket(world: Any) -> dict[str, Any]:
    """Have a bucket with the object that the examples read."""
    key = "temperature-Wed Jul 29 14:36:38 UTC 2026.txt"
    world.server.buckets["data-lake"] = {key: "floor-1,pump-1,48.2,1596033398000\n"}
    url = world.given["endpoint_url"]
    return {"s3_access_key": "demo", "s3_secret_key": "s3cr3t", "started_at": 0, "https://s3.example.com": url}


def cluster(world: Any) -> dict[str, Any]:
    """Have the objects of the examples in a cluster, and a kubeconfig with its contexts."""
    user = [{"name": "u", "user": {"token": TOKEN}}]
    server = [{"name": "c", "cluster": {"server": world.given["host"]}}]
    contexts = [{"name": name, "context": {"cluster": "c", "user": "u"}} for name in ("factory", "central")]
    config = {"kind": "Config", "clusters": server, "users": user, "contexts": contexts, "current-context": "factory"}
    (world.root / "kubeconfig").write_text(json.dumps(config))
    world.monkeypatch.setenv("KUBECONFIG", str(world.root / "kubeconfig"))
    labels = {"labels": {"strimzi.io/cluster": "my-cluster"}}
    world.kube.put(kinds.KAFKA, "my-cluster", "messaging", **READY)
    world.kube.put(kinds.INTEGRATION, "mqtt-to-kafka", "messaging", status={"phase": "Running"})
    world.kube.put(kinds.TOPIC, "temperature", "messaging", metadata=labels)
    world.kube.put(kinds.MIRROR, "factory-to-central", "mirror", spec={"replicas": 1})
    for name, path in (("messaging", "x"), ("factory", "environments/factory")):
        source = {"repoURL": URL, "path": path}
        sync, health = {"status": "Synced", "revision": REVISION}, {"status": "Healthy"}
        status = {"sync": sync, "health": health, "reconciledAt": "2027-02-15T08:00:00Z"}
        world.kube.put(kinds.APPLICATION, name, "argocd", spec={"source": source}, status=status)
    world.kube.patched = lambda kind, item: kind == kinds.APPLICATION and compare(world, item)
    published = {"git_publish": {"revision": REVISION}}
    tree = world.root / "tree"
    subprocess.run(["git", "init", "-q", str(tree)], check=True)
    return {"published": published, "work_tree": str(tree)}


def compare(world: Any, item: dict[str, Any]) -> None:
    """Do what Argo CD does when it is asked to refresh."""
    item["metadata"].pop("annotations", None)
    item["status"]["reconciledAt"] = kinds.stamp(world.clock.epoch() + 1)


def topics(world: Any) -> dict[str, Any]:
    """Have flowing topics, under names that the fake cluster of the other tests knows, and a certificate in a file."""
    names = {"messaging": "ns", "my-cluster": "k", **dict(zip(("temperature", "vibration"), flows.TOPICS, strict=True))}
    library = client.FakeLibrary(world.clock)
    library.__version__ = "2.5.0"
    for name in ("confluent_kafka", "confluent_kafka.admin"):
        world.monkeypatch.setitem(sys.modules, name, library)
    names["factory.temperature"] = "t"  # the one topic of that library
    key = sealed.rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return {
        **cluster(world),
        **names,
        "kafka_password": "s3cr3t",
        "lookup": lambda plugin, name: sealed.certificate_of(key),
    }


def files(root: Path) -> FileWorld:
    """Return an empty work tree."""
    return FileWorld(root, {})


PREPARED: dict[str, tuple[Callable[[Path], Any], Callable[[Any], dict[str, Any]]]] = {
    "argocd_application_info": (KubeWorld, cluster),
    "cluster_info": (lambda root: KubeWorld(root, cluster_info.Reviewing), cluster),
    "cluster_object": (KubeWorld, cluster),
    "deployment_link": (files, work_tree),
    "git_publish": (git_world.GitWorld, publishing),
    "git_pull_request": (git_pull_request.PullWorld, proposing),
    "git_worktree": (git_world.GitWorld, repository),
    "kafka_topic_info": (lambda root: KubeWorld(root, flows.Cluster), topics),
    "kustomization_info": (files, work_tree),
    "kustomization_resource": (files, work_tree),
    "manifest_value": (files, work_tree),
    "resource_status_info": (KubeWorld, cluster),
    "s3_bucket": (S3World, bucket),
    "s3_object_info": (S3World, bucket),
    "tls_secret": (files, sealing),
}


def rendered(value: Any, variables: dict[str, Any]) -> Any:
    """Return a task's options with the variables filled in, and names put in their place."""
    if isinstance(value, dict):
        return {key: rendered(one, variables) for key, one in value.items()}
    if isinstance(value, list):
        return [rendered(one, variables) for one in value]
    if isinstance(value, str):
        text = jinja2.Environment(undefined=jinja2.StrictUndefined, autoescape=False).from_string(value)
        value = text.render(**{name: one for name, one in variables.items() if name.isidentifier()})
        for name in sorted(variables, key=len, reverse=True):
            value = value.replace(name, str(variables[name])) if name in ("/home/presenter", value) else value
    return value


@pytest.mark.parametrize("module", [case.module for case in CASES])
def test_every_example_runs(module, tmp_path, monkeypatch):
    for name in ("HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    make, prepare = PREPARED[module]
    world = make(tmp_path)
    world.monkeypatch = monkeypatch
    try:
        variables = {**prepare(world), "/home/presenter": str(tmp_path)}
        for task in yaml.safe_load(shell_of(module).EXAMPLES):
            asked = task.get(f"manuela.event_streaming.{module}")
            if asked is None:
                continue
            result = call(module, rendered(asked, variables), world.clock).result
            assert not result.get("failed"), (task["name"], result["msg"])
            variables[task.get("register", "last")] = result
    finally:
        world.close()

# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What environments deploy: rendered from a real Git repository, by a small stand-in for kustomize."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import Failure
from ansible_collections.manuela.event_streaming.plugins.module_utils._kustomization_info import execute
from ansible_collections.manuela.event_streaming.plugins.module_utils._kustomization_objects import same_repository

REMOTE = "https://git.example.com/org/gitops.git"
# Prints the resources that the kustomization lists; "slow" and "broken" are faults to ask for.
STAND_IN = f"""#!{sys.executable}
import pathlib, sys, time, yaml
directory = pathlib.Path(sys.argv[-1])
assert sys.argv[1] == "build"
for name in yaml.safe_load((directory / "kustomization.yaml").read_text())["resources"] or []:
    if name == "slow":
        time.sleep(60)
    if name == "broken":
        sys.exit(f"Error: accumulating resources from '{{directory}}/broken': no such file")
    print((directory / name).read_text() + "\\n---")
"""
APPLICATION = """apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {{name: {name}, namespace: argocd}}
spec:
  source: {{repoURL: {repo}, path: {path}, targetRevision: HEAD}}
  destination: {{namespace: target}}
"""
DEPLOYMENT = """apiVersion: apps/v1
kind: Deployment
metadata: {name: sensor}
spec: {template: {spec: {containers: [{image: quay.io/a:1}], initContainers: [{image: quay.io/b:2}]}}}
"""
LIST = """kind: ConfigMapList
items:
- {kind: ConfigMap, metadata: {name: one}}
- {kind: ConfigMap, metadata: {name: two}}
"""


@pytest.fixture
def tree(tree, tmp_path):
    program = tmp_path / "bin" / "kustomize"
    program.parent.mkdir()
    program.write_text(STAND_IN)
    program.chmod(0o755)
    tree.program = str(program)
    tree.add("env/placeholder.yaml", "kind: ConfigMap\nmetadata: {name: placeholder}\n")
    tree.add("env/README.md", "no manifest")
    tree.add("apps/app.yaml", APPLICATION.format(name="app", repo="git@git.example.com:org/gitops", path="config/app"))
    tree.add("apps/foreign.yaml", APPLICATION.format(name="foreign", repo="https://other/x.git", path="config/app"))
    tree.link("env/app.yaml", "../apps/app.yaml")
    tree.link("env/foreign.yaml", "../apps/foreign.yaml")
    tree.link("env/outside.yaml", "/etc/hostname")
    tree.add("config/app/kustomization.yaml", "resources: [deployment.yaml, list.yaml]\n")
    tree.add("config/app/deployment.yaml", DEPLOYMENT)
    tree.add("config/app/list.yaml", LIST)
    _git(tree, "init", "-q", "-b", "main")
    _git(tree, "remote", "add", "origin", REMOTE)
    _git(tree, "add", ".")
    _git(tree, "commit", "-q", "-m", "first")
    return tree


def _git(tree: Any, *args: str) -> None:
    identity = ["-c", "user.name=a", "-c", "user.email=a@example.com"]
    subprocess.run(["git", *identity, *args], cwd=tree.root, check=True, capture_output=True, timeout=30)


def look(tree: Any, **more: Any) -> dict[str, Any]:
    """Run the module; it must leave the work tree alone."""
    params = {
        "work_tree": str(tree.root),
        "environments": [{"name": "factory", "path": "env"}],
        "follow_applications": True,
        "compare_revision": None,
        "executable": tree.program,
        "request_timeout": 30,
    }
    before = tree.snapshot()
    result = execute({**params, **more}, False, None)
    assert tree.snapshot() == before
    assert not result.changed
    return dict(result.state)


def named(objects: list[dict[str, Any]]) -> set[tuple[str, str]]:
    return {(one["kind"], one["name"]) for one in objects}


def test_links_are_read_and_applications_of_our_repository_are_followed(tree):
    state = look(tree)
    assert state["observed"] and state["reason"] == ""
    objects = state["environments"][0]["objects"]
    assert named(objects) == {
        ("ConfigMap", "placeholder"),
        ("Application", "app"),
        ("Application", "foreign"),
        ("Deployment", "sensor"),
        ("ConfigMap", "one"),
        ("ConfigMap", "two"),
    }
    sensor = next(one for one in objects if one["name"] == "sensor")
    assert sensor == {
        "api_version": "apps/v1",
        "kind": "Deployment",
        "namespace": "target",
        "name": "sensor",
        "application": "app",
        "images": ["quay.io/a:1", "quay.io/b:2"],
    }


def test_applications_are_not_followed_when_told(tree):
    assert ("Deployment", "sensor") not in named(look(tree, follow_applications=False)["environments"][0]["objects"])


def test_edits_of_the_work_tree_are_compared_with_a_revision(tree):
    tree.add("config/app/kustomization.yaml", "resources: [deployment.yaml, new.yaml]\n")
    tree.add("config/app/new.yaml", "kind: Secret\nmetadata: {name: new}\nstringData: {password: opensesame}\n")
    tree.add("config/app/deployment.yaml", DEPLOYMENT.replace("a:1", "a:2"))
    state = look(tree, compare_revision="HEAD")
    factory = state["environments"][0]
    assert named(factory["added"]) == {("Secret", "new")}
    assert named(factory["removed"]) == {("ConfigMap", "one"), ("ConfigMap", "two")}
    assert named(factory["changed"]) == {("Deployment", "sensor")}
    assert "opensesame" not in str(state)


def test_a_link_that_is_new_adds_the_objects_behind_it(tree):
    (tree.root / "env" / "app.yaml").unlink()
    assert named(look(tree, compare_revision="main")["environments"][0]["removed"]) == {
        ("Application", "app"),
        ("Deployment", "sensor"),
        ("ConfigMap", "one"),
        ("ConfigMap", "two"),
    }


def test_an_environment_that_the_other_revision_lacks_is_all_new(tree):
    tree.add("env2/a.yaml", "kind: ConfigMap\nmetadata: {name: a}\n")
    state = look(tree, compare_revision="HEAD", environments=[{"name": "new", "path": "env2"}])
    assert named(state["environments"][0]["added"]) == {("ConfigMap", "a")}


def test_applications_that_lead_to_each_other_end(tree):
    tree.add("env/self.yaml", APPLICATION.format(name="self", repo=REMOTE, path="env"))
    assert ("Application", "self") in named(look(tree)["environments"][0]["objects"])


def test_without_a_program_nothing_is_observed_and_nothing_fails(tree, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    state = look(tree, executable=None)
    assert (state["observed"], state["environments"]) == (False, [])
    assert "kustomize, kubectl nor oc" in state["reason"]


def test_the_program_is_found_on_the_path(tree, monkeypatch):
    monkeypatch.setenv("PATH", str(Path(tree.program).parent), prepend=":")
    assert look(tree, executable=None)["observed"]


@pytest.mark.parametrize(
    ("files", "more", "code", "said"),
    [
        ({"config/app/kustomization.yaml": "resources: [broken]\n"}, {}, "corrupt_input", "cannot render config/app"),
        ({"config/app/kustomization.yaml": "resources: [slow]\n"}, {"request_timeout": 1}, "timeout", "within 1 s"),
        ({"config/app/list.yaml": "a: [\n"}, {}, "corrupt_input", "config/app is not YAML"),
        ({"env/x.yaml": "a: [\n"}, {}, "corrupt_input", "env/x.yaml is not YAML"),
        ({}, {"compare_revision": "nowhere"}, "not_found", "no revision 'nowhere'"),
        ({}, {"compare_revision": "--output=x"}, "not_found", "no revision '--output=x'"),
        ({}, {"environments": [{"name": "a", "path": "no"}]}, "not_found", "no directory no"),
        ({}, {"environments": [{"name": "a", "path": ".."}]}, "refused", "outside of"),
    ],
)
def test_what_cannot_be_rendered_is_named(tree, files, more, code, said):
    for path, content in files.items():
        tree.add(path, content)
    with pytest.raises(Failure) as caught:
        look(tree, **more)
    assert (caught.value.code, said in caught.value.msg) == (code, True), caught.value.msg


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://github.com/org/repo.git", "git@github.com:org/repo", True),
        ("https://user:token@GitHub.com/org/repo", "ssh://git@github.com/org/repo.git/", True),
        ("ssh://git@host:2222/org/repo", "https://host/org/repo.git", True),
        ("file:///srv/git/repo.git", "/srv/git/repo", True),
        ("https://github.com/org/repo", "https://github.com/fork/repo", False),
        ("https://github.com/org/Repo", "https://github.com/org/repo", False),
        ("", "", False),
    ],
)
def test_one_repository_has_many_addresses(one, other, same):
    assert same_repository(one, other) is same

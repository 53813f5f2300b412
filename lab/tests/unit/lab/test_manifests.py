# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Applications are made to follow the lab's remote; no other byte of a file changes."""

from __future__ import annotations

import pytest

from manuela_lab.api import object_path
from manuela_lab.errors import LabError
from manuela_lab.manifests import parse, pointed

APPLICATION = """\
# who: the factory
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: factorydatacenter
spec:
  source:
    path: deployment/execenv-factorydatacenter
    repoURL: https://git.example/manuela-gitops.git   # ours
    targetRevision: HEAD
  destination: {server: https://kubernetes.default.svc}
"""


def test_only_the_two_values_change():
    after = pointed(APPLICATION, "file:///r.git", "main")
    assert after == APPLICATION.replace("https://git.example/manuela-gitops.git", "file:///r.git").replace(
        "HEAD", "main"
    )
    assert pointed(after, "file:///r.git", "main") == after


def test_argo_cds_usual_namespace_becomes_the_given_one_and_no_other():
    text = "metadata:\n  namespace: argocd\r\nspec:\n  destination:\n    namespace: argocd-x\n"
    text = f"apiVersion: argoproj.io/v1alpha1\nkind: Application\n{text}"
    after = pointed(text, "file:///r.git", "main", "openshift-gitops")
    assert after == text.replace("argocd\r", "openshift-gitops\r")


def test_line_ends_and_a_missing_last_one_stay():
    text = APPLICATION.replace("\n", "\r\n").rstrip()
    after = pointed(text, "file:///r.git", "main")
    assert after.count("\r\n") == text.count("\r\n")
    assert not after.endswith("\n")
    assert parse(after, "x")[0]["spec"]["source"]["targetRevision"] == "main"


def test_quoted_values_and_several_sources():
    text = "apiVersion: argoproj.io/v1alpha1\nkind: Application\nspec:\n  sources:\n    - repoURL: 'https://a b'\n"
    assert parse(pointed(text, "file:///r.git", "main"), "x")[0]["spec"]["sources"] == [{"repoURL": "file:///r.git"}]


@pytest.mark.parametrize(
    "text",
    ["kind: ConfigMap\ndata:\n  repoURL: x\n", "kind: Application\napiVersion: app.k8s.io/v1\n  repoURL: x\n", ""],
)
def test_what_is_no_application_stays(text: str):
    assert pointed(text, "file:///r.git", "main") == text


def test_text_that_is_not_yaml_names_the_file():
    with pytest.raises(LabError, match=r"meta/a\.yaml is not YAML"):
        parse("a: [", "meta/a.yaml")


@pytest.mark.parametrize(
    ("version", "kind", "namespace", "path"),
    [
        ("v1", "Namespace", None, "/api/v1/namespaces/n"),
        ("v1", "Secret", "argocd", "/api/v1/namespaces/argocd/secrets/n"),
        ("argoproj.io/v1alpha1", "AppProject", "argocd", "/apis/argoproj.io/v1alpha1/namespaces/argocd/appprojects/n"),
        ("apiextensions.k8s.io/v1", "CustomResourceDefinition", None,
         "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/n"),
    ],
)  # fmt: skip
def test_objects_have_the_paths_of_the_kubernetes_api(version: str, kind: str, namespace: str | None, path: str):
    meta = {"name": "n"} | ({"namespace": namespace} if namespace else {})
    assert object_path({"apiVersion": version, "kind": kind, "metadata": meta}) == path

# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The way from a commit to the cluster is broken."""

from __future__ import annotations

from manuela_lab.faults import where
from manuela_lab.faults.commits import Link, Replace, Write, commit
from manuela_lab.faults.fault import Fault
from manuela_lab.faults.objects import Patched
from manuela_lab.faults.programs import Stopped
from manuela_lab.faults.signs import AtOnce, Gone, application
from manuela_lab.faults.world import APPLICATIONS, ARGOCD

MESSAGING = "manuela-stormshift-messaging"
ARCHIVE = "manuela-data-lake-central-s3-store"
PROJECT = f"/apis/argoproj.io/v1alpha1/namespaces/{ARGOCD}/appprojects/default"
NO_SUCH_KIND = """\
apiVersion: streaming.example/v1
kind: Turbine
metadata:
  name: turbine
  namespace: argocd
"""

DELIVERY = (
    Fault(
        "branch-wrong",
        "an Application follows a branch that the repository does not have",
        (commit(Replace(where.MESSAGING_APPLICATION, r"targetRevision: \S+", "targetRevision: no-such-branch")),),
        application("factory", MESSAGING, "unable to resolve"),
        "revision_missing",
        (MESSAGING, "follows a branch or tag"),
    ),
    Fault(
        "repository-wrong",
        "an Application follows a repository that is not there",
        (commit(Replace(where.MESSAGING_APPLICATION, r"(repoURL: \S+)\.git", r"\1-of-somebody-else.git")),),
        application("factory", MESSAGING, "somebody-else"),
        "repository_refused",
        (MESSAGING, "may not read the repository"),
    ),
    Fault(
        "path-wrong",
        "an Application deploys a directory that is not there",
        (commit(Replace(where.MESSAGING_APPLICATION, r"path: \S+", "path: config/instances/no-such-instance")),),
        application("factory", MESSAGING, "app path does not exist"),
        "path_missing",
        (MESSAGING, "does not exist in the repository"),
    ),
    Fault(
        "link-dangling",
        "the link to an Application leads nowhere, which Argo CD takes for an Application that shall go",
        (commit(Link(f"{where.CENTRAL_LINKS}/{ARCHIVE}.yaml", "../../config/instances/no-such-application.yaml")),),
        Gone("central", f"{APPLICATIONS}/{ARCHIVE}"),
        "application_missing",
        (ARCHIVE, "does not exist"),
    ),
    Fault(
        "link-outside",
        "a link in the repository leads out of it",
        (commit(Link(f"{where.FACTORY_LINKS}/outside.yaml", "/etc/hostname")),),
        application("factory", "factorydatacenter", "out-of-bounds"),
        "link_outside",
        ("factorydatacenter", "out of the repository"),
    ),
    Fault(
        "kustomization-broken",
        "a kustomization names a file that is not there",
        (commit(Replace(where.MESSAGING_KUSTOMIZATION, r"^- messaging-namespace.yaml", "- no-such-file.yaml")),),
        application("factory", MESSAGING, "no-such-file"),
        "manifest_broken",
        (MESSAGING, "no-such-file.yaml"),
    ),
    Fault(
        "manifest-refused",
        "a manifest is one that the API server refuses",
        (commit(Replace("config/templates/manuela/messaging/messaging-svc.yaml", r"port: 3000$", "port: 99999")),),
        application("factory", MESSAGING, "99999"),
        "sync_failed",
        (MESSAGING, "99999"),
    ),
    Fault(
        "kind-missing",
        "a manifest is of a kind that the cluster does not serve",
        (commit(Write(f"{where.FACTORY_LINKS}/turbine.yaml", NO_SUCH_KIND)),),
        application("factory", "factorydatacenter", "Turbine"),
        "crd_missing",
        ("factorydatacenter", "Turbine"),
    ),
    Fault(
        "project-forbids",
        "Argo CD's project permits other namespaces only",
        (
            Patched(
                "factory",
                PROJECT,
                {"spec": {"destinations": [{"server": "*", "namespace": "somewhere-else"}]}},
                {"spec": {"destinations": [{"server": "*", "namespace": "*"}]}},
                compared=True,
            ),
        ),
        application("factory", MESSAGING, "not match any of the allowed|not permitted"),
        "namespace_not_managed",
        ("does not permit",),
    ),
    Fault(
        "controller-stopped",
        "Argo CD's application controller in the factory does not run",
        (Stopped("factory-argocd-controller"),),
        AtOnce(),
        "application_controller_down",
        ("has not looked at",),
    ),
    Fault(
        "repo-server-stopped",
        "Argo CD's repository server in the factory does not run",
        (Stopped("factory-argocd-repo-server"),),
        AtOnce(),
        "repo_server_down",
        ("repository server",),
    ),
)

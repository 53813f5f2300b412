# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Causes on the way from the commit to the operators, the deepest first."""

from __future__ import annotations

from ansible_collections.manuela.event_streaming.plugins.plugin_utils.root_cause_rule import GENERIC, Rule, rule

DELIVERY: tuple[Rule, ...] = (
    # Nobody answers, or not to us.
    rule(
        "api_unreachable",
        r"no answer from the API server (?P<server>\S+)",
        "the API server {server} does not answer",
        "oc login {server}",
    ),
    rule(
        "not_logged_in",
        r"(?P<server>https?://\S+).*does not accept the credentials",
        "the credentials for {server} are not accepted any more",
        "oc login {server}",
    ),
    rule("no_permission", r"may not (?P<what>[^:]+):", "the user may not {what}", "oc auth can-i --list"),
    # Commit and Application.
    rule(
        "revision_missing",
        r"unable to resolve '?(?P<revision>[^' ]+)'? to a commit|revision (?P<other>\S+) not found",
        "{name} follows a branch or tag that the repository does not have",
        "oc -n {namespace} get application {name} -o jsonpath={{.spec.source.targetRevision}}",
        hops="application",
    ),
    rule(
        "repository_refused",
        r"authentication required|repository not found|permission denied \(publickey|could not read username"
        r"|does not appear to be a git repository|failed to list refs",
        "Argo CD may not read the repository of {name}, or its URL is wrong",
        "oc -n {namespace} get application {name} -o jsonpath={{.spec.source.repoURL}}",
        hops="application",
    ),
    rule(
        "path_missing",
        r"app path does not exist|(?P<path>\S+): app path",
        "the path that {name} deploys does not exist in the repository",
        "oc -n {namespace} get application {name} -o jsonpath={{.spec.source.path}}",
        hops="application",
    ),
    rule(
        "link_outside",
        r"out-of-bounds symlink|symlink .* outside",
        "a link in the repository of {name} leads out of the repository, so Argo CD deploys nothing of it: {message}",
        "git ls-files -s | grep ^120000",
        hops="application",
    ),
    rule(
        "broken_link",
        r"destination of symlink|symlink .* missing",
        "a link in the path of {name} leads to a file that is not there",
        "git ls-files -s | grep ^120000",
        hops="application",
    ),
    rule(
        "repo_server_down",
        r"(connection error|error while dialing|connection refused).*:\d+|code = Unavailable",
        "Argo CD's repository server does not answer, so {name} cannot be compared: {message}",
        "oc -n {namespace} get pods -l app.kubernetes.io/name=argocd-repo-server",
        hops="application",
    ),
    rule(
        "manifest_broken",
        r"failed to generate manifest|kustomize build|error \w+ YAML|mapping values are not",
        "the manifests of {name} cannot be rendered: {message}",
        "kustomize build the directory in your work copy",
        hops="application",
    ),
    rule(
        "older_sync_running",
        r"sync of (?P<revision>\w+) Running",
        "{name} is still busy with an older commit ({revision}), and ours waits behind it: {message}",
        "argocd app terminate-op {name}",
        hops="application",
    ),
    rule(
        "crd_missing",
        r"could not find (?P<crd>\S+)/(?P<what>\S+)|no matches for kind \"?(?P<other>\w+)|the kind is not served",
        "a kind that {object} needs is not installed on the cluster: {message}",
        "oc get crd; oc get subscriptions.operators.coreos.com -A",
    ),
    rule(
        "namespace_not_managed",
        r"namespace \S+ (for \S+ )?is not (managed|permitted)|not permitted in project"
        r"|do(es)? not match any of the allowed",
        "Argo CD's project does not permit what {name} wants to deploy: {message}",
        "oc -n {namespace} get appprojects -o yaml",
        hops="application",
    ),
    rule(
        "sync_failed",
        rf"(the sync of .*|sync )(Failed|Error): (?!{GENERIC})",
        "the last sync of {name} failed: {message}",
        "correct the manifest and push; if Argo CD still tries the old one again, argocd app terminate-op {name}",
        hops="application",
    ),
    rule(
        "automated_sync_off",
        r"automated sync is off",
        "automated sync of {name} is off, so nothing is deployed",
        "argocd app set {name} --sync-policy automated",
        hops="application",
    ),
    rule(
        "application_controller_down",
        r"not compared since the refresh",
        "Argo CD has not looked at {name} since it was asked to: its application controller may be down",
        "oc -n {namespace} get pods -l app.kubernetes.io/name=argocd-application-controller",
        hops="application",
    ),
    rule(
        "application_missing",
        r"^absent$|App .* absent",
        "the Application {name} does not exist: its parent has not created it",
        "oc get applications.argoproj.io -A; check the link in the environment directory",
        hops="application",
    ),
    # Operators.
    rule(
        "orphaned_csv",
        r"clusterserviceversion (?P<csv>\S+) exists and is not referenced by a subscription",
        "the operator {csv} was left by an earlier show and blocks its own Subscription {name}",
        "oc -n {namespace} delete csv {csv}",
        hops="operator",
    ),
    rule(
        "catalog_unhealthy",
        r"CatalogSourcesUnhealthy",
        "the catalogue from which {name} is installed is not healthy",
        "oc get catalogsources -A; oc -n openshift-marketplace get pods",
        hops="operator",
    ),
    rule(
        "install_plan_failed",
        r"InstallPlanFailed|^Failed",
        "the InstallPlan of {name} failed: {message}",
        "oc -n {namespace} describe installplans",
        hops="operator",
        about=r"^(Subscription|InstallPlan) ",
    ),
    rule(
        "approval_missing",
        r"RequiresApproval",
        "the InstallPlan of an operator in {namespace} waits for somebody to approve it",
        'oc -n {namespace} patch installplan {plan} --type merge -p \'{{"spec":{{"approved":true}}}}\'',
        hops="operator",
    ),
    rule(
        "resolution_failed",
        r"ResolutionFailed|ConstraintsNotSatisfiable|no operators found",
        "OLM cannot resolve {name}: {message}",
        "oc -n {namespace} describe subscription {name}",
        hops="operator",
    ),
)

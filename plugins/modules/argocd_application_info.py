#!/usr/bin/python
# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: argocd_application_info
short_description: Sync, health and revision of Argo CD Applications, and waiting until a commit is deployed
version_added: 1.0.0
description:
  - Reads Application resources over the Kubernetes API, so it needs neither an Argo CD login nor its program.
  - Finds Applications by name, or by the path and repository that they deploy, in whatever namespace Argo CD lives.
  - With O(refresh) Argo CD compares at once and not at its next poll. Only comparisons after that count.
  - V(compared) means that Argo CD knows O(revision) or a descendant of it, and has compared the cluster with it,
    whatever came of it. What was proposed is merged then.
  - V(synced) means that the synced revision is O(revision) or a descendant of it, that Argo CD compared it after the
    refresh, and that no sync operation for it is running. V(healthy) means healthy in addition, and still so
    O(settle_seconds) later.
  - V(operation) means that no sync is underway, or that the one which is tried again and again says what it failed for.
  - Ends early on a sync operation for that revision that failed, and on an Application that cannot be compared.
  - Argo CD says healthy of kinds that it cannot judge, KafkaMirrorMaker2 for one. Use
    M(manuela.event_streaming.resource_status_info) for these.
attributes:
  check_mode:
    support: partial
    description: Only looks. Outside of check mode O(refresh) sets the annotation by which Argo CD is asked to compare.
    details:
      - Asks for no refresh in check mode. RV(argocd_application_info.observed) is then false if O(refresh) was wanted.
options:
  applications:
    description: Which Applications. All of it is read in one task.
    type: list
    elements: dict
    required: true
    suboptions:
      name:
        description: Name of the Application.
        type: str
      namespace:
        description: Namespace of the Application. All namespaces without it.
        type: str
      path:
        description: Path in the repository that it deploys.
        type: str
      repo_url:
        description: Repository that it deploys. Protocol, user, port and C(.git) make no difference.
        type: str
  wait_for:
    description:
      - What O(wait) waits for and RV(argocd_application_info.met) is about.
    type: str
    choices: [none, compared, synced, healthy, operation, absent]
    default: none
  revision:
    description: Commit that must be deployed, as M(manuela.event_streaming.git_publish) returns it. Any without it.
    type: str
  work_tree:
    description:
      - Work copy whose Git says whether a revision includes O(revision), because others commit too. One that descends
        from it does, and so does one to which all its changes were merged in other commits (squashed or rebased).
      - Its files and C(.git) are left as they are. Only O(revision) itself counts without it.
    type: path
  git_access:
    description:
      - How the remote of O(work_tree) is reached when Argo CD is at a commit that the work copy does not have yet.
      - Without it, git uses what the user has set up.
    type: dict
    suboptions:
      token:
        description: Token for an C(https) remote.
        type: str
      username:
        description: User name that goes with O(git_access.token). Most hosts take any.
        type: str
      ssh_key_file:
        description: Path of the private key for an SSH remote.
        type: path
      ca_cert:
        description: Path of a PEM file with the certificate authorities that may have signed the host's certificate.
        type: path
      validate_certs:
        description: Whether the host's certificate is checked.
        type: bool
        default: true
  merge_of:
    description:
      - What has to be merged before Argo CD can see O(revision), for instance the URL of a pull request. As long as
        the revision is not there, the line of progress says that this is waited for.
    type: str
  refresh:
    description: Whether Argo CD is asked to compare now. V(hard) drops its cached manifests too.
    type: str
    choices: [none, normal, hard]
    default: none
  refreshed_after:
    description:
      - Time of an earlier refresh, such as V(2026-01-31T12:00:00Z). Only comparisons from then on count, and no other
        refresh is asked for unless one turns out to have missed the revision.
    type: str
  settle_seconds:
    description: Seconds that it must stay healthy.
    type: float
    default: 2
extends_documentation_fragment:
  - manuela.event_streaming.kube
  - manuela.event_streaming.wait
  - manuela.event_streaming.attributes.info
notes:
  - The user needs the verb C(list) on C(applications.argoproj.io), and C(patch) for O(refresh), in the namespaces that
    O(applications) names, or in all of them.
requirements:
  - python >= 3.11
seealso:
  - module: manuela.event_streaming.git_publish
  - module: manuela.event_streaming.resource_status_info
author:
  - manuela.event_streaming contributors (@sa-mw-dach)
"""

EXAMPLES = r"""
- name: Wait until the commit is deployed in the factory
  manuela.event_streaming.argocd_application_info:
    context: factory
    applications:
      - path: environments/factory
        repo_url: https://git.example.com/demo/gitops.git
      - name: messaging
    wait_for: healthy
    revision: "{{ published.git_publish.revision }}"
    work_tree: "{{ work_tree }}"
    refresh: normal
    wait: true
    wait_timeout: 600

- name: Wait until an Application is gone
  manuela.event_streaming.argocd_application_info:
    context: factory
    applications:
      - name: mirror
    wait_for: absent
    wait: true
"""

RETURN = r"""
argocd_application_info:
  description: What was seen last.
  returned: success
  type: dict
  contains:
    observed:
      description: Whether Argo CD was asked as wanted. False in check mode when a refresh was wanted.
      type: bool
      sample: true
    reason:
      description: Why it was not. Empty otherwise.
      type: str
      sample: ""
    met:
      description: Whether every Application is as O(wait_for) says. Always true for V(none).
      type: bool
      sample: true
    applications:
      description: One entry per Application that was found, or per entry of O(applications) that found none.
      type: list
      elements: dict
      contains:
        name: {description: Name., type: str, sample: messaging}
        namespace: {description: Namespace., type: str, sample: argocd}
        exists: {description: Whether it exists., type: bool, sample: true}
        sync_status: {description: 'C(Synced), C(OutOfSync) or C(Unknown).', type: str, sample: Synced}
        health_status: {description: Its health., type: str, sample: Healthy}
        health_message: {description: What it says about its health., type: str, sample: ""}
        revision:
          description: The revision that it was compared with.
          type: str
          sample: 8f14e45fceea167a5a36dedd4bea2543c9f2e6a1
        target_revision: {description: Branch or tag that it follows., type: str, sample: main}
        path: {description: Path in the repository., type: str, sample: environments/factory/messaging}
        repo_url: {description: Repository., type: str, sample: "https://git.example.com/demo/gitops.git"}
        reconciled_at: {description: 'When it was compared, in UTC.', type: str, sample: "2026-01-31T12:00:00Z"}
        refreshing:
          description: Whether a comparison was asked for and has not been made.
          type: bool
          sample: false
        automated: {description: Whether it is synced automatically., type: bool, sample: true}
        operation:
          description: The last sync operation.
          type: dict
          contains:
            phase:
              description: C(Running), C(Succeeded), C(Failed), C(Error) or null.
              type: str
              sample: Succeeded
            message: {description: Its message., type: str, sample: successfully synced (all tasks run)}
            revision:
              description: The revision that it applied.
              type: str
              sample: 8f14e45fceea167a5a36dedd4bea2543c9f2e6a1
            finished_at: {description: 'When it ended, in UTC.', type: str, sample: "2026-01-31T12:00:05Z"}
        conditions: {description: Conditions as they are., type: list, elements: dict, sample: []}
        unhealthy_resources:
          description: Its resources that are not healthy or not in sync, as far as Argo CD keeps that.
          type: list
          elements: dict
          contains:
            kind: {description: Kind., type: str, sample: Deployment}
            namespace: {description: Namespace., type: str, sample: messaging}
            name: {description: Name., type: str, sample: broker}
            sync_status: {description: Sync status., type: str, sample: Synced}
            health_status: {description: Health., type: str, sample: Progressing}
            message:
              description: What it says about its health.
              type: str
              sample: Waiting for rollout to finish
    progress:
      description: One line on what each Application said.
      type: str
      sample: App messaging Synced@8f14e45 Healthy
    attempts:
      description: How often the module looked, and one more for each request that was sent again after trouble.
      type: int
      sample: 1
reasons:
  description: Always empty, because nothing is changed.
  returned: success
  type: list
  elements: str
  sample: []
failure:
  description: What kind of failure this is.
  returned: failure
  type: dict
  contains:
    code:
      description: What went wrong. An error that nobody thought of is C(failed) too.
      type: str
      choices:
        - invalid_option
        - missing_library
        - not_found
        - unauthorized
        - refused
        - conflict
        - unreachable
        - timeout
        - failed
      sample: invalid_option
    retryable:
      description: Whether the same call may succeed later without any change.
      type: bool
      sample: false
    details:
      description: Further facts, depending on the code.
      type: dict
"""

from ansible_collections.manuela.event_streaming.plugins.module_utils import _options
from ansible_collections.manuela.event_streaming.plugins.module_utils._argocd_application import core
from ansible_collections.manuela.event_streaming.plugins.module_utils._module import run


def main() -> None:
    """Run the module."""
    git_access = {name: option for name, option in _options.GIT.items() if name != "request_timeout"}
    entry = {name: {"type": "str"} for name in ("name", "namespace", "path", "repo_url")}
    run(
        "argocd_application_info",
        core.execute,
        argument_spec={
            "applications": {"type": "list", "elements": "dict", "required": True, "options": entry},
            "wait_for": {
                "type": "str",
                "choices": ["none", "compared", "synced", "healthy", "operation", "absent"],
                "default": "none",
            },
            "revision": {"type": "str"},
            "work_tree": {"type": "path"},
            "git_access": {"type": "dict", "options": git_access},
            "merge_of": {"type": "str"},
            "refresh": {"type": "str", "choices": ["none", "normal", "hard"], "default": "none"},
            "refreshed_after": {"type": "str"},
            "settle_seconds": {"type": "float", "default": 2},
            **_options.KUBE,
            **_options.WAIT,
        },
    )


if __name__ == "__main__":
    main()

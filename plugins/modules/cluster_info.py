#!/usr/bin/python
# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: cluster_info
short_description: Who we are in a cluster, what we may do, which kinds it serves
version_added: 1.0.0
description:
  - Asks one API server, before anything is done, whether it can be done there.
  - Permissions are asked for with C(SelfSubjectAccessReview), which the server answers and does not store.
options:
  kinds:
    description: Kinds whose served versions are looked up.
    type: list
    elements: dict
    default: []
    suboptions:
      kind:
        description: Kind.
        type: str
        required: true
      group:
        description: API group. Empty for the core group.
        type: str
        default: ""
  permissions:
    description: What is to be done there.
    type: list
    elements: dict
    default: []
    suboptions:
      verbs:
        description: Verbs as RBAC rules have them.
        type: list
        elements: str
        required: true
      resource:
        description: Plural, with its group after a dot and its subresource after a slash, such as C(pods/log).
        type: str
        required: true
      namespace:
        description: Namespace, which need not exist yet. All namespaces without it.
        type: str
extends_documentation_fragment:
  - manuela.event_streaming.kube
  - manuela.event_streaming.attributes.info
notes:
  - Every user who is logged in may ask all of this, but for the router's domain on OpenShift, which is null for those
    who may not read it.
requirements:
  - python >= 3.11
seealso:
  - module: manuela.event_streaming.resource_status_info
  - plugin: manuela.event_streaming.outdated
    plugin_type: filter
author:
  - manuela.event_streaming contributors (@sa-mw-dach)
"""

EXAMPLES = r"""
- name: Make sure that the factory can be worked on
  manuela.event_streaming.cluster_info:
    context: factory
    kinds:
      - kind: Kafka
        group: kafka.strimzi.io
    permissions:
      - verbs: [get, list, patch]
        resource: applications.argoproj.io
      - verbs: [get]
        resource: pods/log
        namespace: messaging
  register: factory
  failed_when: factory is failed or not factory.cluster_info.permissions | map(attribute='allowed') is all
"""

RETURN = r"""
cluster_info:
  description: What the server answered.
  returned: success
  type: dict
  contains:
    server: {description: URL of the API server., type: str, sample: "https://api.factory.example.com:6443"}
    user:
      description: Name of the user. Null on servers before Kubernetes 1.28.
      type: str
      sample: deployer
    apps_domain:
      description: Domain of the router (C(spec.domain) of C(ingresses.config.openshift.io/cluster)). Null elsewhere.
      type: str
      sample: apps.factory.example.com
    kinds:
      description: One entry for each of O(kinds).
      type: list
      elements: dict
      contains:
        kind: {description: Kind., type: str, sample: Kafka}
        group: {description: API group., type: str, sample: kafka.strimzi.io}
        versions:
          description: Versions that are served, the preferred one first. Empty when the kind is not served.
          type: list
          elements: str
          sample: [v1, v1beta2]
    permissions:
      description: One entry for each verb of each of O(permissions).
      type: list
      elements: dict
      contains:
        verb: {description: Verb., type: str, sample: get}
        resource: {description: Resource as it was given., type: str, sample: pods/log}
        namespace: {description: Namespace. Null for all., type: str, sample: messaging}
        allowed: {description: Whether it is allowed., type: bool, sample: true}
        reason:
          description: What the authorizer says about it. Often empty.
          type: str
          sample: 'RBAC: allowed by RoleBinding "edit/messaging"'
    attempts:
      description: 1, and one more for each request that was sent again after trouble.
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
      choices: [invalid_option, missing_library, not_found, unauthorized, refused, unreachable]
      sample: unauthorized
    retryable:
      description: Whether the same call may succeed later without any change.
      type: bool
      sample: false
    details:
      description: Further facts, depending on the code.
      type: dict
"""

from ansible_collections.manuela.event_streaming.plugins.module_utils import _cluster_info, _options
from ansible_collections.manuela.event_streaming.plugins.module_utils._module import run


def main() -> None:
    """Run the module."""
    kind = {"kind": {"type": "str", "required": True}, "group": {"type": "str", "default": ""}}
    permission = {
        "verbs": {"type": "list", "elements": "str", "required": True},
        "resource": {"type": "str", "required": True},
        "namespace": {"type": "str"},
    }
    run(
        "cluster_info",
        _cluster_info.execute,
        argument_spec={
            "kinds": {"type": "list", "elements": "dict", "default": [], "options": kind},
            "permissions": {"type": "list", "elements": "dict", "default": [], "options": permission},
            **_options.KUBE,
        },
    )


if __name__ == "__main__":
    main()

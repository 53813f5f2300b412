#!/usr/bin/python
# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: resource_status_info
short_description: States of Kubernetes resources, and what is behind those that are not ready
version_added: 1.0.0
description:
  - Reads the conditions of any resources by name or labels and says whether each is ready, in its operator's own words.
  - Knows what ready means for Strimzi (with the connectors and tasks of KafkaMirrorMaker2, for which Argo CD has no
    health check), Camel K, OLM, Argo CD, routes, namespaces and the workloads of Kubernetes. Other kinds are judged by
    the conditions, words and numbers of their status. What has no status is ready when it exists, a custom resource
    ten seconds after it was made, or a minute where its kind is meant to get a status (has the subresource C(status)).
  - Can wait. Ends early when waiting cannot help, for instance on C(ImagePullBackOff), a failed connector or an
    unsupported version.
  - Returns evidence, which the filter P(manuela.event_streaming.root_cause#filter) turns into one sentence.
options:
  resources:
    description: What to look at. All of it is read in one task.
    type: list
    elements: dict
    required: true
    suboptions:
      kind:
        description: Kind, or the plural that kubectl takes.
        type: str
        required: true
      group:
        description: API group. Only needed when several groups serve the kind.
        type: str
      api_version:
        description: Group and version. The version that the server prefers is used without it.
        type: str
      namespace:
        description: Namespace. All namespaces without it.
        type: str
      name:
        description: Name. All objects without it and O(resources[].label_selector).
        type: str
      label_selector:
        description: Labels as kubectl takes them.
        type: str
      state:
        description:
          - What O(wait) waits for and RV(resource_status_info.met) is about.
          - V(exists) is met by an object that is not being deleted. V(none) only reports.
          - V(running) is V(ready) of a workload that is not scaled to nothing.
        type: str
        choices: [ready, running, exists, absent, none]
        default: ready
      newer_than:
        description:
          - C(KIND/NAME) of an object in the same namespace. What was made before that object was written last is not
            ready, nor is anything while that object is not there.
          - Of pods this says that they have read a new C(Secret) or C(ConfigMap).
        type: str
  logs:
    description:
      - Whose pods' logs are read for RV(resource_status_info.evidence), as far as they tell of trouble.
      - V(all) reads those of pods that are ready as well, because a process may run and do nothing.
    type: str
    choices: [stuck, all]
    default: stuck
extends_documentation_fragment:
  - manuela.event_streaming.kube
  - manuela.event_streaming.wait
  - manuela.event_streaming.attributes.info
notes:
  - The user needs the verbs C(get) and C(list) on the kinds of O(resources). For the evidence on what is not ready also
    C(list) on C(pods) and C(events), and C(get) on C(pods/log).
requirements:
  - python >= 3.11
seealso:
  - module: manuela.event_streaming.argocd_application_info
  - plugin: manuela.event_streaming.root_cause
    plugin_type: filter
author:
  - manuela.event_streaming contributors (@sa-mw-dach)
"""

EXAMPLES = r"""
- name: Wait until the factory's Kafka and its integration run
  manuela.event_streaming.resource_status_info:
    context: factory
    resources:
      - kind: Kafka
        namespace: messaging
        name: my-cluster
      - kind: Integration
        namespace: messaging
        name: mqtt-to-kafka
    wait: true
    wait_timeout: 900

- name: Wait until a namespace is gone
  manuela.event_streaming.resource_status_info:
    resources:
      - kind: Namespace
        name: mirror
        state: absent
    wait: true
"""

RETURN = r"""
resource_status_info:
  description: What was seen last.
  returned: success
  type: dict
  contains:
    observed:
      description: Whether it could be looked at. Always true here.
      type: bool
      sample: true
    met:
      description: Whether every resource has the state that was asked for.
      type: bool
      sample: false
    resources:
      description: One entry per object, or per name that does not exist.
      type: list
      elements: dict
      contains:
        kind: {description: Kind., type: str, sample: Kafka}
        api_version:
          description: Group and version that was read. Null when the kind is not served.
          type: str
          sample: kafka.strimzi.io/v1
        namespace: {description: Namespace. Null for kinds that have none., type: str, sample: messaging}
        name: {description: Name., type: str, sample: my-cluster}
        exists: {description: Whether it exists., type: bool, sample: true}
        ready: {description: Whether it is ready., type: bool, sample: false}
        message: {description: What it says about itself., type: str, sample: "NotReady: Creating"}
        labels: {description: Its labels., type: dict, sample: {app.kubernetes.io/part-of: pipeline}}
        conditions:
          description: Its conditions as they are.
          type: list
          elements: dict
          sample: [{type: NotReady, status: "True", reason: Creating}]
        images:
          description: Images of its containers or of its pod template.
          type: list
          elements: str
          sample: []
    evidence:
      description: What each hop said. Operators, pods, events and logs are there for what is not as wanted.
      type: list
      elements: dict
      contains:
        hop:
          description: C(application), C(operator), C(resource), C(pod) or C(topic).
          type: str
          sample: resource
        object: {description: Kind and name and namespace., type: str, sample: Kafka my-cluster in messaging}
        ok: {description: Whether this hop is well., type: bool, sample: false}
        message: {description: What it said., type: str, sample: "NotReady: Creating"}
    progress:
      description: One line on what each part said last.
      type: str
      sample: "Kafka my-cluster: NotReady: Creating"
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
      choices: [invalid_option, missing_library, unauthorized, refused, unreachable, timeout]
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
from ansible_collections.manuela.event_streaming.plugins.module_utils._module import run
from ansible_collections.manuela.event_streaming.plugins.module_utils._resource_status import core


def main() -> None:
    """Run the module."""
    entry = {
        "kind": {"type": "str", "required": True},
        "group": {"type": "str"},
        "api_version": {"type": "str"},
        "namespace": {"type": "str"},
        "name": {"type": "str"},
        "label_selector": {"type": "str"},
        "state": {"type": "str", "choices": ["ready", "running", "exists", "absent", "none"], "default": "ready"},
        "newer_than": {"type": "str"},
    }
    run(
        "resource_status_info",
        core.execute,
        argument_spec={
            "resources": {"type": "list", "elements": "dict", "required": True, "options": entry},
            "logs": {"type": "str", "choices": ["stuck", "all"], "default": "stuck"},
            **_options.KUBE,
            **_options.WAIT,
        },
    )


if __name__ == "__main__":
    main()

#!/usr/bin/python
# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: cluster_object
short_description: Delete, patch, scale or create Kubernetes objects, by name or by labels
version_added: 1.0.0
description:
  - Deletes objects, applies a JSON merge patch to them or sets their number of replicas, and can wait until it is so.
  - Does nothing when it is so already. An object that is being deleted is not deleted again.
  - V(present) is for what shall be there for a while only. What is deployed belongs into Git.
options:
  objects:
    description: Which objects, in the order in which they are written.
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
        description: Namespace. Required for kinds that have one.
        type: str
      name:
        description: Name. Exactly one of O(objects[].name) and O(objects[].label_selector) is required.
        type: str
      label_selector:
        description: Labels as kubectl takes them.
        type: str
  state:
    description:
      - V(absent) deletes. A kind that the server does not serve counts as absent.
      - V(patched) applies O(patch), V(scaled) sets C(spec.replicas) to O(replicas). A named object must exist.
      - V(present) applies O(patch), and creates a named object with it that does not exist.
    type: str
    choices: [absent, patched, present, scaled]
    required: true
  patch:
    description:
      - JSON merge patch. It is sent only to objects that it would change.
      - The values that it gives to a C(Secret) are masked in all that the module returns. Ansible writes the options of
        every module to the system log of the host that runs it, unless C(no_target_syslog) is set in C(ansible.cfg).
    type: dict
  replicas:
    description: Number of replicas for V(scaled).
    type: int
  propagation:
    description: What is deleted with an object that owns others.
    type: str
    choices: [Foreground, Background, Orphan]
    default: Foreground
extends_documentation_fragment:
  - manuela.event_streaming.kube
  - manuela.event_streaming.wait
  - manuela.event_streaming.attributes
notes:
  - The user needs the verbs C(get) and C(list), and C(delete), C(patch) or C(create) as O(state) says, on the kinds of
    O(objects) in their namespaces.
requirements:
  - python >= 3.11
seealso:
  - module: manuela.event_streaming.resource_status_info
author:
  - manuela.event_streaming contributors (@sa-mw-dach)
"""

EXAMPLES = r"""
- name: Delete the topics while their operator still runs, and wait until they are gone
  manuela.event_streaming.cluster_object:
    context: factory
    objects:
      - kind: KafkaTopic
        namespace: messaging
        label_selector: strimzi.io/cluster=my-cluster
    state: absent
    wait: true
    wait_timeout: 120

- name: Stop the mirror
  manuela.event_streaming.cluster_object:
    context: factory
    objects:
      - kind: KafkaMirrorMaker2
        namespace: mirror
        name: factory-to-central
    state: scaled
    replicas: 0
"""

RETURN = r"""
cluster_object:
  description: What was asked for.
  returned: success
  type: dict
  contains:
    objects:
      description: One entry per object, or per name that does not exist.
      type: list
      elements: dict
      contains:
        kind: {description: Kind., type: str, sample: KafkaTopic}
        namespace: {description: Namespace. Null for kinds that have none., type: str, sample: messaging}
        name: {description: Name., type: str, sample: temperature}
        before:
          description: What this task is about, before. C(exists) for V(absent), else the parts that the patch names.
          type: dict
          sample: {exists: true}
        after: {description: The same after it., type: dict, sample: {exists: false}}
    deleted:
      description: Objects whose deletion was asked for, or would be in check mode.
      type: list
      elements: str
      sample: ["KafkaTopic temperature in messaging"]
    attempts:
      description: 1, or how often the module looked while it waited, and one more for each request that was sent again.
      type: int
      sample: 1
reasons:
  description: Why something was changed, one sentence each.
  returned: success
  type: list
  elements: str
  sample: ["KafkaTopic temperature in messaging exists"]
failure:
  description: What kind of failure this is.
  returned: failure
  type: dict
  contains:
    code:
      description: What went wrong. An error that nobody thought of is C(failed) too.
      type: str
      choices: [invalid_option, missing_library, not_found, unauthorized, refused, conflict, unreachable, timeout]
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
from ansible_collections.manuela.event_streaming.plugins.module_utils._cluster_object import core
from ansible_collections.manuela.event_streaming.plugins.module_utils._module import run


def main() -> None:
    """Run the module."""
    entry = {name: {"type": "str"} for name in ("group", "api_version", "namespace", "name", "label_selector")}
    run(
        "cluster_object",
        core.execute,
        argument_spec={
            "objects": {
                "type": "list",
                "elements": "dict",
                "required": True,
                "options": {"kind": {"type": "str", "required": True}, **entry},
            },
            "state": {"type": "str", "choices": ["absent", "patched", "present", "scaled"], "required": True},
            "patch": {"type": "dict"},
            "replicas": {"type": "int"},
            "propagation": {
                "type": "str",
                "choices": ["Foreground", "Background", "Orphan"],
                "default": "Foreground",
            },
            **_options.KUBE,
            **_options.WAIT,
        },
    )


if __name__ == "__main__":
    main()

#!/usr/bin/python
# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation and option parsing only; the work is in module_utils/_kustomization_info.py."""

from __future__ import annotations

DOCUMENTATION = r"""
module: kustomization_info
short_description: Show the objects that environments deploy, and what a change adds and removes
version_added: 1.0.0
description:
  - Renders the directories that Argo CD deploys per environment, from the files of a work tree, as they are now.
  - Follows Argo CD C(Application) manifests into the same repository.
  - Compares with another revision of the repository on request.
  - Renders with C(kustomize), C(kubectl kustomize) or C(oc kustomize), without plugins. Without any of these
    RV(kustomization_info.observed) is false, and the task does not fail.
requirements:
  - python >= 3.11
  - PyYAML
  - git, for O(compare_revision)
  - kustomize, kubectl or oc
extends_documentation_fragment:
  - manuela.event_streaming.attributes.info
options:
  work_tree:
    description: The directory of the checked-out Git repository.
    type: path
    required: true
  environments:
    description: The environments to render.
    type: list
    elements: dict
    required: true
    suboptions:
      name:
        description: A name for the environment, as it is returned.
        type: str
        required: true
      path:
        description:
          - The directory that is deployed, relative to O(work_tree).
          - Its kustomization is rendered. Without one, its manifests and the manifests it links to are read.
        type: str
        required: true
  follow_applications:
    description:
      - Whether to render the path of each C(Application) too, when its repository is the one that the work tree was
        cloned from. In a work tree without a remote all are followed.
    type: bool
    default: true
  compare_revision:
    description: A revision of the repository to compare with, for example V(HEAD) or V(origin/main).
    type: str
  executable:
    description: The program that renders. By default the first of C(kustomize), C(kubectl) and C(oc) on the PATH.
    type: str
  request_timeout:
    description: After how many seconds one rendering, or one call of git, is given up.
    type: int
    default: 60
seealso:
  - module: manuela.event_streaming.kustomization_resource
  - module: manuela.event_streaming.deployment_link
author:
  - manuela.event_streaming contributors (@sa-mw-dach)
"""

EXAMPLES = r"""
- name: Show what the edits of the work tree would deploy and prune
  manuela.event_streaming.kustomization_info:
    work_tree: "{{ work_tree }}"
    environments:
      - name: factory
        path: environments/factory
      - name: central
        path: environments/central
    compare_revision: HEAD
  register: rendered

- name: Print the objects that come
  ansible.builtin.debug:
    msg: "{{ item.name }}: {{ item.added | map(attribute='kind') | join(', ') }}"
  loop: "{{ rendered.kustomization_info.environments }}"
  loop_control:
    label: "{{ item.name }}"
"""

RETURN = r"""
kustomization_info:
  description: What was rendered.
  returned: success
  type: dict
  contains:
    observed:
      description: Whether anything could be rendered.
      type: bool
    reason:
      description: Why not; empty otherwise.
      type: str
    environments:
      description: The environments, in the order of O(environments).
      type: list
      elements: dict
      contains:
        name:
          description: The name that was given.
          type: str
        objects:
          description: Each object with C(api_version), C(kind), C(namespace), C(name), C(application) and C(images).
          type: list
          elements: dict
        added:
          description: Objects that O(compare_revision) does not have.
          type: list
          elements: dict
        removed:
          description: Objects that only O(compare_revision) has.
          type: list
          elements: dict
        changed:
          description: Objects that say something else than in O(compare_revision).
          type: list
          elements: dict
  sample:
    observed: true
    reason: ""
    environments:
      - name: factory
        objects:
          - api_version: kafka.strimzi.io/v1
            kind: Kafka
            namespace: messaging
            name: my-cluster
            application: messaging
            images: []
        added: []
        removed: []
        changed: []
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
      choices: [missing_library, not_found, refused, corrupt_input, timeout]
      sample: missing_library
    retryable:
      description: Whether the same call may succeed later without any change.
      type: bool
      sample: false
    details:
      description: Further facts, depending on the code.
      type: dict
"""

from ansible_collections.manuela.event_streaming.plugins.module_utils import _kustomization_info
from ansible_collections.manuela.event_streaming.plugins.module_utils._module import run


def main() -> None:
    """Run the module."""
    environment = {"name": {"type": "str", "required": True}, "path": {"type": "str", "required": True}}
    run(
        "kustomization_info",
        _kustomization_info.execute,
        {
            "work_tree": {"type": "path", "required": True},
            "environments": {"type": "list", "elements": "dict", "required": True, "options": environment},
            "follow_applications": {"type": "bool", "default": True},
            "compare_revision": {"type": "str"},
            "executable": {"type": "str"},
            "request_timeout": {"type": "int", "default": 60},
        },
    )


if __name__ == "__main__":
    main()

#!/usr/bin/python
# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation and option parsing only; the work is in module_utils/_deployment_link.py."""

from __future__ import annotations

DOCUMENTATION = r"""
module: deployment_link
short_description: Link Application manifests into environment directories
version_added: 1.0.0
description:
  - Makes and removes relative links in the directories that Argo CD deploys per environment, each to a manifest of the
    same repository.
  - Only links are ever made, replaced or removed. Files such as a placeholder manifest or C(.gitignore) stay.
  - A link must lead to a regular file inside the work tree.
  - Finds links to the same manifest in other environments, which would deploy it twice.
requirements:
  - python >= 3.11
extends_documentation_fragment:
  - manuela.event_streaming.attributes
options:
  work_tree:
    description: The directory of the checked-out Git repository. Nothing outside of it is read or written.
    type: path
    required: true
  links:
    description: The links and how they shall be. All are checked before the first one is written.
    type: list
    elements: dict
    required: true
    suboptions:
      environment:
        description: The directory of the environment, relative to O(work_tree).
        type: str
        required: true
      target:
        description:
          - The manifest that the link leads to, relative to O(work_tree).
          - With O(links[].state=absent) also a directory, for every link of the environment that leads into it,
            and the manifest need not exist any more.
        type: str
        required: true
      name:
        description:
          - The name of the link. With O(links[].state=present) that of the target by default.
          - With O(links[].state=absent) every link to the target by default, whatever its name.
        type: str
      state:
        description: Whether the link shall be there.
        type: str
        choices: [present, absent]
        default: present
  environments:
    description: All environment directories, to look in for links to the same target.
    type: list
    elements: str
    default: []
  stray:
    description:
      - What to do with links in O(environments) that lead to a manifest which shall be linked in another environment.
      - V(error) fails and names them. V(move) removes them. V(ignore) leaves them.
    type: str
    choices: [error, move, ignore]
    default: error
seealso:
  - module: manuela.event_streaming.kustomization_info
  - module: manuela.event_streaming.git_publish
author:
  - manuela.event_streaming contributors (@sa-mw-dach)
"""

EXAMPLES = r"""
- name: Deploy the mirror in the factory and Kafka in central
  manuela.event_streaming.deployment_link:
    work_tree: "{{ work_tree }}"
    environments:
      - environments/factory
      - environments/central
    links:
      - environment: environments/factory
        target: applications/mirror.yaml
      - environment: environments/central
        target: applications/central-kafka.yaml

- name: Remove every link to an Application of the data lake
  manuela.event_streaming.deployment_link:
    work_tree: "{{ work_tree }}"
    links:
      - environment: environments/factory
        target: applications
        state: absent
      - environment: environments/central
        target: applications
        state: absent
"""

RETURN = r"""
deployment_link:
  description: The links, as they are now (in check mode, as they would be).
  returned: success
  type: dict
  contains:
    links:
      description: The links that were asked for; where no name is given, one item for each that was found.
      type: list
      elements: dict
      contains:
        environment:
          description: The directory of the environment, relative to the work tree.
          type: str
        name:
          description: The name of the link.
          type: str
        target:
          description: The manifest it leads to, relative to the work tree.
          type: str
        before:
          description: V(present) or V(absent), before the task.
          type: str
        after:
          description: The same after the task.
          type: str
    created:
      description: The links that were made or replaced, relative to the work tree.
      type: list
      elements: str
    removed:
      description: The links that were removed, strays included, relative to the work tree.
      type: list
      elements: str
  sample:
    links:
      - environment: environments/central
        name: central-kafka.yaml
        target: applications/central-kafka.yaml
        before: absent
        after: present
    created: [environments/central/central-kafka.yaml]
    removed: []
reasons:
  description: Why something was changed, one sentence each.
  returned: success
  type: list
  elements: str
  sample: ["environments/central/central-kafka.yaml: is missing"]
failure:
  description: What kind of failure this is.
  returned: failure
  type: dict
  contains:
    code:
      description: What went wrong. An error that nobody thought of is C(failed) too.
      type: str
      choices: [invalid_option, not_found, refused, conflict, not_converged]
      sample: invalid_option
    retryable:
      description: Whether the same call may succeed later without any change.
      type: bool
      sample: false
    details:
      description: Further facts, depending on the code.
      type: dict
"""

from ansible_collections.manuela.event_streaming.plugins.module_utils import _deployment_link
from ansible_collections.manuela.event_streaming.plugins.module_utils._module import run


def main() -> None:
    """Run the module."""
    link = {
        "environment": {"type": "str", "required": True},
        "target": {"type": "str", "required": True},
        "name": {"type": "str"},
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    }
    run(
        "deployment_link",
        _deployment_link.execute,
        {
            "work_tree": {"type": "path", "required": True},
            "links": {"type": "list", "elements": "dict", "required": True, "options": link},
            "environments": {"type": "list", "elements": "str", "default": []},
            "stray": {"type": "str", "choices": ["error", "move", "ignore"], "default": "error"},
        },
    )


if __name__ == "__main__":
    main()

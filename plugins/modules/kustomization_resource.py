#!/usr/bin/python
# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation and option parsing only; the work is in module_utils/_kustomization_resource.py."""

from __future__ import annotations

DOCUMENTATION = r"""
module: kustomization_resource
short_description: Switch entries of kustomizations on, off, or remove them
version_added: 1.0.0
description:
  - Makes entries of the path lists of C(kustomization.yaml) files active, commented out, or removed.
  - A disabled entry is a comment line that still shows the entry, so that people can read what could be switched on.
  - Only the lines of the entry change. Every other byte stays as it is, comments, line breaks and blanks included.
  - After each edit the parsed file is compared with the one before. Unless they differ by exactly that entry, nothing
    is written.
  - Entries are found in C(resources), C(bases), C(components), C(patches), C(patchesStrategicMerge),
    C(patchesJson6902), C(configurations), C(crds), C(generators), C(transformers) and C(validators).
    An entry of C(patches) and C(patchesJson6902) is named by its C(path).
requirements:
  - python >= 3.11
  - PyYAML
extends_documentation_fragment:
  - manuela.event_streaming.attributes
options:
  work_tree:
    description: The directory of the checked-out Git repository. Nothing outside of it is read or written.
    type: path
    required: true
  entries:
    description: The entries and how they shall stand. All files are checked before the first one is written.
    type: list
    elements: dict
    required: true
    suboptions:
      path:
        description: The kustomization file, or its directory, relative to O(work_tree).
        type: str
        required: true
      entry:
        description:
          - The entry as the file has it, or its end with O(entries[].match=suffix).
          - Each item needs this or O(entries[].target).
        type: str
      match:
        description:
          - V(exact) compares the whole entry.
          - V(suffix) compares whole path segments from the end, so that V(messaging-kafka) finds
            C(../../templates/messaging-kafka) and neither C(../messaging) nor C(../my-messaging-kafka).
        type: str
        choices: [exact, suffix]
        default: exact
      field:
        description: The list to look in, for example V(resources). All lists by default.
        type: str
      target:
        description:
          - Looks at patches only whose C(target) holds all of these keys and values, for patches of one path.
          - Without O(entries[].entry) it names a patch by its target alone, also one that is written in place.
          - A patch in place that has no target counts by the C(kind), C(name) and C(namespace) in its text.
        type: dict
      state:
        description:
          - V(present) makes the entry active. A commented-out entry gets the indentation of its neighbours.
          - V(disabled) comments the entry out.
          - V(absent) removes the entry, whether active or commented out.
          - V(present) and V(disabled) fail when the file has no such entry, see O(entries[].missing).
        type: str
        choices: [present, disabled, absent]
        default: present
      missing:
        description:
          - What O(entries[].state=present) does when the entry is neither active nor commented out.
          - V(error) fails and lists the entries there are.
          - V(add) adds it at the end of the list O(entries[].field), which is then required, with
            O(entries[].match=exact) and no O(entries[].target).
        type: str
        choices: [error, add]
        default: error
seealso:
  - module: manuela.event_streaming.manifest_value
  - module: manuela.event_streaming.deployment_link
  - module: manuela.event_streaming.kustomization_info
  - name: The kustomization file
    description: Reference of its fields.
    link: https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/
author:
  - manuela.event_streaming contributors (@sa-mw-dach)
"""

EXAMPLES = r"""
- name: Switch the Kafka part of messaging on
  manuela.event_streaming.kustomization_resource:
    work_tree: "{{ work_tree }}"
    entries:
      - path: apps/messaging
        entry: messaging-kafka
        match: suffix

- name: Comment it out again, and remove a patch for good
  manuela.event_streaming.kustomization_resource:
    work_tree: "{{ work_tree }}"
    entries:
      - path: apps/messaging/kustomization.yaml
        entry: messaging-kafka
        match: suffix
        state: disabled
      - path: apps/messaging
        entry: route.yaml
        field: patchesStrategicMerge
        state: absent

- name: Remove one patch of several, named by what it is for
  manuela.event_streaming.kustomization_resource:
    work_tree: "{{ work_tree }}"
    entries:
      - path: apps/messaging
        target:
          kind: Deployment
          name: broker
        state: absent

- name: Add a resource, unless it is there
  manuela.event_streaming.kustomization_resource:
    work_tree: "{{ work_tree }}"
    entries:
      - path: apps/messaging
        entry: quota.yaml
        field: resources
        missing: add
"""

RETURN = r"""
kustomization_resource:
  description: The files and the entries, as they are now (in check mode, as they would be).
  returned: success
  type: dict
  contains:
    files:
      description: The kustomization files that were looked at, relative to the work tree.
      type: list
      elements: str
    entries:
      description: One item for each item of O(entries), in the same order.
      type: list
      elements: dict
      contains:
        path:
          description: The kustomization file, relative to the work tree.
          type: str
        entry:
          description: The entry as it stands in the file; null for a patch that is written in place.
          type: str
        field:
          description: The list that holds it; null when it is in none.
          type: str
        line:
          description: The line it stands on; null when it is absent.
          type: int
        before:
          description: V(present), V(disabled) or V(absent), before the task.
          type: str
        after:
          description: The same after the task.
          type: str
  sample:
    files: [apps/messaging/kustomization.yaml]
    entries:
      - path: apps/messaging/kustomization.yaml
        entry: ../../templates/messaging-kafka
        field: bases
        line: 25
        before: disabled
        after: present
reasons:
  description: Why something was changed, one sentence each.
  returned: success
  type: list
  elements: str
  sample: ["messaging/kustomization.yaml: messaging-kafka is disabled, wanted present"]
failure:
  description: What kind of failure this is.
  returned: failure
  type: dict
  contains:
    code:
      description: What went wrong. An error that nobody thought of is C(failed) too.
      type: str
      choices: [invalid_option, missing_library, not_found, refused, conflict, corrupt_input, not_converged]
      sample: invalid_option
    retryable:
      description: Whether the same call may succeed later without any change.
      type: bool
      sample: false
    details:
      description: Further facts, depending on the code.
      type: dict
"""

from ansible_collections.manuela.event_streaming.plugins.module_utils import _kustomization_resource
from ansible_collections.manuela.event_streaming.plugins.module_utils._module import run


def main() -> None:
    """Run the module."""
    entry = {
        "path": {"type": "str", "required": True},
        "entry": {"type": "str"},
        "match": {"type": "str", "choices": ["exact", "suffix"], "default": "exact"},
        "field": {"type": "str"},
        "target": {"type": "dict"},
        "state": {"type": "str", "choices": ["present", "disabled", "absent"], "default": "present"},
        "missing": {"type": "str", "choices": ["error", "add"], "default": "error"},
    }
    run(
        "kustomization_resource",
        _kustomization_resource.execute,
        {
            "work_tree": {"type": "path", "required": True},
            "entries": {
                "type": "list",
                "elements": "dict",
                "required": True,
                "options": entry,
                "required_one_of": [("entry", "target")],
            },
        },
    )


if __name__ == "__main__":
    main()

#!/usr/bin/python
# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation and option parsing only; the work is in module_utils/_manifest_value.py."""

from __future__ import annotations

DOCUMENTATION = r"""
module: manifest_value
short_description: Set single values of YAML manifests and leave every other byte alone
version_added: 1.0.0
description:
  - Sets scalars of YAML files, or single keys of a C(.properties) text inside such a scalar.
  - A value is found by its path and replaced by its span of characters, in the style that stands there, plain, quoted
    or block. Comments, blanks, line breaks, other documents of the file and other values stay as they are.
  - After each edit the parsed file is compared with the one before. Unless they differ by exactly that value, nothing
    is written.
  - Values on whose way an anchor, an alias or a tag stands are refused, because an edit would reach other places.
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
  values:
    description:
      - The places and their values. All files are checked before the first one is written.
      - Each item needs exactly one of O(values[].value) and O(values[].secret_value).
    type: list
    elements: dict
    required: true
    suboptions:
      path:
        description: The file, relative to O(work_tree).
        type: str
        required: true
      kind:
        description: The C(kind) of the document, needed when the file holds several documents.
        type: str
      name:
        description: The C(metadata.name) of the document, for the same purpose.
        type: str
      namespace:
        description: The C(metadata.namespace) of the document, for the same purpose.
        type: str
      key_path:
        description:
          - The way to the value, one item for each step.
          - A step into a mapping is a key, which may contain dots.
          - A step into a list is a number (from V(0)), or V(FIELD=VALUE) for the one item whose C(FIELD) is C(VALUE).
        type: list
        elements: str
        required: true
      property:
        description:
          - A key of the Java properties text which that value holds.
          - Only the line of this key changes.
        type: str
      encoding:
        description: V(base64) when the manifest holds the value encoded, as C(data) of a C(Secret) does.
        type: str
        choices: [plain, base64]
        default: plain
      value:
        description:
          - The value. A text where a text stands stays a text, and gets quotes when YAML would read it as a number.
          - A number or truth value where nothing stood is written without quotes. Where a text stands it becomes a
            text.
        type: raw
      secret_value:
        description: The same for a secret. It is shown by its fingerprint only.
        type: str
      missing:
        description:
          - V(error) fails when there is no such key, and lists those that there are.
          - V(add) adds the key to its mapping, or the O(values[].property) to its text. What holds it must exist.
        type: str
        choices: [error, add]
        default: error
notes:
  - What a document of the kind C(Secret) holds is shown by its fingerprint, also with O(values[].value).
  - Values over several lines, plain or quoted, become one line, and so does each line of a folded block (C(>)). A
    key of a Java properties text in a folded block is refused.
seealso:
  - module: manuela.event_streaming.tls_secret
  - module: manuela.event_streaming.kustomization_resource
author:
  - manuela.event_streaming contributors (@sa-mw-dach)
"""

EXAMPLES = r"""
- name: Point the mirror at the host of the central Kafka
  manuela.event_streaming.manifest_value:
    work_tree: "{{ work_tree }}"
    values:
      - path: apps/central-kafka/kafka.yaml
        kind: Kafka
        key_path: [spec, kafka, listeners, name=external, configuration, bootstrap, host]
        value: bootstrap.apps.example.com
      - path: applications/central-kafka.yaml
        kind: Application
        key_path: [spec, source, targetRevision]
        value: main

- name: Set keys of an application.properties inside a ConfigMap and inside a Secret
  manuela.event_streaming.manifest_value:
    work_tree: "{{ work_tree }}"
    values:
      - path: apps/archive/settings.yaml
        key_path: [data, application.properties]
        property: s3.bucket.name
        value: data-lake
      - path: apps/archive/credentials.yaml
        key_path: [data, application.properties]
        encoding: base64
        property: s3.secretKey
        secret_value: "{{ s3_secret_key }}"
        missing: add
"""

RETURN = r"""
manifest_value:
  description: The files and the values, as they are now (in check mode, as they would be).
  returned: success
  type: dict
  contains:
    files:
      description: The files that were looked at, relative to the work tree.
      type: list
      elements: str
    settings:
      description: One item for each item of O(values), in the same order.
      type: list
      elements: dict
      contains:
        path:
          description: The file, relative to the work tree.
          type: str
        key_path:
          description: The way to the value.
          type: list
          elements: str
        property:
          description: The key of the properties text; null when the whole value is meant.
          type: str
        before:
          description: The decoded value before the task; null when there was none; a fingerprint for a secret.
          type: str
        after:
          description: The same after the task.
          type: str
  sample:
    files: [apps/archive/settings.yaml]
    settings:
      - path: apps/archive/settings.yaml
        key_path: [data, application.properties]
        property: s3.bucket.name
        before: old-lake
        after: data-lake
reasons:
  description: Why something was changed, one sentence each.
  returned: success
  type: list
  elements: str
  sample: ["apps/archive/settings.yaml: data.application.properties, property s3.bucket.name differs"]
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

from ansible_collections.manuela.event_streaming.plugins.module_utils import _manifest_value
from ansible_collections.manuela.event_streaming.plugins.module_utils._module import run


def main() -> None:
    """Run the module."""
    value = {
        "path": {"type": "str", "required": True},
        "kind": {"type": "str"},
        "name": {"type": "str"},
        "namespace": {"type": "str"},
        "key_path": {"type": "list", "elements": "str", "required": True, "no_log": False},
        "property": {"type": "str"},
        "encoding": {"type": "str", "choices": ["plain", "base64"], "default": "plain"},
        "value": {"type": "raw"},
        "secret_value": {"type": "str", "no_log": True},
        "missing": {"type": "str", "choices": ["error", "add"], "default": "error"},
    }
    one_of = [("value", "secret_value")]
    run(
        "manifest_value",
        _manifest_value.execute,
        {
            "work_tree": {"type": "path", "required": True},
            "values": {
                "type": "list",
                "elements": "dict",
                "required": True,
                "options": value,
                "required_one_of": one_of,
                "mutually_exclusive": one_of,
            },
        },
    )


if __name__ == "__main__":
    main()

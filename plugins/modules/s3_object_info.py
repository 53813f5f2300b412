#!/usr/bin/python
# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: s3_object_info
short_description: Count, list and read the objects of an S3 bucket, and wait for them
version_added: 1.0.0
description:
  - Returns how many objects a bucket holds, the newest of them, and the content of one. Keys may hold blanks and
    colons.
  - Can wait until enough objects are there, also until enough were written after a given time.
  - Ages are taken from the store's own clock.
options:
  name:
    description:
      - Name of the bucket.
    type: str
    required: true
  prefix:
    description:
      - Beginnings of the keys to look at. All keys without it.
    type: list
    elements: str
    default: []
  key:
    description:
      - Key of the object to read with O(read=key).
    type: str
  read:
    description:
      - Whether to read the content of the newest object, or of the object O(key).
    type: str
    choices: [none, newest, key]
    default: none
  max_read_bytes:
    description:
      - Read no more than so many bytes.
    type: int
    default: 65536
  limit:
    description:
      - Return no more than so many objects, the newest first. All of them count.
    type: int
    default: 20
  wait_for:
    description:
      - What O(wait) waits for.
    type: str
    choices: [none, objects]
    default: none
  min_count:
    description:
      - How many objects O(wait_for=objects) waits for.
    type: int
    default: 1
  modified_after:
    description:
      - With O(wait_for=objects), only objects written at this time or later count, in seconds since 1970 in UTC.
        Stores keep whole seconds.
    type: float
notes:
  - The access key needs the right C(s3:ListBucket), and C(s3:GetObject) for O(read).
extends_documentation_fragment:
  - manuela.event_streaming.s3
  - manuela.event_streaming.wait
  - manuela.event_streaming.attributes.info
seealso:
  - module: manuela.event_streaming.s3_bucket
author:
  - manuela.event_streaming contributors (@sa-mw-dach)
"""

EXAMPLES = r"""
- name: Wait for the first object of each kind, and read the newest
  manuela.event_streaming.s3_object_info:
    name: data-lake
    prefix: [temperature-, vibration-]
    wait_for: objects
    modified_after: "{{ started_at }}"
    wait: true
    wait_timeout: 120
    read: newest
    endpoint_url: https://s3.example.com
    access_key: "{{ s3_access_key }}"
    secret_key: "{{ s3_secret_key }}"
  register: archive

- name: Show its lines
  ansible.builtin.debug:
    msg: "{{ archive.s3_object_info.content.text.splitlines() }}"

- name: Read one object, whose key holds blanks and colons
  manuela.event_streaming.s3_object_info:
    name: data-lake
    read: key
    key: temperature-Wed Jul 29 14:36:38 UTC 2026.txt
    endpoint_url: https://s3.example.com
    access_key: "{{ s3_access_key }}"
    secret_key: "{{ s3_secret_key }}"
"""

RETURN = r"""
s3_object_info:
  description: What the bucket holds.
  returned: success
  type: dict
  contains:
    bucket:
      description: Name of the bucket.
      type: str
      sample: data-lake
    exists:
      description: Whether the bucket exists.
      type: bool
      sample: true
    count:
      description: Number of objects that begin with one of the prefixes.
      type: int
      sample: 12
    bytes:
      description: Their size.
      type: int
      sample: 8640
    newest:
      description: The object that was written last. Null when there is none.
      type: dict
      contains: &row
        key:
          description: Key of the object.
          type: str
          sample: temperature-Wed Jul 29 14:36:38 UTC 2026.txt
        size:
          description: Size in bytes.
          type: int
          sample: 720
        last_modified:
          description: When it was written, in UTC.
          type: str
          sample: "2026-07-29T14:36:38Z"
        age_seconds:
          description: How long ago that was.
          type: int
          sample: 4
    objects:
      description: The newest objects, at most O(limit), the newest first.
      type: list
      elements: dict
      contains: *row
      sample:
        - key: temperature-1.txt
          size: 720
          last_modified: "2026-07-29T14:36:38Z"
          age_seconds: 4
    content:
      description: The content that was read. Null when none was asked for or there is no object.
      type: dict
      contains:
        key:
          description: Key of the object.
          type: str
          sample: temperature-Wed Jul 29 14:36:38 UTC 2026.txt
        text:
          description: The first bytes as UTF-8 text, those of what was packed for an object in gzip's format.
          type: str
          sample: "floor-1-line-1-extruder-1,pump-1,48.2,1596033398000"
        bytes:
          description: Size of the whole object.
          type: int
          sample: 720
        truncated:
          description: Whether there is more in the object than is shown.
          type: bool
          sample: false
    met:
      description: Whether O(wait_for) is so. Always true with V(none).
      type: bool
      sample: true
    progress:
      description: One line that says what was seen.
      type: str
      sample: "bucket data-lake: 12 object(s), newest 'temperature-1.txt' 4 s old"
    attempts:
      description: How often the module looked, and one more for each request that was sent again after trouble.
      type: int
      sample: 1
reasons:
  description: Always empty, as nothing is changed.
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
      choices: [invalid_option, missing_library, not_found, unauthorized, refused, unreachable, timeout, failed]
      sample: unauthorized
    retryable:
      description: Whether the same call may succeed later without any change.
      type: bool
      sample: false
    details:
      description: Further facts, for instance the C(error) of the store in its own words.
      type: dict
      sample: {error: SignatureDoesNotMatch}
"""

from ansible_collections.manuela.event_streaming.plugins.module_utils import _s3_object_info
from ansible_collections.manuela.event_streaming.plugins.module_utils._module import run
from ansible_collections.manuela.event_streaming.plugins.module_utils._options import S3, WAIT


def main() -> None:
    """Run the module."""
    run(
        "s3_object_info",
        _s3_object_info.execute,
        argument_spec={
            "name": {"type": "str", "required": True},
            "prefix": {"type": "list", "elements": "str", "default": []},
            "key": {"type": "str", "no_log": False},
            "read": {"type": "str", "choices": ["none", "newest", "key"], "default": "none"},
            "max_read_bytes": {"type": "int", "default": 65536},
            "limit": {"type": "int", "default": 20},
            "wait_for": {"type": "str", "choices": ["none", "objects"], "default": "none"},
            "min_count": {"type": "int", "default": 1},
            "modified_after": {"type": "float"},
            **WAIT,
            **S3,
        },
        required_if=[("read", "key", ["key"])],
    )


if __name__ == "__main__":
    main()

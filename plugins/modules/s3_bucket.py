#!/usr/bin/python
# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: s3_bucket
short_description: Make an S3 bucket present, empty or absent
version_added: 1.0.0
description:
  - Creates a bucket, empties it without deleting it, or deletes it with all that is in it.
  - Emptying takes objects, versions, delete markers and unfinished multipart uploads. It lists and deletes at the same
    time, in batches, with bounded threads and memory; objects that a batch refuses are tried again one by one, and
    a store without batch deletes gets one request for each object. It ends by listing again.
  - A guard protects a bucket that was named by mistake. When it holds a key that begins with none of O(prefixes),
    nothing is deleted, unless O(all_keys) is set.
  - A bucket that belongs to somebody else, or that is in another region, is an error and never counts as existing.
options:
  name:
    description:
      - Name of the bucket.
    type: str
    required: true
  state:
    description:
      - V(present) creates it when it is missing. V(empty) creates it when it is missing and deletes its objects.
        V(absent) deletes its objects and then the bucket.
    type: str
    choices: [present, empty, absent]
    default: present
  prefixes:
    description:
      - Beginnings of the keys that V(empty) and V(absent) may delete.
    type: list
    elements: str
    default: []
  all_keys:
    description:
      - Whether V(empty) and V(absent) may delete every object, whatever its key.
    type: bool
    default: false
  quiet_seconds:
    description:
      - With V(empty), look again after so many seconds, and fail when the bucket is no longer empty because somebody
        still writes to it.
    type: float
    default: 0
notes:
  - The access key needs the rights C(s3:ListBucket), C(s3:CreateBucket), C(s3:DeleteObject), C(s3:DeleteBucket), and
    C(s3:GetBucketVersioning), C(s3:ListBucketVersions), C(s3:DeleteObjectVersion), C(s3:ListBucketMultipartUploads) and
    C(s3:AbortMultipartUpload) to empty a bucket, as far as the store knows these.
extends_documentation_fragment:
  - manuela.event_streaming.s3
  - manuela.event_streaming.attributes
seealso:
  - module: manuela.event_streaming.s3_object_info
author:
  - manuela.event_streaming contributors (@sa-mw-dach)
"""

EXAMPLES = r"""
- name: Create a bucket
  manuela.event_streaming.s3_bucket:
    name: data-lake
    endpoint_url: https://s3.example.com
    access_key: "{{ s3_access_key }}"
    secret_key: "{{ s3_secret_key }}"

- name: Empty it, but only if all of its objects are of these two kinds, and see it empty twice
  manuela.event_streaming.s3_bucket:
    name: data-lake
    state: empty
    prefixes: [temperature-, vibration-]
    quiet_seconds: 10
    endpoint_url: https://s3.example.com
    access_key: "{{ s3_access_key }}"
    secret_key: "{{ s3_secret_key }}"
"""

RETURN = r"""
s3_bucket:
  description: The bucket.
  returned: success
  type: dict
  contains:
    name:
      description: Name of the bucket.
      type: str
      sample: data-lake
    exists:
      description: Whether it exists.
      type: bool
      sample: true
    endpoint_url:
      description: URL of the store.
      type: str
      sample: https://s3.example.com
    objects:
      description:
        - Number of objects that it holds. Null when there are more than ten thousand, which are not counted only to be
          shown.
      type: int
      sample: 0
    deleted:
      description:
        - Number of objects, versions, delete markers and uploads that were deleted. In check mode, the number of
          those that would be, or null when there are more than ten thousand.
      type: int
      sample: 210
    bytes_deleted:
      description: Their size. Null in check mode when something would be deleted.
      type: int
      sample: 86520
    observed_empty:
      description:
        - Whether V(empty) or V(absent) was asked for and the bucket was seen to exist and hold nothing. Null when the
          access key may not ask whether the bucket keeps versions, which a warning says too.
      type: bool
      sample: true
    attempts:
      description: 1, and one more for each request that was sent again after trouble on the wire or in the store.
      type: int
      sample: 1
reasons:
  description: Why something was done.
  returned: success
  type: list
  elements: str
  sample: ["the bucket does not exist"]
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
        - failed
        - not_converged
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

from ansible_collections.manuela.event_streaming.plugins.module_utils import _s3_bucket
from ansible_collections.manuela.event_streaming.plugins.module_utils._module import run
from ansible_collections.manuela.event_streaming.plugins.module_utils._options import S3


def main() -> None:
    """Run the module."""
    run(
        "s3_bucket",
        _s3_bucket.execute,
        argument_spec={
            "name": {"type": "str", "required": True},
            "state": {"type": "str", "choices": ["present", "empty", "absent"], "default": "present"},
            "prefixes": {"type": "list", "elements": "str", "default": []},
            "all_keys": {"type": "bool", "default": False, "no_log": False},
            "quiet_seconds": {"type": "float", "default": 0},
            **S3,
        },
    )


if __name__ == "__main__":
    main()

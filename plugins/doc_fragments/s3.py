# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of the modules that talk to an S3 store."""

from __future__ import annotations


class ModuleDocFragment:
    """How to reach and to prove oneself to an S3 store."""

    DOCUMENTATION = r"""
options:
  endpoint_url:
    description:
      - URL of the S3 store. C(https://) is assumed when it has no scheme.
      - Without it, the endpoint of Amazon S3 in O(region).
    type: str
  access_key:
    description:
      - Access key.
      - The environment variable E(AWS_ACCESS_KEY_ID) is used when the option is not set.
    type: str
  secret_key:
    description:
      - Secret key.
      - The environment variable E(AWS_SECRET_ACCESS_KEY) is used when the option is not set.
    type: str
  session_token:
    description:
      - Token that belongs to temporary keys, as a store's token service gives them out. It is never taken from the
        environment.
    type: str
    version_added: 1.1.0
  region:
    description:
      - Region that requests are signed for. Stores other than Amazon's mostly take any.
    type: str
    default: us-east-1
  validate_certs:
    description:
      - Whether the store's certificate is checked.
    type: bool
    default: true
  ca_cert:
    description:
      - Path of a PEM file with the certificate authorities that may have signed the store's certificate.
    type: path
  addressing_style:
    description:
      - Where the bucket's name goes. V(path) puts it behind the host name, which every store understands without
        a wildcard DNS entry; V(virtual) puts it before.
    type: str
    choices: [path, virtual, auto]
    default: path
  request_timeout:
    description:
      - Seconds to wait for a connection, and for each answer.
    type: float
    default: 15
requirements:
  - botocore >= 1.29 (Python library, on the host that runs the module; it comes with boto3)
notes:
  - Proxies are taken from the environment (E(HTTPS_PROXY), E(NO_PROXY)).
"""

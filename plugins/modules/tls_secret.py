#!/usr/bin/python
# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation and option parsing only; the work is in module_utils/_tls_secret.py."""

from __future__ import annotations

DOCUMENTATION = r"""
module: tls_secret
short_description: Keep one TLS pair in the Secret manifests of a Git repository
version_added: 1.0.0
description:
  - Makes a private key and a certificate when there is a reason, and writes them into C(Secret) manifests, the pair
    where a server needs it, the certificate alone where clients need to trust it.
  - Decides by the certificate that is there, and names each reason - it is unreadable, key and certificate are not a
    pair, a private key stands beside the certificate, names differ, it is weaker than asked, strict clients refuse it,
    it has expired or expires within O(renew_before_days).
  - Never compares exact dates, so that running again changes nothing until the renewal window.
  - The certificate always has subject alternative names, and is accepted by strict clients (Java, Go, Python, OpenSSL)
    as its own trust anchor.
  - The manifest with the private key is written first, and the others are derived from it, so that running again after
    an interruption completes with the same pair.
requirements:
  - python >= 3.11
  - PyYAML
  - cryptography >= 3.4
extends_documentation_fragment:
  - manuela.event_streaming.attributes
attributes:
  idempotent:
    support: partial
    description: Run again with the same options it changes nothing, and makes no call that writes.
    details:
      - Until the renewal window begins, and once in it. With O(regenerate=always) each run makes a new pair.
options:
  work_tree:
    description: The directory of the checked-out Git repository. Nothing outside of it is read or written.
    type: path
    required: true
  manifests:
    description:
      - The manifests that hold the pair or its certificate. They must exist, with a C(data) mapping.
      - The first one with O(manifests[].holds=pair) decides, all others are made equal to it.
    type: list
    elements: dict
    required: true
    suboptions:
      path:
        description: The file, relative to O(work_tree).
        type: str
        required: true
      holds:
        description: V(pair) for certificate and private key, V(certificate) for what clients trust.
        type: str
        choices: [pair, certificate]
        required: true
      name:
        description: The C(metadata.name) of the Secret, needed when the file holds several.
        type: str
      namespace:
        description: The C(metadata.namespace) of the Secret, for the same purpose.
        type: str
      certificate_key:
        description: The key of the data that holds the certificate.
        type: str
        default: tls.crt
      private_key_key:
        description: The key of the data that holds the private key.
        type: str
        default: tls.key
      sealing_certificate:
        description:
          - The public certificate of the Sealed Secrets controller, as PEM text. The manifest is then a C(SealedSecret)
            with C(spec.encryptedData) and C(spec.template.data), and needs no O(private_key_in_git).
          - Its private key can be opened by the controller only. The certificate stands in C(spec.template.data), by
            which a run finds that nothing is to be done.
          - The scope is that of its annotations, strict by default.
        type: str
  subject_alt_name:
    description: The names and addresses that clients connect to, as V(DNS:*.apps.example.com) or V(IP:192.0.2.1).
    type: list
    elements: str
    required: true
  common_name:
    description:
      - The common name, of at most 64 characters.
      - By default the first name of O(subject_alt_name) that fits.
    type: str
  subject:
    description: Further parts of the subject, with the keys V(C), V(ST), V(L), V(O) and V(OU).
    type: dict
  key_type:
    description: The kind of key.
    type: str
    choices: [RSA, ECDSA]
    default: RSA
  key_size:
    description:
      - Its size in bits, 2048 by default for RSA, and 256 for ECDSA (which also has 384 and 521).
      - A key that is longer than asked for is kept.
    type: int
  valid_days:
    description: For how many days a new certificate is valid.
    type: int
    default: 365
  renew_before_days:
    description: How many days before its end a certificate is replaced.
    type: int
    default: 30
  regenerate:
    description:
      - V(auto) makes a new pair when there is a reason.
      - V(always) makes a new pair in each run.
      - V(never) keeps the pair, only derives the other manifests from it, and fails when it cannot be used.
    type: str
    choices: [auto, always, never]
    default: auto
  rotation:
    description:
      - How a new pair takes the place of the old one.
      - V(direct) writes it everywhere at once. Who trusts the old certificate refuses the server until both were
        exchanged.
      - V(announce), V(switch) and V(finish) are the three steps of an exchange without such a moment. Publish after
        each of them, and wait until it is in use.
      - V(announce) keeps the pair and puts the next one beside it, as C(next.tls.crt) and C(next.tls.key), when there
        is a reason or with O(regenerate=always). Manifests with O(manifests[].holds=certificate) get the next
        certificate (or its CA) under C(next.tls.crt), so clients must trust all certificates of that Secret. A pair
        that waits already is taken.
      - V(switch) makes the waiting pair the serving one. Both certificates stay trusted.
      - V(finish) takes the old certificate out of the trust.
      - They also lead from a self-signed pair to an own CA, from one CA to another, and back. A sealed key cannot wait.
      - Each step can be run again, and none does anything when its time has not come or is over.
    type: str
    choices: [direct, announce, switch, finish]
    default: direct
  private_key_in_git:
    description:
      - Allows that a private key stands in clear in the repository, where everyone who reads the repository reads it.
      - Meant for demonstrations. Without it the task fails.
    type: bool
    default: false
  ca_certificate:
    description:
      - The certificate of an own CA, as PEM text, to sign with. Self-signed by default.
      - Manifests with O(manifests[].holds=certificate) then hold this one, so that a new pair needs no new trust.
      - An intermediate CA is followed by those above it up to the root. The server then shows all of them, and the root
        is what clients trust.
    type: str
  ca_private_key:
    description: The private key of the own CA, as PEM text.
    type: str
  ca_private_key_passphrase:
    description: The passphrase of O(ca_private_key).
    type: str
seealso:
  - module: manuela.event_streaming.manifest_value
  - module: manuela.event_streaming.git_publish
author:
  - manuela.event_streaming contributors (@sa-mw-dach)
"""

EXAMPLES = r"""
- name: One pair for the central Kafka, its certificate for the mirror
  manuela.event_streaming.tls_secret:
    work_tree: "{{ work_tree }}"
    manifests:
      - path: apps/central-kafka/tls-pair.yaml
        holds: pair
      - path: apps/mirror/tls-trust.yaml
        holds: certificate
    subject_alt_name:
      - DNS:*.apps.example.com
      - DNS:kafka.apps.example.com
    subject:
      C: DE
      OU: Streaming
    private_key_in_git: true

- name: The same with a private key that only the cluster's Sealed Secrets controller can open
  manuela.event_streaming.tls_secret:
    work_tree: "{{ work_tree }}"
    manifests:
      - path: apps/central-kafka/tls-sealed.yaml
        holds: pair
        sealing_certificate: "{{ lookup('ansible.builtin.file', 'sealed-secrets.pem') }}"
      - path: apps/mirror/tls-trust.yaml
        holds: certificate
    subject_alt_name:
      - DNS:*.apps.example.com
"""

RETURN = r"""
tls_secret:
  description: The certificate, as it is now. What a new one would have is null in check mode where it cannot be known.
  returned: success
  type: dict
  contains:
    fingerprint_sha256:
      description: Its SHA-256 fingerprint.
      type: str
    common_name:
      description: Its common name.
      type: str
    subject_alt_name:
      description: Its alternative names.
      type: list
      elements: str
    not_before:
      description: When it begins to be valid, in UTC.
      type: str
    not_after:
      description: When it expires, in UTC.
      type: str
    days_left:
      description: Whole days until then.
      type: int
    key_type:
      description: V(RSA) or V(ECDSA).
      type: str
    key_size:
      description: Bits of the key.
      type: int
    manifests:
      description: The files of the manifests, relative to the work tree.
      type: list
      elements: str
  sample:
    fingerprint_sha256: 4F:1F:16:7E:6D:92:1E:CD:F2:26:13:DF:1F:0E:12:94:D2:D1:06:DE:02:05:B0:2B:70:1A:5B:E6:7E:4C:CC:29
    common_name: "*.apps.example.com"
    subject_alt_name: ["DNS:*.apps.example.com"]
    not_before: "2026-01-01T00:00:00Z"
    not_after: "2027-01-01T01:00:00Z"
    days_left: 364
    key_type: RSA
    key_size: 2048
    manifests: [central-kafka-cluster/kafka-tls-certificate-and-key.yaml]
reasons:
  description: Why something was changed, one sentence each.
  returned: success
  type: list
  elements: str
  sample: ["kafka-tls-certificate-and-key.yaml: it expires within 30 days, on 2026-12-01T00:00:00Z"]
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

from ansible_collections.manuela.event_streaming.plugins.module_utils import _tls_secret
from ansible_collections.manuela.event_streaming.plugins.module_utils._module import run


def main() -> None:
    """Run the module."""
    manifest = {
        "path": {"type": "str", "required": True},
        "holds": {"type": "str", "choices": ["pair", "certificate"], "required": True},
        "name": {"type": "str"},
        "namespace": {"type": "str"},
        "certificate_key": {"type": "str", "default": "tls.crt", "no_log": False},
        "private_key_key": {"type": "str", "default": "tls.key", "no_log": False},
        "sealing_certificate": {"type": "str"},
    }
    run(
        "tls_secret",
        _tls_secret.execute,
        {
            "work_tree": {"type": "path", "required": True},
            "manifests": {"type": "list", "elements": "dict", "required": True, "options": manifest},
            "subject_alt_name": {"type": "list", "elements": "str", "required": True},
            "common_name": {"type": "str"},
            "subject": {"type": "dict"},
            "key_type": {"type": "str", "choices": ["RSA", "ECDSA"], "default": "RSA"},
            "key_size": {"type": "int", "no_log": False},
            "valid_days": {"type": "int", "default": 365},
            "renew_before_days": {"type": "int", "default": 30},
            "regenerate": {"type": "str", "choices": ["auto", "always", "never"], "default": "auto"},
            "rotation": {"type": "str", "choices": ["direct", "announce", "switch", "finish"], "default": "direct"},
            "private_key_in_git": {"type": "bool", "default": False, "no_log": False},
            "ca_certificate": {"type": "str"},
            "ca_private_key": {"type": "str", "no_log": True},
            "ca_private_key_passphrase": {"type": "str", "no_log": True},
        },
        required_together=[("ca_certificate", "ca_private_key")],
        required_by={"ca_private_key_passphrase": ["ca_private_key"]},
    )


if __name__ == "__main__":
    main()

# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of the modules that talk to a Git remote."""

from __future__ import annotations


class ModuleDocFragment:
    """How to reach and to prove oneself to a Git host."""

    DOCUMENTATION = r"""
options:
  token:
    description:
      - Token for an C(https) remote. It reaches git through the environment of the child process only, and is offered
        to the remote's own host only. It takes the place of every credential helper of the user.
      - Without it, git uses what the user has set up (credential helpers, SSH agent). It never asks on a terminal.
    type: str
  username:
    description:
      - User name that goes with O(token). Most hosts take any; the default is C(git).
    type: str
  ssh_key_file:
    description:
      - Path of the private key for an SSH remote. It must not need a passphrase (use an agent for that).
    type: path
  request_timeout:
    description:
      - Seconds that one git command may take, hooks and signing included. It is stopped then, with all its children.
    type: float
    default: 60
requirements:
  - git >= 2.29 (program, on the host that runs the module)
notes:
  - Proxies are taken from the environment (E(HTTPS_PROXY), E(NO_PROXY)) and from git's own configuration.
"""

    # Those of them that any client of the host needs.
    CERTIFICATES = r"""
options:
  ca_cert:
    description:
      - Path of a PEM file with the certificate authorities that may have signed the host's certificate.
    type: path
  validate_certs:
    description:
      - Whether the host's certificate is checked.
    type: bool
    default: true
"""

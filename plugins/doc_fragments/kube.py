# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of the modules that talk to a Kubernetes API server."""

from __future__ import annotations


class ModuleDocFragment:
    """How to reach and to prove oneself to a Kubernetes API server."""

    DOCUMENTATION = r"""
options:
  kubeconfig:
    description:
      - Path of a kubeconfig file, or several joined by C(:) as kubectl merges them.
      - Without it, O(host) and the file C(~/.kube/config), the service account of the pod that the module runs in
        is used, if there is one.
      - The environment variable E(KUBECONFIG) is used when the option is not set.
    type: path
  context:
    description:
      - Context of the kubeconfig file. Its current context without this option.
    type: str
  host:
    description:
      - URL of the API server. With it no kubeconfig file is read.
    type: str
  api_key:
    description:
      - Bearer token.
    type: str
  ca_cert:
    description:
      - Path of a PEM file with the certificate authorities that may have signed the API server's certificate.
    type: path
  validate_certs:
    description:
      - Whether the API server's certificate is checked. The kubeconfig file decides without this option.
    type: bool
  proxy_url:
    description:
      - URL of the proxy through which the API server is reached. Without it the kubeconfig file's C(proxy-url)
        counts, then the environment variables E(HTTPS_PROXY) and E(NO_PROXY).
    type: str
  request_timeout:
    description:
      - Seconds that one request to the API server may take.
    type: float
    default: 15
requirements:
  - urllib3 >= 1.26 and PyYAML (Python libraries, on the host that runs the module)
  - kubernetes >= 24.2.0 (there too), for a login by credential plugin, C(auth-provider) or a pod's service account only
"""

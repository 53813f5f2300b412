# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The GitOps repository that the examples speak of."""

from __future__ import annotations

import base64
import subprocess
from pathlib import Path

MESSAGING = """\
resources:
- namespace.yaml
# What only Kafka needs
#- ../../templates/messaging-kafka
patchesStrategicMerge:
- route.yaml
patches:
- target: {kind: Deployment, name: broker}
  patch: '[{"op": "remove", "path": "/spec/replicas"}]'
"""
KAFKA = """\
apiVersion: kafka.strimzi.io/v1
kind: Kafka
metadata:
  name: my-cluster
spec:
  kafka:
    listeners:
    - name: external
      type: route
      configuration:
        bootstrap: {host: old.example.com}
"""
APPLICATION = """\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: NAME
spec:
  source: {repoURL: https://git.example.com/demo/gitops.git, path: apps/NAME, targetRevision: old}
"""
SETTINGS = """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: archive
data:
  application.properties: |
    s3.bucket.name=old-lake
"""
SECRET = """\
apiVersion: v1
kind: Secret
metadata:
  name: NAME
data:
"""
PAIR = SECRET + '  tls.crt: ""\n  tls.key: ""\n'
NAMESPACE = "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: NAME\n"
FILES = {
    "apps/messaging/kustomization.yaml": MESSAGING,
    "apps/messaging/namespace.yaml": NAMESPACE,
    "apps/messaging/route.yaml": "apiVersion: route.openshift.io/v1\nkind: Route\nmetadata:\n  name: broker\n",
    "apps/central-kafka/kafka.yaml": KAFKA,
    "apps/central-kafka/tls-pair.yaml": PAIR,
    "apps/mirror/tls-trust.yaml": SECRET + '  tls.crt: ""\n',
    "apps/archive/settings.yaml": SETTINGS,
    "apps/archive/credentials.yaml": SECRET
    + f"  application.properties: {base64.b64encode(b's3.accessKey=demo').decode()}\n",
    "applications/central-kafka.yaml": APPLICATION,
    "applications/mirror.yaml": APPLICATION,
    "environments/factory/placeholder.yaml": NAMESPACE,
    "environments/central/placeholder.yaml": NAMESPACE,
}


def grow(root: Path) -> None:
    """Make the repository with one commit at ``root``."""
    for path, text in FILES.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text.replace("NAME", file.stem))
    for words in (["init", "-q"], ["add", "-A"], ["-c", "user.name=n", "-c", "user.email=e", "commit", "-qm", "first"]):
        subprocess.run(["git", "-C", str(root), *words], check=True, capture_output=True)

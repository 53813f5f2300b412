# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values of manifests."""

from __future__ import annotations

from ansible_collections.manuela.event_streaming.tests.unit.plugins.modules.contract.case import Case, Fault, Step
from ansible_collections.manuela.event_streaming.tests.unit.plugins.modules.contract.file_world import FileWorld

SECRET = "s3cr3t-in-a-manifest"
FILES = {
    "map.yaml": "kind: ConfigMap\ndata:\n  application.properties: |\n    s3.bucket=old\n    s3.region=x\n",
    "secret.yaml": "kind: Secret\ndata:\n  key: b2xk\n",
}
BUCKET = {"path": "map.yaml", "key_path": ["data", "application.properties"], "property": "s3.bucket"}
KEY = {"path": "secret.yaml", "key_path": ["data", "key"], "encoding": "base64"}


class Manifests(FileWorld):
    """Manifests that get a secret."""

    secrets = (SECRET, "czNjcjN0LWluLWEtbWFuaWZlc3Q=")


def asked(*settings: dict[str, object]) -> dict[str, object]:
    return {"values": list(settings)}


CASE = Case(
    "manifest_value",
    lambda root: Manifests(root, FILES),
    (
        Step(asked({**BUCKET, "value": "lake"}, {**KEY, "secret_value": SECRET})),
        Step(asked({**BUCKET, "value": "sea"}, {**BUCKET, "property": "new", "value": "1", "missing": "add"})),
        Step(asked({**BUCKET, "value": "old"}, {**KEY, "value": "old"})),
    ),
    (
        Fault("invalid_option", asked({**KEY, "secret_value": SECRET}, {**KEY, "secret_value": SECRET + "2"})),
        Fault("not_found", asked({**KEY, "key_path": ["data", "nothing"], "secret_value": SECRET})),
        Fault("refused", asked({**KEY, "key_path": ["data"], "secret_value": SECRET})),
        Fault(
            "conflict",
            asked({**KEY, "secret_value": SECRET}),
            lambda world: world.write("secret.yaml", "kind: A\ndata: {key: x}\n---\nkind: B\ndata: {key: x}\n"),
        ),
        Fault(
            "corrupt_input", asked({**KEY, "secret_value": SECRET}), lambda world: world.write("secret.yaml", "a: [\n")
        ),
        Fault(
            "not_converged", asked({**KEY, "secret_value": SECRET}), lambda world: world.forget_renames(), writes=True
        ),
    ),
    {"yaml": ""},
)

# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One pair in two Secret manifests."""

from __future__ import annotations

import base64
from collections.abc import Iterator

import yaml
from ansible_collections.manuela.event_streaming.tests.unit.plugins.modules.contract.case import Case, Fault, Step
from ansible_collections.manuela.event_streaming.tests.unit.plugins.modules.contract.file_world import FileWorld

SECRET = 'kind: Secret\nmetadata:\n  name: tls\ndata:\n  tls.crt: ""\n  tls.key: ""\n'
FILES = {"pair.yaml": SECRET, "trust.yaml": SECRET}
PAIR = {"path": "pair.yaml", "holds": "pair"}
TRUST = {"path": "trust.yaml", "holds": "certificate"}


def asked(**more: object) -> dict[str, object]:
    names = ["DNS:*.apps.example.com"]
    return {
        "manifests": [PAIR, TRUST],
        "subject_alt_name": names,
        "key_type": "ECDSA",
        "private_key_in_git": True,
        **more,
    }


class Pair(FileWorld):
    """Two manifests; no part of a private key that stands in them may be seen."""

    @property
    def secrets(self) -> tuple[str, ...]:  # type: ignore[override]
        return "PRIVATE KEY", "s3cr3t-passphrase", *self.parts_of_keys()

    def parts_of_keys(self) -> Iterator[str]:
        """Yield the private key in pieces of sixteen characters."""
        for document in yaml.safe_load_all((self.root / "pair.yaml").read_text()):
            for line in base64.b64decode(document["data"]["tls.key"]).decode().splitlines()[1:-1]:
                yield from (line[start : start + 16] for start in range(0, len(line) - 15, 16))


CASE = Case(
    "tls_secret",
    lambda root: Pair(root, FILES),
    (
        Step(asked()),
        Step(asked(subject_alt_name=["DNS:*.apps.example.com", "DNS:broker.example.com"], subject={"C": "DE"})),
        Step(asked(subject_alt_name=["DNS:other.example.com"], key_size=384)),
    ),
    (
        Fault("invalid_option", asked(subject_alt_name=["apps.example.com"])),
        Fault(
            "invalid_option",
            asked(ca_certificate="x", ca_private_key="x", ca_private_key_passphrase="s3cr3t-passphrase"),
            name="ca",
        ),
        Fault("not_found", asked(manifests=[{**PAIR, "path": "nothing.yaml"}])),
        Fault("refused", asked(private_key_in_git=False)),
        Fault("conflict", asked(), lambda world: world.write("pair.yaml", f"{SECRET}---\n{SECRET}")),
        Fault("corrupt_input", asked(), lambda world: world.write("trust.yaml", "a: [\n")),
        Fault("not_converged", asked(), lambda world: world.forget_renames(), writes=True),
    ),
    {"yaml": "", "cryptography": "2.8"},
)

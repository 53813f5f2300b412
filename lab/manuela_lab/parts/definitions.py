# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Custom resource definitions from one table (``lab/crds/kinds.yaml``); its head explains it.

``python -m manuela_lab.parts.definitions`` prints them for ``kubectl apply -f -``.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

TABLE = Path(__file__).resolve().parents[2] / "crds" / "kinds.yaml"
ANYTHING = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
READY = {"Ready": '.status.conditions[?(@.type=="Ready")].status'}
# Without it an API server refuses a definition in Kubernetes' own domain.
UNAPPROVED = {"annotations": {"api-approved.kubernetes.io": "unapproved, for a lab"}}
AGE = {"Age": ".metadata.creationTimestamp"}


def read(table: Path = TABLE) -> list[dict[str, Any]]:
    """The definitions of every kind of the table."""
    return of(yaml.safe_load(table.read_text(encoding="utf-8")))


def of(groups: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The definitions of every kind of a table that was read."""
    return [definition(group, kind, row) for group, kinds in groups.items() for kind, row in kinds.items()]


def definition(group: str, kind: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """One kind's CustomResourceDefinition."""
    plural = row.get("plural", kind.lower() + "s")
    names = {"kind": kind, "listKind": f"{kind}List", "plural": plural, "singular": kind.lower()}
    if "short" in row:
        names["shortNames"] = row["short"]
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{plural}.{group}", **(UNAPPROVED if group.endswith(".k8s.io") else {})},
        "spec": {
            "group": group,
            "names": names,
            "scope": "Cluster" if row.get("cluster") else "Namespaced",
            "versions": [_version(name, row, stored=index == 0) for index, name in enumerate(row["versions"])],
        },
    }


def _version(name: str, row: Mapping[str, Any], stored: bool) -> dict[str, Any]:
    columns = {**row.get("columns", {}), **(READY if row.get("ready") else {}), **AGE}
    version: dict[str, Any] = {
        "name": name,
        "served": True,
        "storage": stored,
        "schema": {"openAPIV3Schema": ANYTHING},
        "additionalPrinterColumns": [_column(title, path) for title, path in columns.items()],
    }
    if row.get("status", True):
        version["subresources"] = {"status": {}}
    return version


def _column(title: str, path: str) -> dict[str, str]:
    return {"name": title, "type": "date" if title == "Age" else "string", "jsonPath": path}


if __name__ == "__main__":
    sys.stdout.write(yaml.safe_dump_all(read(), sort_keys=False))

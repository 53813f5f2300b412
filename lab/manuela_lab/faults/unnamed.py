# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A fault of a kind that no diagnosis names: it must say that it does not know."""

from __future__ import annotations

from typing import Any

from manuela_lab.faults import where
from manuela_lab.faults.fault import Fault
from manuela_lab.faults.objects import Created
from manuela_lab.faults.signs import Refuses

NAME = "only-on-tuesdays"
ADMISSION = "admissionregistration.k8s.io/v1"
POLICY: dict[str, Any] = {
    "apiVersion": ADMISSION,
    "kind": "ValidatingAdmissionPolicy",
    "metadata": {"name": NAME},
    "spec": {
        "failurePolicy": "Fail",
        "matchConstraints": {
            "resourceRules": [
                {"apiGroups": ["batch"], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["jobs"]}
            ]
        },
        "validations": [{"expression": "false", "message": "jobs run only on Tuesdays here"}],
    },
}
BINDING: dict[str, Any] = {
    "apiVersion": ADMISSION,
    "kind": "ValidatingAdmissionPolicyBinding",
    "metadata": {"name": NAME},
    "spec": {
        "policyName": NAME,
        "validationActions": ["Deny"],
        "matchResources": {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": where.MESSAGING}}},
    },
}

UNNAMED = (
    Fault(
        "admission-refuses",
        "a policy of the cluster's own refuses the consumer pod",
        (Created("factory", POLICY), Created("factory", BINDING)),
        Refuses("factory", where.MESSAGING),
        "unknown",
        ("the cause is not known", "jobs run only on Tuesdays here"),
    ),
)

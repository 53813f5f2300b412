# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What AWX's serializers refuse, learned on AWX 24.6: a body that breaks a rule is answered with HTTP 400."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
QUESTION_TYPES = {"text", "textarea", "password", "multiplechoice", "multiselect", "integer", "float"}
FIELD_KEYS = {
    "id",
    "label",
    "type",
    "secret",
    "multiline",
    "format",
    "choices",
    "default",
    "help_text",
    "ask_at_runtime",
}
PLAYBOOK_LINE = re.compile(
    r"^\s*?-?\s*?(?:hosts|(ansible\.builtin\.)?include|(ansible\.builtin\.)?import_playbook):\s*?.*?$", re.MULTILINE
)
SKIPPED = {"roles", "tasks", "group_vars", "host_vars"}
NEEDED = {
    "projects": ("organization",),
    "inventories": ("organization",),
    "credentials": (),
    "job_templates": ("project", "playbook", "inventory"),
    "schedules": ("rrule", "unified_job_template"),
    "notification_templates": ("organization", "notification_type"),
}


class Refused(Exception):
    """HTTP 400 with the serializer's answer."""

    def __init__(self, field: str, why: str) -> None:
        super().__init__(f"{field}: {why}")
        self.answer = {field: [why]}


def playbooks(root: Path = ROOT) -> set[str]:
    """Return the paths that AWX lists as playbooks of a project."""
    found = set()
    for path in sorted([*root.rglob("*.yml"), *root.rglob("*.yaml")]):
        parts = path.relative_to(root).parts
        if any(part in SKIPPED or part.startswith(".") for part in parts):
            continue
        text = path.read_text(encoding="utf-8", errors="ignore")
        if PLAYBOOK_LINE.search(text) or text.startswith("$ANSIBLE_VAULT;"):
            found.add("/".join(parts))
    return found


def check(kind: str, data: Mapping[str, Any], objects: Mapping[str, Mapping[int, Any]]) -> None:
    """Raise ``Refused`` for a body that AWX would not take."""
    for field in NEEDED.get(kind, ()):
        if not data.get(field):
            raise Refused(field, "This field is required.")
    rule = {
        "job_templates": _job_template,
        "credential_types": _credential_type,
        "credentials": _credential,
        "survey_spec": _survey,
    }.get(kind)
    if rule is not None:
        rule(data, objects)


def _job_template(data: Mapping[str, Any], _objects: Mapping[str, Any]) -> None:
    if data["playbook"] not in playbooks():
        raise Refused("playbook", "Playbook not found for project.")


def _credential_type(data: Mapping[str, Any], _objects: Mapping[str, Any]) -> None:
    fields = data["inputs"]["fields"]
    ids = {field["id"] for field in fields}
    for field in fields:
        unknown = set(field) - FIELD_KEYS
        if unknown:
            raise Refused("inputs", f"Additional properties are not allowed: {sorted(unknown)}")
    for name in data.get("injectors", {}).get("env", {}):
        if name.startswith("ANSIBLE_"):
            raise Refused("injectors", f"Environment variable {name} may affect Ansible configuration.")
    for section in data.get("injectors", {}).values():
        for template in section.values():
            _known_fields(template, ids)


def _known_fields(template: str, ids: set[str]) -> None:
    for name in re.findall(r"{{\s*([a-z_]+)", template):
        if name not in ids | {"tower"}:
            raise Refused("injectors", f"{name} uses an undefined field")


def _credential(data: Mapping[str, Any], objects: Mapping[str, Mapping[int, Any]]) -> None:
    kind = objects.get("credential_types", {}).get(data.get("credential_type", 0))
    if kind is None:
        return
    known = {field["id"] for field in kind["inputs"]["fields"]}
    unknown = set(data.get("inputs", {})) - known
    if unknown:
        raise Refused("inputs", f"Additional properties are not allowed: {sorted(unknown)}")


def _survey(data: Mapping[str, Any], _objects: Mapping[str, Any]) -> None:
    for field in ("name", "description", "spec"):
        if field not in data:
            raise Refused("error", f"{field} missing from survey spec.")
    for number, question in enumerate(data["spec"]):
        if not question.get("variable"):
            raise Refused("error", f"'variable' missing from survey question {number}")
        if question.get("type") not in QUESTION_TYPES:
            raise Refused("error", f"'{question.get('type')}' in survey question {number} is not one of the types")
        if "choices" in question and question.get("default") not in [*question["choices"], "", None]:
            raise Refused("error", f"The default of survey question {number} must be one of its choices")

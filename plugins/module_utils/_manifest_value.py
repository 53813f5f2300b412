# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values of manifests: the options, and how a value is shown."""

from __future__ import annotations

import hashlib
import json
from typing import Any, Mapping

from ansible_collections.manuela.event_streaming.plugins.module_utils._edited_files import EditedFiles
from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import Failure
from ansible_collections.manuela.event_streaming.plugins.module_utils._manifest_value_address import (
    Address,
    kind_of,
    locate,
)
from ansible_collections.manuela.event_streaming.plugins.module_utils._manifest_value_edit import (
    Wanted,
    change,
    current,
)
from ansible_collections.manuela.event_streaming.plugins.module_utils._plan import Result, converge
from ansible_collections.manuela.event_streaming.plugins.module_utils._work_tree import open_tree
from ansible_collections.manuela.event_streaming.plugins.module_utils._yaml_text import Source


def execute(params: Mapping[str, Any], check_mode: bool, clock: Any) -> Result:
    """Run the module ``manifest_value``."""
    tree = open_tree(params["work_tree"])
    wanted = [_wanted(one) for one in params["values"]]
    requests = [(tree.real(one.path), one) for one in wanted]
    return converge(EditedFiles(tree, _Values(), requests, "settings"), check_mode=check_mode)


def _wanted(one: Mapping[str, Any]) -> Wanted:
    secret = one["secret_value"] is not None
    value = one["secret_value"] if secret else one["value"]
    key_path = tuple(one["key_path"])
    if not key_path or "*" in key_path:
        raise Failure("invalid_option", f"key_path for {one['path']} must hold keys, item numbers or NAME=VALUE")
    if isinstance(value, (dict, list)) or value is None:
        raise Failure("invalid_option", f"value for {'.'.join(key_path)} must be one text, number or truth value")
    typed = not isinstance(value, str)
    text = json.dumps(value) if typed else str(value)
    if one["property"] is not None and not one["property"].strip():
        raise Failure(
            "invalid_option", f"property for {'.'.join(key_path)} is empty. Name a key, or leave the option out"
        )
    address = Address(one["kind"] or "", one["name"] or "", one["namespace"] or "", key_path)
    return Wanted(
        one["path"], address, text, one["property"] or "", one["encoding"], typed, secret, one["missing"] == "add"
    )


class _Values:
    def see(self, source: Source, wanted: Wanted) -> str | None:
        return current(source, wanted)

    def edit(self, source: Source, wanted: Wanted, seen: str | None) -> tuple[Source, str | None]:
        edited = change(source, wanted)
        return edited, current(edited, wanted)

    def is_met(self, seen: str | None, wanted: Wanted) -> bool:
        return seen == wanted.value

    def shown(self, source: Source, wanted: Wanted, seen: str | None) -> str:
        if seen is None:
            return ""
        text = _open(source, wanted, seen) or ""
        return f"{source.name}: {wanted.where}: {json.dumps(text) if chr(10) in text else text}\n"

    def reason(self, source: Source, wanted: Wanted, seen: str | None) -> str:
        return f"{source.name}: {wanted.where} {'is missing' if seen is None else 'differs'}"

    def described(self, source: Source, wanted: Wanted, before: str | None, after: str | None) -> dict[str, Any]:
        return {
            "path": source.name,
            "key_path": list(wanted.address.key_path),
            "property": wanted.property_key or None,
            "before": _open(source, wanted, before),
            "after": _open(source, wanted, after),
        }


def _open(source: Source, wanted: Wanted, text: str | None) -> str | None:
    """Return a value as people may see it: what a Secret holds is shown by its fingerprint."""
    if text is None or not (wanted.secret or kind_of(source, locate(source, wanted.address).document) == "Secret"):
        return text
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()[:16]}"

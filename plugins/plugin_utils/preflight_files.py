# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The repository's files as the preflight reads them: what is no YAML is found once and named; pure."""

from __future__ import annotations

from typing import Any, Mapping

import yaml
from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import Failure
from ansible_collections.manuela.event_streaming.plugins.module_utils._kustomization_text import occurrences
from ansible_collections.manuela.event_streaming.plugins.module_utils._yaml_text import read
from ansible_collections.manuela.event_streaming.plugins.plugin_utils.preflight_hosts import Manifest


class Files:
    """Texts by path.  ``broken`` collects what could not be read, by path."""

    def __init__(self, texts: Mapping[str, Any]) -> None:
        self._texts = {str(path): str(text) for path, text in texts.items() if text is not None}
        self._documents: dict[str, list[Manifest]] = {}
        self.broken: dict[str, str] = {}

    def __contains__(self, path: str) -> bool:
        return path in self._texts

    def manifests(self, path: str) -> list[Manifest]:
        """Return the mappings of a file, none when it is not there or cannot be read."""
        if path not in self._documents:
            self._documents[path] = self._load(path)
        return self._documents[path]

    def _load(self, path: str) -> list[Manifest]:
        try:
            loaded = list(yaml.safe_load_all(self._texts.get(path, "")))
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            place = f" in line {mark.line + 1}" if mark else ""
            self.broken[path] = f"is not YAML: {getattr(error, 'problem', None) or 'it cannot be read'}{place}"
            return []
        return [one for one in loaded if isinstance(one, Mapping)]

    def read_all(self) -> None:
        """Read every manifest, so that all that is broken is known."""
        for path in self._texts:
            if path.endswith((".yaml", ".yml")):
                self.manifests(path)

    def under(self, directory: str) -> list[str]:
        """Return the paths below a directory."""
        return sorted(path for path in self._texts if path.startswith(f"{directory}/"))

    def deployed(self, directory: str) -> list[Manifest]:
        """Return the manifests that a directory's kustomization names: what lies beside them unused is nobody's."""
        found: list[Manifest] = []
        for kustomization in self.manifests(f"{directory}/kustomization.yaml"):
            for entry in kustomization.get("resources") or []:
                found += self.manifests(f"{directory}/{entry}")
        return found

    def has_line(self, path: str, entry: str) -> bool:
        """Say whether a kustomization has a line of an entry that can be switched, active or commented out."""
        try:
            found = occurrences(read(self._texts[path].encode(), path), entry, "suffix")
        except Failure:
            return False
        return any(not one.obstacle for one in found)

    def names(self, path: str, entry: str) -> bool:
        """Say whether a kustomization names an entry by its last part."""
        return any(
            str(one).rstrip("/").rpartition("/")[2] == entry
            for manifest in self.manifests(path)
            for field in ("resources", "bases", "components")
            for one in manifest.get(field) or []
        )

# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which Applications are meant, and what is asked of them; pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Mapping

from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import Failure
from ansible_collections.manuela.event_streaming.plugins.module_utils._kube import at, items_at, name_of, namespace_of

_SCP_LIKE = re.compile(r"^(?:[^@/]+@)?([^:/]+):(?!//)(.+)$")
_URL = re.compile(r"^[a-z+]+://(?:[^@/]*@)?([^/:]*)(?::\d+)?(/.*)?$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Wanted:
    """One entry of the option ``applications``: by name, or by the source that it deploys."""

    name: str = ""
    namespace: str = ""
    path: str = ""
    repo_url: str = ""

    @property
    def title(self) -> str:
        """How to name it when it is not there."""
        return self.name or f"of {self.path or self.repo_url}"

    def fits(self, item: Mapping[str, Any]) -> bool:
        """Say whether an Application is the one that is meant."""
        if self.name and name_of(item) != self.name:
            return False
        if self.namespace and namespace_of(item) != self.namespace:
            return False
        return not (self.path or self.repo_url) or any(self.fits_source(source) for source in sources(item))

    def fits_source(self, source: Mapping[str, Any]) -> bool:
        """Say whether a source is the one that is meant."""
        if self.path and same_path(str(source.get("path") or "."), self.path) is False:
            return False
        return not self.repo_url or same_repository(str(source.get("repoURL") or ""), self.repo_url)


@dataclass(frozen=True, slots=True)
class Goal:
    """What every Application shall be.  ``since``: only comparisons from then on count (epoch seconds).

    ``merge_of`` names what has to be merged before the revision can come.
    """

    state: str = "none"
    revision: str = ""
    since: float = 0.0
    settle_seconds: float = 0.0
    merge_of: str = ""


def wanted_of(entry: Mapping[str, Any]) -> Wanted:
    """Return an entry of the option, checked."""
    values = {key: str(entry.get(key) or "") for key in ("name", "namespace", "path", "repo_url")}
    if not values["name"] and not values["path"] and not values["repo_url"]:
        raise Failure(
            "invalid_option", "an entry of applications has neither name nor path nor repo_url. Give one of them"
        )
    return Wanted(**values)


def sources(item: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return an Application's sources; a hydrator's dry one wins, then those of ``sources``, as in Argo CD."""
    several = items_at(item, "spec", "sources")
    single = at(item, "spec", "sourceHydrator", "drySource") or at(item, "spec", "source")
    if at(item, "spec", "sourceHydrator") or not several:
        return [single] if isinstance(single, dict) else []
    return several


def same_path(one: str, other: str) -> bool:
    """Compare paths in a repository."""
    return _path(one) == _path(other)


def _path(path: str) -> str:
    return "/".join(part for part in path.split("/") if part not in ("", "."))


def same_repository(one: str, other: str) -> bool:
    """Say whether two URLs lead to the same repository, whatever the protocol, user, port and ending."""
    return repository(one) == repository(other)


def repository(url: str) -> str:
    """Return ``host/path`` of a repository's URL."""
    text = url.strip()
    match = _URL.match(text) or _SCP_LIKE.match(text)
    host, path = (match.group(1) or "", match.group(2) or "") if match else ("", text)
    path = path.strip("/").removesuffix(".git").strip("/")
    return f"{host.lower()}/{path}" if host else f"/{path}"

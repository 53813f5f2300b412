# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the operator has seen of the cluster: the newest state of every watched object."""

from __future__ import annotations

from typing import Iterator, Mapping

from manuela_lab.operator import resources
from manuela_lab.operator.resources import Key, Resource


class View:
    """Objects by kind and key, fed by the watches."""

    def __init__(self) -> None:
        self._kinds: dict[str, dict[Key, Resource]] = {}

    def store(self, resource: Resource, gone: bool) -> None:
        """Take in one watch event."""
        kind, where = self._kinds.setdefault(str(resource["kind"]), {}), resources.key(resource)
        if not gone:
            kind[where] = resource
        # Events of two objects are not in order: the one that took this name may have been seen already.
        elif where in kind and resources.uid(kind[where]) == resources.uid(resource):
            del kind[where]

    def get(self, kind: str, namespace: str, name: str) -> Resource | None:
        """Return one object, or None."""
        return self._kinds.get(kind, {}).get(Key(namespace, name))

    def kinds(self) -> list[str]:
        """Return the kinds of which objects have been seen."""
        return list(self._kinds)

    def all(self, kind: str, namespace: str | None = None) -> Iterator[Resource]:
        """Yield the objects of a kind, of one namespace or of all, in the order of their keys."""
        found = self._kinds.get(kind, {})
        for key in sorted(found):
            if namespace is None or key.namespace == namespace:
                yield found[key]

    def selected(self, kind: str, namespace: str, selector: Mapping[str, str]) -> list[Resource]:
        """Return the objects of a namespace that carry all labels of ``selector``."""
        return [found for found in self.all(kind, namespace) if resources.matches(selector, found)]

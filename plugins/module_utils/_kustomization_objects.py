# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kubernetes objects as a directory of manifests holds them: pure data."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from typing import Any, Iterable, Iterator, Sequence

Key = tuple[str, str, str, str, str]


@dataclass(frozen=True, slots=True)
class Object:
    """One object: what names it, the images it runs, and a digest of all it says."""

    api_version: str
    kind: str
    namespace: str
    name: str
    application: str
    images: tuple[str, ...] = ()
    digest: str = ""

    @property
    def key(self) -> Key:
        """What makes it the same object in two revisions; a new API version of its group does not."""
        group = self.api_version.rpartition("/")[0]
        return self.application, group, self.kind, self.namespace, self.name

    def named(self) -> dict[str, str]:
        """Return what names the object."""
        return {
            "api_version": self.api_version,
            "kind": self.kind,
            "namespace": self.namespace,
            "name": self.name,
            "application": self.application,
        }


@dataclass(frozen=True, slots=True)
class Application:
    """An Argo CD Application with one of its sources: where it deploys from, and the namespace it deploys to."""

    name: str
    repo: str
    path: str
    namespace: str


def objects(documents: Iterable[Any], application: str, namespace: str = "") -> Iterator[Object]:
    """Yield the objects of parsed documents; those of a List one by one.

    ``namespace`` is what an Application's destination gives to objects without one.
    """
    for document in documents:
        if not isinstance(document, dict) or "kind" not in document:
            continue
        if str(document["kind"]).endswith("List") and isinstance(document.get("items"), list):
            yield from objects(document["items"], application, namespace)
            continue
        metadata = _mapping(document.get("metadata"))
        yield Object(
            api_version=str(document.get("apiVersion", "")),
            kind=str(document["kind"]),
            namespace=str(metadata.get("namespace") or namespace),
            name=str(metadata.get("name") or metadata.get("generateName") or ""),
            application=application,
            images=tuple(sorted(set(_images(document)))),
            digest=hashlib.sha256(json.dumps(_ordered(document), default=str).encode()).hexdigest(),
        )


def _mapping(node: Any) -> dict[Any, Any]:
    return node if isinstance(node, dict) else {}


def _ordered(node: Any) -> Any:
    """Return a mapping as sorted pairs: keys may be of several types, as in ``{on: 1, off: 2}``."""
    if isinstance(node, dict):
        return sorted(([repr(key), _ordered(value)] for key, value in node.items()), key=lambda pair: pair[0])
    return [_ordered(item) for item in node] if isinstance(node, list) else node


def _images(node: Any) -> Iterator[str]:
    if isinstance(node, list):
        for item in node:
            yield from _images(item)
    elif isinstance(node, dict):
        for key, value in node.items():
            if key == "image" and isinstance(value, str):
                yield value
            else:
                yield from _images(value)


def applications(documents: Iterable[Any]) -> Iterator[Application]:
    """Yield the Argo CD Applications among the documents, once for each source that is a path in a repository."""
    for document in documents:
        if not isinstance(document, dict) or document.get("kind") != "Application":
            continue
        if not str(document.get("apiVersion", "")).startswith("argoproj.io/"):
            continue
        spec = _mapping(document.get("spec"))
        destination = _mapping(spec.get("destination"))
        for source in map(_mapping, spec.get("sources") or [spec.get("source")]):
            if source.get("path"):
                yield Application(
                    str(_mapping(document.get("metadata")).get("name", "")),
                    str(source.get("repoURL", "")),
                    str(source["path"]),
                    str(destination.get("namespace") or ""),
                )


def same_repository(one: str, other: str) -> bool:
    """Whether two addresses mean one repository: HTTPS, SSH and local, with or without user and ``.git``."""
    return bool(one) and _plain(one) == _plain(other)


def _plain(url: str) -> str:
    url = re.sub(r"^file://(localhost)?", "", url.strip())
    url = re.sub(r"^[a-z+]+://", "", url)
    url = re.sub(r"^[^@/]*@", "", url)
    host, colon, path = url.partition(":")
    if colon and "/" not in host:
        path = re.sub(r"^[0-9]+(?=/)", "", path)
        url = f"{host.lower()}/{path.lstrip('/')}"
    elif not url.startswith("/"):
        host, slash, path = url.partition("/")
        url = host.lower() + slash + path
    return url.rstrip("/").removesuffix(".git")


@dataclass(frozen=True, slots=True)
class Difference:
    """What an environment deploys more, less and otherwise than at another revision."""

    added: tuple[Object, ...]
    removed: tuple[Object, ...]
    changed: tuple[Object, ...]


def difference(before: Sequence[Object], after: Sequence[Object]) -> Difference:
    """Compare two renderings of one environment."""
    old, new = {one.key: one for one in before}, {one.key: one for one in after}
    return Difference(
        added=tuple(one for key, one in new.items() if key not in old),
        removed=tuple(one for key, one in old.items() if key not in new),
        changed=tuple(one for key, one in new.items() if key in old and _content(old[key]) != _content(one)),
    )


def _content(one: Object) -> tuple[str, str]:
    return one.api_version, one.digest

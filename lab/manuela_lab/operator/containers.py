# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a container of a pod is given: environment, volumes and command line, with paths that exist on this machine."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Callable, Mapping

from manuela_lab.operator import resources
from manuela_lab.operator.resources import Resource

Lookup = Callable[[str, str], "Resource | None"]
"""Kind and name → the ConfigMap or Secret of the pod's namespace."""

KEEP_ANNOTATION = "lab.manuela/keep-volumes"
"""On a pod: its emptyDir volumes live as long as this UID's owner, not as long as the pod."""
ADDRESS_ANNOTATION = "lab.manuela/address"
"""On a pod or service: its address in the lab."""
ROOT_CA = "kube-root-ca.crt"
"""Every pod mounts it, but its publisher is none of the lab's controllers; no program of the lab reads it."""
REFERENCE = re.compile(r"\$\(([A-Za-z_][A-Za-z0-9_]*)\)")


class NotThere(Exception):
    """A ConfigMap, Secret or key that a container needs; the text is the kubelet's."""


@dataclass(frozen=True)
class Sandbox:
    """One container of one pod, ready to be started."""

    pod: Resource
    container: Resource
    directory: Path
    env: Mapping[str, str]
    paths: Mapping[str, str]
    hosts_file: Path
    address: str

    @property
    def image(self) -> str:
        """Return the container's image."""
        return str(self.container["image"])

    def local(self, path: str) -> Path:
        """Return where a path of the container lies on this machine."""
        return Path(rewrite(path, self.paths))

    def mounted_below(self, parent: str) -> list[tuple[str, Path]]:
        """Return the mounts below a path of the container: the rest of the path, and where it lies here."""
        prefix = parent.rstrip("/") + "/"
        found = [(path[len(prefix) :], Path(local)) for path, local in self.paths.items() if path.startswith(prefix)]
        return sorted(found)

    def argv(self, inside: Mapping[str, str] | None = None) -> list[str]:
        """Return the container's own command line with local paths; ``inside`` are paths of the image itself."""
        words = [*(self.container.get("command") or ()), *(self.container.get("args") or ())]
        paths = {**(inside or {}), **self.paths}
        return [rewrite(expand(str(word), self.env), paths) for word in words]


@dataclass(frozen=True)
class VolumePlan:
    """The files of a volume, and whether it is a directory that the program writes to."""

    name: str
    files: Mapping[str, bytes] = field(default_factory=dict)
    scratch: bool = False


def expand(text: str, env: Mapping[str, str]) -> str:
    """Replace ``$(NAME)`` by the variable's value; an unknown name stays as it is."""
    return REFERENCE.sub(lambda match: env.get(match.group(1), match.group(0)), text)


def rewrite(text: str, paths: Mapping[str, str]) -> str:
    """Replace the container's paths in a text by local ones, the longest first."""
    if not paths:
        return text
    alternatives = "|".join(re.escape(path.rstrip("/")) for path in sorted(paths, key=len, reverse=True))
    table = {path.rstrip("/"): local for path, local in paths.items()}
    return re.sub(rf"(?<![\w./-])(?:{alternatives})(?![\w.-])", lambda match: table[match.group(0)], text)


def data_of(resource: Resource) -> dict[str, bytes]:
    """Return the entries of a ConfigMap or Secret as bytes."""
    entries = {name: str(text).encode() for name, text in (resource.get("data") or {}).items()}
    if resource["kind"] == "Secret":
        return {name: base64.b64decode(text) for name, text in entries.items()}
    binary = {name: base64.b64decode(text) for name, text in (resource.get("binaryData") or {}).items()}
    return {**entries, **binary}


def _required(kind: str, name: str, lookup: Lookup, optional: bool) -> dict[str, bytes]:
    found = lookup(kind, name)
    if found is None:
        if optional:
            return {}
        raise NotThere(f'{kind.lower()} "{name}" not found')
    return data_of(found)


def environment(pod: Resource, container: Resource, lookup: Lookup) -> dict[str, str]:
    """Return the container's own environment variables; raise NotThere as a kubelet would complain."""
    env: dict[str, str] = {}
    for source in container.get("envFrom") or ():
        for field_name, kind in (("configMapRef", "ConfigMap"), ("secretRef", "Secret")):
            if reference := source.get(field_name):
                entries = _required(kind, reference["name"], lookup, bool(reference.get("optional")))
                prefix = source.get("prefix") or ""
                env.update({prefix + name: text.decode() for name, text in entries.items()})
    for entry in container.get("env") or ():
        value = _value_of(entry, pod, lookup)
        if value is not None:
            env[entry["name"]] = expand(value, env)
    return env


def _value_of(entry: Mapping[str, Any], pod: Resource, lookup: Lookup) -> str | None:
    source = entry.get("valueFrom")
    if not source:
        return str(entry.get("value") or "")
    for field_name, kind in (("configMapKeyRef", "ConfigMap"), ("secretKeyRef", "Secret")):
        if reference := source.get(field_name):
            optional = bool(reference.get("optional"))
            entries = _required(kind, reference["name"], lookup, optional)
            if reference["key"] in entries:
                return entries[reference["key"]].decode()
            if optional:
                return None
            raise NotThere(
                f"couldn't find key {reference['key']} in {kind} {resources.key(pod).namespace}/{reference['name']}"
            )
    return _field_of(str((source.get("fieldRef") or {}).get("fieldPath") or ""), pod)


def _field_of(path: str, pod: Resource) -> str:
    metadata = pod["metadata"]
    if match := re.fullmatch(r"metadata\.(labels|annotations)\['(.+)'\]", path):
        return str((metadata.get(match.group(1)) or {}).get(match.group(2), ""))
    simple = {
        "metadata.name": metadata["name"],
        "metadata.namespace": metadata.get("namespace"),
        "metadata.uid": metadata.get("uid"),
        "spec.nodeName": pod["spec"].get("nodeName"),
        "spec.serviceAccountName": pod["spec"].get("serviceAccountName"),
        "status.podIP": metadata.get("annotations", {}).get(ADDRESS_ANNOTATION, ""),
    }
    return str(simple.get(path) or "")


def volume_plan(volume: Mapping[str, Any], lookup: Lookup) -> VolumePlan:
    """Return what a volume holds."""
    name = str(volume["name"])
    if "projected" in volume:
        files: dict[str, bytes] = {}
        for source in volume["projected"].get("sources") or ():
            files.update(_source_files(source, lookup))
        return VolumePlan(name, files)
    if "configMap" in volume or "secret" in volume:
        return VolumePlan(name, _source_files(volume, lookup))
    return VolumePlan(name, scratch=True)


def _source_files(source: Mapping[str, Any], lookup: Lookup) -> dict[str, bytes]:
    for field_name, kind in (("configMap", "ConfigMap"), ("secret", "Secret")):
        if (reference := source.get(field_name)) is not None:
            name = str(reference.get("name") or reference.get("secretName"))
            if name == ROOT_CA:
                return {}
            entries = _required(kind, name, lookup, bool(reference.get("optional")))
            return _selected(entries, reference.get("items"), kind, name)
    return {}


def _selected(entries: dict[str, bytes], items: Any, kind: str, name: str) -> dict[str, bytes]:
    if not items:
        return entries
    missing = [item["key"] for item in items if item["key"] not in entries]
    if missing:
        raise NotThere(f"{kind.lower()} {name!r} references non-existent key: {missing[0]}")
    return {item["path"]: entries[item["key"]] for item in items}


def mounts(container: Resource, volumes: Mapping[str, Path]) -> dict[str, str]:
    """Return the container's mount paths and the local paths they stand for."""
    result = {}
    for mount in container.get("volumeMounts") or ():
        base = volumes.get(mount["name"])
        if base is not None:
            result[str(mount["mountPath"])] = str(base / mount["subPath"] if mount.get("subPath") else base)
    return result

# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Finding one value in a file of manifests: the document, then the way through its mappings and lists."""

from __future__ import annotations

from dataclasses import dataclass

from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import Failure
from ansible_collections.manuela.event_streaming.plugins.module_utils._yaml_text import Node, Source, lookup


@dataclass(frozen=True, slots=True)
class Address:
    """Which document of a file, and the way to the value in it."""

    kind: str
    name: str
    namespace: str
    key_path: tuple[str, ...]

    @property
    def shown(self) -> str:
        """The way in one word, for messages."""
        return ".".join(self.key_path)


@dataclass(frozen=True, slots=True)
class Spot:
    """Where the value is: the document, the child indexes on the way, the nodes on the way, the last one being it.

    With ``missing`` the last node is the mapping (or the empty place) that lacks the key ``missing``.
    """

    document: int
    indexes: tuple[int, ...]
    nodes: tuple[Node, ...]
    missing: str | None = None

    @property
    def node(self) -> Node:
        """The value, or what lacks it."""
        return self.nodes[-1]


def kind_of(source: Source, document: int) -> str:
    """Return the ``kind`` of a document, empty when it has none."""
    return _scalar(source, source.documents[document], "kind")


def locate(source: Source, address: Address) -> Spot:
    """Return where the value is.

    :raises Failure: ``not_found`` and ``conflict`` when none or several documents fit, ``refused`` when an edit there
        would change another place too.
    """
    document = _document(source, address)
    indexes: list[int] = []
    nodes = [source.documents[document]]
    for position, key in enumerate(address.key_path):
        _refuse_shared(source, nodes[-1], address)
        index = _step(source, nodes[-1], key, address)
        if index is None:
            if position + 1 == len(address.key_path):
                return Spot(document, tuple(indexes), tuple(nodes), key)
            raise _lacking(source, nodes[-1], key, address)
        indexes.append(index)
        nodes.append(nodes[-1].children[index])
    _refuse_shared(source, nodes[-1], address)
    return Spot(document, tuple(indexes), tuple(nodes))


def _document(source: Source, address: Address) -> int:
    fitting = [index for index in range(len(source.documents)) if _fits(source, index, address)]
    if len(fitting) == 1:
        return fitting[0]
    there = ", ".join(_title(source, index) for index in range(len(source.documents))) or "nothing"
    wanted = " ".join(one for one in (address.kind, address.namespace, address.name) if one) or "one document"
    if not fitting:
        raise Failure("not_found", f"{source.name} holds no {wanted}; it holds {there}. Correct kind, name or path")
    raise Failure(
        "conflict",
        f"{source.name} holds {len(fitting)} documents that fit {wanted}: {there}. Give kind, name and namespace",
        details={"path": source.name, "lines": [source.line(source.documents[index].start) for index in fitting]},
    )


def _fits(source: Source, index: int, address: Address) -> bool:
    root = source.documents[index]
    if root.kind != "mapping":
        return not (address.kind or address.name or address.namespace) and not root.is_null
    metadata = lookup(source, root, "metadata")
    return (
        (not address.kind or _scalar(source, root, "kind") == address.kind)
        and (not address.name or _scalar(source, metadata, "name") == address.name)
        and (not address.namespace or _scalar(source, metadata, "namespace") == address.namespace)
    )


def _scalar(source: Source, mapping: Node | None, key: str) -> str:
    if mapping is None or mapping.kind != "mapping":
        return ""
    found = lookup(source, mapping, key)
    return found.value if found is not None and found.kind == "scalar" else ""


def _title(source: Source, index: int) -> str:
    root = source.documents[index]
    name = _scalar(source, lookup(source, root, "metadata"), "name") if root.kind == "mapping" else ""
    return f"line {source.line(root.start)} {_scalar(source, root, 'kind') or 'something without kind'} {name}".strip()


def _step(source: Source, node: Node, key: str, address: Address) -> int | None:
    """Return the index of the child under ``key``, None when a mapping (or an empty place) lacks it."""
    if node.kind == "mapping":
        found = lookup(source, node, key)
        return None if found is None else next(i for i, child in enumerate(node.children) if child is found)
    if node.kind == "sequence":
        return _item(source, node, key, address)
    if node.is_null:
        return None
    raise Failure(
        "not_found",
        f"{source.name}, line {source.line(node.start)}: there is no '{key}' of {address.shown}, because a single "
        "value stands there. Correct key_path",
    )


def _item(source: Source, node: Node, key: str, address: Address) -> int:
    where = f"{source.name}, line {source.line(node.start)}: {address.shown}"
    if key.isdecimal():
        if int(key) < len(node.children):
            return int(key)
        raise Failure("not_found", f"{where}: the list has {len(node.children)} items and no number {key} (from 0)")
    field, equals, wanted = key.partition("=")
    if not equals:
        raise Failure("invalid_option", f"{where}: '{key}' meets a list. Give the item's number or FIELD=VALUE")
    fitting = [index for index, item in enumerate(node.children) if _scalar(source, item, field) == wanted]
    if len(fitting) == 1:
        return fitting[0]
    lines = ", ".join(str(source.line(node.children[index].start)) for index in fitting)
    if fitting:
        raise Failure("conflict", f"{where}: several items have {field}={wanted}, on lines {lines}. Give the number")
    known = ", ".join(filter(None, (_scalar(source, item, field) for item in node.children))) or "none"
    raise Failure("not_found", f"{where}: no item has {field}={wanted}; the list has {known}. Correct key_path")


def _lacking(source: Source, node: Node, key: str, address: Address) -> Failure:
    known = ", ".join(child.value for child, _value in node.pairs())  # an empty place has none
    return Failure(
        "not_found",
        f"{source.name}, line {source.line(node.start)}: there is no '{key}' of {address.shown}; there is "
        f"{known or 'nothing'}. Correct key_path, or write '{key}:' there first",
    )


def missing_failure(source: Source, spot: Spot, address: Address) -> Failure:
    """Return the failure for a value that is not there."""
    return _lacking(source, spot.node, spot.missing or "", address)


def _refuse_shared(source: Source, node: Node, address: Address) -> None:
    if node.kind == "alias" or node.anchor or node.tag:
        what = f"an alias (*{node.value})" if node.kind == "alias" else f"a tag ({node.tag})"
        what = f"an anchor (&{node.anchor})" if node.anchor else what
        raise Failure(
            "refused",
            f"{source.name}, line {source.line(node.start)}: {address.shown} has {what} on its way, so an edit could "
            "change other places or the type. Write the value out there first",
        )

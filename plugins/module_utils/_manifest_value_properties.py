# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys of a Java properties text: one key's line changes, every other character stays."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Iterator

from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import Failure

_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|.)", re.DOTALL)
_LINE = re.compile(r"([ \t\f]*)((?:\\.|[^\\=: \t\f])*)([ \t\f]*[=:]?[ \t\f]*)(.*)", re.DOTALL)
_BLANKS = " \t\f"
_CONTROL = {"t": "\t", "n": "\n", "r": "\r", "f": "\f"}


@dataclass(frozen=True, slots=True)
class Property:
    """One key with its value; ``line`` counts from 0, ``lines`` is more than 1 where the value is continued.

    ``head`` is all that stands before the value as it is written, ``separator`` the last part of that.
    """

    key: str
    value: str
    line: int
    lines: int
    head: str
    separator: str


@lru_cache(maxsize=16)
def properties(text: str) -> tuple[Property, ...]:
    """Return the properties of ``text`` as ``java.util.Properties`` reads them; one edit asks several times."""
    return tuple(_read(text))


def _read(text: str) -> Iterator[Property]:
    lines = text.split("\n")
    number = 0
    while number < len(lines):
        first, logical = number, lines[number].rstrip("\r")
        if not logical.strip(_BLANKS) or logical.lstrip(_BLANKS)[0] in "#!":
            number += 1
            continue
        while _continues(logical) and number + 1 < len(lines):
            number += 1
            logical = logical[:-1] + lines[number].rstrip("\r").lstrip(_BLANKS)
        if _continues(logical):  # with nothing
            logical = logical[:-1]
        number += 1
        found = _LINE.fullmatch(logical)
        if found and logical.strip(_BLANKS):
            head = found[1] + found[2] + found[3]
            yield Property(_unescaped(found[2]), _unescaped(found[4]), first, number - first, head, found[3])


def get(text: str, key: str, where: str) -> Property | None:
    """Return the property ``key``, None when there is none.

    :raises Failure: ``conflict`` when the key stands there twice.
    """
    found = [one for one in properties(text) if one.key == key]
    if len(found) > 1:
        lines = " and ".join(str(one.line + 1) for one in found)
        raise Failure("conflict", f"{where} holds the property '{key}' twice, on its lines {lines}. Remove one of them")
    return found[0] if found else None


def changed_line(found: Property, value: str, where: str) -> str:
    """Return the line of the property with another value."""
    if found.lines > 1:
        raise Failure(
            "refused",
            f"{where}: the property '{found.key}' goes over {found.lines} lines. Write it on one line first",
        )
    head = found.head if re.search(r"[=: \t\f]$", found.head) else found.head + "="
    return head + escaped_value(value)


def new_line(text: str, key: str, value: str) -> tuple[int, str]:
    """Return where to insert a line for a new property, and the line, written like its neighbours."""
    last = next(reversed(properties(text)), None)
    indent, separator = "", "="
    if last is not None:
        indent = last.head[: len(last.head) - len(last.head.lstrip())]
        separator = last.separator or "="
    return (last.line + last.lines if last else 0), indent + _escaped_key(key) + separator + escaped_value(value)


def escaped_value(value: str) -> str:
    """Return ``value`` as a properties file has it: ASCII, one line."""
    escaped = "".join(_escaped(one) for one in value)
    return "\\" + escaped if escaped.startswith(" ") else escaped


def _escaped_key(key: str) -> str:
    return re.sub(r"([=: #!])", r"\\\1", "".join(_escaped(one) for one in key))


def _escaped(one: str) -> str:
    for letter, meant in _CONTROL.items():
        if one == meant:
            return "\\" + letter
    if one == "\\":
        return "\\\\"
    if " " <= one <= "~":
        return one
    return "".join(f"\\u{int.from_bytes(unit, 'big'):04x}" for unit in _utf16(one))


def _utf16(one: str) -> list[bytes]:
    data = one.encode("utf-16-be")
    return [data[index : index + 2] for index in range(0, len(data), 2)]


def _unescaped(text: str) -> str:
    def meant(found: re.Match[str]) -> str:
        escape = found[1]
        if len(escape) == 5:
            return chr(int(escape[1:], 16))
        return _CONTROL.get(escape, escape)

    joined = _ESCAPE.sub(meant, text)
    return joined.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _continues(line: str) -> bool:
    return (len(line) - len(line.rstrip("\\"))) % 2 == 1

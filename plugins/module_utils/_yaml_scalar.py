# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writing one scalar of YAML in the style that stands there, so that it reads back as exactly the wanted text."""

from __future__ import annotations

import re

from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import Failure
from ansible_collections.manuela.event_streaming.plugins.module_utils._yaml_text import NULLS, Node, Source

# Texts that some YAML reader (1.1 or 1.2) takes for a number, a truth value, a date or nothing.
_NOT_TEXT = re.compile(
    r"""~?|null|y|n|yes|no|on|off|true|false|<<|=
    |[-+]?0b[01_]+|[-+]?0o?[0-7_]+|[-+]?0x[0-9a-f_]+
    |[-+]?[0-9][0-9_]*(:[0-5]?[0-9])*(\.[0-9_]*)?
    |[-+]?(\.[0-9][0-9_]*|[0-9][0-9_]*(\.[0-9_]*)?)(e[-+]?[0-9]+)?
    |[-+]?\.inf|\.nan
    |[0-9]{4}-[0-9][0-9]?-[0-9][0-9]?([Tt \t].*)?""",
    re.VERBOSE | re.IGNORECASE,
)
_PLAIN = re.compile(
    r"""[^\s#&*!|>'"%@`,\[\]{}?:-](?:[^\s#:]|:(?=\S)|(?<=\S)\#|[ ]+(?=[^\s#]))*
    |[?:-](?=\S)(?:[^\s#:]|:(?=\S))*""",
    re.VERBOSE,
)
_PRINTABLE = re.compile(r"[\x20-\x7e\u00a0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]*")
_UNQUOTABLE = re.compile(rf"[^{_PRINTABLE.pattern[1:-2]}]|[\"\\]")
_BLOCK = re.compile(rf"(?:{_PRINTABLE.pattern[:-1]}|[\n\t])*")
_HEADER = re.compile(r"([|>][1-9]?)([-+]?)([1-9]?)")
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t", "\0": "\\0"}


def reads_as_text(plain: str) -> bool:
    """Whether ``plain``, written without quotes, is a string for every YAML reader."""
    return not _NOT_TEXT.fullmatch(plain)


def rendered(source: Source, node: Node, value: str, *, in_flow: bool) -> str:
    """Return what to write in the place of ``node`` so that it reads as ``value``."""
    if node.style in ("|", ">"):
        return block(source, node, value)
    if node.style == "'" and _PRINTABLE.fullmatch(value):
        return "'" + value.replace("'", "''") + "'"
    if not node.style and _may_stay_plain(node, value, in_flow=in_flow):
        return value
    return quoted(value)


def _is_plain(value: str, *, in_flow: bool) -> bool:
    if value.startswith(("---", "...")) or (in_flow and re.search(r"^[:-]|[,\[\]{}?]", value)):
        return False
    return bool(_PLAIN.fullmatch(value)) and bool(_PRINTABLE.fullmatch(value))


def _may_stay_plain(node: Node, value: str, *, in_flow: bool) -> bool:
    if not _is_plain(value, in_flow=in_flow):
        return False
    # A text must stay a text; where a number or a truth value stands, another may take its place, but not nothing.
    return reads_as_text(value) or not (reads_as_text(node.value) or node.is_null or value in NULLS)


def scalar_text(value: str, *, typed: bool, in_flow: bool) -> str:
    """Return how to write ``value`` where nothing stood before; ``typed`` leaves a number or truth value bare."""
    return value if typed else literal(value, in_flow=in_flow)


def literal(value: str, *, in_flow: bool = False) -> str:
    """Return the shortest way to write the text ``value`` on one line."""
    plain = _is_plain(value, in_flow=in_flow) and reads_as_text(value)
    return value if plain else quoted(value)


def quoted(value: str) -> str:
    """Return ``value`` in double quotes."""
    return '"' + _UNQUOTABLE.sub(_escaped, value) + '"'


def _escaped(found: re.Match[str]) -> str:
    one = found[0]
    if one in _ESCAPES:
        return _ESCAPES[one]
    return f"\\u{ord(one):04x}"  # what lies beyond is printable


def block(source: Source, node: Node, value: str) -> str:
    """Return a literal or folded block with the header, the indentation and the blank lines behind it of the one there.

    A folded block gets each line of the value as one line, with a blank line where the value has a line break.
    """
    raw = source.text[node.start : node.end]
    header, *body = raw.split("\n")
    eol = "\r\n" if header.endswith("\r") else "\n"
    is_folded = node.style == ">"
    indented = re.search(r"^[ \t]", value if is_folded else value.lstrip("\n")[:1], re.M)
    if indented or not value.strip() or not _BLOCK.fullmatch(value):
        raise Failure(
            "refused",
            f"{source.name}, line {source.line(node.start)}: the new value cannot be written as a block ({node.style}),"
            " because it is empty, begins with a blank or holds control characters. Write the old one in quotes first",
        )
    chomping = "-" if not value.endswith("\n") else "+" if value.endswith("\n\n") else ""
    indent = " " * block_indent(source, node)
    text = re.sub(r"\n+(?=[^\n])", r"\g<0>\n", value) if is_folded else value
    lines = text.removesuffix("\n").split("\n")
    written = eol.join((indent + line) if line else "" for line in lines)
    begun = header.removesuffix("\r")
    if value.endswith("\n") or not body[-1]:  # else the file ends in the value, whatever the header says
        begun = _HEADER.sub(rf"\g<1>{chomping}\g<3>", begun, count=1)
    return begun + eol + written + _tail(body, chomping, eol, value)


def _tail(body: list[str], chomping: str, eol: str, value: str) -> str:
    """Return the blank lines that followed the old block and are no part of a value, with the break before them."""
    blank = 0
    while not body[-1 - blank].strip():
        blank += 1
    if not blank:  # the file ends in the block, without a final newline
        return eol if value.endswith("\n") else ""
    return eol if chomping == "+" else eol + "\n".join(body[len(body) - blank :])


def block_indent(source: Source, node: Node) -> int:
    """Return how far the text of a block is indented: what its first line has before what the value begins with."""
    written = source.text[node.start : node.end].split("\n")[1:]
    leading = [
        next((_leading(line) for line in lines if line.strip()), -1) for lines in (written, node.value.split("\n"))
    ]
    if leading[1] >= 0:
        return leading[0] - leading[1]
    raise Failure(
        "refused",
        f"{source.name}, line {source.line(node.start)}: an empty block has no indentation to follow. "
        "Write a first line into it, or use quotes",
    )


def _leading(line: str) -> int:
    return len(line) - len(line.lstrip())

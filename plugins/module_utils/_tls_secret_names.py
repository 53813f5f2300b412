# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names in a certificate: what may stand there, and which one becomes the common name."""

from __future__ import annotations

import ipaddress
import re
from typing import Sequence

from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import Failure

LONGEST_COMMON_NAME = 64
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_DNS = re.compile(rf"(?:\*\.)?{_LABEL}(?:\.{_LABEL})*")


def normalised(names: Sequence[str]) -> tuple[str, ...]:
    """Return the alternative names as ``DNS:name`` or ``IP:address``, each once, in the order given.

    :raises Failure: ``invalid_option`` for a name that a certificate cannot hold or a client would not match.
    """
    if not names:
        raise Failure(
            "invalid_option", "subject_alt_name is empty: clients match nothing else. Give at least one DNS: name"
        )
    return tuple(dict.fromkeys(_normalised(name.strip()) for name in names))


def _normalised(name: str) -> str:
    kind, colon, value = name.partition(":")
    if colon and kind.upper() == "IP":
        if not _is_address(value):
            raise Failure("invalid_option", f"subject_alt_name '{name}': {value} is no IP address of a certificate")
        return f"IP:{ipaddress.ip_address(value)}"
    if not colon or kind.upper() != "DNS":
        raise Failure(
            "invalid_option", f"subject_alt_name '{name}' must begin with DNS: or IP:, as in DNS:*.apps.example.com"
        )
    if _is_address(value):
        raise Failure("invalid_option", f"subject_alt_name '{name}' is an address, write IP:{value}")
    value = value.lower().rstrip(".")
    if not _DNS.fullmatch(value) or len(value) > 253:
        raise Failure(
            "invalid_option",
            f"subject_alt_name '{name}' is no host name: labels hold letters, digits and hyphens, at most 63, "
            "and only the first one may be an asterisk",
        )
    return f"DNS:{value}"


def _is_address(value: str) -> bool:
    """Whether it is an IP address without a zone, which has no place in a certificate."""
    try:
        ipaddress.ip_address(value)
    except ValueError:
        return False
    return "%" not in value


def common_name(asked: str, names: Sequence[str]) -> str:
    """Return the common name: the one asked for, else the first alternative name that fits, else the end of one.

    It is never empty: Java refuses an issuer without a name.

    :raises Failure: ``invalid_option`` when the one asked for is too long for a certificate.
    """
    checked("common_name", asked)
    size = len(asked.encode())
    if size > LONGEST_COMMON_NAME:
        raise Failure(
            "invalid_option",
            f"common_name '{asked}' has {size} bytes, a certificate takes {LONGEST_COMMON_NAME}. Leave it out: "
            "clients match subject_alt_name, which has no such limit",
        )
    values = [name.partition(":")[2] for name in sorted(names, key=lambda name: not name.startswith("DNS:"))]
    fitting = next((value for value in values if len(value) <= LONGEST_COMMON_NAME), "")
    return asked or fitting or _end_of(values[0])


def checked(option: str, text: str) -> str:
    """Return the text of a name when all of it can be shown.

    :raises Failure: ``invalid_option`` for line breaks and the like.
    """
    if not text.isprintable():
        raise Failure("invalid_option", f"{option} holds characters that cannot be shown: {text!a}. Remove them")
    return text


def _end_of(name: str) -> str:
    while len(name) > LONGEST_COMMON_NAME:
        name = name.partition(".")[2]
    return name

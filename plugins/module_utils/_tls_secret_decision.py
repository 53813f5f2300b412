# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a certificate still does: pure data in, reasons for a new one out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

DAY = 86400

KeyType = Literal["RSA", "ECDSA"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """The certificate asked for; ``issuer`` is the fingerprint of the own CA, empty for a self-signed one."""

    common_name: str
    subject_alt_name: tuple[str, ...]
    subject: tuple[tuple[str, str], ...] = ()
    key_type: KeyType = "RSA"
    key_size: int = 2048
    valid_days: int = 365
    renew_before_days: int = 30
    issuer: str = ""


@dataclass(frozen=True, slots=True)
class Certificate:
    """What a certificate says.  ``weak`` tells why its signature is weak.

    ``lacks`` names what strict clients miss in it, ``unknown`` what they do not know.
    """

    fingerprint: str
    common_name: str
    subject_alt_name: tuple[str, ...]
    subject: tuple[tuple[str, str], ...]
    not_before: float
    not_after: float
    key_type: str
    key_size: int
    issuer: str = ""
    weak: str = ""
    lacks: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pair:
    """What a manifest holds: a certificate or why it cannot be read, and whether the private key belongs to it.

    ``key_problem`` is empty for a matching key, and for a manifest that holds no key.
    """

    certificate: Certificate | None
    problem: str = ""
    key_problem: str = ""

    @property
    def is_usable(self) -> bool:
        """Whether a server could start with it at all."""
        return self.certificate is not None and not self.key_problem


def reasons(pair: Pair, wanted: Wanted, now: float) -> tuple[str, ...]:
    """Return why a new pair is needed, an empty tuple when the present one does.

    Dates are compared with the renewal window only, so a second run in it or before it finds nothing new.
    """
    there = pair.certificate
    if there is None:
        return (pair.problem,)
    found = [pair.key_problem] if pair.key_problem else []
    return (*found, *_names(there, wanted), *_strength(there, wanted), *_dates(there, wanted, now))


def _names(there: Certificate, wanted: Wanted) -> list[str]:
    found = []
    old, new = set(there.subject_alt_name), set(wanted.subject_alt_name)
    if old != new:
        missing, extra = ", ".join(sorted(new - old)), ", ".join(sorted(old - new))
        parts = [f"it lacks {missing}"] if missing else []
        parts += [f"it has {extra} beyond what is asked for"] if extra else []
        found.append(f"names differ: {' and '.join(parts)}")
    if there.common_name != wanted.common_name:
        found.append(f"names differ: its common name is '{there.common_name}', wanted '{wanted.common_name}'")
    if sorted(there.subject) != sorted(wanted.subject):
        found.append(f"names differ: its subject is {_subject(there.subject)}, wanted {_subject(wanted.subject)}")
    if there.issuer != wanted.issuer:
        issuer = "another issuer" if there.issuer else "itself"
        found.append(f"it is signed by {issuer}, wanted {'the given CA' if wanted.issuer else 'a self-signed one'}")
    return found


def _subject(parts: tuple[tuple[str, str], ...]) -> str:
    return "/".join(f"{key}={value}" for key, value in sorted(parts)) or "empty"


def _strength(there: Certificate, wanted: Wanted) -> list[str]:
    found = []
    if there.key_type != wanted.key_type:
        found.append(f"its key is {there.key_type}, wanted {wanted.key_type}")
    elif there.key_size < wanted.key_size:
        found.append(f"weaker than asked: its key has {there.key_size} bits, wanted {wanted.key_size}")
    if there.weak:
        found.append(f"weaker than asked: {there.weak}")
    if there.lacks:
        found.append(f"strict clients refuse it: it lacks {', '.join(there.lacks)}")
    if there.unknown:
        found.append(f"strict clients refuse it: they do not know {', '.join(there.unknown)}")
    return found


def _dates(there: Certificate, wanted: Wanted, now: float) -> list[str]:
    left = there.not_after - now
    if left <= 0:
        return [f"it expired on {moment(there.not_after)}"]
    if there.not_before > now:
        return [f"it is not valid before {moment(there.not_before)}"]
    if left < wanted.renew_before_days * DAY:
        return [f"it expires within {wanted.renew_before_days} days, on {moment(there.not_after)}"]
    return []


def moment(epoch: float) -> str:
    """Return seconds since 1970 as ISO 8601 in UTC."""
    return datetime.fromtimestamp(epoch, tz=UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

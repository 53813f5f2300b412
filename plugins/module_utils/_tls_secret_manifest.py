# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificates and keys inside Secret manifests, as PEM texts."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ansible_collections.manuela.event_streaming.plugins.module_utils._manifest_value_address import Address, locate
from ansible_collections.manuela.event_streaming.plugins.module_utils._manifest_value_edit import (
    Wanted,
    change,
    current,
)
from ansible_collections.manuela.event_streaming.plugins.module_utils._yaml_text import Source


@dataclass(frozen=True, slots=True)
class Manifest:
    """One Secret: its file, how to select it there, and the keys of its data."""

    real: Path
    holds: Literal["pair", "certificate"]
    name: str = ""
    namespace: str = ""
    certificate_key: str = "tls.crt"
    private_key_key: str = "tls.key"

    @property
    def has_key(self) -> bool:
        """Whether the private key belongs into it."""
        return self.holds == "pair"


@dataclass(frozen=True, slots=True)
class Texts:
    """The PEM texts of one manifest: None where there is nothing, empty where it is not base64 of a text."""

    certificate: str | None
    private_key: str | None = None

    def __repr__(self) -> str:
        return "Texts(…)"  # the private key must not get into a message by accident


def read(source: Source, manifest: Manifest) -> Texts:
    """Return what the manifest holds."""
    private_key = current(source, _value(source, manifest, manifest.private_key_key)) if manifest.has_key else None
    return Texts(current(source, _value(source, manifest, manifest.certificate_key)), private_key)


def write(source: Source, manifest: Manifest, texts: Texts) -> Source:
    """Return the file with the texts in the manifest; a text that is there in other words of PEM stays."""
    there = read(source, manifest)
    if not same(there.certificate, texts.certificate):
        source = change(source, _value(source, manifest, manifest.certificate_key, texts.certificate))
    if manifest.has_key and not same(there.private_key, texts.private_key):
        source = change(source, _value(source, manifest, manifest.private_key_key, texts.private_key))
    return source


def same(one: str | None, other: str | None) -> bool:
    """Whether two PEM texts say the same; blanks and line breaks mean nothing there."""
    return (one or "").split() == (other or "").split()


def _value(source: Source, manifest: Manifest, key: str, value: str | None = None) -> Wanted:
    """Return the place of ``key``: under stringData in clear when it stands there, else under data in base64."""
    in_clear = Address("Secret", manifest.name, manifest.namespace, ("stringData", key))
    if _has(source, in_clear, "stringData") and locate(source, in_clear).missing is None:
        return Wanted("", in_clear, value or "", secret=True, add=True)
    encoded = Address("Secret", manifest.name, manifest.namespace, ("data", key))
    return Wanted("", encoded, value or "", encoding="base64", secret=True, add=True)


def _has(source: Source, address: Address, section: str) -> bool:
    top = Address(address.kind, address.name, address.namespace, (section,))
    return locate(source, top).missing is None

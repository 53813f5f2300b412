# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificates and keys inside Secret manifests, as PEM texts; inside SealedSecret manifests the key is sealed.

A SealedSecret holds the certificate in its template, where everybody may read it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import Failure
from ansible_collections.manuela.event_streaming.plugins.module_utils._manifest_value_address import Address, locate
from ansible_collections.manuela.event_streaming.plugins.module_utils._manifest_value_edit import (
    Wanted,
    change,
    current,
)
from ansible_collections.manuela.event_streaming.plugins.module_utils._manifest_value_edit import without as removed
from ansible_collections.manuela.event_streaming.plugins.module_utils._tls_secret_seal import Seal
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
    seal: Seal | None = None

    @property
    def has_key(self) -> bool:
        """Whether the private key belongs into it."""
        return self.holds == "pair"

    @property
    def is_readable(self) -> bool:
        """Whether the private key can be read back from it."""
        return self.has_key and self.seal is None


@dataclass(frozen=True, slots=True)
class Texts:
    """The PEM texts of one manifest: None where there is nothing, empty where it is not base64 of a text.

    The private key that was read from a sealed manifest is the sealed one.
    """

    certificate: str | None
    private_key: str | None = None

    def __repr__(self) -> str:
        return "Texts(…)"  # the private key must not get into a message by accident


def read(source: Source, manifest: Manifest) -> Texts:
    """Return what the manifest holds."""
    private_key = current(source, _value(source, manifest, manifest.private_key_key)) if manifest.has_key else None
    return Texts(current(source, _value(source, manifest, manifest.certificate_key)), private_key)


def write(source: Source, manifest: Manifest, texts: Texts, now: float) -> Source:
    """Return the file with the texts in the manifest; a text that is there in other words of PEM stays.

    A sealed key stays as long as the certificate beside it is the same: both are written at once.
    """
    there = read(source, manifest)
    if manifest.seal is not None and not (same(there.certificate, texts.certificate) and there.private_key):
        sealed = manifest.seal.close(texts.private_key or "", _label(source, manifest), now)
        source = change(source, _value(source, manifest, manifest.private_key_key, sealed))
    if not same(there.certificate, texts.certificate):
        source = change(source, _value(source, manifest, manifest.certificate_key, texts.certificate))
    if manifest.is_readable and not same(there.private_key, texts.private_key):
        source = change(source, _value(source, manifest, manifest.private_key_key, texts.private_key))
    return source


def without(source: Source, manifest: Manifest) -> Source:
    """Return the file without the manifest's keys, each of which has lines of its own."""
    for key in (manifest.certificate_key, *((manifest.private_key_key,) if manifest.has_key else ())):
        source = removed(source, _value(source, manifest, key))
    return source


def holds(texts: Texts, certificate: str | None) -> bool:
    """Whether a manifest has the certificate, with some private key beside it."""
    return same(texts.certificate, certificate) and bool(texts.private_key)


def same(one: str | None, other: str | None) -> bool:
    """Whether two PEM texts say the same; blanks and line breaks mean nothing there."""
    return (one or "").split() == (other or "").split()


def _value(source: Source, manifest: Manifest, key: str, value: str | None = None) -> Wanted:
    """Return the place of ``key``: under stringData when it stands there or there is no data, else in base64."""
    if manifest.seal is not None:
        section = ("encryptedData",) if key == manifest.private_key_key else ("template", "data")
        return Wanted("", _sealed(manifest, "spec", *section, key), value or "", secret=True, add=True)
    in_clear = Address("Secret", manifest.name, manifest.namespace, ("stringData", key))
    has_clear = _has(source, in_clear, "stringData")
    if has_clear and (locate(source, in_clear).missing is None or not _has(source, in_clear, "data")):
        return Wanted("", in_clear, value or "", secret=True, add=True)
    encoded = Address("Secret", manifest.name, manifest.namespace, ("data", key))
    return Wanted("", encoded, value or "", encoding="base64", secret=True, add=True)


def _has(source: Source, address: Address, section: str) -> bool:
    top = Address(address.kind, address.name, address.namespace, (section,))
    return locate(source, top).missing is None


def _label(source: Source, manifest: Manifest) -> str:
    """Return what the sealed text is bound to, by the scope that the SealedSecret's annotations name."""
    if _is_on(source, manifest, "cluster-wide"):
        return ""
    namespace = _text(source, manifest, "metadata", "namespace")
    if not namespace:
        raise Failure(
            "invalid_option",
            f"{source.name}: the SealedSecret has no metadata.namespace, which the sealed key is bound to. Write it "
            "there, or give it the annotation sealedsecrets.bitnami.com/cluster-wide",
        )
    is_wide = _is_on(source, manifest, "namespace-wide")
    return namespace if is_wide else f"{namespace}/{_text(source, manifest, 'metadata', 'name')}"


def _is_on(source: Source, manifest: Manifest, scope: str) -> bool:
    return _text(source, manifest, "metadata", "annotations", f"sealedsecrets.bitnami.com/{scope}") == "true"


def _text(source: Source, manifest: Manifest, *key_path: str) -> str:
    """Return one value of a SealedSecret, empty where there is none on the whole way."""
    for length in range(1, len(key_path)):
        if locate(source, _sealed(manifest, *key_path[:length])).missing is not None:
            return ""
    return current(source, Wanted("", _sealed(manifest, *key_path), "")) or ""


def _sealed(manifest: Manifest, *key_path: str) -> Address:
    return Address("SealedSecret", manifest.name, manifest.namespace, key_path)

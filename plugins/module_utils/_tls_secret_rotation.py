# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A pair exchanged in three steps, so that who trusts the certificate never meets one that it does not know.

The next pair waits under keys of its own (``next.tls.crt``), in the same manifests: announce puts it there, switch
makes it the serving one, finish takes the old one out of the trust.  Where the exchange stands is read from the
manifests alone.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, Mapping, Protocol

from ansible_collections.manuela.event_streaming.plugins.module_utils import _tls_secret_manifest as manifests
from ansible_collections.manuela.event_streaming.plugins.module_utils import _tls_secret_x509 as x509
from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import Failure
from ansible_collections.manuela.event_streaming.plugins.module_utils._plan import Plan
from ansible_collections.manuela.event_streaming.plugins.module_utils._tls_secret_decision import reasons
from ansible_collections.manuela.event_streaming.plugins.module_utils._tls_secret_manifest import (
    Manifest,
    Texts,
    same,
)
from ansible_collections.manuela.event_streaming.plugins.module_utils._tls_secret_options import Options
from ansible_collections.manuela.event_streaming.plugins.module_utils._yaml_text import Source

NEXT = "next."
MOVE = "move"
Files = Mapping[Path, Source]


class Secrets(Protocol):
    """The manifests, read and told."""

    def observe(self) -> Files:
        """Read them."""

    def all_shown(self, files: Files) -> str:
        """Return one line of each, by fingerprint."""

    def describe(self, current: Files, pending: Plan) -> Mapping[str, Any]:
        """Return the facts of the serving pair."""


def next_of(manifest: Manifest) -> Manifest:
    """Return the place of the next pair in a manifest."""
    return replace(
        manifest,
        certificate_key=NEXT + manifest.certificate_key,
        private_key_key=NEXT + manifest.private_key_key,
    )


def announcing(options: Options, files: Files, now: float) -> Options:
    """Return what is to be brought about: the next pair in all manifests, or nothing while none is due."""
    primary, others = options.pairs[0], [one for one in options.manifests if not one.has_key]
    serving = manifests.read(files[primary.real], primary)
    waits = any(_held(files, next_of(one)) for one in options.pairs)
    is_unfinished = not waits and any(_trusts(files, next_of(one), serving.certificate) for one in others)
    pair = x509.read(serving.certificate, serving.private_key, needs_key=True, issuer=options.authority)
    is_due = options.regenerate == "always" or (options.regenerate == "auto" and reasons(pair, options.wanted, now))
    if waits or (is_due and not is_unfinished):
        return replace(options, manifests=tuple(map(next_of, options.manifests)), regenerate="auto")
    return replace(options, manifests=(primary,), regenerate="never")


class Move:
    """The steps switch and finish, which make nothing new."""

    def __init__(self, secrets: Secrets, options: Options, now: float) -> None:
        self._secrets, self._options, self._now = secrets, options, now

    def observe(self) -> Files:
        """Read the manifests."""
        return self._secrets.observe()

    def plan(self, current: Files) -> Plan:
        """Return the move, or nothing when it was made already."""
        edited = self._edited(current)
        behind = [real for real in current if edited[real] is not current[real]]
        why = {
            "switch": "the next pair waits to serve",
            "finish": "a certificate is trusted that no longer serves",
        }[self._options.rotation]
        lines = tuple(f"{self._options.tree.shown(real)}: {why}" for real in behind)
        return Plan((MOVE,) if behind else (), self._secrets.all_shown(current), self._secrets.all_shown(edited), lines)

    def apply(self, plan: Plan) -> None:
        """Write the manifests that differ."""
        current = self.observe()
        edited = self._edited(current)
        changed = {real: edited[real].to_bytes() for real in current if edited[real] is not current[real]}
        self._options.tree.write_all(changed)

    def describe(self, current: Files, pending: Plan) -> Mapping[str, Any]:
        """Return the facts of the pair that serves then."""
        return self._secrets.describe(self._edited(current), Plan())

    def _edited(self, current: Files) -> dict[Path, Source]:
        edited = dict(current)
        move = self._switched if self._options.rotation == "switch" else self._finished
        for one in self._options.manifests:
            edited[one.real] = move(current, edited[one.real], one)
        return edited

    def _switched(self, files: Files, source: Source, one: Manifest) -> Source:
        if not one.has_key:
            return source
        texts = manifests.read(source, next_of(one))
        if not texts.certificate:
            waiting = next((held for other in self._options.pairs if (held := _held(files, next_of(other)))), None)
            if waiting and not same(_held(files, one), waiting):
                raise self._refused(one, "it has no next pair yet")
            return source
        pair = x509.read(texts.certificate, texts.private_key, needs_key=True)
        if not pair.is_usable:
            raise self._refused(one, f"its next pair cannot serve: {pair.problem or pair.key_problem}")
        for other in self._options.manifests:
            if not other.has_key and not any(_trusts(files, at, texts.certificate) for at in (next_of(other), other)):
                raise self._refused(other, "it does not trust the next certificate yet")
        return manifests.without(manifests.write(source, one, texts, self._now), next_of(one))

    def _finished(self, files: Files, source: Source, one: Manifest) -> Source:
        serving = _held(files, self._options.pairs[0])
        for pair in self._options.pairs:
            if _held(files, next_of(pair)):
                raise self._refused(pair, "its next pair does not serve yet", "Run with rotation=switch")
            if not same(_held(files, pair), serving):
                raise self._refused(pair, "it serves another certificate", "Run with rotation=direct")
        if one.has_key or not serving:
            return source
        trust = next((at for at in (next_of(one), one) if _trusts(files, at, serving)), None)
        texts = Texts(_held(files, trust) if trust else _trust_in(serving))
        return manifests.without(manifests.write(source, one, texts, self._now), next_of(one))

    def _refused(self, one: Manifest, why: str, advice: str = "Run with rotation=announce") -> Failure:
        return Failure("refused", f"{self._options.tree.shown(one.real)}: {why}. {advice} first")


def _held(files: Files, one: Manifest) -> str | None:
    return manifests.read(files[one.real], one).certificate


def _trusts(files: Files, one: Manifest, certificate: str | None) -> bool:
    """Whether a manifest holds what clients need to trust a server's certificate: itself, or the root behind it."""
    held = _held(files, one)
    return bool(held and certificate) and (same(held, certificate) or same(held, _trust_in(certificate or "")))


def _trust_in(certificate: str) -> str:
    """Return the last certificate of a server's chain."""
    return (x509.certificates_in(certificate) or [certificate])[-1]

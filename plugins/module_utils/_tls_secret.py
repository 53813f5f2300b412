# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One TLS pair that several Secret manifests hold: made when there is a reason, the same in all of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, Mapping

from ansible_collections.manuela.event_streaming.plugins.module_utils import _tls_secret_manifest as manifests
from ansible_collections.manuela.event_streaming.plugins.module_utils import _tls_secret_x509 as x509
from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import Failure
from ansible_collections.manuela.event_streaming.plugins.module_utils._plan import Plan, Result, converge
from ansible_collections.manuela.event_streaming.plugins.module_utils._tls_secret_decision import (
    DAY,
    Pair,
    moment,
    reasons,
)
from ansible_collections.manuela.event_streaming.plugins.module_utils._tls_secret_maker import make
from ansible_collections.manuela.event_streaming.plugins.module_utils._tls_secret_manifest import Manifest, Texts
from ansible_collections.manuela.event_streaming.plugins.module_utils._tls_secret_options import Options, parse
from ansible_collections.manuela.event_streaming.plugins.module_utils._tls_secret_rotation import Move, announcing
from ansible_collections.manuela.event_streaming.plugins.module_utils._work_tree import WorkTree
from ansible_collections.manuela.event_streaming.plugins.module_utils._yaml_text import Source

RENEW = "renew"
COPY = "copy"
Files = Mapping[Path, Source]


def execute(params: Mapping[str, Any], check_mode: bool, clock: Any) -> Result:
    """Run the module ``tls_secret``."""
    x509.load()
    now = clock.epoch()
    options = parse(params, now)
    secrets = _Secrets(options, now)
    if options.rotation in ("switch", "finish"):
        return converge(Move(secrets, options, now), check_mode=check_mode)
    if options.rotation == "announce":
        secrets = _Secrets(announcing(options, secrets.observe(), now), now)
    return converge(secrets, check_mode=check_mode)


class _Secrets:
    """The manifests, that with the private key first: the others are derived from it."""

    def __init__(self, options: Options, now: float) -> None:
        self._tree: WorkTree = options.tree
        self._options, self._wanted, self._now = options, options.wanted, now
        in_order = sorted(options.manifests, key=lambda one: (not one.has_key, not one.is_readable))
        self._manifests: tuple[Manifest, ...] = tuple(in_order)
        self._is_new = False
        self._parsed: dict[Path, tuple[bytes, Source]] = {}
        self._pairs: dict[tuple[Texts, bool], Pair] = {}

    def observe(self) -> Files:
        files = {real: self._read(real) for real in dict.fromkeys(one.real for one in self._manifests)}
        for one in self._manifests:
            manifests.read(files[one.real], one)  # a manifest that cannot be used is named before the first write
        return files

    def _read(self, real: Path) -> Source:
        """Read the file; what was parsed or written in this run is not parsed again while its bytes are the same."""
        data = self._tree.read_bytes(real)
        known = self._parsed.get(real)
        if known is None or known[0] != data:
            known = self._parsed[real] = (data, self._tree.parse(real, data))
        return known[1]

    def plan(self, current: Files) -> Plan:
        primary = self._manifests[0]
        name = self._tree.shown(primary.real)
        why = self._why(self._pair(current), self._bereft(current))
        if why:
            text = f"a new certificate for {', '.join(self._wanted.subject_alt_name)}"
            after = "".join(f"{self._tree.shown(one.real)}: {text}\n" for one in self._manifests)
            return Plan((RENEW,), self.all_shown(current), after, tuple(f"{name}: {reason}" for reason in why))
        texts = manifests.read(current[primary.real], primary)
        behind = [one for one in self._manifests if self._differs(current, one, texts)]
        if not behind:
            return Plan()
        after = self.all_shown(self._edited(current, texts))
        lines = (f"{self._tree.shown(one.real)}: it differs from {name}" for one in behind)
        return Plan((COPY,), self.all_shown(current), after, tuple(lines))

    def all_shown(self, files: Files) -> str:
        """Return one line of each manifest."""
        return "".join(self._shown(files, one) for one in self._manifests)

    def _pair(self, current: Files) -> Pair:
        primary = self._manifests[0]
        texts = manifests.read(current[primary.real], primary)
        pair = x509.read(
            texts.certificate, texts.private_key, needs_key=primary.is_readable, issuer=self._options.authority
        )
        is_lost = primary.seal is not None and pair.certificate is not None and not texts.private_key
        return replace(pair, key_problem="the sealed private key is missing") if is_lost else pair

    def _bereft(self, current: Files) -> tuple[str, ...]:
        """Return which other manifests need the private key of the first one, when that is sealed there."""
        primary, *others = self._manifests
        if primary.is_readable:
            return ()
        texts = manifests.read(current[primary.real], primary)
        return tuple(
            f"{self._tree.shown(one.real)} needs the private key, which cannot be read back"
            for one in others
            if one.has_key and not manifests.holds(manifests.read(current[one.real], one), texts.certificate)
        )

    def _why(self, pair: Pair, bereft: tuple[str, ...]) -> tuple[str, ...]:
        """Return why a new pair is to be made, nothing when the present one is to stay."""
        found = (*reasons(pair, self._wanted, self._now), *bereft)
        if self._options.regenerate == "always" and not self._is_new:
            return (*found, "a new one was asked for (regenerate=always)")
        if self._options.regenerate != "never" or not found:
            return found
        is_foreign = pair.certificate is not None and pair.certificate.issuer != self._wanted.issuer
        is_mistrusted = is_foreign and any(not one.has_key for one in self._manifests) and self._options.authority
        is_over = pair.certificate is None or pair.certificate.not_after <= self._now
        if is_over or is_mistrusted or pair.key_problem or bereft:
            raise Failure(
                "refused",
                f"{self._tree.shown(self._manifests[0].real)}: {'; '.join(found)}, and regenerate=never forbids a new "
                "pair. Use regenerate=auto, or put a valid pair there",
            )
        return ()

    def _differs(self, current: Files, one: Manifest, primary: Texts) -> bool:
        return self._with(current[one.real], one, primary) is not current[one.real]

    def _with(self, source: Source, one: Manifest, primary: Texts) -> Source:
        return manifests.write(source, one, self._texts_for(one, primary), self._now)

    def _texts_for(self, one: Manifest, primary: Texts) -> Texts:
        if one.has_key:
            return primary
        authority = self._options.authority
        return Texts(authority.trust if authority else primary.certificate)

    def _edited(self, current: Files, primary: Texts) -> dict[Path, Source]:
        edited = dict(current)
        for one in self._manifests:
            edited[one.real] = self._with(edited[one.real], one, primary)
        return edited

    def _shown(self, current: Files, one: Manifest) -> str:
        """Return the manifest as one line of a diff, by fingerprint."""
        texts = manifests.read(current[one.real], one)
        known = (texts, one.is_readable)  # most manifests hold the same
        if known not in self._pairs:
            self._pairs[known] = x509.read(texts.certificate, texts.private_key, needs_key=one.is_readable)
        pair = self._pairs[known]
        if pair.certificate is None:
            return f"{self._tree.shown(one.real)}: {pair.problem}\n"
        there = pair.certificate
        names = ", ".join(there.subject_alt_name) or "no name"
        problem = f", {pair.key_problem}" if pair.key_problem else ""
        return (
            f"{self._tree.shown(one.real)}: sha256:{there.fingerprint} for {names} "
            f"until {moment(there.not_after)}{problem}\n"
        )

    def apply(self, plan: Plan) -> None:
        current = self.observe()
        primary = manifests.read(current[self._manifests[0].real], self._manifests[0])
        if plan.steps == (RENEW,):
            made = make(self._wanted, self._now, self._options.authority)
            primary = Texts(made.certificate, made.private_key)
            self._is_new = True
        edited = self._edited(current, primary)
        changed = {real: edited[real].to_bytes() for real in current if edited[real] is not current[real]}
        self._parsed.update({real: (data, edited[real]) for real, data in changed.items()})
        self._tree.write_all(changed)

    def describe(self, current: Files, pending: Plan) -> Mapping[str, Any]:
        pair = self._pair(current)
        there = pair.certificate if pending.steps != (RENEW,) else None
        wanted = self._wanted
        return {
            "fingerprint_sha256": there.fingerprint if there else None,
            "common_name": there.common_name if there else wanted.common_name,
            "subject_alt_name": list(there.subject_alt_name if there else wanted.subject_alt_name),
            "not_before": moment(there.not_before) if there else None,
            "not_after": moment(there.not_after) if there else None,
            "days_left": int((there.not_after - self._now) // DAY) if there else None,
            "key_type": there.key_type if there else wanted.key_type,
            "key_size": there.key_size if there else wanted.key_size,
            "manifests": [self._tree.shown(one.real) for one in self._manifests],
        }

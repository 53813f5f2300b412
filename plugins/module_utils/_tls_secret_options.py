# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of ``tls_secret``, checked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Literal, Mapping

from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import Failure
from ansible_collections.manuela.event_streaming.plugins.module_utils._tls_secret_decision import DAY, Wanted, moment
from ansible_collections.manuela.event_streaming.plugins.module_utils._tls_secret_maker import Authority, authority
from ansible_collections.manuela.event_streaming.plugins.module_utils._tls_secret_manifest import Manifest
from ansible_collections.manuela.event_streaming.plugins.module_utils._tls_secret_names import (
    checked,
    common_name,
    normalised,
)
from ansible_collections.manuela.event_streaming.plugins.module_utils._tls_secret_seal import Seal, seal_of
from ansible_collections.manuela.event_streaming.plugins.module_utils._tls_secret_x509 import NAME_OIDS
from ansible_collections.manuela.event_streaming.plugins.module_utils._work_tree import WorkTree, open_tree

Rotation = Literal["direct", "announce", "switch", "finish"]
_DEFAULT_SIZE = {"RSA": 2048, "ECDSA": 256}
_CURVES = (256, 384, 521)
_LONGEST = {"C": 2, "ST": 128, "L": 128, "O": 64, "OU": 64}


@dataclass(frozen=True, slots=True)
class Options:
    """What was asked for."""

    tree: WorkTree
    manifests: tuple[Manifest, ...]
    wanted: Wanted
    regenerate: Literal["auto", "always", "never"]
    authority: Authority | None
    rotation: Rotation = "direct"

    @property
    def pairs(self) -> tuple[Manifest, ...]:
        """The manifests with the private key, of which the first one decides."""
        return tuple(one for one in self.manifests if one.has_key)


def parse(params: Mapping[str, Any], now: float) -> Options:
    """Return the options.

    :raises Failure: ``invalid_option`` for what can never work, ``refused`` for a key in Git that nobody allowed.
    """
    tree = open_tree(params["work_tree"])
    found = tuple(_manifest(tree, one) for one in params["manifests"])
    _check_places(tree, found)
    if not any(one.has_key for one in found):
        raise Failure("invalid_option", "no manifest holds the pair: one of manifests needs holds=pair, it has the key")
    if not params["private_key_in_git"] and any(one.is_readable for one in found):
        paths = ", ".join(tree.shown(one.real) for one in found if one.is_readable)
        raise Failure(
            "refused",
            f"{paths} would hold a private key in clear, and whoever reads the repository reads it. Set "
            "private_key_in_git=true if that is meant, for example in a demonstration, or give a sealing_certificate",
        )
    issuer = None
    if params["ca_certificate"]:
        issuer = authority(params["ca_certificate"], params["ca_private_key"], params["ca_private_key_passphrase"], now)
        if issuer.not_after - now <= params["renew_before_days"] * DAY:
            raise Failure(
                "invalid_option",
                f"ca_certificate expires on {moment(issuer.not_after)}, within renew_before_days: nothing it signs "
                "lasts longer. Renew the CA first",
            )
    rotation: Rotation = params.get("rotation") or "direct"
    if rotation != "direct" and any(one.seal for one in found):
        raise Failure(
            "invalid_option",
            f"rotation={rotation} is for keys that can be read back, a sealed one cannot wait. Use rotation=direct",
        )
    return Options(tree, found, _wanted(params, issuer, now), params["regenerate"], issuer, rotation)


def _manifest(tree: WorkTree, one: Mapping[str, Any]) -> Manifest:
    return Manifest(
        tree.real(one["path"]),
        one["holds"],
        one["name"] or "",
        one["namespace"] or "",
        one["certificate_key"],
        one["private_key_key"],
        _seal(one),
    )


def _check_places(tree: WorkTree, found: tuple[Manifest, ...]) -> None:
    """Refuse two things for one key, since the later one would overwrite the other."""
    places: dict[tuple[Any, ...], str] = {}
    for one in found:
        keys = [(one.certificate_key, "the server's certificate" if one.has_key else "what clients trust")]
        keys += [(one.private_key_key, "the private key")] if one.has_key else []
        for key, content in keys:
            known = places.setdefault((one.real, one.name, one.namespace, one.seal is None, key), content)
            if known != content:
                raise Failure(
                    "invalid_option",
                    f"{tree.shown(one.real)}: '{key}' is to hold {known} and {content}. Give each a key of its own",
                )


def _seal(one: Mapping[str, Any]) -> Seal | None:
    if not one.get("sealing_certificate"):
        return None
    if one["holds"] != "pair":
        raise Failure(
            "invalid_option",
            f"{one['path']} holds a certificate only, which is no secret. Leave its sealing_certificate out",
        )
    return seal_of(one["sealing_certificate"])


def _wanted(params: Mapping[str, Any], issuer: Authority | None, now: float) -> Wanted:
    names = normalised(params["subject_alt_name"])
    valid, early = params["valid_days"], params["renew_before_days"]
    if not 0 <= early < valid:
        raise Failure(
            "invalid_option",
            f"renew_before_days={early} must lie between 0 and valid_days={valid}, otherwise every run would renew",
        )
    _check_end(now, valid)
    key_type = params["key_type"]
    return Wanted(
        common_name(params["common_name"] or "", names),
        names,
        _subject(params["subject"] or {}),
        key_type,
        _key_size(key_type, params["key_size"]),
        valid,
        early,
        issuer.fingerprint if issuer else "",
    )


def _check_end(now: float, valid_days: int) -> None:
    try:
        moment(now + valid_days * DAY)
    except (ValueError, OverflowError, OSError) as error:
        raise Failure(
            "invalid_option", f"valid_days={valid_days} ends after the year 9999, the last one that can be written"
        ) from error


def _subject(given: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    for key, value in given.items():
        if key not in NAME_OIDS:
            raise Failure("invalid_option", f"subject: '{key}' is unknown. Use {', '.join(NAME_OIDS)}")
        if key == "C" and value and not re.fullmatch("[A-Za-z]{2}", str(value)):
            raise Failure("invalid_option", f"subject: C is '{value}', but a country has two letters, as in DE")
        if len(checked(f"subject: {key}", str(value))) > _LONGEST[key]:
            raise Failure(
                "invalid_option",
                f"subject: {key} has {len(str(value))} characters, a certificate takes {_LONGEST[key]}",
            )
    return tuple((key, str(given[key])) for key in NAME_OIDS if given.get(key))


def _key_size(key_type: str, asked: int | None) -> int:
    size = asked or _DEFAULT_SIZE[key_type]
    if key_type == "ECDSA" and size not in _CURVES:
        raise Failure("invalid_option", f"key_size={size}: ECDSA has the sizes {', '.join(map(str, _CURVES))}")
    if key_type == "RSA" and not 2048 <= size <= 8192:
        raise Failure(
            "invalid_option", f"key_size={size}: clients accept RSA keys from 2048 to 8192 bits. Use 2048 or more"
        )
    return size

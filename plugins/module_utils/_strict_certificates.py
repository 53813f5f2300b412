# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificates that are trusted and refused all the same: newer Pythons insist on their form.  Pure."""

from __future__ import annotations

import re

# What OpenSSL says of a chain under VERIFY_X509_STRICT alone, which Python 3.13 made the default.
_STRICT = re.compile(
    r"missing (authority|subject) key identifier|basic constraints of ca cert not marked critical|"
    r"ca cert does not include key usage|(authority|subject) key identifier marked critical|path length given without|"
    r"key ?usage.*keycertsign|invalid ca certificate|issuer name is empty|subject (alternative )?name is empty",
    re.IGNORECASE,
)


def advice_on(reason: str) -> str:
    """Return what to do about a certificate of the wrong form; empty for every other reason."""
    if not _STRICT.search(reason):
        return ""
    return (
        "Python 3.13 and later refuse certificates of this form, earlier ones take them: have the authority issued "
        "anew with key identifiers and critical basic constraints, run Ansible with Python 3.12, or, on a test system, "
        "give validate_certs: false"
    )

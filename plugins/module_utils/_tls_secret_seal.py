# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sealing a text for the controller of Sealed Secrets, which alone can open it.

The format is that of kubeseal: a fresh key for AES-256-GCM, encrypted with RSA-OAEP for the controller, its length in
two bytes before it and the sealed text behind it.  The label binds it to the Secret's namespace and name.
"""

from __future__ import annotations

import base64
import os
from dataclasses import dataclass
from typing import Any

from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import Failure
from ansible_collections.manuela.event_streaming.plugins.module_utils._tls_secret_decision import moment
from ansible_collections.manuela.event_streaming.plugins.module_utils._tls_secret_x509 import epoch_of, load

_NONCE = bytes(12)  # each key seals one text only


@dataclass(frozen=True, slots=True)
class Seal:
    """The controller's public key, and until when its certificate says that it shall be used."""

    public_key: Any
    not_after: float

    def close(self, text: str, label: str, now: float) -> str:
        """Return ``text`` sealed, in base64.

        :raises Failure: ``invalid_option`` when the controller has a newer certificate by now.
        """
        if self.not_after <= now:
            raise Failure(
                "invalid_option",
                f"sealing_certificate expired on {moment(self.not_after)}: the controller has a newer one. Fetch it, "
                "for example with 'kubeseal --fetch-cert'",
            )
        from cryptography.hazmat.primitives.asymmetric import padding
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        hashes = load().hashes
        key = os.urandom(32)
        pad = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), label.encode())
        locked = self.public_key.encrypt(key, pad)
        sealed = len(locked).to_bytes(2, "big") + locked + AESGCM(key).encrypt(_NONCE, text.encode(), None)
        return base64.b64encode(sealed).decode()


def seal_of(certificate: str) -> Seal:
    """Return the seal of the controller whose certificate is the PEM text.

    :raises Failure: ``invalid_option`` when it is none.
    """
    library = load()
    try:
        parsed = library.x509.load_pem_x509_certificate(certificate.encode())
    except Exception as error:
        raise _unusable("it is no PEM certificate") from error
    if not isinstance(parsed.public_key(), library.rsa.RSAPublicKey):
        raise _unusable("its key is not RSA")
    return Seal(parsed.public_key(), epoch_of(parsed, "not_valid_after"))


def _unusable(why: str) -> Failure:
    return Failure(
        "invalid_option",
        f"sealing_certificate cannot be used: {why}. Give the one of the Sealed Secrets controller, as "
        "'kubeseal --fetch-cert' prints it",
    )

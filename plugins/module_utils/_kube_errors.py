# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an API server's refusal means, said once for all nouns; pure."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import Code, Failure
from ansible_collections.manuela.event_streaming.plugins.module_utils._strict_certificates import advice_on

# urllib3 puts the connection's repr before the reason.
# What Python says of a certificate of our own, or its key, when it is to be shown.
_OWN_KEY = ("no certificate assigned", "PEM lib", "key values mismatch", "bad decrypt")
_WRAPPING = re.compile(r"^(<[^>]*>|HTTPS?Connection\w*\([^)]*\)): ")


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked, in RBAC's words."""

    verb: str
    resource: str
    namespace: str = ""
    name: str = ""

    def __str__(self) -> str:
        target = f"{self.resource}/{self.name}" if self.name else self.resource
        place = f" in namespace {self.namespace}" if self.namespace else ""
        return f"{self.verb} {target}{place}"


def from_status(status: int, body: str, request: Request, where: str, server: str) -> Failure:
    """Return the failure for an HTTP status that is not a success."""
    said = message_of(body) or f"HTTP status {status}"
    details = {"status": status, "verb": request.verb, "resource": request.resource, "namespace": request.namespace}
    if status == 401:
        return Failure(
            "unauthorized",
            f"{where} does not accept the credentials ({said}), so it was not possible to {request}. "
            f"Log in again with 'oc login {server}', or give another kubeconfig, context or api_key",
            details=details,
        )
    if status == 403:
        return _forbidden(said, request, where, details)
    by_a_writer = status != 409 or request.verb in _WRITING  # a read has no conflicts: that is a proxy's word then
    code, retryable, advice = _OTHERS.get(status, _default(status)) if by_a_writer else _default(status)
    return Failure(code, f"cannot {request}: {where} says: {said}. {advice}", retryable=retryable, details=details)


def _forbidden(said: str, request: Request, where: str, details: dict[str, Any]) -> Failure:
    # Admission (a quota, pod security, a webhook) uses the status of missing rights too, but no role binding cures it.
    if "cannot" in said and "resource" in said:
        group = f" and namespace {request.namespace}" if request.namespace else ", in all namespaces"
        return Failure(
            "unauthorized",
            f"may not {request}: {where} says: {said}. "
            f"Ask for a role with the verb {request.verb} on {request.resource}{group}, or use other credentials",
            details=details,
        )
    return Failure(
        "refused",
        f"cannot {request}: {where} says: {said}. Change what is named there, or ask the cluster's administrator",
        details=details,
    )


_WRITING = ("create", "patch", "delete")
_OTHERS: dict[int, tuple[Code, bool, str]] = {
    404: ("not_found", False, "Check the name, and that the resource's kind is installed"),
    408: ("unreachable", True, "The request did not arrive in time: look at the way to the server, then run again"),
    409: ("conflict", True, "Somebody else wrote at the same time or it exists already: run again"),
    422: ("refused", False, "Correct what is named there"),
    429: ("unreachable", True, "The server is overloaded: run again later"),
}


def _default(status: int) -> tuple[Code, bool, str]:
    if status >= 500:
        return "unreachable", True, "The server is in trouble: look at its health, then run again"
    return "refused", False, "Correct what is named there"


def message_of(body: str) -> str:
    """Return the message of a Status object, or the text itself when it is short."""
    try:
        document = json.loads(body)
    except ValueError:
        return " ".join(body.split())[:200]
    return str(document.get("message", ""))[:500] if isinstance(document, dict) else ""


def from_connection(error: BaseException, where: str) -> Failure:
    """Return the failure for a request that got no answer."""
    reason = root_reason(error)
    if any(word in reason for word in _OWN_KEY):
        advice = "Log in again, or give a kubeconfig whose client-certificate and client-key belong together"
        return Failure("unauthorized", f"cannot use the client certificate for {where}: {reason}. {advice}")
    if "header value" in reason:  # the library shows the value
        reason = "the token holds characters that no token has"
    advice = "Check that the server runs and that this host reaches it"
    if "CERTIFICATE_VERIFY_FAILED" in reason or "certificate verify failed" in reason:
        advice = advice_on(reason) or (
            "Give ca_cert with the authority that signed its certificate, or validate_certs: false on a test cluster"
        )
    elif _is_the_proxys(error):
        reason = f"the proxy in the way failed: {reason}"
        advice = "Check proxy_url, the kubeconfig's proxy-url, HTTPS_PROXY and NO_PROXY"
    elif "Name or service not known" in reason or "resolve" in reason:
        advice = "Check the server's name in the kubeconfig and this host's name resolution"
    return Failure("unreachable", f"no answer from {where}: {reason}. {advice}", retryable=True)


def _is_the_proxys(error: BaseException) -> bool:
    inner = getattr(error, "reason", None)
    return type(error).__name__ == "ProxyError" or (isinstance(inner, BaseException) and _is_the_proxys(inner))


def root_reason(error: BaseException) -> str:
    """Return the innermost reason that urllib3 and ssl wrapped."""
    for name in ("reason", "original_error"):
        inner = getattr(error, name, None)
        if isinstance(inner, BaseException) and inner is not error:
            return root_reason(inner)
    text = str(error.args[-1] if error.args else error)
    if isinstance(error, OSError) and error.strerror:
        text = error.strerror
    said = _WRAPPING.sub("", text).strip()
    return said or type(error).__name__

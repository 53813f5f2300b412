# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who a kubeconfig's context makes us, beside the login; pure."""

from __future__ import annotations

from typing import Any, Mapping

from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import Failure

User = Mapping[str, Any]
_GONE = "Kubernetes 1.26 and later have it no more. Log in with a credential plugin (exec) or a token"


def check_user(user: User, context: str) -> None:
    """Refuse what would make us somebody else than kubectl would be."""
    provider = str((user.get("auth-provider") or {}).get("name") or "oidc")
    if provider != "oidc":
        raise Failure("invalid_option", f"context {context} has an auth-provider {provider}. {_GONE}")
    if user.get("as-user-extra") or len(user.get("as-groups") or []) > 1:
        told = "as-user-extra, or more than one of as-groups"
        raise Failure("invalid_option", f"context {context} impersonates with {told}. Give a context with less of it")


def impersonation(user: User) -> dict[str, str]:
    """Return the headers that say as whom we act."""
    groups = user.get("as-groups") or [""]
    given = {"User": user.get("as"), "Uid": user.get("as-uid"), "Group": groups[0]}
    return {f"Impersonate-{name}": str(value) for name, value in given.items() if value}

# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Credentials that need more than reading a file: credential plugins, OIDC, and the service account of a pod.

The kubernetes library knows these ways.  Importing it takes longer than most tasks, so it is imported for them only.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Mapping

from ansible_collections.manuela.event_streaming.plugins.module_utils._deadline import RequestTimeout, within
from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import (
    Failure,
    missing_library,
    require_version,
)
from ansible_collections.manuela.event_streaming.plugins.module_utils._kube_access import Access, Credentials

_MINIMUM = "24.2.0"
PLUGIN_SECONDS = 60.0


def load(purpose: str) -> Any:
    """Return the library."""
    try:
        import kubernetes

        require_version("kubernetes", str(kubernetes.__version__), _MINIMUM, purpose)
        import kubernetes.config.kube_config
    except ImportError as error:
        raise missing_library("kubernetes", purpose, _MINIMUM) from error
    return kubernetes


def is_needed(user: Mapping[str, Any]) -> bool:
    """Say whether a user of a kubeconfig file logs in by a plugin or a provider."""
    return "auth-provider" in user or ("exec" in user and not (user.get("token") or user.get("tokenFile")))


def logged_in(access: Access, context: str, cluster: Mapping[str, Any], user: Mapping[str, Any]) -> Access:
    """Return ``access`` with what the plugin or the provider of ``context`` gives."""
    plugin = user.get("exec") or user.get("auth-provider") or {}
    name = plugin.get("command") or plugin.get("name")
    library = load(f"The login {name} of context {context}")
    configuration = _configuration(library)
    try:
        loader = library.config.kube_config.KubeConfigLoader(_alone(cluster, user), active_context="the")
        within(PLUGIN_SECONDS, lambda: loader.load_and_set(configuration))
    except RequestTimeout as error:
        raise Failure(
            "unauthorized",
            f"the credential plugin {name} of context {context} did not end within {PLUGIN_SECONDS:g} s. "
            "Run it by hand to see what it waits for",
        ) from error
    except (library.config.ConfigException, OSError, KeyError, TypeError, ValueError) as error:
        raise Failure(
            "invalid_option",
            f"cannot log in with context {context} by {name}: {error}. Correct it, or log in again with 'oc login'",
        ) from error
    credentials = _credentials(configuration)
    certificate = str(configuration.cert_file or "")
    if not certificate and not credentials():
        # The library only logs that a plugin failed, and would ask without credentials.
        raise Failure(
            "unauthorized",
            f"the credential plugin {name} of context {context} gave no credentials. "
            "Run it by hand to see why, or log in again",
        )
    if certificate:
        access = replace(access, cert_file=certificate, key_file=str(configuration.key_file or ""))
    return replace(access, credentials=credentials)


def _alone(cluster: Mapping[str, Any], user: Mapping[str, Any]) -> dict[str, Any]:
    """Return a configuration with this login and nothing that the library would write to a temporary file.

    A plugin that asks for the cluster gets it whole.
    """
    login = {name: user[name] for name in ("exec", "auth-provider") if name in user}
    whole = (login.get("exec") or {}).get("provideClusterInfo")
    return {
        "current-context": "the",
        "contexts": [{"name": "the", "context": {"cluster": "the", "user": "the"}}],
        "clusters": [{"name": "the", "cluster": dict(cluster) if whole else {"server": cluster["server"]}}],
        "users": [{"name": "the", "user": login}],
    }


def in_pod() -> Access:
    """Return the access of the service account of the pod that this runs in."""
    library = load("The service account of this pod")
    configuration = _configuration(library)
    try:
        library.config.load_incluster_config(client_configuration=configuration)
    except library.config.ConfigException as error:
        raise Failure(
            "invalid_option",
            f"cannot use this pod's service account: {error}. Give kubeconfig, or host and api_key",
        ) from error
    server = str(configuration.host)
    where = f"the API server {server} (this pod's service account)"
    return Access(server, where, _credentials(configuration), ca_cert=str(configuration.ssl_ca_cert or ""))


def _configuration(library: Any) -> Any:
    # Not by calling the class, which would copy a default that something else may have set.
    return type.__call__(library.client.Configuration)


def _credentials(configuration: Any) -> Credentials:
    """Return the headers, each time anew: the library renews a token that expires."""

    def headers() -> Mapping[str, str]:
        settings = configuration.auth_settings().values()
        return {
            entry["key"]: entry["value"] for entry in settings if entry.get("in") == "header" and entry.get("value")
        }

    return headers

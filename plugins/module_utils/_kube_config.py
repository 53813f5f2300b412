# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How to reach an API server: from a module's options and kubeconfig files to the library's configuration."""

from __future__ import annotations

import base64
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Mapping

from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import (
    Failure,
    missing_library,
    require_version,
)
from ansible_collections.manuela.event_streaming.plugins.module_utils._proxies import proxy_of

_SERVICE_ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount/token")
_DEFAULT_FILE = "~/.kube/config"
_MINIMUM = "24.2.0"
_PURPOSE = "Talking to a Kubernetes API server"


@dataclass(frozen=True, slots=True)
class Access:
    """The library's configuration of one server, and how to name it in a message."""

    configuration: Any
    server: str
    where: str
    headers: Mapping[str, str]


def load() -> Any:
    """Return the library, imported only when a module runs."""
    try:
        import kubernetes

        require_version("kubernetes", str(kubernetes.__version__), _MINIMUM, _PURPOSE)
        import kubernetes.client.rest
        import kubernetes.config.kube_config
    except ImportError as error:
        raise missing_library("kubernetes", _PURPOSE, _MINIMUM) from error
    return kubernetes


def access(params: Mapping[str, Any], library: Any) -> Access:
    """Return how to reach the server that the options name."""
    configuration = type.__call__(library.client.Configuration)
    configuration.proxy = None
    headers = {"Authorization": f"Bearer {params['api_key']}"} if params.get("api_key") else {}
    if params.get("host"):
        configuration.host = str(params["host"]).rstrip("/")
        where = f"the API server {configuration.host}"
    elif params.get("kubeconfig") or Path(_DEFAULT_FILE).expanduser().exists() or not _SERVICE_ACCOUNT.exists():
        context = _from_files(params, library, configuration)
        where = f"the API server {configuration.host} (context {context})"
    else:
        library.config.load_incluster_config(client_configuration=configuration)
        where = f"the API server {configuration.host} (this pod's service account)"
    _overrides(params, configuration)
    return Access(configuration, str(configuration.host), where, headers)


def _overrides(params: Mapping[str, Any], configuration: Any) -> None:
    if params.get("ca_cert"):
        if not Path(params["ca_cert"]).is_file():
            raise Failure("invalid_option", f"ca_cert: there is no file {params['ca_cert']}. Give a PEM file")
        configuration.ssl_ca_cert = str(params["ca_cert"])
    if params.get("validate_certs") is not None:
        configuration.verify_ssl = bool(params["validate_certs"])
    # Decided here: what the library takes from the environment differs between its versions.
    given = params.get("proxy_url") or configuration.proxy
    configuration.proxy = given or proxy_of(str(configuration.host), os.environ) or None
    configuration.no_proxy = None


def _from_files(params: Mapping[str, Any], library: Any, configuration: Any) -> str:
    given = str(params.get("kubeconfig") or _DEFAULT_FILE)
    files = [Path(part).expanduser() for part in given.split(os.pathsep) if part]
    missing = [str(file) for file in files if not file.is_file()]
    if missing:
        raise Failure(
            "invalid_option",
            f"there is no kubeconfig file {', '.join(missing)}. Give kubeconfig (or host and api_key), or log in first",
        )
    merged = _merged(files, library)
    config = _plain(merged)
    context = str(params.get("context") or config.get("current-context") or "")
    known = contexts(config)
    if context not in known:
        raise _no_such_context(context, files, known)
    try:
        _hold_keys_in_memory(merged)
        loader = library.config.kube_config.KubeConfigLoader(merged, active_context=context, config_base_path=None)
        loader.load_and_set(configuration)
    except (library.config.ConfigException, OSError, KeyError, TypeError, ValueError) as error:
        raise Failure(
            "invalid_option",
            f"cannot use context {context} of {_names(files)}: {error}. Correct it, or log in again with 'oc login'",
        ) from error
    _check_plugin(config, context, configuration)
    configuration.proxy = _proxy_url(config, context)
    return context


def _proxy_url(config: Mapping[str, Any], context: str) -> str | None:
    chosen = next(entry for entry in config["contexts"] if entry["name"] == context)
    clusters = {entry["name"]: entry.get("cluster") or {} for entry in config.get("clusters") or []}
    return clusters.get((chosen.get("context") or {}).get("cluster"), {}).get("proxy-url")


def _check_plugin(config: Mapping[str, Any], context: str, configuration: Any) -> None:
    """The library only logs that a credential plugin failed, and would ask without credentials."""
    users = {entry["name"]: entry.get("user") or {} for entry in config.get("users") or []}
    chosen = next(entry for entry in config["contexts"] if entry["name"] == context)
    plugin = users.get((chosen.get("context") or {}).get("user"), {}).get("exec")
    given = configuration.cert_file or any(entry.get("value") for entry in configuration.auth_settings().values())
    if plugin and not given:
        raise Failure(
            "unauthorized",
            f"the credential plugin {plugin.get('command')} of context {context} gave no credentials. "
            "Run it by hand to see why, or log in again",
        )


def _merged(files: list[Path], library: Any) -> Any:
    """Return the files as the library merges them; each part remembers where it came from."""
    try:
        merged = library.config.kube_config.KubeConfigMerger(os.pathsep.join(map(str, files))).config
    except Exception as error:  # whatever the parser raises on a file that is no kubeconfig
        raise Failure(
            "invalid_option", f"{_names(files)} is not a kubeconfig file: {error}. Give another kubeconfig"
        ) from error
    value = _plain(merged)
    if not isinstance(value, dict) or not isinstance(value.get("contexts"), list):
        raise Failure("invalid_option", f"{_names(files)} holds no contexts. Give another kubeconfig")
    return merged


def _hold_keys_in_memory(merged: Any) -> None:
    """The library would write a key that stands in the file itself to a temporary file, which a kill leaves behind."""
    if not hasattr(os, "memfd_create"):
        return
    for entry in merged.value.get("users") or []:
        user = _plain(entry).get("user") or {}
        text = user.get("client-key-data")
        if text:
            handle = os.memfd_create("key")
            os.write(handle, base64.standard_b64decode(text))
            inner = entry.value["user"]
            del inner["client-key-data"]
            inner["client-key"] = f"/proc/self/fd/{handle}"


def _plain(node: Any) -> Any:
    """Take off the library's wrapping, which remembers the file that each part came from."""
    value = getattr(node, "value", node)
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, list) else value


def contexts(config: Mapping[str, Any]) -> dict[str, str]:
    """Return each context's name and its server."""
    servers = {
        entry["name"]: str((entry.get("cluster") or {}).get("server", "?")) for entry in config.get("clusters") or []
    }
    return {
        entry["name"]: servers.get((entry.get("context") or {}).get("cluster"), "?")
        for entry in config.get("contexts") or []
    }


def _no_such_context(context: str, files: list[Path], known: Mapping[str, str]) -> Failure:
    listed = ", ".join(f"{name} ({server})" for name, server in sorted(known.items())) or "none"
    asked = f"no context {context}" if context else "no current context"
    return Failure(
        "invalid_option",
        f"{_names(files)} has {asked}; it has: {listed}. Give one of these as context",
        details={"contexts": dict(known)},
    )


def _names(files: list[Path]) -> str:
    return " and ".join(map(str, files))

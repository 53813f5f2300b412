# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How to reach an API server: from a module's options and kubeconfig files to plain values.

Source of the form and of the merging: the page on organizing cluster access with kubeconfig files in the documentation
of Kubernetes.
"""

from __future__ import annotations

import base64
import os
from dataclasses import replace
from pathlib import Path
from typing import Any, Mapping

from ansible_collections.manuela.event_streaming.plugins.module_utils import _kube_login
from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import Failure
from ansible_collections.manuela.event_streaming.plugins.module_utils._kube_access import (
    Access,
    Credentials,
    decoded,
    held,
    no_credentials,
)
from ansible_collections.manuela.event_streaming.plugins.module_utils._kube_user import check_user, impersonation
from ansible_collections.manuela.event_streaming.plugins.module_utils._proxies import proxy_of
from ansible_collections.manuela.event_streaming.plugins.module_utils._yaml_text import load, safe_loader

_SERVICE_ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount/token")
_DEFAULT_FILE = "~/.kube/config"
_LISTS = {"clusters": "cluster", "contexts": "context", "users": "user"}
# Paths in a kubeconfig file are relative to its own directory.
_PATHS = ("certificate-authority", "client-certificate", "client-key", "tokenFile")


def access(params: Mapping[str, Any]) -> Access:
    """Return how to reach the server that the options name."""
    if params.get("host"):
        server = str(params["host"]).rstrip("/")
        found = Access(server, f"the API server {server}")
    elif params.get("kubeconfig") or Path(_DEFAULT_FILE).expanduser().exists() or not _SERVICE_ACCOUNT.exists():
        found = _from_files(params)
    else:
        found = _kube_login.in_pod()
    return _with_options(found, params)


def _with_options(found: Access, params: Mapping[str, Any]) -> Access:
    chosen: dict[str, Any] = {}
    if params.get("api_key"):
        chosen["credentials"] = _bearer(str(params["api_key"]))
    if params.get("ca_cert"):
        if not Path(params["ca_cert"]).is_file():
            raise Failure("invalid_option", f"ca_cert: there is no file {params['ca_cert']}. Give a PEM file")
        chosen.update(ca_cert=str(params["ca_cert"]), trust="")
    if params.get("validate_certs") is not None:
        chosen["verify"] = bool(params["validate_certs"])
    chosen["proxy"] = params.get("proxy_url") or found.proxy or proxy_of(found.server, os.environ)
    return replace(found, **chosen)


def _from_files(params: Mapping[str, Any]) -> Access:
    files = _files_of(str(params.get("kubeconfig") or _DEFAULT_FILE))
    config = _merged(files)
    context = str(params.get("context") or config.get("current-context") or "")
    known = contexts(config)
    if context not in known:
        raise _no_such_context(context, files, known)
    chosen = _entries(config, "contexts")[context]
    try:
        cluster = _entries(config, "clusters")[chosen["cluster"]]
        user = _entries(config, "users")[chosen["user"]] if chosen.get("user") else {}
        check_user(user, context)
        found = _read(context, cluster, user)
    except (OSError, KeyError, TypeError, ValueError, AttributeError) as error:
        said = f"there is no {error}" if isinstance(error, KeyError) else str(error)
        raise Failure(
            "invalid_option",
            f"cannot use context {context} of {_names(files)}: {said}. Correct it, or log in again with 'oc login'",
        ) from error
    if _kube_login.is_needed(user) and not params.get("api_key"):
        return _kube_login.logged_in(found, context, cluster, user)
    return found


def _files_of(given: str) -> list[Path]:
    """Return the files of a list; of several, kubectl passes over those that are not there."""
    listed = [Path(part).expanduser() for part in given.split(os.pathsep) if part]
    files = [file for file in listed if file.is_file()]
    if not files:
        named = _names(listed) or given
        raise Failure(
            "invalid_option",
            f"there is no kubeconfig file {named}. Give kubeconfig (or host and api_key), or log in first",
        )
    return files


def _read(context: str, cluster: Mapping[str, Any], user: Mapping[str, Any]) -> Access:
    """Return what stands in the file.

    :raises KeyError: when something is missing; ``ValueError`` or ``OSError`` when it is no good.
    """
    server = str(cluster["server"]).rstrip("/")
    found = Access(
        server,
        f"the API server {server} (context {context})",
        verify=not cluster.get("insecure-skip-tls-verify"),
        server_name=str(cluster.get("tls-server-name") or ""),
        proxy=str(cluster.get("proxy-url") or ""),
        credentials=_credentials(user),
        acting=impersonation(user),
    )
    return _with_certificates(found, cluster, user) if server.startswith("https") else found


def _with_certificates(found: Access, cluster: Mapping[str, Any], user: Mapping[str, Any]) -> Access:
    trusted = cluster.get("certificate-authority-data")
    return replace(
        found,
        trust=decoded(trusted).decode() if trusted else "",
        ca_cert="" if trusted else _existing(cluster.get("certificate-authority")),
        cert_file=_file_of(user, "client-certificate"),
        key_file=_file_of(user, "client-key"),
    )


def _file_of(user: Mapping[str, Any], name: str) -> str:
    encoded = user.get(f"{name}-data")
    return held(decoded(encoded)) if encoded else _existing(user.get(name))


def _existing(path: str | None) -> str:
    if path and not Path(path).is_file():
        raise ValueError(f"there is no file {path}")
    return path or ""


def _credentials(user: Mapping[str, Any]) -> Credentials:
    if user.get("token"):
        return _bearer(str(user["token"]))
    if user.get("tokenFile"):
        file = Path(_existing(user["tokenFile"]))
        # Read each time: whoever mounts a token for a while renews the file.
        return lambda: {"Authorization": f"Bearer {file.read_text().strip()}"}
    if user.get("username") and user.get("password") is not None:
        encoded = base64.b64encode(f"{user['username']}:{user['password']}".encode()).decode()
        return lambda: {"Authorization": f"Basic {encoded}"}
    return no_credentials


def _bearer(token: str) -> Credentials:
    sent = {"Authorization": f"Bearer {token.strip()}"}  # as a file ends with a line break
    return lambda: sent


def _merged(files: list[Path]) -> dict[str, Any]:
    """Return one configuration; what an earlier file says counts, as for kubectl."""
    yaml = load()
    merged: dict[str, Any] = {name: [] for name in _LISTS}
    for file in files:
        try:
            config = yaml.load(file.read_text(encoding="utf-8"), Loader=safe_loader(yaml))
        except (yaml.YAMLError, OSError, ValueError) as error:
            raise Failure(
                "invalid_option", f"{file} is not a kubeconfig file: {error}. Give another kubeconfig"
            ) from error
        if not isinstance(config, dict) or not isinstance(config.get("contexts") or [], list):
            raise Failure("invalid_option", f"{file} is not a kubeconfig file. Give another kubeconfig")
        merged["current-context"] = merged.get("current-context") or config.get("current-context")
        for name, inner in _LISTS.items():
            known = _entries(merged, name)
            listed = [entry for entry in config.get(name) or [] if isinstance(entry, dict) and "name" in entry]
            merged[name] += [_rooted(entry, inner, file) for entry in listed if entry["name"] not in known]
    if not merged["contexts"]:
        raise Failure("invalid_option", f"{_names(files)} holds no contexts. Give another kubeconfig")
    return merged


def _rooted(entry: Mapping[str, Any], inner: str, file: Path) -> dict[str, Any]:
    """Return an entry whose paths are absolute."""
    values = dict(entry.get(inner) or {})
    for name in _PATHS:
        if values.get(name):
            values[name] = os.path.normpath(file.absolute().parent / str(values[name]))
    command = str((values.get("exec") or {}).get("command") or "")
    if os.sep in command:  # a name without one is looked for on PATH
        values["exec"] = {**values["exec"], "command": os.path.normpath(file.absolute().parent / command)}
    return {"name": entry["name"], inner: values}


def _entries(config: Mapping[str, Any], name: str) -> dict[str, dict[str, Any]]:
    return {entry["name"]: entry.get(_LISTS[name]) or {} for entry in config.get(name) or []}


def contexts(config: Mapping[str, Any]) -> dict[str, str]:
    """Return each context's name and its server."""
    servers = {name: str(cluster.get("server", "?")) for name, cluster in _entries(config, "clusters").items()}
    return {
        name: servers.get(str(context.get("cluster")), "?") for name, context in _entries(config, "contexts").items()
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

# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Argument specs of options that several modules share; the texts are in plugins/doc_fragments."""

from __future__ import annotations

from typing import Any

from ansible.module_utils.basic import env_fallback

WAIT: dict[str, dict[str, Any]] = {
    "wait": {"type": "bool", "default": False},
    "wait_timeout": {"type": "int", "default": 300},
    "wait_sleep": {"type": "float", "default": 1},
}

KUBE: dict[str, dict[str, Any]] = {
    "kubeconfig": {"type": "path", "fallback": (env_fallback, ["KUBECONFIG"])},
    "context": {"type": "str"},
    "host": {"type": "str"},
    "api_key": {"type": "str", "no_log": True},
    "ca_cert": {"type": "path"},
    "validate_certs": {"type": "bool"},
    "proxy_url": {"type": "str"},
    "request_timeout": {"type": "float", "default": 15},
}

GIT_CERTIFICATES: dict[str, dict[str, Any]] = {
    "ca_cert": {"type": "path"},
    "validate_certs": {"type": "bool", "default": True},
}

GIT: dict[str, dict[str, Any]] = {
    "token": {"type": "str", "no_log": True},
    "username": {"type": "str"},
    "ssh_key_file": {"type": "path", "no_log": False},  # a path; the key itself never passes through
    **GIT_CERTIFICATES,
    "request_timeout": {"type": "float", "default": 60},
}

S3: dict[str, dict[str, Any]] = {
    "endpoint_url": {"type": "str"},
    "access_key": {"type": "str", "no_log": False, "fallback": (env_fallback, ["AWS_ACCESS_KEY_ID"])},
    "secret_key": {"type": "str", "no_log": True, "fallback": (env_fallback, ["AWS_SECRET_ACCESS_KEY"])},
    "session_token": {"type": "str", "no_log": True},
    "region": {"type": "str", "default": "us-east-1"},
    "validate_certs": {"type": "bool", "default": True},
    "ca_cert": {"type": "path"},
    "addressing_style": {"type": "str", "choices": ["path", "virtual", "auto"], "default": "path"},
    "request_timeout": {"type": "float", "default": 15},
}

# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who a kubeconfig makes us: as kubectl would be, or a failure, and never a word of the credentials."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest
from ansible_collections.manuela.event_streaming.plugins.module_utils import _kube_config, _kube_login
from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import Failure
from ansible_collections.manuela.event_streaming.plugins.module_utils._kube import POD
from ansible_collections.manuela.event_streaming.plugins.module_utils._kube_client import KubeClient
from ansible_collections.manuela.event_streaming.plugins.module_utils._kube_errors import from_connection

SERVER = "https://factory.example:6443"


@pytest.fixture
def access(tmp_path):
    """Return what the options and a kubeconfig with one user come to."""

    def given(user, **more):
        config = {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "k", "cluster": {"server": SERVER, **more}}],
            "users": [{"name": "u", "user": user}],
            "contexts": [{"name": "c", "context": {"cluster": "k", "user": "u"}}],
            "current-context": "c",
        }
        (tmp_path / "config").write_text(json.dumps(config))
        names = ("context", "host", "api_key", "ca_cert", "validate_certs", "proxy_url")
        params = {**dict.fromkeys(names), "kubeconfig": str(tmp_path / "config")}
        return _kube_config.access(params)

    return given


def sent(found, clock):
    """The headers of a request."""
    asked = []

    def request(_method, _url, **given):
        asked.append(given["headers"])
        return SimpleNamespace(status=200, data=b"{}", headers={})

    KubeClient(SimpleNamespace(request=request), found, 5.0, clock).get(POD, "ns", "x")
    return {name.lower(): value for name, value in asked[0].items() if name.lower() != "accept"}


def test_a_token_of_a_file_is_sent_without_the_line_break_at_its_end(access, clock, tmp_path):
    (tmp_path / "token").write_text("t0ken\n")
    assert sent(access({"tokenFile": str(tmp_path / "token")}), clock) == {"authorization": "Bearer t0ken"}


def test_an_api_key_of_a_file_too(clock):
    names = ("kubeconfig", "context", "ca_cert", "validate_certs", "proxy_url")
    found = _kube_config.access({**dict.fromkeys(names), "host": SERVER, "api_key": "t0ken\n"})
    assert sent(found, clock) == {"authorization": "Bearer t0ken"}


def test_a_token_that_is_no_token_is_not_shown():
    failure = from_connection(ValueError("Invalid header value b'Bearer s3cr\\net'"), "the API server")
    assert "s3cr" not in failure.msg and "the token holds characters that no token has" in failure.msg


def test_we_act_as_whom_the_context_says(access, clock):
    user = {"token": "t", "as": "dev", "as-uid": "7", "as-groups": ["testers"]}
    assert sent(access(user), clock) == {
        "authorization": "Bearer t",
        "impersonate-user": "dev",
        "impersonate-uid": "7",
        "impersonate-group": "testers",
    }


@pytest.mark.parametrize(
    ("user", "said"),
    [
        ({"auth-provider": {"name": "gcp", "config": {}}}, "auth-provider gcp. Kubernetes 1.26 and later"),
        ({"token": "t", "as": "dev", "as-groups": ["a", "b"]}, "more than one of as-groups"),
        ({"token": "t", "as": "dev", "as-user-extra": {"x": ["y"]}}, "as-user-extra"),
    ],
)
def test_what_would_make_us_somebody_else_is_refused(access, user, said):
    with pytest.raises(Failure, match=said) as caught:
        access(user)
    assert caught.value.code == "invalid_option"


def test_a_plugin_that_waits_for_somebody_is_not_waited_for(access, tmp_path, monkeypatch):
    pytest.importorskip("kubernetes")
    plugin = tmp_path / "plugin"
    plugin.write_text("#!/bin/sh\nexec sleep 20\n")
    plugin.chmod(0o755)
    monkeypatch.setattr(_kube_login, "PLUGIN_SECONDS", 0.1)
    with pytest.raises(Failure, match=r"of context c did not end within 0.1 s. Run it by hand") as caught:
        access({"exec": {"apiVersion": "client.authentication.k8s.io/v1", "command": str(plugin)}})
    assert caught.value.code == "unauthorized"


@pytest.mark.parametrize(
    "reason", ["[SSL] PEM lib (_ssl.c:3905)", "[SSL: NO_CERTIFICATE_ASSIGNED] no certificate assigned"]
)
def test_a_key_that_does_not_fit_is_no_question_of_the_way_there(reason):
    failure = from_connection(OSError(reason), "the API server")
    assert (failure.code, failure.retryable) == ("unauthorized", False)
    assert "client-certificate and client-key belong together" in failure.msg

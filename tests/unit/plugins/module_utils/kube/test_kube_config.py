# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From a module's options to a server: kubeconfig files, contexts, tokens, and what is wrong with them."""

from __future__ import annotations

import base64
import tempfile
from pathlib import Path

import pytest
from ansible_collections.manuela.event_streaming.plugins.module_utils import _kube_config
from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import Failure

pytest.importorskip("kubernetes")

CONFIG = """
apiVersion: v1
kind: Config
current-context: factory
clusters:
- {name: one, cluster: {server: "https://factory.example:6443", insecure-skip-tls-verify: true}}
- {name: two, cluster: {server: "https://central.example:6443"}}
users:
- {name: admin, user: {token: from-the-file}}
- name: plugin
  user:
    exec: {apiVersion: client.authentication.k8s.io/v1, command: PLUGIN, interactiveMode: Never}
contexts:
- {name: factory, context: {cluster: one, user: admin}}
- {name: central, context: {cluster: two, user: plugin}}
"""


def access(**given):
    names = ("kubeconfig", "context", "host", "api_key", "ca_cert", "validate_certs", "proxy_url")
    return _kube_config.access({**dict.fromkeys(names), **given}, _kube_config.load())


@pytest.fixture
def kubeconfig(tmp_path):
    plugin = tmp_path / "plugin"
    plugin.write_text(
        '#!/bin/sh\necho \'{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential",'
        '"status":{"token":"from-the-plugin"}}\'\n'
    )
    plugin.chmod(0o755)
    file = tmp_path / "config"
    file.write_text(CONFIG.replace("PLUGIN", str(plugin)))
    return str(file)


def header_of(found):
    return [entry["value"] for entry in found.configuration.auth_settings().values() if entry.get("value")]


def test_the_current_context_and_its_token(kubeconfig):
    found = access(kubeconfig=kubeconfig)
    assert found.server == "https://factory.example:6443"
    assert found.where == "the API server https://factory.example:6443 (context factory)"
    assert header_of(found) == ["Bearer from-the-file"]
    assert found.configuration.verify_ssl is False


def test_another_context_with_a_credential_plugin(kubeconfig):
    found = access(kubeconfig=kubeconfig, context="central")
    assert (found.server, header_of(found)) == ("https://central.example:6443", ["Bearer from-the-plugin"])


def test_a_key_that_stands_in_the_file_reaches_no_temporary_file(kubeconfig, tmp_path, monkeypatch):
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    key = base64.b64encode(b"-- the key --").decode()
    text = Path(kubeconfig).read_text().replace("{token: from-the-file}", f"{{client-key-data: {key}}}")
    Path(kubeconfig).write_text(text)
    found = access(kubeconfig=kubeconfig)
    assert Path(found.configuration.key_file).read_bytes() == b"-- the key --"
    assert not any(b"-- the key --" in file.read_bytes() for file in scratch.iterdir())


def test_options_win_over_the_file(kubeconfig, tmp_path):
    ca = tmp_path / "ca.crt"
    ca.write_text("x")
    found = access(kubeconfig=kubeconfig, ca_cert=str(ca), validate_certs=True, proxy_url="http://proxy.example:3128")
    configuration = found.configuration
    assert (configuration.ssl_ca_cert, configuration.verify_ssl, configuration.proxy) == (
        str(ca),
        True,
        "http://proxy.example:3128",
    )


def test_a_host_and_a_token_need_no_file():
    found = access(host="https://api.example:6443/", api_key="t")
    assert (found.server, found.headers) == ("https://api.example:6443", {"Authorization": "Bearer t"})


def test_several_files_are_merged(kubeconfig, tmp_path):
    other = tmp_path / "other"
    other.write_text(CONFIG.replace("name: central", "name: elsewhere").replace("current-context: factory", ""))
    assert access(kubeconfig=f"{kubeconfig}:{other}", context="elsewhere").server == "https://central.example:6443"


def failure_of(**given):
    with pytest.raises(Failure) as caught:
        access(**given)
    assert caught.value.code == "invalid_option"
    return caught.value


def test_a_context_that_is_not_there_lists_those_that_are_with_their_servers(kubeconfig):
    failure = failure_of(kubeconfig=kubeconfig, context="nope")
    assert "central (https://central.example:6443), factory (https://factory.example:6443)" in failure.msg
    assert set(failure.details["contexts"]) == {"central", "factory"}


def test_a_missing_file_is_named(tmp_path):
    assert str(tmp_path / "none") in failure_of(kubeconfig=str(tmp_path / "none")).msg


@pytest.mark.parametrize("text", ["just text", "[1, 2]", "a: [", "kind: Config\n", ""])
def test_a_file_that_is_no_kubeconfig_is_named(tmp_path, text):
    file = tmp_path / "config"
    file.write_text(text)
    assert str(file) in failure_of(kubeconfig=str(file)).msg


def test_a_plugin_that_is_not_installed_is_an_error_of_one_line(kubeconfig, tmp_path):
    (tmp_path / "plugin").unlink()
    with pytest.raises(Failure) as caught:
        access(kubeconfig=kubeconfig, context="central")
    assert caught.value.code == "unauthorized"
    assert f"the credential plugin {tmp_path / 'plugin'} of context central gave no credentials" in caught.value.msg


def test_a_missing_ca_file_is_named(kubeconfig):
    assert "ca_cert: there is no file /nope" in failure_of(kubeconfig=kubeconfig, ca_cert="/nope").msg

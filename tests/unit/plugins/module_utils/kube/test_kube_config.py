# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From a module's options to a server: kubeconfig files, contexts, tokens, and what is wrong with them."""

from __future__ import annotations

import base64
import sys
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
    return _kube_config.access({**dict.fromkeys(names), **given})


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
    return list(found.credentials().values())


def test_the_current_context_and_its_token(kubeconfig):
    found = access(kubeconfig=kubeconfig)
    assert found.server == "https://factory.example:6443"
    assert found.where == "the API server https://factory.example:6443 (context factory)"
    assert header_of(found) == ["Bearer from-the-file"]
    assert found.verify is False


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
    assert Path(found.key_file).read_bytes() == b"-- the key --"
    assert not any(b"-- the key --" in file.read_bytes() for file in scratch.iterdir())


def test_options_win_over_the_file(kubeconfig, tmp_path):
    ca = tmp_path / "ca.crt"
    ca.write_text("x")
    found = access(kubeconfig=kubeconfig, ca_cert=str(ca), validate_certs=True, proxy_url="http://proxy.example:3128")
    assert (found.ca_cert, found.verify, found.proxy) == (str(ca), True, "http://proxy.example:3128")


def test_a_host_and_a_token_need_no_file():
    found = access(host="https://api.example:6443/", api_key="t")
    assert (found.server, found.credentials()) == ("https://api.example:6443", {"Authorization": "Bearer t"})


def test_several_files_are_merged(kubeconfig, tmp_path):
    other = tmp_path / "other"
    other.write_text(CONFIG.replace("name: central", "name: elsewhere").replace("current-context: factory", ""))
    assert access(kubeconfig=f"{kubeconfig}:{other}", context="elsewhere").server == "https://central.example:6443"


def test_what_an_earlier_file_says_counts(kubeconfig, tmp_path):
    other = tmp_path / "other"
    other.write_text(CONFIG.replace("factory.example", "other.example").replace("context: factory", "context: central"))
    found = access(kubeconfig=f"{kubeconfig}:{other}")
    assert found.where == "the API server https://factory.example:6443 (context factory)"


def test_paths_are_relative_to_the_file(kubeconfig, tmp_path, monkeypatch):
    for name in ("ca.crt", "user.crt", "user.key"):
        (tmp_path / name).write_text(name)
    (tmp_path / "token").write_text("first\n")
    cluster = '{server: "https://x.example", certificate-authority: ca.crt, tls-server-name: y.example}'
    user = "{tokenFile: ./token, client-certificate: user.crt, client-key: user.key}"
    text = f"""
clusters: [{{name: c, cluster: {cluster}}}]
users: [{{name: u, user: {user}}}]
contexts: [{{name: x, context: {{cluster: c, user: u}}}}]
"""
    Path(kubeconfig).write_text(text)
    monkeypatch.chdir("/")
    found = access(kubeconfig=kubeconfig, context="x")
    paths = [str(tmp_path / name) for name in ("ca.crt", "user.crt", "user.key")]
    assert [found.ca_cert, found.cert_file, found.key_file] == paths
    assert found.server_name == "y.example"
    assert header_of(found) == ["Bearer first"]
    (tmp_path / "token").write_text("renewed")
    assert header_of(found) == ["Bearer renewed"]
    (tmp_path / "user.key").unlink()
    assert f"there is no file {tmp_path / 'user.key'}" in failure_of(kubeconfig=kubeconfig, context="x").msg


def test_authorities_that_stand_in_the_file_are_taken_from_there(kubeconfig):
    text = Path(kubeconfig).read_text()
    encoded = base64.b64encode(b"-- the authority --").decode()
    Path(kubeconfig).write_text(
        text.replace("insecure-skip-tls-verify: true", f"certificate-authority-data: {encoded}")
    )
    found = access(kubeconfig=kubeconfig)
    assert (found.trust, found.ca_cert, found.verify) == ("-- the authority --", "", True)


def test_a_name_and_a_password(kubeconfig):
    text = Path(kubeconfig).read_text().replace("{token: from-the-file}", "{username: ann, password: 'p:w'}")
    Path(kubeconfig).write_text(text)
    assert header_of(access(kubeconfig=kubeconfig)) == [f"Basic {base64.b64encode(b'ann:p:w').decode()}"]


def test_a_plugin_beside_the_file_is_found_from_anywhere(kubeconfig, tmp_path, monkeypatch):
    Path(kubeconfig).write_text(CONFIG.replace("PLUGIN", "./plugin"))
    monkeypatch.chdir("/")
    assert header_of(access(kubeconfig=kubeconfig, context="central")) == ["Bearer from-the-plugin"]


def test_a_token_that_is_given_needs_no_plugin(kubeconfig, tmp_path):
    (tmp_path / "plugin").unlink()
    assert header_of(access(kubeconfig=kubeconfig, context="central", api_key="t")) == ["Bearer t"]


def test_the_large_library_is_wanted_for_a_plugin_only(kubeconfig, monkeypatch):
    monkeypatch.setitem(sys.modules, "kubernetes", None)
    assert header_of(access(kubeconfig=kubeconfig)) == ["Bearer from-the-file"]
    with pytest.raises(Failure) as caught:
        access(kubeconfig=kubeconfig, context="central")
    assert caught.value.code == "missing_library"
    assert "plugin of context central needs the Python library kubernetes >= 24.2.0" in caught.value.msg


@pytest.mark.parametrize("user", ["{client-key-data: '?'}", "{tokenFile: nowhere}", "{client-certificate: nowhere}"])
def test_a_login_that_is_no_good_is_named(kubeconfig, user):
    Path(kubeconfig).write_text(Path(kubeconfig).read_text().replace("{token: from-the-file}", user))
    assert f"cannot use context factory of {kubeconfig}" in failure_of(kubeconfig=kubeconfig).msg


def test_a_context_that_leads_nowhere_is_named(kubeconfig):
    Path(kubeconfig).write_text(Path(kubeconfig).read_text().replace("cluster: one, user", "cluster: gone, user"))
    assert "there is no 'gone'" in failure_of(kubeconfig=kubeconfig).msg


def test_of_several_files_those_that_are_not_there_are_passed_over(kubeconfig, tmp_path):
    assert access(kubeconfig=f"{tmp_path / 'none'}:{kubeconfig}:").server == "https://factory.example:6443"
    assert f"{tmp_path / 'none'} and {tmp_path / 'nil'}" in failure_of(kubeconfig=f"{tmp_path}/none:{tmp_path}/nil").msg


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

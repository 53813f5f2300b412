# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A real proxy in the way: the API, S3 and Git are reached by a name that nobody but the proxy can resolve."""

from __future__ import annotations

from ipaddress import ip_address
from pathlib import Path

import pytest
from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import Failure
from ansible_collections.manuela.event_streaming.tests.unit.plugins.module_utils.test_wire_faults import (
    LISTING,
    OBJECT,
    git,
    kube,
    s3,
)
from ansible_collections.manuela.event_streaming.tests.unit.plugins.module_utils.wire import Rude, context_for, says

proxy = pytest.importorskip("proxy")
from proxy.http.proxy import HttpProxyBasePlugin

pytestmark = pytest.mark.slow

NAME = "behind.proxy.invalid"  # no name service knows a name under invalid
REFS = b"001e# service=git-upload-pack\n00000000"
PORTS = {"s3": (s3, LISTING), "kube": (kube, OBJECT), "git": (git, REFS)}
KUBECONFIG = """
apiVersion: v1
kind: Config
current-context: factory
clusters: [{{name: one, cluster: {{server: "{server}", certificate-authority: {ca}, proxy-url: "{proxy}"}}}}]
users: [{{name: me, user: {{token: t}}}}]
contexts: [{{name: factory, context: {{cluster: one, user: me}}}}]
"""


class Resolver(HttpProxyBasePlugin):
    """Knows the one name."""

    def resolve_dns(self, host, port):
        """Return the address behind the name."""
        return ("127.0.0.1" if host == NAME else None), None


@pytest.fixture
def through():
    """Return the URL of a proxy for one test: ansible-test forks each, and the fork must end what it began."""
    options = {
        "hostname": ip_address("127.0.0.1"),
        "port": 0,
        "num_acceptors": 1,
        "num_workers": 1,
        "log_level": "CRITICAL",
    }
    with proxy.Proxy([], plugins=[Resolver], **options) as running:
        yield f"http://127.0.0.1:{running.flags.port}"


@pytest.fixture(autouse=True)
def _no_proxy_yet(monkeypatch):
    for name in ("http_proxy", "https_proxy", "no_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def serve(tmp_path: Path):
    """Start a server with TLS for the name; return it, its URL and its authority's file."""
    context, authority = context_for(tmp_path, NAME, days=30)
    servers = []

    def start(body: bytes):
        kind = ("Content-Type: application/x-git-upload-pack-advertisement",) if body == REFS else ()
        servers.append(Rude(says("200 OK", body, *kind), context=context))
        return servers[-1], f"https://{NAME}:{servers[-1].port}", str(authority)

    yield start
    for server in servers:
        server.close()


@pytest.mark.parametrize("port", PORTS)
def test_https_proxy_leads_to_the_server_and_its_certificate_is_checked(port, serve, through, monkeypatch):
    look, body = PORTS[port]
    server, url, authority = serve(body)
    monkeypatch.setenv("HTTPS_PROXY", through)
    look(url, ca_cert=authority, request_timeout=10)
    assert server.requests == 1
    with pytest.raises(Failure, match="certificate"):
        look(url, request_timeout=10)


@pytest.mark.parametrize("port", PORTS)
def test_no_proxy_is_honoured(port, serve, through, monkeypatch):
    look, body = PORTS[port]
    server, url, authority = serve(body)
    monkeypatch.setenv("HTTPS_PROXY", through)
    monkeypatch.setenv("NO_PROXY", "other.example,.proxy.invalid")
    with pytest.raises(Failure) as caught:
        look(url, ca_cert=authority, request_timeout=5)
    assert caught.value.code == "unreachable"
    assert server.requests == 0


def test_the_kubeconfigs_proxy_url_and_the_option_count_before_the_environment(serve, through, tmp_path, monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "*")
    server, url, authority = serve(OBJECT)
    file = tmp_path / "kubeconfig"
    file.write_text(KUBECONFIG.format(server=url, ca=authority, proxy=through))
    given = {"host": None, "api_key": None, "validate_certs": None, "request_timeout": 10, "kubeconfig": str(file)}
    kube(None, **given)
    kube(url, ca_cert=authority, proxy_url=through, request_timeout=10)
    assert server.requests == 2


def test_a_proxy_that_is_not_there_is_named(serve, monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    _server, url, authority = serve(OBJECT)
    with pytest.raises(Failure, match="HTTPS_PROXY and NO_PROXY"):
        kube(url, ca_cert=authority, request_timeout=5)

# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""S3, Kubernetes and Git on a wire that breaks: a little is not noticed, more ends in time and in words."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import Failure
from ansible_collections.manuela.event_streaming.plugins.module_utils._git import Access, Git
from ansible_collections.manuela.event_streaming.plugins.module_utils._kube import POD
from ansible_collections.manuela.event_streaming.plugins.module_utils._kube_client import connect
from ansible_collections.manuela.event_streaming.plugins.module_utils._s3 import S3
from ansible_collections.manuela.event_streaming.plugins.module_utils._s3_client import Endpoint
from ansible_collections.manuela.event_streaming.plugins.module_utils._s3_patience import Patience
from ansible_collections.manuela.event_streaming.tests.unit.plugins.module_utils.wire import (
    Rude,
    context_for,
    cuts,
    drips,
    resets,
    says,
    says_nothing,
)

pytestmark = pytest.mark.slow

pytest.importorskip("botocore")
pytest.importorskip("kubernetes")
SECRET = "s3cr3t/with+signs"
TIMEOUT = 0.4
LISTING = b"<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>"
OBJECT = b'{"kind": "Pod", "metadata": {"name": "p"}}'


class QuickClock:
    """Pauses that a server asks for take no time here."""

    def __init__(self):
        self.pauses = []

    def now(self):
        return time.monotonic()

    def sleep(self, seconds):
        self.pauses.append(seconds)


def s3(url, **more):
    given = {"endpoint_url": url, "access_key": "demo", "secret_key": SECRET, "request_timeout": TIMEOUT, **more}
    return list(S3(Endpoint.of(given), Patience(QuickClock())).pages("lake", "objects"))


def kube(url, **more):
    given = {"host": url, "api_key": SECRET, "validate_certs": True, "request_timeout": TIMEOUT, **more}
    return connect(given, QuickClock()).get(POD, "ns", "p")


def git(url, **more):
    given = {"token": SECRET, "username": None, "ssh_key_file": None, "validate_certs": True, "ca_cert": None}
    access = Access.of({**given, "request_timeout": 5 * TIMEOUT, **more})
    return Git(Path.cwd(), access).run("ls-remote", f"{url}/x.git", url=f"{url}/x.git")


PORTS = {"s3": (s3, LISTING), "kube": (kube, OBJECT), "git": (git, b"")}


@pytest.fixture
def serve():
    servers = []

    def start(*script, context=None):
        servers.append(Rude(*script, context=context))
        return servers[-1], f"http{'s' if context else ''}://127.0.0.1:{servers[-1].port}"

    yield start
    for server in servers:
        server.close()


def failure_of(look, url, **more):
    start = time.monotonic()
    with pytest.raises(Failure) as caught:
        look(url, **more)
    assert time.monotonic() - start < 20
    assert SECRET not in str(caught.value.as_result())
    assert len(caught.value.msg.splitlines()) == 1
    return caught.value


TROUBLE = {
    "reset in mid-body": resets,
    "cut in mid-body": cuts,
    "503": lambda body: says("503 Busy", b"", "Retry-After: 1"),
    "429": lambda body: says("429 Slow Down", b"", "Retry-After: 1"),
}


@pytest.mark.parametrize("trouble", TROUBLE)
@pytest.mark.parametrize("port", ["s3", "kube"])
def test_trouble_that_ends_is_not_noticed(port, trouble, serve):
    look, body = PORTS[port]
    server, url = serve(TROUBLE[trouble](body), says("200 OK", body))
    look(url)
    assert server.requests == 2


@pytest.mark.parametrize("trouble", TROUBLE)
@pytest.mark.parametrize("port", PORTS)
def test_trouble_that_does_not_end_is_unreachable(port, trouble, serve):
    look, body = PORTS[port]
    server, url = serve(TROUBLE[trouble](body or b"001e# service=git-upload-pack\n"))
    failure = failure_of(look, url)
    assert (failure.code, failure.retryable) == ("unreachable", True)
    assert server.requests <= 12


@pytest.mark.parametrize("step", [drips(b" ", 0.05), says_nothing], ids=["drips", "silent"])
@pytest.mark.parametrize("port", PORTS)
def test_an_answer_that_never_ends_is_given_up(port, step, serve):
    look, _body = PORTS[port]
    _server, url = serve(step)
    assert failure_of(look, url).code in ("unreachable", "timeout")


@pytest.mark.parametrize("status", ["400 Bad", "401 Who", "403 No", "404 None", "409 Conflict", "422 Wrong"])
@pytest.mark.parametrize("port", ["s3", "kube"])
def test_a_refusal_is_not_asked_twice(port, status, serve):
    look, _body = PORTS[port]
    server, url = serve(says(status, b""))
    if (port, status) == ("kube", "404 None"):
        assert look(url) is None
    else:
        assert failure_of(look, url).code != "timeout"
    assert server.requests == 1


@pytest.mark.parametrize("port", PORTS)
def test_nobody_listens(port, serve):
    server, url = serve(says_nothing)
    server.close()
    failure = failure_of(PORTS[port][0], url)
    assert failure.code == "unreachable" and "127.0.0.1" in failure.msg


@pytest.mark.parametrize(
    ("name", "days", "words"),
    [
        ("elsewhere.example.com", 30, ("mismatch", "match", "verification failed")),
        ("127.0.0.1", -1, ("expired", "verification failed")),
    ],
    ids=["wrong name", "expired"],
)
@pytest.mark.parametrize("port", PORTS)
def test_a_certificate_that_does_not_do_is_named(port, name, days, words, serve, tmp_path):
    look, body = PORTS[port]
    context, trust = context_for(tmp_path, name, days=days)
    server, url = serve(says("200 OK", body), context=context)
    failure = failure_of(look, url, ca_cert=trust)
    assert failure.code == "unreachable"
    assert any(word in failure.msg for word in words), failure.msg
    assert "ca_cert" in failure.msg
    assert server.requests == 0


@pytest.mark.parametrize("port", PORTS)
def test_a_certificate_of_an_own_authority_does_with_ca_cert(port, serve, tmp_path, monkeypatch):
    for name in ("GIT_SSL_CAINFO", "REQUESTS_CA_BUNDLE", "AWS_CA_BUNDLE", "SSL_CERT_FILE"):
        monkeypatch.setenv(name, "/etc/ssl/certs/of-this-machine.pem")  # what is given wins over it
    look, body = PORTS[port]
    context, trust = context_for(tmp_path, "127.0.0.1", days=30)
    server, url = serve(says("200 OK", body) if body else says("404 Not Found"), context=context)
    try:
        look(url, ca_cert=trust)
    except Failure as failure:
        if (port, failure.code) != ("git", "not_found"):  # it was asked, and has no repository
            raise
    assert server.requests >= 1

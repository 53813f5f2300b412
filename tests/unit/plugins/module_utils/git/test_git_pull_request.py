# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pull requests at the three kinds of host, over real HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from ansible_collections.manuela.event_streaming.plugins.module_utils import _git_pull_request as noun
from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import Failure
from ansible_collections.manuela.event_streaming.plugins.module_utils._git_pull_request_api import Api, words_of
from ansible_collections.manuela.event_streaming.plugins.module_utils._git_pull_request_hosts import (
    DIALECTS,
    Proposal,
    repository_of,
)
from ansible_collections.manuela.event_streaming.tests.unit.plugins.module_utils.git.conftest import FakeClock
from ansible_collections.manuela.event_streaming.tests.unit.plugins.module_utils.git.pull_host import (
    SCHEMES,
    TOKEN,
    PullHost,
)
from ansible_collections.manuela.event_streaming.tests.unit.plugins.module_utils.wire import (
    Rude,
    context_for,
    cuts,
    says,
)

KINDS = ("gitea", "github", "gitlab")
ASKED = {
    "head": "demo", "base": "main", "title": "copy data", "body": "", "revision": None, "host": "auto", "api_url": None,
    "token": TOKEN, "ca_cert": None, "validate_certs": True, "request_timeout": 5,
}  # fmt: skip


@pytest.fixture(params=KINDS)
def host(request: pytest.FixtureRequest) -> Iterator[PullHost]:
    """A host of each kind."""
    served = PullHost(request.param)
    yield served
    served.close()


def ask(served: PullHost, /, *, check: bool = False, **more: Any) -> Any:
    return noun.execute({**ASKED, "repo": served.repo, **more}, check, None)  # type: ignore[arg-type]


def failed(served: PullHost, /, **more: Any) -> Failure:
    with pytest.raises(Failure) as caught:
        ask(served, **more)
    return caught.value


def test_a_request_is_opened_once(host):
    opened = ask(host)
    assert opened.changed and opened.state["number"] == 1 and opened.state["state"] == "open"
    assert opened.state["host"] == host.kind and opened.state["url"].startswith(f"{host.origin}/demo/manuela-gitops/")
    again = ask(host)
    assert not again.changed and again.state == opened.state
    assert host.posted == 1 and host.requests[0]["title"] == "copy data"


def test_check_mode_predicts_and_opens_nothing(host):
    predicted = ask(host, check=True)
    assert predicted.changed and predicted.state["url"] is None
    assert host.posted == 0 and not host.requests


def test_the_kind_is_asked_for_without_the_token(host):
    assert ask(host).state["host"] == host.kind
    probes = [token for line, token in zip(host.seen, host.tokens, strict=True) if "version" in line or "meta" in line]
    assert probes and set(probes) == {""}
    assert set(host.tokens) - {""} == {f"{SCHEMES[host.kind]} {TOKEN}"}


def test_a_kind_that_is_given_is_not_asked_for(host):
    ask(host, host=host.kind)
    assert not any("version" in line or "meta" in line for line in host.seen)


def test_without_a_base_it_is_the_default_branch(host):
    assert ask(host, base="").state["base"] == "main"


def test_requests_between_other_branches_do_not_count(host):
    host.add("other", "main")
    host.add("demo", "other")
    assert ask(host).state["number"] == 3


def test_an_open_request_wins_over_a_merged_one(host):
    host.add("demo", "main")
    host.add("demo", "main", state="merged")
    found = ask(host, revision="b" * 40)
    assert (found.state["number"], found.state["state"], found.changed) == (1, "open", False)


def test_what_was_merged_is_not_proposed_once_more(host):
    host.add("demo", "main", state="merged")
    found = ask(host, revision="b" * 40)
    assert (found.state["state"], found.changed) == ("merged", False)
    assert host.posted == 0


def test_a_new_commit_on_a_branch_that_was_merged_before_is_proposed(host):
    host.add("demo", "main", state="merged", sha="d" * 40)
    host.add("demo", "main", state="closed")
    assert ask(host, revision="b" * 40).state["number"] == 3


def test_many_requests_are_leafed_through(host):
    host.add("demo", "main", "the old one")
    for _number in range(120):
        host.add("demo", "main", state="closed")
    assert ask(host).state["number"] == 1


def test_somebody_who_was_quicker_is_no_error(host):
    host.add("demo", "main", "by somebody else")
    host.script = [("GET /api/v", 200, "[]")]
    found = ask(host, host=host.kind)
    assert found.state["number"] == 1 and host.posted == 1


REFUSALS = {401: "unauthorized", 403: "unauthorized", 404: "not_found", 422: "refused", 429: "unreachable",
            503: "unreachable"}  # fmt: skip


@pytest.mark.parametrize(("status", "code"), REFUSALS.items())
def test_a_refusal_is_told_in_the_hosts_words_and_without_the_token(host, status, code):
    host.script = [("POST ", status, f'{{"message": "This is why, {TOKEN}", "errors": ["and this"]}}')]
    failure = failed(host)
    assert failure.code == code and "This is why, ********; and this" in failure.msg
    assert TOKEN not in failure.msg + str(failure.details)
    assert "demo" in failure.details["by_hand"] and failure.details["by_hand"].startswith(host.origin)


def test_nothing_to_merge_is_said(host):
    host.branches["demo"] = host.branches["main"]
    assert "No commits between main and demo" in failed(host).msg


def test_without_a_token_the_page_for_a_person_is_named(host):
    failure = failed(host, token=None)
    assert failure.code == "unauthorized" and "demo" in failure.details["by_hand"]


def test_a_branch_is_not_proposed_to_itself(host):
    assert failed(host, head="main", base="").code == "invalid_option"
    assert host.posted == 0


def test_an_answer_of_something_else_is_said(host):
    host.script = [("state=all", 200, "<html>Welcome to the hotel's network</html>")]
    failure = failed(host)
    assert failure.code == "corrupt_input" and "Welcome to the hotel" in failure.msg


@pytest.mark.parametrize("text", ['{"no": "list"}', '[{"id": 1}]', "[1]"])
def test_an_answer_in_another_shape_is_said(host, text):
    host.script = [("state=all", 200, text)]
    assert failed(host).code == "corrupt_input"


def test_a_repository_with_a_new_name_is_followed_at_the_same_host(host):
    host.script = [("POST ", 307, "moved")]
    host.location = f"/api{ROUTES[host.kind]}"
    assert ask(host).state["number"] == 1


def test_a_token_does_not_follow_to_another_host(host):
    host.script = [("state=all", 302, "moved")]
    host.location = "http://127.0.0.2:9/login"
    failure = failed(host)
    assert failure.code == "refused" and "127.0.0.2" in failure.msg


def test_a_host_that_leads_around_in_circles_is_left(host):
    host.script = [("state=all", 302, "moved")] * 5
    host.location = f"/api{ROUTES[host.kind]}?state=all"
    assert failed(host).code == "refused"


def test_a_silent_host_has_a_deadline(host):
    host.silent.set()
    assert failed(host, host=host.kind, request_timeout=0.2).code == "timeout"


def test_a_host_that_is_away_is_unreachable(host):
    host.close()
    assert failed(host).code == "unreachable"


def test_a_host_with_a_certificate_of_its_own_authority(tmp_path):
    context, trusted = context_for(tmp_path, "127.0.0.1", days=30)
    served = Rude(says("200 OK", b'{"default_branch": "main"}'), context=context)
    origin = f"https://127.0.0.1:{served.port}"
    try:
        with pytest.raises(Failure, match="certificate") as caught:
            Api(origin, timeout=5).get("/repository")
        assert caught.value.code == "unreachable" and "ca_cert" in caught.value.msg
        assert Api(origin, ca_cert=trusted, timeout=5).get("/repository") == {"default_branch": "main"}
        assert Api(origin, validate_certs=False, timeout=5).get("/repository")
    finally:
        served.close()


def test_a_host_that_sends_strangers_to_log_in_elsewhere_is_asked_on():
    served = PullHost("github")
    served.location = "https://login.example.com/"
    served.script = [("version", 302, "moved"), ("version", 302, "moved")]
    try:
        assert ask(served).state["host"] == "github"
    finally:
        served.close()


def test_an_answer_that_breaks_off_is_unreachable():
    served = Rude(cuts(b'{"default_branch": "main"}'))
    try:
        with pytest.raises(Failure) as caught:
            Api(f"http://127.0.0.1:{served.port}", timeout=5).get("/repository")
    finally:
        served.close()
    assert caught.value.code == "unreachable"


def test_a_host_that_is_none_of_the_three_is_said():
    served = PullHost("gitea")
    served.script = [("version", 404, "no"), ("version", 404, "no"), ("meta", 404, "no")]
    try:
        failure = failed(served)
    finally:
        served.close()
    assert failure.code == "invalid_option" and failure.details["by_hand"] == f"{served.origin}/demo/manuela-gitops"


ROUTES = {
    "gitea": "/v1/repos/demo/manuela-gitops/pulls",
    "github": "/v3/repos/demo/manuela-gitops/pulls",
    "gitlab": "/v4/projects/demo%2Fmanuela-gitops/merge_requests",
}


@pytest.mark.parametrize(
    ("url", "page"),
    [
        ("https://github.com/demo/gitops.git", "https://github.com/demo/gitops"),
        ("https://me@git.example.com:8443/demo/gitops/", "https://git.example.com:8443/demo/gitops"),
        ("git@gitlab.com:group/below/gitops.git", "https://gitlab.com/group/below/gitops"),
        ("ssh://git@git.example.com:2222/demo/gitops", "https://git.example.com/demo/gitops"),
    ],
)
def test_where_the_pages_of_a_remote_are(url, page):
    assert repository_of(url).page == page


@pytest.mark.parametrize("url", ["file:///srv/git/gitops.git", "/srv/git/gitops.git", "https://github.com/"])
def test_what_is_at_no_host_is_said(url):
    with pytest.raises(Failure) as caught:
        repository_of(url)
    assert caught.value.code == "invalid_option"


@pytest.mark.parametrize(
    ("kind", "url", "api"),
    [
        ("github", "https://github.com/demo/gitops", "https://api.github.com"),
        ("github", "https://github.example.com/demo/gitops", "https://github.example.com/api/v3"),
        ("gitlab", "git@gitlab.com:demo/gitops.git", "https://gitlab.com/api/v4"),
        ("gitea", "https://codeberg.org/demo/gitops", "https://codeberg.org/api/v1"),
    ],
)
def test_where_the_api_is(kind, url, api):
    repository = repository_of(url)
    assert DIALECTS[kind].api(repository) == api
    assert repository.kind in ("", kind)


NEW_MERGE = "/-/merge_requests/new?merge_request%5Bsource_branch%5D=demo"
BY_HAND: list[tuple[str, str, str]] = [
    ("github", "main", "/compare/main...demo?expand=1"),
    ("github", "", "/compare/demo?expand=1"),
    ("gitea", "main", "/compare/main...demo"),
    ("gitlab", "main", f"{NEW_MERGE}&merge_request%5Btarget_branch%5D=main"),
    ("gitlab", "", NEW_MERGE),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "base", "page"), BY_HAND)
def test_the_page_for_a_person(kind, base, page):
    repository = repository_of("https://git.example.com/demo/gitops.git")
    assert DIALECTS[kind].by_hand(repository, Proposal("demo", base)) == f"https://git.example.com/demo/gitops{page}"


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({"message": "a", "errors": [{"message": "b"}, "c"]}, "a; b; c"),
        ({"message": {"base": ["is protected"]}}, "is protected"),
        ({"error": "invalid_token", "error_description": "Token was revoked"}, "invalid_token; Token was revoked"),
        ({"message": ["two", "two"]}, "two; two"),
        (None, ""),
    ],
)
def test_the_words_of_an_error(value, words):
    assert words_of(value) == words


def patient(served: PullHost, clock: FakeClock) -> Any:
    return noun.execute({**ASKED, "repo": served.repo, "host": served.kind}, False, clock)


@pytest.mark.parametrize("status", [429, 502, 503])
def test_trouble_that_passes_is_not_noticed(host, status):
    host.script += [("GET", status, "busy"), ("GET", status, "busy")]
    clock = FakeClock()
    done = patient(host, clock)
    assert (done.state["number"], done.state["attempts"]) == (1, 3)
    assert len(clock.pauses) == 2 and host.posted == 1


@pytest.mark.parametrize("status", [401, 404, 422, 500])
def test_a_refusal_is_not_asked_twice(host, status):
    host.script.append(("GET", status, "no"))
    clock = FakeClock()
    with pytest.raises(Failure):
        patient(host, clock)
    assert not clock.pauses


def test_a_request_is_not_opened_twice_when_the_answer_is_lost(host):
    host.script.append(("POST", 503, "busy"))  # nobody knows whether it was heard
    with pytest.raises(Failure) as caught:
        patient(host, FakeClock())
    assert caught.value.code == "unreachable" and host.posted == 1


LIMITED = {
    "Retry-After: 3": ([3.0, 3.0], "after 3 s"),
    "Retry-After: 3600": ([], "after 3600 s"),
    "X-RateLimit-Remaining: 0\r\nX-RateLimit-Reset: 1893456000": ([], "at 2030-01-01T00:00:00Z"),
}


@pytest.mark.parametrize("header", LIMITED)
@pytest.mark.parametrize("status", ["403 Forbidden", "429 Too Many Requests"])
def test_a_limit_is_waited_out_when_that_is_short_and_named_when_it_is_long(header, status):
    pauses, words = LIMITED[header]
    server, clock = Rude(says(status, b'{"message": "limit exceeded"}', header)), FakeClock()
    try:
        with pytest.raises(Failure, match=words) as caught:
            Api(f"http://127.0.0.1:{server.port}", timeout=5, clock=clock).get("/repository")
    finally:
        server.close()
    assert (caught.value.code, caught.value.retryable, clock.pauses) == ("unreachable", True, pauses)


def test_a_list_goes_on_while_the_host_says_so():
    server = Rude(says("200 OK", b"[]", 'Link: <http://x/?page=2>; rel="next", <http://x/?page=9>; rel="last"'))
    try:
        assert Api(f"http://127.0.0.1:{server.port}", timeout=5).page("/pulls") == ([], True)
    finally:
        server.close()


def test_a_host_below_a_path_is_asked_for_the_repository_without_it():
    repository = repository_of("https://example.com/gitlab/group/sub/project.git")
    dialect = DIALECTS["gitlab"]
    below = repository.below(dialect.prefix("https://example.com/gitlab/api/v4"))
    assert dialect.repository(below) == "/projects/group%2Fsub%2Fproject"
    assert below.page == "https://example.com/gitlab/group/sub/project"
    assert repository.below(dialect.prefix("https://example.com/api/v4")) == repository


def test_a_branch_with_odd_letters_has_a_page():
    repository = repository_of("https://example.com/demo/x.git")
    assert DIALECTS["gitea"].by_hand(repository, Proposal("a#1/\u00fc", "")).endswith("/compare/a%231/%C3%BC")

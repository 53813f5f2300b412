# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A pull request from one branch to another: found, or opened through the API of the Git host."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Mapping

from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import Failure
from ansible_collections.manuela.event_streaming.plugins.module_utils._git_pull_request_api import Api
from ansible_collections.manuela.event_streaming.plugins.module_utils._git_pull_request_hosts import (
    DIALECTS,
    PAGE,
    Dialect,
    Proposal,
    Repository,
    Request,
    repository_of,
)
from ansible_collections.manuela.event_streaming.plugins.module_utils._git_worktree import checked_url
from ansible_collections.manuela.event_streaming.plugins.module_utils._plan import Plan, Result, converge
from ansible_collections.manuela.event_streaming.plugins.module_utils._wait import Clock

_PROBE_SECONDS = 5.0
_MOST_PAGES = 10
_TAKEN = (409, 422)


def execute(params: Mapping[str, Any], check_mode: bool, clock: Clock) -> Result:
    """Find the request, or open it."""
    proposal = Proposal(params["head"], params["base"] or "", params["title"] or params["head"], params["body"] or "")
    by_hand = ""
    try:
        repository = repository_of(checked_url(params["repo"]))
        by_hand = repository.page
        kind = params["host"] if params["host"] != "auto" else repository.kind or asked_kind(repository, params)
        dialect = DIALECTS[kind]
        repository = repository.below(dialect.prefix(params["api_url"] or ""))
        api = replace(_api(params, params["api_url"] or dialect.api(repository), dialect.scheme), clock=clock)
        by_hand = dialect.by_hand(repository, proposal)
        request = PullRequest(api, dialect, repository, proposal, params["revision"] or "", kind)
        return converge(request, check_mode=check_mode)
    except Failure as failure:
        failure.details["by_hand"] = by_hand
        raise


def asked_kind(repository: Repository, params: Mapping[str, Any]) -> str:
    """Return what the host runs: each kind has a path that no other has.  The token is not shown for that."""
    for kind, dialect in DIALECTS.items():
        api = replace(_api(params, dialect.api(repository), ""), token="")
        try:
            reply = replace(api, timeout=min(api.timeout, _PROBE_SECONDS)).ask("GET", dialect.probe)
        except Failure as failure:
            if failure.code != "refused":
                raise
            continue  # what it does not know it sends to a login page elsewhere
        if reply.status in (200, 401, 403) and isinstance(reply.value, dict):
            return kind
    raise Failure("invalid_option", f"host: {repository.name} does not say whether it is GitHub, GitLab or Gitea. "
                  "Give host, and api_url where its API is elsewhere")  # fmt: skip


def _api(params: Mapping[str, Any], root: str, scheme: str) -> Api:
    return Api(
        root=root.rstrip("/"),
        scheme=scheme,
        token=params["token"] or "",
        ca_cert=params["ca_cert"] or "",
        validate_certs=params["validate_certs"],
        timeout=params["request_timeout"],
    )


@dataclass(frozen=True)
class Current:
    """The base branch, and the request that is open or was merged with our revision."""

    base: str
    request: Request | None


class PullRequest:
    """The noun."""

    def __init__(
        self, api: Api, dialect: Dialect, repository: Repository, proposal: Proposal, revision: str, kind: str
    ) -> None:
        self._api = api
        self._dialect = dialect
        self._repository = repository
        self._proposal = proposal
        self._revision = revision
        self._kind = kind
        self._opened: Request | None = None

    def observe(self) -> Current:
        """Look for the request."""
        if not self._proposal.base:
            told = self._api.get(self._dialect.repository(self._repository))
            self._proposal = replace(self._proposal, base=_named(told, "default_branch"))
        if self._proposal.head == self._proposal.base:
            raise Failure("invalid_option", f"head: {self._proposal.head} is the branch to merge into as well. "
                          "Give another branch")  # fmt: skip
        return Current(self._proposal.base, self._opened or self._find())

    def plan(self, current: Current) -> Plan:
        """Open it, unless it is there."""
        if current.request:
            return Plan()
        branches = {"head": self._proposal.head, "base": current.base}
        why = f"no request to merge {self._proposal.head} into {current.base} is open"
        return Plan(("open",), {}, {**branches, "title": self._proposal.title}, (why,))

    def apply(self, plan: Plan) -> None:
        """Open it."""
        del plan
        try:
            told = self._api.post(self._dialect.requests(self._repository), self._dialect.asked(self._proposal))
        except Failure as failure:
            unsure = failure.details.get("status") in _TAKEN or failure.retryable
            if unsure and self._find():
                return  # somebody else opened it meanwhile, or we did and the answer was lost
            raise
        self._opened = self._read(told)

    def describe(self, current: Current, pending: Plan) -> dict[str, Any]:
        """Return the request, as far as it is known."""
        del pending
        request = current.request
        return {
            "url": request.url if request else None,
            "number": request.number if request else None,
            "state": request.state if request else "open",
            "host": self._kind,
            "base": current.base,
            "attempts": 1 + len(self._api.pauses),
        }

    def _find(self) -> Request | None:
        """Return the open request, else one that was merged with this very revision."""
        for page in range(1, _MOST_PAGES + 1):
            listed, more = self._api.page(self._dialect.search(self._repository, self._proposal, page))
            if not isinstance(listed, list):
                raise self._strange()
            found = [request for entry in listed if (request := self._read(entry))]
            usable = [request for request in found if request.state == "open" or self._merged(request)]
            if usable:
                return min(usable, key=lambda request: request.state != "open")
            if len(listed) < PAGE and not more:
                break
        return None

    def _merged(self, request: Request) -> bool:
        return request.state == "merged" and bool(self._revision) and request.revision == self._revision

    def _read(self, entry: Any) -> Request | None:
        try:
            return self._dialect.read(entry, self._proposal)
        except (KeyError, TypeError, AttributeError):
            raise self._strange() from None

    def _strange(self) -> Failure:
        return Failure("corrupt_input", f"{self._api.root} does not describe requests as {self._kind} does. "
                       "Check host and api_url")  # fmt: skip


def _named(told: Any, name: str) -> str:
    found = told.get(name) if isinstance(told, dict) else None
    if not found:
        raise Failure("corrupt_input", f"the host does not say what its {name} is. Give base")
    return str(found)

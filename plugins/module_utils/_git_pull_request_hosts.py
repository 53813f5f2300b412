# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Git hosts call a pull request: the paths, bodies and answers of their three APIs.  Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Callable, Mapping
from urllib.parse import quote, urlencode, urlsplit

from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import Failure

Answer = Mapping[str, Any]
_SCP_LIKE = re.compile(r"^(?:[^@/]+@)?([^:/@]+):(?!//)(.+)$")
_KNOWN = {"github.com": "github", "gitlab.com": "gitlab", "codeberg.org": "gitea"}
PAGE = 50


@dataclass(frozen=True)
class Repository:
    """A repository at a Git host: where its web pages begin, and its path there."""

    origin: str
    path: str

    @property
    def name(self) -> str:
        """The host's name."""
        return urlsplit(self.origin).hostname or ""

    @property
    def page(self) -> str:
        """The web page of the repository."""
        return f"{self.origin}/{self.path}"

    @property
    def kind(self) -> str:
        """What the host runs, where its name alone says so."""
        return _KNOWN.get(self.name, "")

    def below(self, prefix: str) -> Repository:
        """Return the repository at a host whose pages begin below ``prefix``."""
        if not prefix or not self.path.startswith(f"{prefix}/"):
            return self
        return Repository(f"{self.origin}/{prefix}", self.path.removeprefix(f"{prefix}/"))


@dataclass(frozen=True)
class Request:
    """A pull request that a host knows."""

    url: str
    number: int
    state: str
    revision: str = ""


@dataclass(frozen=True)
class Proposal:
    """The branches, and the words of the request."""

    head: str
    base: str
    title: str = ""
    body: str = ""


@dataclass(frozen=True)
class Dialect:
    """How one kind of host is spoken to.  The paths are below the API's root."""

    root: str
    scheme: str
    repository: Callable[[Repository], str]
    listing: str
    query: Callable[[Repository, Proposal], dict[str, str]]
    fields: tuple[str, str, str, str]
    read: Callable[[Answer, Proposal], Request | None]
    page: Callable[[Proposal], str]
    # Where a new host is asked what it is; anybody may ask, or is told to log in.
    probe: str = ""
    cloud: Mapping[str, str] = field(default_factory=dict)

    def api(self, repository: Repository) -> str:
        """Return the root of the host's API."""
        return self.cloud.get(repository.name) or f"{repository.origin}{self.root}"

    def prefix(self, api_url: str) -> str:
        """Return below which path the host's pages begin, as the address of its API says."""
        return urlsplit(api_url).path.rstrip("/").removesuffix(self.root).strip("/")

    def requests(self, repository: Repository) -> str:
        """Return the path below which the requests are."""
        return f"{self.repository(repository)}/{self.listing}"

    def search(self, repository: Repository, proposal: Proposal, page: int) -> str:
        """Return the path that lists requests, also those that were merged."""
        query = {"state": "all", **self.query(repository, proposal), "page": str(page)}
        return f"{self.requests(repository)}?{urlencode(query)}"

    def asked(self, proposal: Proposal) -> dict[str, str]:
        """Return the body that opens a request."""
        return dict(zip(self.fields, (proposal.head, proposal.base, proposal.title, proposal.body), strict=True))

    def by_hand(self, repository: Repository, proposal: Proposal) -> str:
        """Return the page on which a person opens the request."""
        return f"{repository.page}/{self.page(proposal)}"


def repository_of(url: str) -> Repository:
    """Return host and path of a remote; one that is reached by SSH has its pages at the same name."""
    parts = urlsplit(url)
    if "://" not in url and (match := _SCP_LIKE.match(url)):
        origin, path = f"https://{match[1]}", match[2]
    elif parts.scheme in ("http", "https"):
        origin, path = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}", parts.path
    elif parts.scheme == "ssh" and parts.hostname:
        origin, path = f"https://{parts.hostname}", parts.path
    else:
        origin, path = "", ""
    path = path.strip("/").removesuffix(".git")
    if not path:
        raise Failure("invalid_option", f"repo: {url} is not at a Git host, so no request can be opened there. "
                      "Merge the branch with git")  # fmt: skip
    return Repository(origin, path)


def _of_owner(repository: Repository) -> str:
    owner, _slash, name = repository.path.partition("/")
    return f"/repos/{quote(owner, safe='')}/{quote(name, safe='')}"


def _from_owner(repository: Repository, proposal: Proposal) -> dict[str, str]:
    owner = repository.path.partition("/")[0]
    return {"head": f"{owner}:{proposal.head}", "base": proposal.base, "per_page": str(PAGE)}


def _between(answer: Answer, proposal: Proposal) -> bool:
    """Say whether a request is one of ours: some servers ignore what they shall look for."""
    head, base = answer["head"], answer["base"]
    same_repository = (head.get("repo") or {}).get("id") == (base.get("repo") or {}).get("id")
    return (head["ref"], base["ref"]) == (proposal.head, proposal.base) and same_repository


def _read_pull(answer: Answer, proposal: Proposal) -> Request | None:
    if not _between(answer, proposal):
        return None
    merged = bool(answer.get("merged_at") or answer.get("merged"))
    return Request(answer["html_url"], answer["number"], "merged" if merged else answer["state"], answer["head"]["sha"])


def _read_merge(answer: Answer, proposal: Proposal) -> Request | None:
    if (answer["source_branch"], answer["target_branch"]) != (proposal.head, proposal.base):
        return None
    if answer.get("source_project_id") != answer.get("target_project_id"):
        return None
    state = "open" if answer["state"] == "opened" else answer["state"]
    return Request(answer["web_url"], answer["iid"], state, answer.get("sha") or "")


def _comparison(proposal: Proposal) -> str:
    """Without a base it is the default branch."""
    return (
        f"compare/{quote(proposal.base)}...{quote(proposal.head)}"
        if proposal.base
        else f"compare/{quote(proposal.head)}"
    )


def _new_merge(proposal: Proposal) -> str:
    branches = {"source_branch": proposal.head, "target_branch": proposal.base}
    given = {f"merge_request[{name}]": text for name, text in branches.items() if text}
    return f"-/merge_requests/new?{urlencode(given)}"


# The order is that of asking a new host: GitLab and GitHub have no such path as the one before theirs.
DIALECTS: dict[str, Dialect] = {
    "gitea": Dialect(
        root="/api/v1",
        scheme="token",
        repository=_of_owner,
        listing="pulls",
        query=lambda repository, proposal: {"sort": "recentupdate", "limit": str(PAGE)},
        fields=("head", "base", "title", "body"),
        read=_read_pull,
        page=_comparison,
        probe="/version",
    ),
    "gitlab": Dialect(
        root="/api/v4",
        scheme="Bearer",
        repository=lambda repository: f"/projects/{quote(repository.path, safe='')}",
        listing="merge_requests",
        query=lambda repository, proposal: {
            "source_branch": proposal.head,
            "target_branch": proposal.base,
            "per_page": str(PAGE),
        },
        fields=("source_branch", "target_branch", "title", "description"),
        read=_read_merge,
        page=_new_merge,
        probe="/version",
    ),
    "github": Dialect(
        root="/api/v3",
        scheme="Bearer",
        repository=_of_owner,
        listing="pulls",
        query=_from_owner,
        fields=("head", "base", "title", "body"),
        read=_read_pull,
        page=lambda proposal: f"{_comparison(proposal)}?expand=1",
        probe="/meta",
        cloud={"github.com": "https://api.github.com"},
    ),
}

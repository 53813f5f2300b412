#!/usr/bin/python
# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: git_pull_request
short_description: Open a pull request at GitHub, GitLab or Gitea, once
version_added: 1.0.0
description:
  - Finds the open pull request (merge request) from one branch to another of the same repository, and opens one when
    there is none. What is open already is returned as it is, whatever its title says.
  - Speaks the APIs of GitHub and GitHub Enterprise, GitLab, and Gitea with its relatives (Forgejo, Codeberg).
  - In a fork too, both branches are the fork's own, because the fork is what Argo CD follows. Nothing is proposed to
    the repository that it was forked from. By hand, choose the fork as the target on GitLab's page.
  - A failure names in C(failure.details.by_hand) the page on which a person opens the request.
options:
  repo:
    description:
      - URL of the repository, as git takes it. For an SSH URL the API is asked over HTTPS at the same name.
    type: str
    required: true
  head:
    description:
      - Branch with the commits. It must be at the host already.
    type: str
    required: true
  base:
    description:
      - Branch to merge into. Empty means the repository's default branch.
    type: str
    default: ""
  title:
    description:
      - Title of a request that is opened. Without it the name of the branch.
    type: str
  body:
    description:
      - Text of a request that is opened.
    type: str
    default: ""
  revision:
    description:
      - Commit that the request is about. A request that was merged with this commit at its tip counts too, so
        that what was merged is not proposed once more.
    type: str
  state:
    description:
      - V(present) makes sure that there is a request.
    type: str
    choices: [present]
    default: present
  token:
    description:
      - Token that may open pull requests. It is sent to the API's host only, and to no host that this one leads to.
    type: str
  host:
    description:
      - What the Git host runs. With V(auto) the well-known hosts are known by name, and others are asked.
    type: str
    choices: [auto, github, gitlab, gitea]
    default: auto
  api_url:
    description:
      - Root of the API where it is not below the host's own root, for instance V(https://example.com/gitlab/api/v4).
    type: str
  request_timeout:
    description:
      - Seconds that one request to the API may take.
    type: float
    default: 15
notes:
  - Proxies are taken from the environment (E(HTTPS_PROXY), E(NO_PROXY)).
extends_documentation_fragment:
  - manuela.event_streaming.git.certificates
  - manuela.event_streaming.attributes
seealso:
  - module: manuela.event_streaming.git_publish
author:
  - manuela.event_streaming contributors (@sa-mw-dach)
"""

EXAMPLES = r"""
- name: Propose what was published to a branch
  manuela.event_streaming.git_pull_request:
    repo: https://git.example.com/demo/gitops.git
    head: demo
    base: main
    title: Switch Kafka on in the factory
    token: "{{ git_token }}"
  register: proposed

- name: Show where it can be merged
  ansible.builtin.debug:
    var: proposed.git_pull_request.url
"""

RETURN = r"""
git_pull_request:
  description: The request.
  returned: success
  type: dict
  contains:
    url:
      description: Its page. Null in check mode when it would have to be opened.
      type: str
      sample: https://git.example.com/demo/gitops/pulls/7
    number:
      description: Its number. Null in check mode when it would have to be opened.
      type: int
      sample: 7
    state:
      description: V(open), or V(merged) when it was merged with O(revision) at its tip.
      type: str
      sample: open
    host:
      description: What the Git host runs, V(github), V(gitlab) or V(gitea).
      type: str
      sample: gitea
    base:
      description: Branch that it is to be merged into.
      type: str
      sample: main
    attempts:
      description: 1, and one more for each request that was sent again after trouble.
      type: int
      sample: 1
reasons:
  description: Why it was opened.
  returned: success
  type: list
  elements: str
  sample: [no request to merge demo into main is open]
failure:
  description: What kind of failure this is.
  returned: failure
  type: dict
  contains:
    code:
      description: What went wrong. An error that nobody thought of is C(failed) too.
      type: str
      choices: [invalid_option, not_found, unauthorized, refused, unreachable, timeout, corrupt_input]
      sample: unauthorized
    retryable:
      description: Whether the same call may succeed later without any change.
      type: bool
      sample: false
    details:
      description: Further facts, C(by_hand), the page on which a person opens the request, and what the host C(said).
      type: dict
      sample: {by_hand: https://git.example.com/demo/gitops/compare/main...demo}
"""

from ansible_collections.manuela.event_streaming.plugins.module_utils import _git_pull_request, _options
from ansible_collections.manuela.event_streaming.plugins.module_utils._module import run


def main() -> None:
    """Run the module."""
    run(
        "git_pull_request",
        _git_pull_request.execute,
        argument_spec={
            "repo": {"type": "str", "required": True},
            "head": {"type": "str", "required": True},
            "base": {"type": "str", "default": ""},
            "title": {"type": "str"},
            "body": {"type": "str", "default": ""},
            "revision": {"type": "str"},
            "state": {"type": "str", "choices": ["present"], "default": "present"},
            "token": {"type": "str", "no_log": True},
            "host": {"type": "str", "choices": ["auto", "github", "gitlab", "gitea"], "default": "auto"},
            "api_url": {"type": "str"},
            **_options.GIT_CERTIFICATES,
            "request_timeout": {"type": "float", "default": 15},
        },
    )


if __name__ == "__main__":
    main()

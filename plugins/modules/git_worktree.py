#!/usr/bin/python
# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: git_worktree
short_description: Keep a Git work copy, cloned and fast-forwarded, never reset
version_added: 1.0.0
description:
  - Clones a repository, or brings an existing work copy to the tip of its remote branch by fast-forward.
  - Never resets, rebases or stashes. Local commits and local changes stay, byte for byte. Where they are in the way of
    a fast-forward, the work copy stays where it is and RV(reasons) says why; M(manuela.event_streaming.git_publish)
    then merges or names the conflict.
  - A wrong branch, another repository, or a merge or rebase in progress is an error.
options:
  repo:
    description:
      - URL of the repository. It must not hold a password.
    type: str
    required: true
  path:
    description:
      - Directory of the work copy. It is created when it is missing or empty.
    type: path
    required: true
  branch:
    description:
      - Branch to work on. Empty means the remote's default branch for a new clone, and the branch that is checked out
        for an existing work copy.
    type: str
    default: ""
  create_branch:
    description:
      - Whether a branch that the remote does not have is started at the remote's default branch.
      - One that was merged there, squashed or not, and then deleted at the host, is started anew.
    type: bool
    default: false
  protect:
    description:
      - Paths below the work copy, files or directories, that this run is going to edit. Local changes in them, which
        this run cannot have made, are an error that shows the diff.
      - What an earlier run of ours began to edit and did not publish, because it was killed, is taken over.
    type: list
    elements: str
    default: []
  adopt:
    description:
      - Whether local changes in O(protect) are taken over instead.
    type: bool
    default: false
extends_documentation_fragment:
  - manuela.event_streaming.git
  - manuela.event_streaming.git.certificates
  - manuela.event_streaming.attributes
seealso:
  - module: manuela.event_streaming.git_publish
author:
  - manuela.event_streaming contributors (@sa-mw-dach)
"""

EXAMPLES = r"""
- name: Keep a work copy of the GitOps repository
  manuela.event_streaming.git_worktree:
    repo: https://git.example.com/demo/gitops.git
    path: "{{ ansible_env.HOME }}/gitops"
    branch: main
    token: "{{ git_token }}"

- name: Take a clone of one's own, and refuse to overwrite edits in the messaging directory
  manuela.event_streaming.git_worktree:
    repo: git@git.example.com:demo/gitops.git
    path: /home/presenter/gitops
    ssh_key_file: /home/presenter/.ssh/gitops
    protect:
      - apps/messaging
"""

RETURN = r"""
git_worktree:
  description: The work copy.
  returned: success
  type: dict
  contains:
    path:
      description: Directory of the work copy.
      type: str
      sample: /home/presenter/gitops
    branch:
      description: Branch that is checked out.
      type: str
      sample: main
    revision:
      description: Commit that is checked out. Null in an empty repository.
      type: str
      sample: 8f14e45fceea167a5a36dedd4bea2543c9f2e6a1
    remote_revision:
      description: Commit of the branch on the remote. Null when the remote has no such branch.
      type: str
      sample: 8f14e45fceea167a5a36dedd4bea2543c9f2e6a1
    default_branch:
      description: The remote's default branch. Null when the clone does not know it.
      type: str
      sample: main
    ahead:
      description: Number of local commits that the remote does not have.
      type: int
      sample: 0
    behind:
      description: Number of commits of the remote that the work copy does not have.
      type: int
      sample: 0
    dirty:
      description: Paths with local changes, untracked files included.
      type: list
      elements: str
      sample: []
    repo:
      description: URL of the repository.
      type: str
      sample: https://git.example.com/demo/gitops.git
    attempts:
      description: 1, and one more each time that the remote was asked again because a connection broke.
      type: int
      sample: 1
reasons:
  description: Why something was done, or could not be done.
  returned: success
  type: list
  elements: str
  sample: ["the work copy was 2 commit(s) behind"]
failure:
  description: What kind of failure this is.
  returned: failure
  type: dict
  contains:
    code:
      description: What went wrong. An error that nobody thought of is C(failed) too.
      type: str
      choices:
        - invalid_option
        - missing_library
        - not_found
        - unauthorized
        - refused
        - conflict
        - unreachable
        - timeout
        - failed
      sample: unauthorized
    retryable:
      description: Whether the same call may succeed later without any change.
      type: bool
      sample: false
    details:
      description: Further facts, depending on the code.
      type: dict
      sample: {command: "git ls-remote"}
"""

from ansible_collections.manuela.event_streaming.plugins.module_utils import _git_worktree
from ansible_collections.manuela.event_streaming.plugins.module_utils._module import run
from ansible_collections.manuela.event_streaming.plugins.module_utils._options import GIT


def main() -> None:
    """Run the module."""
    run(
        "git_worktree",
        _git_worktree.execute,
        argument_spec={
            "repo": {"type": "str", "required": True},
            "path": {"type": "path", "required": True},
            "branch": {"type": "str", "default": ""},
            "create_branch": {"type": "bool", "default": False},
            "protect": {"type": "list", "elements": "str", "default": []},
            "adopt": {"type": "bool", "default": False},
            **GIT,
        },
    )


if __name__ == "__main__":
    main()

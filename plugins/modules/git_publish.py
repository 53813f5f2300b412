#!/usr/bin/python
# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: git_publish
short_description: Publish an ordered list of commits with one push that survives races and crashes
version_added: 1.0.0
description:
  - Makes a commit of each item of O(commits) whose paths differ from the remote branch, in order, and pushes them
    with one push. Only the named paths are taken, with their modes, links and deletions; nothing else is ever added.
  - The commits are built on the remote's tip in an index of their own. Index, HEAD and the other files of the work
    copy move only after the push has landed, so a conflict or a refusal leaves all three as they were.
  - When somebody else pushes in between, the commits are built again on the new tip. Changes of both sides in
    different lines of one file are merged as a pull would; changes in the same lines are a C(conflict) that names the
    paths. There is no forced push.
  - Commits that an earlier run made and could not push are pushed too. What an earlier run pushed before it was killed
    is recognised, and is not committed again.
  - The C(pre-push) hook runs, as in a push by hand; with C(commit.gpgSign) the commits are signed. Neither can hang
    longer than O(request_timeout).
options:
  path:
    description:
      - Root directory of the work copy.
    type: path
    required: true
  branch:
    description:
      - Branch that must be checked out, and that is pushed to. Empty means the one that is checked out.
    type: str
    default: ""
  commits:
    description:
      - Commits to make, in order. One whose paths do not differ is left out. A file that two of them name belongs to
        the first.
    type: list
    elements: dict
    required: true
    suboptions:
      subject:
        description: The commit message, one line or more.
        type: str
        required: true
      paths:
        description:
          - Files, links or directories, relative to O(path) or absolute below it. One that is gone is committed as
            a deletion. In a directory, files are left out that are ignored, that a sparse checkout leaves out, or that
            are marked skip-worktree.
        type: list
        elements: str
        required: true
      trailers:
        description: Trailer lines at the end of the message, for instance C(Before) with a revision.
        type: dict
      restore:
        description:
          - Brings files back to what they were at an earlier revision, instead of taking them from the work copy.
            These are the files below O(commits[].paths) that commits with one of the given subjects touched since then.
          - The commits of everybody else stay. The message gets a trailer C(Restored) with the revision, so that
            running again restores nothing.
        type: dict
        suboptions:
          trailer:
            description:
              - Trailer that names the revision, for instance V(Before). That of the oldest commit since the last one
                that restored counts. When there is none, nothing is restored.
            type: str
          revision:
            description: The revision itself.
            type: str
          subjects:
            description: First lines of the messages of the commits that are undone.
            type: list
            elements: str
            required: true
          overwrite:
            description:
              - Whether a file goes back of which a change in somebody else's commits is left. Without it that is a
                C(conflict), which names file and commit. A change that was reverted is none.
            type: bool
            default: false
  first_trailers:
    description:
      - Trailer lines of the first commit that is made, whichever of O(commits) that is. It then says for the whole run
        what was before it.
    type: dict
  author_name:
    description:
      - Name of author and committer. Without it git's configured identity, else C(manuela event streaming).
    type: str
  author_email:
    description:
      - Address of author and committer. Without it git's configured identity, else C(event-streaming@localhost).
    type: str
  push:
    description:
      - Whether to push. Without it the commits stay in the work copy, and a later run pushes them.
    type: bool
    default: true
  push_retries:
    description:
      - How often the commits are built again after somebody else's push was quicker.
    type: int
    default: 20
  adopt:
    description:
      - Whether local commits that are not on the remote are pushed too, when they touch other paths than O(commits)
        names and no earlier run of this module made them. Without it they are an error.
      - The same goes for commits that the remote had, and that somebody has taken out of its history since.
    type: bool
    default: false
extends_documentation_fragment:
  - manuela.event_streaming.git
  - manuela.event_streaming.git.certificates
  - manuela.event_streaming.attributes
seealso:
  - module: manuela.event_streaming.git_worktree
author:
  - manuela.event_streaming contributors (@sa-mw-dach)
"""

EXAMPLES = r"""
- name: Publish what the stage edited
  manuela.event_streaming.git_publish:
    path: /home/presenter/gitops
    branch: main
    token: "{{ git_token }}"
    commits:
      - subject: Switch Kafka on in the factory
        paths:
          - apps/messaging/kustomization.yaml
  register: published

- name: Show the revision to wait for
  ansible.builtin.debug:
    var: published.git_publish.revision

- name: Publish two commits with one push; the first says what was there before
  manuela.event_streaming.git_publish:
    path: /home/presenter/gitops
    commits:
      - subject: Set certificate
        paths: [apps/central-kafka]
        trailers:
          Before: "{{ worktree.git_worktree.revision }}"
      - subject: Undeploy
        paths: [environments]

- name: Bring back what was there before, and keep the commits of others
  manuela.event_streaming.git_publish:
    path: /home/presenter/gitops
    commits:
      - subject: Restore what was before
        paths: [apps, environments]
        restore:
          trailer: Before
          subjects: [Set certificate, Undeploy]
"""

RETURN = r"""
git_publish:
  description: What is on the remote now.
  returned: success
  type: dict
  contains:
    revision:
      description: Commit that holds everything that was asked for. Null in check mode when it would have to be made.
      type: str
      sample: 8f14e45fceea167a5a36dedd4bea2543c9f2e6a1
    branch:
      description: Branch that was pushed to.
      type: str
      sample: main
    commits:
      description: One item for each item of the option O(commits), in the same order.
      type: list
      elements: dict
      contains:
        message:
          description: Commit message, trailers included.
          type: str
          sample: Switch Kafka on in the factory
        paths:
          description: Paths that the commit changed.
          type: list
          elements: str
          sample: [apps/messaging/kustomization.yaml]
        revision:
          description: The commit. Null when none was needed, and in check mode.
          type: str
          sample: 8f14e45fceea167a5a36dedd4bea2543c9f2e6a1
        created:
          description: Whether the commit was made, in check mode whether it would be.
          type: bool
          sample: true
    pushed:
      description: Whether this run pushed. Null in check mode when it would push.
      type: bool
      sample: true
    attempts:
      description: How often the commits were built until the push landed. 0 without a push.
      type: int
      sample: 1
    files:
      description: Paths that the new commits changed.
      type: list
      elements: str
      sample: [apps/messaging/kustomization.yaml]
reasons:
  description: Why something was published.
  returned: success
  type: list
  elements: str
  sample: ["1 commit(s) differ from the remote's files"]
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
      sample: conflict
    retryable:
      description: Whether the same call may succeed later without any change.
      type: bool
      sample: false
    details:
      description:
        - Further facts, for instance the C(paths) of a conflict, or what the host C(said). After a push that was
          refused, the C(branch), the C(revision) that was kept, C(kept_as) which reference, and whether the branch is
          C(protected), so that another one would be taken.
      type: dict
      sample: {paths: [apps/messaging/kustomization.yaml]}
"""

from ansible_collections.manuela.event_streaming.plugins.module_utils import _git_publish
from ansible_collections.manuela.event_streaming.plugins.module_utils._module import run
from ansible_collections.manuela.event_streaming.plugins.module_utils._options import GIT


def main() -> None:
    """Run the module."""
    run(
        "git_publish",
        _git_publish.execute,
        argument_spec={
            "path": {"type": "path", "required": True},
            "branch": {"type": "str", "default": ""},
            "commits": {
                "type": "list",
                "elements": "dict",
                "required": True,
                "options": {
                    "subject": {"type": "str", "required": True},
                    "paths": {"type": "list", "elements": "str", "required": True},
                    "trailers": {"type": "dict"},
                    "restore": {
                        "type": "dict",
                        "options": {
                            "trailer": {"type": "str"},
                            "revision": {"type": "str"},
                            "subjects": {"type": "list", "elements": "str", "required": True},
                            "overwrite": {"type": "bool", "default": False},
                        },
                    },
                },
            },
            "first_trailers": {"type": "dict"},
            "author_name": {"type": "str"},
            "author_email": {"type": "str"},
            "push": {"type": "bool", "default": True},
            "push_retries": {"type": "int", "default": 20},
            "adopt": {"type": "bool", "default": False},
            **GIT,
        },
    )


if __name__ == "__main__":
    main()

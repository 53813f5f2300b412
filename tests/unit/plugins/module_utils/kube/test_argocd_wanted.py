# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The same repository and path in other words are the same."""

from __future__ import annotations

import pytest
from ansible_collections.manuela.event_streaming.plugins.module_utils._argocd_application.wanted import (
    same_path,
    same_repository,
)

REPO = "https://git.example.com/x/manuela-gitops.git"


@pytest.mark.parametrize(
    "url",
    [
        "https://git.example.com/x/manuela-gitops",
        "https://token@GIT.example.com:443/x/manuela-gitops.git/",
        "ssh://git@git.example.com:7999/x/manuela-gitops.git",
        "git@git.example.com:x/manuela-gitops.git",
    ],
)
def test_the_same_repository_in_other_words(url):
    assert same_repository(url, REPO)


@pytest.mark.parametrize("url", ["https://git.example.com/x/other", "https://elsewhere/x/manuela-gitops", ""])
def test_another_repository(url):
    assert not same_repository(url, REPO)


def test_paths_are_compared_by_their_parts():
    assert same_path("a/b", "./a//b/") and same_path("", ".") and not same_path("a/b", "a/bc")

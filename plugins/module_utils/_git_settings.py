# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What of the caller's environment and of the user's settings git is run without.  Pure."""

from __future__ import annotations

from typing import Mapping

# Variables of the caller that would lead git to another repository, or print requests with their headers.
_DROPPED = frozenset((
    "GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_COMMON_DIR", "GIT_NAMESPACE",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_CURL_VERBOSE", "GIT_QUARANTINE_PATH", "GIT_PREFIX",
    "GIT_EXTERNAL_DIFF", "GIT_DIFF_OPTS", "GIT_LITERAL_PATHSPECS", "GIT_GLOB_PATHSPECS", "GIT_NOGLOB_PATHSPECS",
    "GIT_ICASE_PATHSPECS", "GIT_CONFIG", "GIT_IMPLICIT_WORK_TREE", "GIT_GRAFT_FILE", "GIT_SHALLOW_FILE",
    "GIT_REPLACE_REF_BASE", "GIT_NO_REPLACE_OBJECTS", "GIT_ATTR_SOURCE", "GIT_DEFAULT_HASH",
    "DISPLAY", "WAYLAND_DISPLAY", "GPG_TTY",
))  # fmt: skip
# The language is git's own alone: its words are sorted into failures.
_PLAIN = {"LC_ALL": "C", "LANGUAGE": "C"}
_QUIET = {
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_ASKPASS": "",
    "SSH_ASKPASS": "",
    "GCM_INTERACTIVE": "never",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_EDITOR": ":",
    "GIT_PAGER": "cat",
    "GIT_MERGE_AUTOEDIT": "no",
}
SETTINGS = ("core.quotePath=false", "i18n.commitEncoding=UTF-8", "i18n.logOutputEncoding=UTF-8",
            "advice.detachedHead=false", "gc.auto=0", "maintenance.auto=false", "core.fsmonitor=false",
            "core.safecrlf=false", "core.splitIndex=false", "fetch.writeCommitGraph=false",
            "fetch.recurseSubmodules=false", "submodule.recurse=false", "color.ui=false", "color.remote=false",
            "log.showSignature=false", "clone.defaultRemoteName=origin")  # fmt: skip
# Commands whose arguments are paths.  The hooks and filters that others start may well use patterns.
_WITH_PATHS = frozenset(("diff-tree", "log", "ls-files"))


def quiet(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the caller's environment without what could prompt, lead elsewhere, or print secrets."""
    kept = {name: value for name, value in environment.items() if not _is_dropped(name)}
    return {**kept, **_QUIET}


def in_plain_words(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the environment for git itself."""
    return {**environment, **_PLAIN}


def switches(command: str) -> list[str]:
    """Return the options that go before a command of git."""
    literal = ["--literal-pathspecs"] if command in _WITH_PATHS else []
    return [*literal, *(word for pair in SETTINGS for word in ("-c", pair))]


def _is_dropped(name: str) -> bool:
    return name in _DROPPED or name.startswith("GIT_TRACE")

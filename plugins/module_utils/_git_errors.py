# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What git and Git hosts say when they refuse, sorted into the collection's failure codes.  Pure."""

from __future__ import annotations

import re
from typing import Callable

from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import Code, Failure

_TRANSIENT = re.compile(
    r"Connection (reset|timed out|refused|closed)|early EOF|hung up|RPC failed|Failed to connect|Couldn't connect|"
    r"error: (408|429|5\d\d)|HTTP (408|429|5\d\d)|Empty reply|unexpected disconnect|Temporary failure in name|"
    r"non-properly terminated|recv error|Recv failure|SSL_ERROR_SYSCALL|transfer closed|unexpected eof|"
    r"not closed cleanly|kex_exchange"
)
_FULL = r"No space left|Out of diskspace|Disk quota exceeded"
_COLOUR = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_PROTECTED = "The branch is protected: push to another branch and open a pull request"
_NOISE = re.compile(r"^(hint:|Cloning into|From |To |Everything up-to-date|remote:\s*$|\s*$)")
# First match wins: a host's rule is more telling than the "unable to access" that git puts under it.
_KINDS: tuple[tuple[str, Code, str], ...] = (
    (rf"remote: .*({_FULL})", "refused", "The disk of the Git host is full: tell whoever runs it"),
    (_FULL, "refused", "Free some space, then run again"),
    (r"dubious ownership", "refused", "The directory belongs to another user: take one of your own, or name it in "
     "git's safe.directory"),
    (r"hash algorithm", "refused", "The remote has another object format: clone it anew"),
    (r"exists; cannot create|directory file conflict", "refused",
     "A branch of the name above or below is in the way: remove it there; here, git remote prune forgets it"),
    (r"refusing to update checked out branch|branch is currently checked out", "refused",
     "The remote is somebody's work copy: give a bare repository"),
    (r"archived", "refused", "The repository is archived and takes nothing"),
    (r"GH007|email privacy", "refused", "The host keeps addresses private: give the one that it names as author_email"),
    (r"not allowed to push code to this project", "unauthorized",
     "Give a token whose user may push to this project"),
    (r"SAML|single sign-on|SSO", "unauthorized", "Authorise the token for the organisation's single sign-on"),
    (r"GH009|GH013.*secret|secret.*(detected|found|scanning)|[Pp]ush cannot contain secrets", "refused",
     "The host found a secret in the commit: keep it out of Git, or allow it at the host"),
    (r"GH006|GH013|[Pp]rotected branch|protected branch hook|not allowed to (force )?push|branch is protected|"
     r"push declined|TF402455|branch .* restricted|only be modified through pull requests", "refused", _PROTECTED),
    (r"hook declined|hook failed|pre-push|failed to push.*hook|remote: .*declined", "refused",
     "A hook refused: do what it says, then run again"),
    (r"Host key verification failed", "unauthorized",
     "Add the host's key to known_hosts once, for instance with ssh-keyscan, after checking it"),
    (r"Authentication failed|could not read (Username|Password)|error: 40[13]|HTTP 40[13]|Permission denied|"
     r"Invalid username or|access denied|Access denied|Write access to repository not granted|"
     r"Permission to \S+ denied|not authorized|Unauthorized|terminal prompts disabled|deploy key", "unauthorized",
     "Give a token (or an SSH key) that may read and write this repository"),
    (r"Couldn't find remote ref|Remote branch .* not found", "not_found", "Check the name of the branch"),
    (r"[Rr]epository .*not found|does not appear to be a git repository|error: 404|does not exist|No such file",
     "not_found", "Check the URL; a host also says so when a token is missing or may not see the repository"),
    (r"SSL certificate|certificate verify|server certificate|SSL: |TLS", "unreachable",
     "Give the host's CA with ca_cert; validate_certs: false trusts every host"),
    (r"Could not resolve|Name or service not known|Temporary failure in name", "unreachable",
     "Check the host name in the URL, DNS and the proxy variables"),
    (r"returned error: 4(?!08|29)\d\d", "refused", "Check the URL, and what stands in front of the host"),
    (r"Connection (refused|reset|timed out)|Failed to connect|Couldn't connect|Network is unreachable|"
     r"No route to host|timed out|early EOF|hung up|RPC failed|error: (408|429|5\d\d)|HTTP (408|429|5\d\d)|"
     r"unable to access|Empty reply|Could not read from remote|Connection closed", "unreachable",
     "Check the network, the proxy variables and the host's state, then run again"),
    (r"\.lock': File exists|another git process|cannot lock ref", "conflict",
     "Another git runs here, or one was killed: when none runs, remove the named lock file"),
    (r"gpg failed|failed to sign|cannot run gpg|ssh-keygen|error: .*sign", "failed",
     "Commits are signed here (commit.gpgSign): make the key usable without a prompt, or switch signing off"),
    (r"Read-only file system|unable to (create|write)|couldn't write|failed to write", "refused",
     "Check free space and permissions"),
)  # fmt: skip


def git_failure(verb: str, said: str, where: str, redact: Callable[[str], str] = str) -> Failure:
    """Return the failure for the command ``verb`` on ``where`` that ended with the text ``said``."""
    code, advice = kind_of(said)
    quoted = redact(without_password(said.strip()))[-4000:]
    return Failure(
        code,
        redact(f"{verb} on {without_password(where)} failed: {essence(said)}. {advice}"),
        retryable=code in ("unreachable", "conflict"),
        details={"command": verb, "transient": is_transient(said), "said": quoted},
    )


def is_transient(said: str) -> bool:
    """Say whether it is a connection that broke, which may last the next time; not so on a full disk."""
    return bool(_TRANSIENT.search(said)) and not re.search(_FULL, said)


def lacks_branch(said: str) -> bool:
    """Say whether a fetch failed because the remote does not have the branch that was asked for."""
    return re.search(r"^fatal: couldn't find remote ref", said, re.IGNORECASE | re.MULTILINE) is not None


def is_protected(said: str) -> bool:
    """Say whether it is the branch that is protected, which pushing to another one would cure."""
    return kind_of(said)[1] == _PROTECTED


def kind_of(said: str) -> tuple[Code, str]:
    """Return the code and the advice for what git or the host said."""
    for pattern, code, advice in _KINDS:
        if re.search(pattern, said):
            return code, advice
    return "failed", "Run the same git command by hand in the work copy to see more"


def essence(said: str) -> str:
    """Return the telling lines of git's output in one line, the host's own words included."""
    plain = _COLOUR.sub("", without_password(said)).replace("\r", "\n")
    lines = [line.strip() for line in plain.splitlines() if not _NOISE.match(line)]
    text = "; ".join(dict.fromkeys(line for line in lines if line))
    return text if len(text) <= 1200 else f"{text[:800]} ... {text[-390:]}" if text else "git said nothing"


def without_password(text: str) -> str:
    """Return ``text`` with the user part of every URL removed."""
    return re.sub(r"(\w+://)[^/\s@]+:[^/\s@]*@", r"\1", text)

# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The port to the git program: every call has a deadline, no prompt, and no secret in its arguments.

Any noun may take a :class:`Git` as a constructor argument.
"""

from __future__ import annotations

import os
import shlex
import shutil
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Collection, Mapping
from urllib.parse import quote, unquote, urlsplit

from ansible_collections.manuela.event_streaming.plugins.module_utils._child import Late, run_child
from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import Failure
from ansible_collections.manuela.event_streaming.plugins.module_utils._git_config import Config
from ansible_collections.manuela.event_streaming.plugins.module_utils._git_errors import git_failure
from ansible_collections.manuela.event_streaming.plugins.module_utils._git_settings import (
    in_plain_words,
    quiet,
    switches,
)
from ansible_collections.manuela.event_streaming.plugins.module_utils._proxies import VARIABLES as PROXY_VARIABLES
from ansible_collections.manuela.event_streaming.plugins.module_utils._proxies import is_excepted

_USERNAME = "EVENT_STREAMING_GIT_USERNAME"
_TOKEN = "EVENT_STREAMING_GIT_TOKEN"  # the name of a variable, not a token
# The shell that git starts for this helper sees the names only; the values reach it through the environment.
_HELPER = f'!f() {{ test "$1" = get && printf "username=%s\\npassword=%s\\n" "${_USERNAME}" "${_TOKEN}"; }}; f'
_DEFAULT_USERNAME = "git"
_FEW_BYTES = 65536  # less is left on a disk that was full for a file
ANY = range(256)
"""Every exit code, for calls whose caller looks at it."""


@dataclass(frozen=True)
class Access:
    """How the remote is reached: a token for HTTPS, or a key file for SSH, or what the user's own git has set up."""

    token: str = ""
    username: str = ""
    ssh_key_file: str = ""
    ca_cert: str = ""
    validate_certs: bool = True
    timeout: float = 60.0

    @classmethod
    def of(cls, params: Mapping[str, object]) -> Access:
        """Return the access that a module's options describe."""
        key = str(params.get("ssh_key_file") or "")
        return cls(
            token=str(params.get("token") or ""),
            username=str(params.get("username") or ""),
            ssh_key_file=_existing(key, "ssh_key_file") if key else "",
            ca_cert=_existing(str(params["ca_cert"]), "ca_cert") if params.get("ca_cert") else "",
            validate_certs=bool(params.get("validate_certs", True)),
            timeout=float(str(params.get("request_timeout") or 60)),
        )


@dataclass(frozen=True)
class Done:
    """What a finished git process left."""

    code: int
    out: bytes
    err: str

    @property
    def text(self) -> str:
        """Standard output without the final newline."""
        return self.out.decode("utf-8", "surrogateescape").rstrip("\n")

    @property
    def fields(self) -> list[str]:
        """Standard output split at NUL (the output of the ``-z`` options)."""
        return [part for part in self.out.decode("utf-8", "surrogateescape").split("\0") if part]


class Git:
    """Runs git in one directory.

    ``quarantine`` is an object directory that takes every new object instead of the repository's own: with it, and
    without updating references, a check leaves the bytes of ``.git`` alone.
    """

    def __init__(
        self, directory: Path, access: Access, *, quarantine: Path | None = None, objects: Path | None = None
    ) -> None:
        self.directory = directory
        self.access = access
        self.quarantine = quarantine
        self._program = shutil.which("git")
        self._objects = objects

    def run(
        self,
        *args: str,
        url: str = "",
        env: Mapping[str, str] | None = None,
        data: bytes = b"",
        ok: Collection[int] = (0,),
    ) -> Done:
        """Run ``git ARGS`` and return what it left.

        ``url`` is the remote's address for commands that talk to it.  An exit code that is not in ``ok`` is raised
        as a failure that quotes what git, or the host, said.
        """
        done = self._git(args, url, dict(env or {}), data)
        if done.code not in ok:
            said = (done.err or done.text) + self._untold(done.err)
            raise git_failure(f"git {args[0]}", said, url or str(self.directory), self.redact)
        return done

    def _untold(self, said: str) -> str:
        """Return what git keeps to itself: of a file that it cannot write it does not say that the disk is full."""
        is_full = "unable to write file" in said and shutil.disk_usage(self.directory).free < _FEW_BYTES
        return "\nNo space left on device" if is_full else ""

    def text(self, *args: str, env: Mapping[str, str] | None = None, data: bytes = b"") -> str:
        """Return the output of ``git ARGS``, which must succeed."""
        return self.run(*args, env=env, data=data).text

    def ask(self, *args: str) -> str:
        """Return the output of ``git ARGS``, or an empty text when it ends with an error."""
        done = self._git(args, "", {}, b"")
        return done.text if done.code == 0 else ""

    @cached_property
    def empty_tree(self) -> str:
        """The name of the tree without entries, in the repository's own hash."""
        return self.text("hash-object", "-t", "tree", "--stdin")

    @property
    def zero(self) -> str:
        """The name that stands for "no object"."""
        return "0" * len(self.empty_tree)

    @cached_property
    def config(self) -> Config:
        """The user's settings, and those of the repository."""
        return Config(self.text("config", "--list", "-z"))

    def identity(self) -> tuple[str, str]:
        """Return name and address that the user's git has set up; empty texts where it has none."""
        name = os.environ.get("GIT_AUTHOR_NAME") or self._configured("name")
        return name, os.environ.get("GIT_AUTHOR_EMAIL") or self._configured("email")

    def _configured(self, part: str) -> str:
        return self.config.get(f"author.{part}") or self.config.get(f"user.{part}")

    def redact(self, text: str) -> str:
        """Return ``text`` without the token."""
        token = self.access.token
        for secret in {token, quote(token, safe="")} - {""}:
            text = text.replace(secret, "********")
        return text

    def environment(self, url: str = "") -> dict[str, str]:
        """Return the environment of a child: the caller's, without what could prompt, redirect or print secrets."""
        env = quiet(os.environ)
        if self.quarantine:
            env["GIT_OBJECT_DIRECTORY"] = str(self.quarantine)
            env["GIT_ALTERNATE_OBJECT_DIRECTORIES"] = _quoted(self.object_directory())
        if self.access.ca_cert:
            env["GIT_SSL_CAINFO"] = self.access.ca_cert  # the user's own variable would win over the setting
        if url and is_excepted(url, env):
            env = {name: value for name, value in env.items() if name not in PROXY_VARIABLES}
        if url:
            env["GIT_SSH_COMMAND"] = self._ssh_command
            if self.access.token:
                env[_USERNAME] = self.access.username or unquote(urlsplit(url).username or "") or _DEFAULT_USERNAME
                env[_TOKEN] = self.access.token
        return env

    def program(
        self, *command: str, directory: Path, env: Mapping[str, str], verb: str, ok: Collection[int] = (0,)
    ) -> Done:
        """Run another program (a hook) as git would, under the same deadline; ``verb`` names it in messages."""
        try:
            done = self._spawn(list(command), directory, {**self.environment(), **env}, b"", verb, "")
        except OSError as error:
            raise Failure("refused", f"cannot start the {verb}: {error.strerror}. Check its first line") from error
        if done.code not in ok:
            raise git_failure(verb, done.err or done.text, str(self.directory), self.redact)
        return done

    def _git(self, args: tuple[str, ...], url: str, env: dict[str, str], data: bytes) -> Done:
        if self._program is None:
            raise Failure("missing_library", "the program git is not on the PATH of the host that runs the module. "
                          "Install it there, for instance with: dnf install git")  # fmt: skip
        if not self.directory.is_dir():
            raise Failure("not_found", f"there is no directory {self.directory}. Check the path")
        command = [self._program, *switches(args[0]), *self._settings(url), *args]
        env = in_plain_words({**self.environment(url), **env})
        try:
            return self._spawn(command, self.directory, env, data, f"git {args[0]}", url)
        except OSError as error:
            raise Failure("refused", f"cannot start git {args[0]} in {self.directory}: {error.strerror}. Check the "
                          "permissions and the limits of this user") from error  # fmt: skip

    def _spawn(
        self, command: list[str], directory: Path, env: dict[str, str], data: bytes, verb: str, url: str
    ) -> Done:
        try:
            code, out, err = run_child(command, timeout=self.access.timeout, directory=directory, env=env, data=data)
        except Late as late:
            raise self._late(verb, url, late.said) from None
        return Done(code, out, self.redact(err.decode("utf-8", "replace")))

    def _late(self, verb: str, url: str, said: str) -> Failure:
        where = f" with {url}" if url else f" in {self.directory}"
        heard = f"; it last said: {self.redact(said)}" if said else ""
        return Failure(
            "timeout",
            f"{verb}{where} did not end within {self.access.timeout:.0f} s and was stopped{heard}. Look for a "
            "hook, a signing program or a network that does not answer, or give a longer request_timeout",
            retryable=True,
            details={"command": verb, "elapsed": self.access.timeout},
        )

    def _settings(self, url: str) -> list[str]:
        pairs = []
        parts = urlsplit(url)
        if url and self.access.token and parts.scheme in ("http", "https"):
            host = parts.netloc.rpartition("@")[2]
            pairs += ["credential.helper=", f"credential.{parts.scheme}://{host}.helper={_HELPER}"]
        if url and parts.scheme in ("http", "https"):
            pairs += ["http.lowSpeedLimit=1", f"http.lowSpeedTime={max(1, int(self.access.timeout))}"]
        if self.access.ca_cert:
            pairs.append(f"http.sslCAInfo={self.access.ca_cert}")
        if not self.access.validate_certs:
            pairs.append("http.sslVerify=false")
        return [word for pair in pairs for word in ("-c", pair)]

    @cached_property
    def _ssh_command(self) -> str:
        program = shlex.quote(os.environ.get("GIT_SSH") or "ssh")
        base = os.environ.get("GIT_SSH_COMMAND") or self.config.get("core.sshcommand") or program
        words = ["-o", "BatchMode=yes", "-o", f"ConnectTimeout={max(1, int(self.access.timeout))}"]
        if self.access.ssh_key_file:
            words += ["-i", self.access.ssh_key_file, "-o", "IdentitiesOnly=yes"]
        return f"{base} {shlex.join(words)}"

    def object_directory(self) -> Path:
        """Return where the repository keeps its objects."""
        if self._objects is None:
            plain = Git(self.directory, self.access)
            self._objects = (self.directory / plain.text("rev-parse", "--git-path", "objects")).resolve()
        return self._objects


def _quoted(path: Path) -> str:
    """Return a path as git reads it in a list that colons separate."""
    return '"' + str(path).replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def _existing(name: str, option: str) -> str:
    path = Path(name).expanduser()
    if not path.is_file():
        raise Failure("invalid_option", f"{option}: there is no file {path}. Check the path")
    return str(path.resolve())

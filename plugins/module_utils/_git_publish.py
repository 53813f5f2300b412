# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Publish an ordered list of commits with one push.

The commits are built on the remote's tip in an index of our own.  The work copy moves to them only after the push
landed, so a conflict or a refusal leaves work tree, index and HEAD as they were.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any, Mapping

from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import Failure
from ansible_collections.manuela.event_streaming.plugins.module_utils._git import ANY, Access
from ansible_collections.manuela.event_streaming.plugins.module_utils._git_chain import Built
from ansible_collections.manuela.event_streaming.plugins.module_utils._git_claim import Claim
from ansible_collections.manuela.event_streaming.plugins.module_utils._git_commits import (
    Author,
    Stack,
    Wanted,
    looked_back,
    wanted_commits,
)
from ansible_collections.manuela.event_streaming.plugins.module_utils._git_copy import Advance, WorkCopy, opened
from ansible_collections.manuela.event_streaming.plugins.module_utils._git_diff import readable_diff
from ansible_collections.manuela.event_streaming.plugins.module_utils._git_errors import (
    essence,
    git_failure,
    is_protected,
    kind_of,
)
from ansible_collections.manuela.event_streaming.plugins.module_utils._git_merged import includes
from ansible_collections.manuela.event_streaming.plugins.module_utils._git_tree import NAMES_AT_ONCE
from ansible_collections.manuela.event_streaming.plugins.module_utils._git_wire import RETRIES, pause
from ansible_collections.manuela.event_streaming.plugins.module_utils._plan import Result
from ansible_collections.manuela.event_streaming.plugins.module_utils._wait import Clock

_RACE = re.compile(r"fetch first|non-fast-forward|failed to update ref|cannot lock ref|incorrect old value|stale info")
_LONGEST_STAND = 4  # so often a branch that nobody moves may refuse as if somebody had
_PORCELAIN = re.compile(r"^([ +\-*!=]\t|To |Done$)")


@dataclass(frozen=True)
class Outcome:
    """What an attempt left: the commits, the tip they were built on, and whether the remote took them."""

    built: Built
    base: str
    attempts: int
    pushed: bool


def execute(params: Mapping[str, Any], check_mode: bool, clock: Clock) -> Result:
    """Commit and push what the options name."""
    access = Access.of(params)
    with opened(params["path"], access, keep=not check_mode) as copy:
        branch = copy.require(params["branch"] or "")
        asked = wanted_commits(copy.root, params["commits"], params["first_trailers"] or {})
        wanted = tuple(looked_back(copy, copy.head, one) for one in asked)
        author = Author.of(copy.git, params["author_name"], params["author_email"])
        publisher = Publisher(copy, branch, wanted, author, adopt=params["adopt"])
        if not params["push"]:
            return publisher.keep(check_mode)
        return publisher.publish(params["push_retries"], check_mode, clock)


class Publisher:
    """One run: read the work tree once, then build and push until it lands."""

    def __init__(self, copy: WorkCopy, branch: str, wanted: tuple[Wanted, ...], author: Author, *, adopt: bool) -> None:
        self.copy = copy
        self.branch = branch
        self.head = copy.head
        self.stack = Stack(copy, self.head, wanted, author, adopt=adopt)
        self.pending = f"refs/event-streaming/{branch}"

    def keep(self, check_mode: bool) -> Result:
        """Commit on the checked-out revision, without a push."""
        built = self.stack.build(self.head, (), recorded=True)
        warnings: tuple[str, ...] = ()
        if built.commits and not check_mode:
            self.copy.git.run("update-ref", self.pending, built.tip)
            warnings = self._advance(built)
        return self._result(Outcome(built, self.head, 0, False), bool(built.commits), check_mode, warnings)

    def publish(self, retries: int, check_mode: bool, clock: Clock) -> Result:
        """Commit on the remote's tip and push; somebody else's push in between means: once more on the new tip.

        There are at most ``retries`` more attempts after a lost race, and fewer after a connection that broke.  After
        each the remote is looked at first, because a push may have landed although its answer was lost.
        """
        sent: Outcome | None = None
        broken = stood = 0
        for attempt in range(1, retries + 2):
            try:
                base = self.copy.remote_tip(self.branch)
                if sent and not self.copy.only_in(sent.built.tip, base):  # the push landed, its answer was lost
                    return self._settle(replace(sent, attempts=attempt), check_mode)
                built = self._build(base)
                if not base and not built.commits and self._is_there(built.tip):
                    base = built.tip  # a branch without a commit of its own is not made
                if built.tip == base or check_mode:
                    return self._settle(Outcome(built, base, attempt, False), check_mode)
                stood = stood + 1 if sent and sent.base == base else 0
                sent = Outcome(self._told(built, base, sent), base, attempt, True)
                if self._push(built.tip, last=stood >= _LONGEST_STAND):
                    return self._settle(sent, check_mode)
            except Failure as failure:
                broken += 1
                failure.details["attempts"] = attempt
                if broken > min(retries, RETRIES) or not failure.details.get("transient"):
                    raise
            clock.sleep(pause(attempt))
        raise self._lost(retries + 1)

    def _told(self, built: Built, base: str, sent: Outcome | None) -> Built:
        if sent is None or sent.base == base:
            return built
        moved = f"somebody else moved the branch meanwhile: {self._last(base)}"
        return replace(built, reasons=(*built.reasons, moved))

    def _last(self, revision: str) -> str:
        """Return the commit that touched the asked paths last, in words."""
        paths = [path for wanted in self.stack.wanted for path in wanted.paths][:NAMES_AT_ONCE]
        line = ("log", "-1", "--format=%h by %an: %s", revision)
        return self.copy.git.ask(*line, "--", *paths) or self.copy.git.ask(*line)

    def _build(self, base: str) -> Built:
        ahead = self.copy.only_in(self.head, base) if base else []  # a branch that is new there starts at HEAD
        if ahead and not self.stack.adopt:
            self._require_history(base)
        return self.stack.build(base or self.head, tuple(ahead), recorded=self._recorded())

    def _require_history(self, base: str) -> None:
        """Refuse to bring back commits that the remote had, and that somebody has taken out of its history."""
        noted = f"refs/remotes/{self.copy.remote(self.branch)[0]}/{self.branch}"
        fork = self.copy.git.ask("merge-base", "--fork-point", noted, self.head)
        if not fork or not self.copy.only_in(fork, base) or includes(self.copy.git, self.copy.room, base, fork):
            return
        raise Failure(
            "conflict",
            f"the history of branch {self.branch} was replaced at the remote: {self._last(fork)} is no longer in it, "
            f"but is in {self.copy.root}. Take a new clone, or bring it back with adopt: true; nothing was changed",
            details={"branch": self.branch, "revision": fork, "remote_revision": base},
        )

    def _recorded(self) -> bool:
        kept = self.copy.git.ask("rev-parse", "--verify", "--quiet", self.pending)
        return bool(self.head) and kept == self.head

    def _is_there(self, revision: str) -> bool:
        """Say whether the remote's default branch has the revision."""
        default = self.copy.default_branch(self.branch)
        tip = self.copy.remote_tip(default) if default else ""
        return bool(tip) and not self.copy.only_in(revision, tip)

    def _push(self, tip: str, *, last: bool) -> bool:
        """Push; False when somebody else was quicker, which counts as a refusal when it is the ``last`` time."""
        name, url = self.copy.remote(self.branch)
        done = self.copy.git.run("push", "--porcelain", "--no-follow-tags", name, f"{tip}:refs/heads/{self.branch}",
                                 url=url, ok=ANY)  # fmt: skip
        if done.code == 0:
            return True
        lines = done.text.splitlines()
        refusal = " ".join(line[1:].strip() for line in lines if line.startswith("!"))
        hooks = "\n".join(line for line in lines if not _PORCELAIN.match(line))
        if _RACE.search(refusal) and "hook declined" not in refusal and not last:
            return False
        self.copy.git.run("update-ref", self.pending, tip)
        said = f"{hooks}\n{done.err}\n{refusal}"
        raise self._refused(said, tip, url)

    def _refused(self, said: str, tip: str, url: str) -> Failure:
        failure = git_failure("git push", said, url, self.copy.git.redact)
        code, advice = kind_of(said)
        details = {**failure.details, "branch": self.branch, "revision": tip, "kept_as": self.pending,
                   "protected": is_protected(said)}  # fmt: skip
        return Failure(
            code,
            self.copy.git.redact(
                f"the push to branch {self.branch} did not land: {essence(said)}. {advice}. The commit {tip[:12]} is "
                f"kept as {self.pending} in {self.copy.root}; files, index and HEAD are as they were"
            ),
            retryable=failure.retryable,
            details=details,
        )

    def _lost(self, attempts: int) -> Failure:
        tip = self.copy.remote_tip(self.branch)
        last = self.copy.git.ask("log", "-1", "--format=%an, %cI: %s", tip)
        return Failure(
            "conflict",
            f"the push to branch {self.branch} lost against other pushes {attempts} times; the last one was "
            f"{tip[:12]} by {last}. Run again when it is quieter, or give more push_retries; nothing of yours is lost",
            retryable=True,
            details={"attempts": attempts, "branch": self.branch, "tip": tip},
        )

    def _settle(self, outcome: Outcome, check_mode: bool) -> Result:
        """Bring the work copy to what the remote now has, where no local change is in the way."""
        built, changed = outcome.built, outcome.built.tip != outcome.base
        warnings: tuple[str, ...] = ()
        behind = built.tip != self.head and not changed and any(self.stack.changes())
        if behind and self._moves(built, dry=True).moved:  # pushed by a run that was killed before it could say so
            reason = f"the remote already has these changes ({self._last(outcome.base)}); the work copy follows"
            built = replace(built, reasons=(reason,))
            changed = True
        if changed and not check_mode:
            warnings = self._advance(built)
            if self.copy.git.ask("rev-parse", "--verify", "--quiet", self.pending):
                self.copy.git.run("update-ref", "-d", self.pending)
        if not check_mode:
            Claim(self.copy.git_dir).end(self.copy.dirty)
        return self._result(replace(outcome, built=built), changed, check_mode, warnings)

    def _moves(self, built: Built, *, dry: bool = False) -> Advance:
        ours = {change.path: change.after for group in self.stack.changes() for change in group}
        return self.copy.advance(self.branch, self.head, built.tip, ours, dry=dry)

    def _advance(self, built: Built) -> tuple[str, ...]:
        """Move the work copy; what keeps it from moving is a warning, since the commits are safe by now."""
        try:
            done = self._moves(built)
        except Failure as failure:
            return (f"the work copy {self.copy.root} stays at {self.head[:12]}: {failure.msg}",)
        if done.moved:
            return ()
        return (
            f"the work copy {self.copy.root} stays at {self.head[:12]}: local changes in {', '.join(done.stuck)} "
            f"are in the way of {built.tip[:12]}",
        )

    def _result(self, outcome: Outcome, changed: bool, check_mode: bool, warnings: tuple[str, ...] = ()) -> Result:
        built, unknown = outcome.built, check_mode and bool(outcome.built.commits)
        commits = [
            {**report, "revision": None if check_mode else report["revision"]} for report in self.stack.report(built)
        ]
        state = {
            "revision": None if unknown else built.tip or None,
            "branch": self.branch,
            "commits": commits,
            "pushed": None if check_mode and changed else outcome.pushed,
            "attempts": outcome.attempts,
            "files": sorted({path for report in commits if report["created"] for path in report["paths"]}),
        }
        git = self.copy.git
        text = readable_diff(git, self.copy.tree(outcome.base), self.copy.tree(built.tip)) if changed else ""
        return Result(changed, state, built.reasons, prepared=text, warnings=warnings)

# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Looking at Applications again and again, refreshing them, until they are as wanted."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from ansible_collections.manuela.event_streaming.plugins.module_utils._argocd_application.accept import (
    Verdict,
    compared,
    judge,
    settled,
)
from ansible_collections.manuela.event_streaming.plugins.module_utils._argocd_application.application import (
    REFRESH,
    Application,
    read,
    stamp,
)
from ansible_collections.manuela.event_streaming.plugins.module_utils._argocd_application.history import History
from ansible_collections.manuela.event_streaming.plugins.module_utils._argocd_application.wanted import Goal, Wanted
from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import Failure
from ansible_collections.manuela.event_streaming.plugins.module_utils._kube import Clock, Kind, Kube
from ansible_collections.manuela.event_streaming.plugins.module_utils._wait import Look, wait_until

# An Application that was created, or compared with a stale revision, after our refresh is refreshed again.
_AGAIN_SECONDS = 10


@dataclass(frozen=True, slots=True)
class View:
    """The Applications at one moment, each with its verdict."""

    applications: tuple[Application, ...]
    verdicts: tuple[Verdict, ...]

    @property
    def met(self) -> bool:
        """Say whether all are as wanted."""
        return all(verdict.met for verdict in self.verdicts)

    @property
    def progress(self) -> str:
        """One line."""
        pending = dict.fromkeys(verdict.pending for verdict in self.verdicts if verdict.pending)
        return " | ".join(verdict.said for verdict in self.verdicts) + "".join(
            f", waiting for {one}" for one in pending
        )

    @property
    def terminal(self) -> str:
        """The first sentence that waiting cannot cure; what its parent may yet correct, waiting can."""
        pending = {
            app.name for app, verdict in self._pairs() if app.exists and not verdict.met and not verdict.terminal
        }
        return next(
            (verdict.terminal for app, verdict in self._pairs() if app.parent not in pending and verdict.terminal), ""
        )

    def _pairs(self) -> list[tuple[Application, Verdict]]:
        return list(zip(self.applications, self.verdicts, strict=True))

    def as_result(self, reason: str = "") -> dict[str, Any]:
        """Return the module's answer; ``reason`` says why it is not what was asked for."""
        return {
            "observed": not reason,
            "reason": reason,
            "met": self.met,
            "applications": [app.as_result() for app in self.applications],
            "progress": self.progress,
        }


class Watch:
    """Looks at the Applications again and again, and refreshes those that Argo CD has not looked at."""

    def __init__(self, kube: Kube, history: History, clock: Clock, wanted: list[Wanted], goal: Goal) -> None:
        self._kube = kube
        self._history = history
        self._clock = clock
        self._wanted = wanted
        self._goal = goal
        self._kind = self._find()
        self._refresh = ""
        self._asked_at = 0.0
        self.looks = 0

    def _find(self) -> Kind | None:
        kind = self._kube.find("Application", group="argoproj.io")
        if kind is None and self._goal.state in ("compared", "synced", "healthy"):
            raise Failure(
                "not_found",
                f"{self._kube.where} serves no Argo CD Applications. Install Argo CD there, or give another context",
            )
        return kind

    def refresh(self, how: str) -> None:
        """Ask for a comparison now; with ``refreshed_after`` it was asked for before."""
        self._refresh = how
        if self._goal.since:
            return
        for app in self._applications():
            self._annotate(app, how)
        self._goal = replace(self._goal, since=self._kube.server_time())
        self._asked_at = self._clock.now()

    def wait(self, timeout: float, interval: float, *, once: bool) -> View:
        """Wait until all are as wanted, and stay so for the time to settle."""
        start = self._clock.now()
        while True:
            left = max(0.0, timeout - (self._clock.now() - start))
            view = self._until(left, interval, once=once)
            if once or self._stays(view, interval):
                return view

    def _until(self, timeout: float, interval: float, *, once: bool) -> View:
        try:
            waited = wait_until(
                self._look,
                what=self._what(),
                clock=self._clock,
                timeout=timeout,
                interval=interval,
                once=once,
                describe=View.as_result,
            )
        except Failure as failure:
            if self._goal.since:
                # Whoever goes on waiting has refreshed already.
                failure.details["resume"] = {"refreshed_after": stamp(self._goal.since)}
            raise
        self.looks += waited.attempts
        return waited.value

    def _what(self) -> str:
        revision = f" at {self._goal.revision[:7]}" if self._goal.revision else ""
        return (
            ", ".join(f"Application {entry.title}" for entry in self._wanted) + f" to be {self._goal.state}{revision}"
        )

    def _stays(self, view: View, interval: float) -> bool:
        now = self._kube.server_time()
        if all(settled(app, self._goal, now) for app in view.applications):
            return True
        end = self._clock.now() + self._goal.settle_seconds
        while self._clock.now() < end:
            self._clock.sleep(max(0.1, min(interval, end - self._clock.now())))
            if not self._look().met:
                return False
        return True

    def _look(self) -> Look[View]:
        applications = tuple(self._applications())
        verdicts = tuple(judge(app, self._goal, self._accepts) for app in applications)
        view = View(applications, verdicts)
        if not view.met and not view.terminal:
            self._refresh_again(view)
        return Look(view, view.met, view.progress, view.terminal)

    def _accepts(self, revision: str) -> bool | None:
        return self._history.includes(revision, self._goal.revision) if revision else False

    def _refresh_again(self, view: View) -> None:
        if not self._refresh or self._clock.now() - self._asked_at < _AGAIN_SECONDS:
            return
        self._asked_at = self._clock.now()
        for app in view.applications:
            stale = compared(app, self._goal) and self._goal.revision and not self._accepts(app.revision)
            if app.exists and not app.refreshing and (stale or not compared(app, self._goal)):
                self._annotate(app, "normal")

    def _annotate(self, app: Application, how: str) -> None:
        if self._kind and app.exists and not app.deleting:
            self._kube.patch(self._kind, app.namespace, app.name, {"metadata": {"annotations": {REFRESH: how}}})

    def _applications(self) -> list[Application]:
        if self._kind is None:
            return [Application(entry) for entry in self._wanted]
        everywhere = any(not entry.namespace for entry in self._wanted)
        places = [""] if everywhere else sorted({entry.namespace for entry in self._wanted})
        items = [item for place in places for item in self._kube.list(self._kind, place)]
        found: list[Application] = []
        for entry in self._wanted:
            fitting = [read(item, entry) for item in items if entry.fits(item)]
            found += fitting or [Application(entry)]
        return found

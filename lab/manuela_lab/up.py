# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``lab up``: build or find the programs, start them, and end when the lab can be used."""

from __future__ import annotations

import fcntl
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from manuela_lab import binaries, datacenter, files, fork, gitremote, lab, ports, prerequisites, processes, supervision
from manuela_lab.errors import LabError
from manuela_lab.health import mqtt_seen, s3_seen, sensors_seen
from manuela_lab.lab import Keys, Lab
from manuela_lab.lock import alone
from manuela_lab.login import login
from manuela_lab.parts import class_data, jars
from manuela_lab.places import Places
from manuela_lab.profile import profile
from manuela_lab.programs import programs
from manuela_lab.progress import Progress

PART_TIMEOUT = 120.0
SENSOR_TIMEOUT = 240.0


@dataclass(frozen=True)
class Wish:
    """What the command line asks for."""

    profile: str = "default"
    gitops: str | None = None
    left_over: bool = False


def up(places: Places, wish: Wish, progress: Progress) -> Lab:
    """Start the lab, or finish what an interrupted start left, or see that all of it runs."""
    prerequisites.ensure_linux()
    ensure_possible(wish)
    with alone(places.lock):
        known = lab.load(places)
        _ensure_same(known, wish)
        built = _provide(places, wish, progress)
        current = _start(places, wish, known, built, progress)
        _bring_up(current, progress)
    return current


def ensure_possible(wish: Wish) -> None:
    """Refuse what could only fail minutes later."""
    if wish.gitops and profile(wish.profile).openshift:
        raise LabError(
            "--gitops does not go with the profile openshift, whose accounts have rights in the namespaces of a demo "
            "that is deployed already; take the profile default or single"
        )


def _ensure_same(known: Lab | None, wish: Wish) -> None:
    if known is None:
        return
    if known.profile.name != wish.profile:
        raise LabError(f"this lab has the profile {known.profile.name}; run 'lab down' before another profile")
    if (wish.gitops or wish.left_over) and known.places.remote.exists():
        raise LabError("the lab has its Git remote already; run 'lab down' before 'lab up' with another content")


def _provide(places: Places, wish: Wish, progress: Progress) -> Path:
    """Programs and jars, built and fetched at the same time when the cache lacks them."""
    names: list[jars.Name] = ["kafka", "camel", *(["camel3"] if wish.gitops else [])]  # type: ignore[list-item]
    prerequisites.ensure_tools(_built(places, names))
    built: list[Path] = []
    work: list[Callable[[], object]] = [lambda: built.append(binaries.ensure(places, progress))]
    work.append(lambda: _provide_java(places, names, progress))
    together(work, progress)
    return built[0]


def _built(places: Places, names: list[jars.Name]) -> frozenset[str]:
    found = {"programs"} if binaries.cached(places) else set()
    if all(jars.cached(name, places.cache) for name in names):
        found.add("jars")
    return frozenset(found)


def _provide_java(places: Places, names: list[jars.Name], progress: Progress) -> None:
    for name in names:
        jars.jar_set(name, places.cache, progress.say)
    class_data.make(places.cache, progress.say)


def _start(places: Places, wish: Wish, known: Lab | None, built: Path, progress: Progress) -> Lab:
    if known is not None:
        known = replace(known, programs=built)
        control = supervision.Supervisor(known)
        if control.answers():
            return _refresh(known, control, progress)
    stale = processes.kill(places.state)
    if stale:
        progress.say(f"ended {stale} processes that an interrupted lab had left")
    with _one_at_a_time(places.cache / "subnets.lock"):
        current = known or _new(places, wish, built)
        if known is not None:
            ports.ensure_free(current.network, current.profile)
        current = _remote(current, wish)
        files.prepare(current)
        supervision.write(current, programs(current))
        supervision.launch(current)
    progress.say(f"started on {current.network.subnet}.0/24, state in {places.state}")
    return current


def _refresh(known: Lab, control: supervision.Supervisor, progress: Progress) -> Lab:
    """A lab that runs: only what is missing or was built anew is started."""
    files.prepare(known)
    supervision.write(known, programs(known))
    control.reload()
    control.start(each.name for each in programs(known) if each.at_once)
    progress.say(f"already running on {known.network.subnet}.0/24; looking at each part")
    return known


def _new(places: Places, wish: Wish, built: Path) -> Lab:
    shape = profile(wish.profile)
    network = ports.choose_network(shape, str(places.state), ports.route_port())
    return Lab(places, shape, network, Keys.fresh(shape.clusters), built)


def _remote(current: Lab, wish: Wish) -> Lab:
    places = current.places
    if places.remote.exists():
        return current
    if wish.gitops is None:
        gitremote.seed(places, current.remote_url, current.branch, wish.left_over, partial(fork.settle, current))
        return current
    parents = [each.application for each in current.profile.environments]
    branch = gitremote.adopt(places, wish.gitops, current.remote_url, parents, current.profile.argocd_namespace)
    return replace(current, branch=branch, adopted=True)


def _bring_up(current: Lab, progress: Progress) -> None:
    work: list[Callable[[], object]] = [
        lambda cluster=cluster: datacenter.bring_up(current, cluster, progress)  # type: ignore[misc]
        for cluster in current.profile.clusters
    ]
    work.append(lambda: _answers("the MQTT broker", mqtt_seen, current, progress, "net"))
    work.append(lambda: _answers("the S3 store", s3_seen, current, progress, "s3"))
    together(work, progress)
    if current.adopted:
        progress.say("sensors publish once prepare has made the repository's Applications follow the lab's remote")
        return
    hint = "see 'lab logs factory-operator' and the pods of the factory"
    progress.wait("sensors to publish", lambda: sensors_seen(current), SENSOR_TIMEOUT, hint)
    if current.profile.openshift:
        _log_in(current, progress)


def _log_in(current: Lab, progress: Progress) -> None:
    """The rights are for namespaces that Argo CD makes."""

    def missing() -> str | None:
        try:
            login(current)
        except LabError as error:
            return str(error)
        return None

    progress.wait("the accounts of the presenter", missing, PART_TIMEOUT, "see the namespaces of both clusters")
    progress.say(f"logged in with tokens and few rights: {current.places.kubeconfig}")


def _answers(what: str, seen: Callable[[Lab], str | None], current: Lab, progress: Progress, part: str) -> None:
    progress.wait(what, lambda: seen(current), PART_TIMEOUT, f"see 'lab logs {part}'")
    progress.say(f"{what} answers")


def together(work: Sequence[Callable[[], object]], progress: Progress) -> None:
    """Run at the same time; the first failure ends the waits of the others and is raised."""
    with ThreadPoolExecutor(len(work)) as pool:
        running = [pool.submit(each) for each in work]
        try:
            done, _ = wait(running, return_when=FIRST_EXCEPTION)
            failures = [each.exception() for each in done if each.exception() is not None]
        except BaseException:
            progress.stopped.set()
            raise
        if failures:
            progress.stopped.set()
            raise failures[0]  # type: ignore[misc]


@contextmanager
def _one_at_a_time(path: Path) -> Iterator[None]:
    """Two labs that start together must not find the same ports free."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield

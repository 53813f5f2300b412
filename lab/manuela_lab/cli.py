# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line: lab up | down | status | logs PART | env | login | cut-link | restore-link | fault NAME."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, TypeAlias

from manuela_lab.errors import LabError
from manuela_lab.places import Places
from manuela_lab.prerequisites import ensure_linux
from manuela_lab.profile import PROFILES

if TYPE_CHECKING:
    from manuela_lab.lab import Lab

NOT_WELL = 3
INTERRUPTED = 130
Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; an expected failure is one line and exit code 1."""
    options = _parser().parse_args(arguments)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        ensure_linux()
        return int(options.run(Places.of(os.environ), options))
    except LabError as error:
        print(f"lab: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("lab: interrupted; 'lab up' goes on from here, 'lab down' removes everything", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        sys.stderr.close()
        return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="lab", description="Two data centres on this machine. LAB_DIR says where (default: .lab in the checkout)."
    )
    commands = parser.add_subparsers(
        required=True, metavar="up | down | status | logs | env | login | cut-link | restore-link | fault"
    )
    _add_up(commands)
    down = commands.add_parser("down", help="end every process and remove the state directory")
    down.set_defaults(run=_down)
    status = commands.add_parser("status", help="what runs and how it is; exit code 3 when something is not well")
    status.add_argument("--json", action="store_true", help="for programs")
    status.set_defaults(run=_status)
    logs = commands.add_parser("logs", help="what a part has said")
    logs.add_argument("part", metavar="PART", nargs="?", help="a program or container (without: list them)")
    logs.add_argument("-f", "--follow", action="store_true", help="go on until interrupted")
    logs.set_defaults(run=_logs)
    _add_presenting(commands)
    _add_link(commands)
    _add_fault(commands)
    return parser


def _add_up(commands: Commands) -> None:
    up = commands.add_parser("up", help="start the lab; ends when it can be used")
    up.add_argument("--profile", choices=sorted(PROFILES), default="default", help="the shape of the lab")
    content = up.add_mutually_exclusive_group()
    content.add_argument("--gitops", metavar="PATH|URL", help="a GitOps repository in place of the sample")
    content.add_argument("--left-over", action="store_true", help="begin as somebody left it after a show")
    up.set_defaults(run=_up)


def _add_presenting(commands: Commands) -> None:
    environment = commands.add_parser("env", help='what a presenter of this lab exports: eval "$(lab env)"')
    environment.set_defaults(run=_env)
    login = commands.add_parser("login", help="new bearer tokens into the kubeconfig (profile openshift)")
    login.add_argument("--seconds", type=int, default=24 * 3600, help="how long they live (600 or more)")
    login.set_defaults(run=_login)


def _add_link(commands: Commands) -> None:
    cut = commands.add_parser("cut-link", help="cut the wire between factory and central")
    cut.set_defaults(run=_link, on=False)
    restore = commands.add_parser("restore-link", help="put the wire together again")
    restore.set_defaults(run=_link, on=True)


def _add_fault(commands: Commands) -> None:
    fault = commands.add_parser("fault", help="break something for real, and mend it again")
    what = fault.add_mutually_exclusive_group(required=True)
    what.add_argument("name", metavar="NAME", nargs="?", help="the fault to make; ends when it shows")
    what.add_argument("--list", action="store_true", help="every fault in a sentence")
    what.add_argument("--clear", metavar="NAME", nargs="?", const="", help="take it back; ends when the lab is well")
    fault.set_defaults(run=_fault)


# Each command imports its own modules: 'lab logs' need not wait for what 'lab up' needs.


def _up(places: Places, options: argparse.Namespace) -> int:
    from manuela_lab import presenting
    from manuela_lab.progress import Progress
    from manuela_lab.up import Wish, up

    progress = Progress()
    lab = up(places, Wish(options.profile, options.gitops, options.left_over), progress)
    progress.say(f"the lab is ready: KUBECONFIG={lab.places.kubeconfig}, Git remote {lab.remote_url}")
    progress.say(f"next: {presenting.advice(lab)}")
    return 0


def _env(places: Places, _: argparse.Namespace) -> int:
    from manuela_lab import presenting

    print(presenting.shell(_known(places)))
    return 0


def _login(places: Places, options: argparse.Namespace) -> int:
    from manuela_lab.login import login

    print(f"logged in anew: {login(_known(places), options.seconds)}", file=sys.stderr)
    return 0


def _known(places: Places) -> Lab:
    from manuela_lab.lab import load

    lab = load(places)
    if lab is None:
        raise LabError(f"there is no lab in {places.state}. Start it with: lab up")
    return lab


def _down(places: Places, _: argparse.Namespace) -> int:
    from manuela_lab.down import down
    from manuela_lab.progress import Progress

    down(places, Progress())
    return 0


def _status(places: Places, options: argparse.Namespace) -> int:
    from manuela_lab.status import status, table

    rows = status(places)
    print(json.dumps([asdict(row) for row in rows], indent=2) if options.json else table(rows))
    return 0 if all(row.well for row in rows) else NOT_WELL


def _link(places: Places, options: argparse.Namespace) -> int:
    from manuela_lab.link import Link
    from manuela_lab.network import CENTRAL_ROUTE

    lab = _known(places)
    link = Link(f"http://{lab.network.toxiproxy}", CENTRAL_ROUTE)
    changed = link.switch(options.on)
    print(f"{link.name} is {'whole' if options.on else 'cut'}{'' if changed else ', as it was'}")
    for whom in link.closed_for() if options.on else ():
        print(f"but it is closed by a NetworkPolicy: {whom}")
    return 0


def _logs(places: Places, options: argparse.Namespace) -> int:
    from manuela_lab import logs

    if options.part is None:
        print("\n".join(logs.parts(places)) or f"no lab in {places.state}")
        return 0
    logs.show(logs.find(places, options.part), options.follow, sys.stdout)
    return 0


def _fault(places: Places, options: argparse.Namespace) -> int:
    from manuela_lab.faults import command

    if options.list:
        print(command.listed())
    elif options.clear is not None:
        command.clear(places, options.clear)
    else:
        command.make(places, options.name)
    return 0

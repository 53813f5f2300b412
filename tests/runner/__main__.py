# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the parts of a test run, lane beside lane, and say in one line each how they went."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor

from execution import OUTPUT, Outcome, run_part, stop
from parts import Part
from table import PARTS


def main() -> int:
    """Run the chosen parts; end with the line that says how many tests passed and failed."""
    options = _options()
    chosen = [part for part in PARTS if options.run in part.runs and (not options.part or part.name in options.part)]
    if not chosen:
        names = ", ".join(part.name for part in PARTS if options.run in part.runs)
        print(f"No such part of '{options.run}': choose from {names}.")
        return 2
    begin = time.monotonic()
    outcomes = _run_lane(part for part in chosen if not part.lane) + _run_lanes([part for part in chosen if part.lane])
    return _close(outcomes, time.monotonic() - begin)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tests/run", description=__doc__)
    parser.add_argument("run", choices=("check", "test", "release", "bench"))
    parser.add_argument("part", nargs="*", help="only these parts")
    return parser.parse_args()


def _run_lanes(chosen: Sequence[Part]) -> list[Outcome]:
    lanes = dict.fromkeys(part.lane for part in chosen)
    with ThreadPoolExecutor(max_workers=len(lanes) or 1) as pool:
        running = [pool.submit(_run_lane, [part for part in chosen if part.lane == lane]) for lane in lanes]
        try:
            return [outcome for lane in running for outcome in lane.result()]
        except KeyboardInterrupt:
            stop()
            raise


def _run_lane(parts: Iterable[Part]) -> list[Outcome]:
    return [_shown(part) for part in parts]


def _shown(part: Part) -> Outcome:
    outcome = run_part(part)
    lines = [f"  {outcome.word:<7}{part.name:<24}{outcome.seconds:7.1f} s  {outcome.note}"]
    lines += [f"         | {line}" for line in outcome.excerpt]
    print("\n".join(lines), flush=True)
    return outcome


def _close(outcomes: list[Outcome], seconds: float) -> int:
    passed = sum(outcome.passed for outcome in outcomes)
    failed = sum(outcome.failed for outcome in outcomes)
    skipped = sum(outcome.skipped for outcome in outcomes)
    print(f"\n{seconds:.0f} s; what each part printed is in {OUTPUT}")
    print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())

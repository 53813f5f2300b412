# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m manuela_lab.operator --dc factory``: the operator of one cluster of the lab."""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import sys

from manuela_lab.operator import assembly, settings


def main() -> int:
    """Run until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(prog="manuela_lab.operator", description=__doc__)
    parser.add_argument("--dc", required=True, help="the cluster, as lab.json names it")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, stream=sys.stdout, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    asyncio.run(run(settings.read(arguments.dc)))
    return 0


async def run(found: settings.Settings) -> None:
    """Run, and leave at once: a look at a Kafka that is gone would hold its thread for ten seconds more."""
    await assembly.run(found)
    logging.shutdown()
    os._exit(0)


if __name__ == "__main__":
    sys.exit(main())

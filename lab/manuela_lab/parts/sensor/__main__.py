# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m manuela_lab.parts.sensor``: one machine, told by its environment what to send where."""

from __future__ import annotations

import os
import signal
import sys
import threading
from random import Random

from manuela_lab.parts.sensor.publisher import Publisher
from manuela_lab.parts.sensor.settings import SettingError, read


def main() -> int:
    """Run until SIGTERM or SIGINT."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    try:
        settings = read(os.environ)
    except SettingError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    Publisher(settings, Random()).run(stop)  # noqa: S311 - invented temperatures need no secrecy
    return 0


if __name__ == "__main__":
    sys.exit(main())

# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Questions to the shared parts of a lab; each answer is nothing when all is well, else what was seen."""

from __future__ import annotations

import urllib3

from manuela_lab import mqtt
from manuela_lab.lab import Lab

ANSWER = 2.0
LISTEN = 3.0


def mqtt_seen(lab: Lab) -> str | None:
    """The broker lets a client subscribe."""
    try:
        mqtt.first_message(lab.network.mqtt.host, lab.network.mqtt.port, "lab/nobody", 0.2)
    except OSError as error:
        return str(error)
    return None


def s3_seen(lab: Lab) -> str | None:
    """The store refuses a stranger in words of its own: it serves, and it checks keys."""
    try:
        answer = urllib3.request("GET", f"http://{lab.network.s3}/", timeout=ANSWER, retries=False)
    except urllib3.exceptions.HTTPError as error:
        return type(error).__name__
    if answer.status == 403:
        return None
    return f"HTTP {answer.status}"


def sensors_seen(lab: Lab) -> str | None:
    """A sensor's record arrives at the broker."""
    try:
        message = mqtt.first_message(lab.network.mqtt.host, lab.network.mqtt.port, "iot-sensor/#", LISTEN)
    except OSError as error:
        return str(error)
    return None if message else f"no message on iot-sensor/# within {LISTEN:.0f} s"

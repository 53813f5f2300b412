# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sensor's connection: MQTT with QoS 2, reconnecting for as long as the process lives."""

from __future__ import annotations

import sys
import threading
import time
from random import Random

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from manuela_lab.parts.hosts import endpoint
from manuela_lab.parts.sensor.schedule import Due
from manuela_lab.parts.sensor.settings import Metric, Settings
from manuela_lab.parts.sensor.walk import payload

RETRY_SECONDS = 1.0
KEEP_ALIVE = 15
EXACTLY_ONCE = 2
WAITING_VALUES = 100  # while the broker is away the newest values matter, not all of them


class Publisher:
    """Sends every metric of one machine at its own pace."""

    def __init__(self, settings: Settings, chance: Random) -> None:
        self._settings = settings
        self._values = {metric.name: metric.walk.values(chance) for metric in settings.metrics}
        self._gone = threading.Event()
        self._client = self._make_client()

    def run(self, stop: threading.Event) -> None:
        """Until ``stop``: connect, send, and connect again when the broker has gone."""
        while not stop.is_set():
            if self._connect():
                self._send_while_connected(stop)
                self._client.disconnect()
                self._client.loop_stop()
            stop.wait(RETRY_SECONDS)

    def _make_client(self) -> mqtt.Client:
        client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=f"sensor-{self._settings.machine_id}")
        client.max_queued_messages_set(WAITING_VALUES)
        client.on_disconnect = lambda *_: self._gone.set()
        if self._settings.user:
            client.username_pw_set(self._settings.user, self._settings.password)
        return client

    def _connect(self) -> bool:
        """The name is looked up at every try: the broker may have come back at another address."""
        host, port = self._settings.host, self._settings.port
        self._gone.clear()
        try:
            self._client.connect(*endpoint(host, port, self._settings.hosts_file), keepalive=KEEP_ALIVE)
        except OSError as error:
            say(f"no MQTT broker at {host}:{port}: {error}; next try in {RETRY_SECONDS:g} s")
            return False
        self._client.loop_start()
        sent = " and ".join(metric.name for metric in self._settings.metrics) or "nothing"
        say(f"{self._settings.machine_id} sends {sent} to {host}:{port}")
        return True

    def _send_while_connected(self, stop: threading.Event) -> None:
        now = time.monotonic()
        due = {metric: Due(now, metric.seconds_between) for metric in self._settings.metrics}
        while due and not stop.is_set() and not self._gone.is_set():
            metric = min(due, key=lambda one: due[one].at)
            if stop.wait(max(0.0, due[metric].at - time.monotonic())):
                return
            self._send(metric)
            due[metric] = due[metric].after(time.monotonic())
        if not due:
            stop.wait()

    def _send(self, metric: Metric) -> None:
        value = next(self._values[metric.name])
        text = payload(self._settings.machine_id, self._settings.device_id, value, int(time.time() * 1000))
        self._client.publish(metric.topic, text, qos=EXACTLY_ONCE)


def say(line: str) -> None:
    """One line for ``kubectl logs``."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()

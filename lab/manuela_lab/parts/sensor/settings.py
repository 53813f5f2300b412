# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the sensor is told by its environment: the variables of the demo's machine-sensor ConfigMaps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from manuela_lab.parts.sensor.walk import Walk

TEMPERATURE = Walk(low=45.0, high=55.0, start=50.0, step=1.0)
VIBRATION = Walk(low=10.0, high=17.0, start=12.0, step=1.0, peak_every=50)
TOPIC = "iot-sensor/sw/{metric}"


class SettingError(ValueError):
    """A variable of the environment that cannot be used; the message names it."""


@dataclass(frozen=True)
class Metric:
    """One measured quantity: its MQTT topic, how often it is sent, and how it moves."""

    name: str
    topic: str
    seconds_between: float
    walk: Walk


@dataclass(frozen=True)
class Settings:
    """One machine and where it sends its values."""

    machine_id: str
    device_id: str
    host: str
    port: int
    hosts_file: Path | None
    metrics: tuple[Metric, ...]
    user: str | None = None
    password: str | None = None


def read(environment: Mapping[str, str]) -> Settings:
    """Settings from environment variables; ``LAB_HOSTS_FILE`` names the lab's hosts file."""
    hosts_file = environment.get("LAB_HOSTS_FILE")
    return Settings(
        machine_id=environment.get("MACHINE_ID", "floor-1-line-1-extruder-1"),
        device_id=environment.get("DEVICE_ID", "pump-1"),
        host=environment.get("MQTT_HOSTNAME", "broker-amq-mqtt-all-0-svc"),
        port=int(_number(environment, "MQTT_PORT", 61616)),
        hosts_file=Path(hosts_file) if hosts_file else None,
        metrics=tuple(_metrics(environment)),
        user=environment.get("MQTT_USER") or None,
        password=environment.get("MQTT_PASSWORD") or None,
    )


def _metrics(environment: Mapping[str, str]) -> list[Metric]:
    known = {"temperature": TEMPERATURE, "vibration": VIBRATION}
    return [_metric(environment, name, walk) for name, walk in known.items() if _enabled(environment, name)]


def _metric(environment: Mapping[str, str], name: str, usual: Walk) -> Metric:
    prefix = f"SENSOR_{name.upper()}_"
    # The demo's own ConfigMaps write FREQUENC and PEAKINTETVAL for vibration; what works there works here.
    seconds = _number(environment, prefix + "FREQUENCY", _number(environment, prefix + "FREQUENC", 0.2))
    walk = Walk(
        low=_number(environment, prefix + "MINRANGE", usual.low),
        high=_number(environment, prefix + "MAXRANGE", usual.high),
        start=_number(environment, prefix + "START", _number(environment, prefix + "STARTMIN", usual.start)),
        step=_number(environment, prefix + "MAXITERATION", usual.step),
        peak_every=int(_number(environment, prefix + "PEAKINTETVAL", usual.peak_every)),
    )
    if seconds <= 0:
        raise SettingError(f"{prefix}FREQUENCY is the time between two values in seconds and must be above 0")
    return Metric(name, environment.get(f"TOPIC_{name.upper()}", TOPIC.format(metric=name)), seconds, walk)


def _enabled(environment: Mapping[str, str], name: str) -> bool:
    return environment.get(f"SENSOR_{name.upper()}_ENABLED", "true").strip().lower() == "true"


def _number(environment: Mapping[str, str], name: str, usual: float) -> float:
    text = environment.get(name, "").strip()
    try:
        return float(text) if text else usual
    except ValueError as error:
        raise SettingError(f"{name} must be a number, it is {text!r}") from error

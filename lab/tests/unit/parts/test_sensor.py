# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sensors send what the demo's sensors send, at the pace their ConfigMap says."""

from __future__ import annotations

from itertools import islice
from random import Random

import pytest

from manuela_lab.parts.sensor.schedule import Due
from manuela_lab.parts.sensor.settings import SettingError, read
from manuela_lab.parts.sensor.walk import Walk, payload


def test_the_record_is_the_demos():
    assert payload("floor-1-line-1-extruder-1", "pump-1", 18.25, 1587640434617) == (
        "floor-1-line-1-extruder-1,pump-1,18.25,1587640434617"
    )


def test_a_walk_stays_between_its_bounds_and_moves():
    values = list(islice(Walk(low=45, high=55, start=50, step=1).values(Random(1)), 1000))
    assert values[0] == 50
    assert min(values) >= 45
    assert max(values) <= 55
    assert len(set(values)) > 900


def test_peaks_stand_out_and_do_not_move_the_walk():
    walk = Walk(low=10, high=17, start=12, step=1, peak_every=20)
    values = list(islice(walk.values(Random(1)), 100))
    peaks = [index for index, value in enumerate(values, 1) if value > 17]
    assert peaks == [20, 40, 60, 80, 100]
    assert abs(values[20] - values[18]) <= 2


def test_a_start_outside_the_bounds_is_moved_in():
    assert next(Walk(low=45, high=55, start=80, step=1).values(Random(1))) == 55


def test_the_demos_variables_are_understood():
    settings = read(
        {
            "MACHINE_ID": "line-1",
            "DEVICE_ID": "pump-2",
            "MQTT_HOSTNAME": "broker",
            "MQTT_PORT": "80",
            "SENSOR_TEMPERATURE_ENABLED": "false",
            "SENSOR_VIBRATION_FREQUENC": "5",
            "SENSOR_VIBRATION_PEAKINTETVAL": "2147483647",
        }
    )
    (vibration,) = settings.metrics
    assert (settings.host, settings.port) == ("broker", 80)
    assert (vibration.topic, vibration.seconds_between) == ("iot-sensor/sw/vibration", 5.0)
    assert vibration.walk.peak_every == 2147483647


def test_five_records_a_second_unless_told_otherwise():
    assert [metric.seconds_between for metric in read({}).metrics] == [0.2, 0.2]


@pytest.mark.parametrize(
    "environment", [{"MQTT_PORT": "http"}, {"SENSOR_TEMPERATURE_FREQUENCY": "0"}, {"SENSOR_VIBRATION_MAXRANGE": "?"}]
)
def test_a_variable_that_cannot_be_used_is_named(environment):
    with pytest.raises(SettingError, match=next(iter(environment))):
        read(environment)


def test_the_pace_is_steady():
    due = Due(at=10.0, seconds_between=0.2)
    assert due.after(now=10.01).at == pytest.approx(10.2)


def test_a_stalled_sensor_does_not_send_the_past_in_one_burst():
    assert Due(at=10.0, seconds_between=0.2).after(now=60.0).at == pytest.approx(60.2)

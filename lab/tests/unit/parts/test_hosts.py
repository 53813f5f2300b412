# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names come from the lab's hosts file, read anew at every look-up."""

from __future__ import annotations

from manuela_lab.parts.hosts import endpoint, parse, resolve


def test_the_first_line_that_has_a_name_wins():
    text = "127.1.2.10 kafka kafka.ns.svc # factory\n\n# 127.1.2.99 kafka\n127.1.2.20 kafka other\n"
    assert parse(text) == {"kafka": "127.1.2.10", "kafka.ns.svc": "127.1.2.10", "other": "127.1.2.20"}


def test_names_are_compared_as_resolvers_do(tmp_path):
    file = tmp_path / "hosts"
    file.write_text("127.1.2.3 Broker.Svc\n")
    assert resolve("broker.svc.", file) == "127.1.2.3"


def test_a_name_that_moved_is_found_at_its_new_address(tmp_path):
    file = tmp_path / "hosts"
    assert resolve("broker", file) == "broker"
    file.write_text("127.1.2.3 broker\n")
    assert resolve("broker", file) == "127.1.2.3"
    file.write_text("127.1.2.4 broker\n")
    assert resolve("broker", file) == "127.1.2.4"


def test_a_route_of_a_repository_made_for_other_clusters_is_known_by_its_first_label(tmp_path):
    file = tmp_path / "hosts"
    file.write_text("127.1.2.3 mqtt-svc-rte-line.apps.factory.lab.example mqtt-svc.line.svc\n")
    assert endpoint("mqtt-svc-rte-line.apps.ocp.example.com", 80, file) == ("127.1.2.3", 1883)
    assert endpoint("mqtt-svc.line.svc", 61616, file) == ("127.1.2.3", 61616)
    assert endpoint("other-rte-line.apps.ocp.example.com", 80, file)[0] == "other-rte-line.apps.ocp.example.com"

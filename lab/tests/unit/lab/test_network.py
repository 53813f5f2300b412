# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every lab has a loopback subnet of its own, and says who has a port that it needs."""

from __future__ import annotations

import os
import socket

import pytest

from manuela_lab import ports
from manuela_lab.errors import LabError
from manuela_lab.network import Endpoint, Network, candidates
from manuela_lab.profile import DEFAULT


def test_no_two_services_share_an_address_and_port_and_all_are_in_the_subnet():
    listed = Network("127.9.8", 443).endpoints(DEFAULT)
    assert len({(each.host, each.port) for each in listed}) == len(listed)
    assert all(each.host.startswith("127.9.8.") for each in listed)


def test_candidates_are_loopback_and_differ_from_lab_to_lab():
    one, two = list(candidates("/labs/one")), list(candidates("/labs/two"))
    assert one == list(candidates("/labs/one"))
    assert one[0] != two[0]
    for subnet in one + two:
        first, second, third = map(int, subnet.split("."))
        assert (first, 1 <= second <= 254, 0 <= third <= 255) == (127, True, True)
        assert subnet != "127.0.0", "other programs live there"


def test_a_subnet_where_a_port_is_taken_is_passed_over():
    first, second = list(candidates("seed"))[:2]
    taken = Network(first, 443).s3
    network = ports.choose_network(DEFAULT, "seed", 443, lambda each: "weed (pid 7)" if each == taken else None)
    assert network == Network(second, 443)


def test_a_port_taken_on_every_address_is_named_with_its_owner():
    def everywhere(endpoint: Endpoint) -> str | None:
        return "mosquitto (pid 42), listening on 0.0.0.0" if endpoint.port == 1883 else None

    with pytest.raises(LabError, match=r"port 1883 on 127\.\S+ \(MQTT broker\) is taken by mosquitto \(pid 42\)"):
        ports.choose_network(DEFAULT, "seed", 443, everywhere)


def test_a_restarted_lab_does_not_move_but_names_who_took_its_port():
    with pytest.raises(LabError, match=r"port 6443 on 127\.9\.8\.2 .* is taken by x; .*lab down"):
        ports.ensure_free(Network("127.9.8", 443), DEFAULT, lambda each: "x" if each.host == "127.9.8.2" else None)


def test_the_owner_of_a_real_port_is_found():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        owner = ports.owner_of(Endpoint("test", "127.0.0.1", listener.getsockname()[1]))
    assert owner is not None
    assert f"(pid {os.getpid()}), listening on 127.0.0.1" in owner


def test_a_port_whose_connections_still_linger_is_free():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)):
            accepted, _ = listener.accept()
            accepted.close()  # the side that closes first keeps the port in TIME_WAIT
    assert ports.owner_of(Endpoint("test", "127.0.0.1", port)) is None

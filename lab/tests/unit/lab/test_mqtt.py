# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One MQTT message, heard through whatever pieces the network makes of it."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator

import pytest

from manuela_lab.mqtt import Message, first_message

CONNACK = b"\x20\x02\x00\x00"
SUBACK = b"\x90\x03\x00\x01\x00"


def publish(topic: str, payload: bytes) -> bytes:
    body = len(topic).to_bytes(2, "big") + topic.encode() + payload
    length, rest = b"", len(body)
    while True:
        rest, byte = rest >> 7, rest & 127
        length += bytes([byte | (128 if rest else 0)])
        if not rest:
            return b"\x30" + length + body


@pytest.fixture
def broker() -> Iterator[Callable[[list[bytes]], int]]:
    """A broker that sends the given pieces to whoever connects."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve(pieces: list[bytes]) -> int:
        def answer() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(1024)
                for piece in pieces:
                    connection.sendall(piece)
                connection.recv(1024)

        threading.Thread(target=answer, daemon=True).start()
        return int(listener.getsockname()[1])

    yield serve
    listener.close()


def test_a_message_is_heard(broker: Callable[[list[bytes]], int]):
    port = broker([CONNACK, SUBACK, publish("iot-sensor/sw/vibration", b"m,d,12.0,1")])
    assert first_message("127.0.0.1", port, "iot-sensor/#", 5) == Message("iot-sensor/sw/vibration", "m,d,12.0,1")


def test_a_long_message_in_pieces_is_heard(broker: Callable[[list[bytes]], int]):
    whole = CONNACK + SUBACK + publish("t", b"x" * 20000)
    port = broker([whole[:7], whole[7:11], whole[11:9000], whole[9000:]])
    message = first_message("127.0.0.1", port, "t", 5)
    assert message is not None
    assert len(message.payload) == 20000


def test_silence_is_not_an_error(broker: Callable[[list[bytes]], int]):
    assert first_message("127.0.0.1", broker([CONNACK, SUBACK]), "t", 0.2) is None


def test_a_broker_that_hangs_up_is_an_error():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=lambda: listener.accept()[0].close(), daemon=True).start()
        with pytest.raises(OSError):  # noqa: PT011 - which one depends on the moment
            first_message("127.0.0.1", listener.getsockname()[1], "t", 5)


def test_no_broker_is_an_error():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(ConnectionRefusedError):
        first_message("127.0.0.1", port, "t", 1)

# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether sensors publish: the few bytes of MQTT 3.1.1 that it takes to hear one message."""

from __future__ import annotations

import secrets
import socket
from dataclasses import dataclass
from typing import BinaryIO

CLEAN_SESSION = 2
KEEP_ALIVE = 30
DISCONNECT = bytes([0xE0, 0])
PUBLISH = 3


@dataclass(frozen=True)
class Message:
    """One message as published."""

    topic: str
    payload: str


def first_message(host: str, port: int, topic: str, timeout: float) -> Message | None:
    """The first message that arrives within the time; nothing when the broker answers but nobody publishes.

    Raises OSError when no broker answers.
    """
    with socket.create_connection((host, port), timeout=timeout) as connection:
        connection.sendall(_connect() + _subscribe(topic))
        message = _next_message(connection)
        connection.sendall(DISCONNECT)
    return message


def _next_message(connection: socket.socket) -> Message | None:
    stream = connection.makefile("rb")
    try:
        while True:
            kind, body = _packet(stream)
            if kind == PUBLISH:
                return _message(body)
    except TimeoutError:
        return None


def _connect() -> bytes:
    """With a name of its own each time: a broker closes the older of two connections with one name."""
    client = f"lab-{secrets.token_hex(6)}".encode()
    body = b"\0\4MQTT" + bytes([4, CLEAN_SESSION, 0, KEEP_ALIVE, 0, len(client)]) + client
    return bytes([0x10, len(body)]) + body


def _subscribe(topic: str) -> bytes:
    name = topic.encode()
    body = bytes([0, 1, len(name) >> 8, len(name) & 255]) + name + b"\0"
    return bytes([0x82, len(body)]) + body


def _packet(stream: BinaryIO) -> tuple[int, bytes]:
    first = stream.read(1)
    if not first:
        raise ConnectionError("the MQTT broker closed the connection")
    length = shift = 0
    while True:
        byte = stream.read(1)[0]
        length |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return first[0] >> 4, stream.read(length)


def _message(body: bytes) -> Message:
    """Published with quality 0, as subscribed: topic and payload, no packet number."""
    end = 2 + int.from_bytes(body[:2], "big")
    return Message(body[2:end].decode(errors="replace"), body[end:].decode(errors="replace"))

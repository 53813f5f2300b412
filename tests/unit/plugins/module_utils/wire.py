# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A server on raw sockets that misbehaves by a script, with or without TLS."""

from __future__ import annotations

import ipaddress
import socket
import ssl
import struct
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

RESET = struct.pack("ii", 1, 0)


class Rude:
    """Answers connection after connection from ``script``, the last step again and again.

    A step is a function of the connection, called when a request has come.
    """

    def __init__(self, *script: Callable[[socket.socket, Rude], None], context: ssl.SSLContext | None = None) -> None:
        self.script = list(script)
        self.requests = 0
        self.stopped = threading.Event()
        self._context = context
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while not self.stopped.is_set():
            try:
                connection, _address = self._listener.accept()
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()
            except OSError:
                return

    def _serve(self, connection: socket.socket) -> None:
        try:
            if self._context:
                connection = self._context.wrap_socket(connection, server_side=True)
            with connection:
                while b"\r\n\r\n" not in connection.recv(65536):
                    pass
                self.requests += 1
                step = self.script.pop(0) if len(self.script) > 1 else self.script[0]
                step(connection, self)
        except OSError:
            return

    def close(self) -> None:
        self.stopped.set()
        self._listener.close()


def _head(status: str, length: int, *more: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {length}", "Content-Type: application/xml", "Connection: close"]
    return "\r\n".join([*lines, *more, "", ""]).encode()


def says(status: str, body: bytes = b"", *headers: str) -> Callable[[socket.socket, Rude], None]:
    """Answer properly."""
    return lambda connection, server: connection.sendall(_head(status, len(body), *headers) + body)


def resets(body: bytes) -> Callable[[socket.socket, Rude], None]:
    """Reset the connection in the middle of the body."""

    def step(connection: socket.socket, server: Rude) -> None:
        connection.sendall(_head("200 OK", len(body)) + body[: len(body) // 2])
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)

    return step


def cuts(body: bytes) -> Callable[[socket.socket, Rude], None]:
    """Close politely in the middle of the body."""
    return lambda connection, server: connection.sendall(_head("200 OK", len(body)) + body[: len(body) // 2])


def drips(body: bytes, pause: float) -> Callable[[socket.socket, Rude], None]:
    """Send byte after byte, each in time and all of them much too late."""

    def step(connection: socket.socket, server: Rude) -> None:
        connection.sendall(_head("200 OK", 100_000))
        while not server.stopped.wait(pause):
            connection.sendall(body[:1])

    return step


def says_nothing(connection: socket.socket, server: Rude) -> None:
    """Take the request and be silent."""
    server.stopped.wait(20)


def context_for(place: Path, name: str, *, days: int) -> tuple[ssl.SSLContext, str]:
    """Return a server's context with a certificate for ``name`` that lasts ``days``, and the file to trust."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "server")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
    builder = builder.serial_number(7).not_valid_before(now - timedelta(days=90))
    builder = builder.not_valid_after(now + timedelta(days=days))
    is_here = name == "127.0.0.1"
    san = x509.IPAddress(ipaddress.ip_address(name)) if is_here else x509.DNSName(name)
    builder = builder.add_extension(x509.SubjectAlternativeName([san]), critical=False)
    forms = serialization
    certificate = builder.sign(key, hashes.SHA256()).public_bytes(forms.Encoding.PEM)
    secret = key.private_bytes(forms.Encoding.PEM, forms.PrivateFormat.PKCS8, forms.NoEncryption())
    trust, both = place / "trust.pem", place / "pair.pem"
    trust.write_bytes(certificate)
    both.write_bytes(certificate + secret)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(both)
    return context, str(trust)

"""Servers on loopback that answer as a script says, byte for byte: the hostile issuers of the tests."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

PUBLIC = "93.184.216.34"
"""An address out in the open, which the connectors of the tests lead to loopback."""

Script = Callable[[socket.socket, bytes], None]


class Loopback:
    """A server whose every connection is given to `script(connection, request head)`; `heads` keeps what was asked."""

    def __init__(self, script: Script, context: ssl.SSLContext | None = None) -> None:
        self._script, self._context = script, context
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._open = True
        self.port: int = self._listening.getsockname()[1]
        self.heads: list[bytes] = []
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while self._open:
            try:
                connection, _peer = self._listening.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        with suppress(OSError):
            connection.settimeout(20)
            if self._context:
                connection = self._context.wrap_socket(connection, server_side=True)
            with connection:
                head = b""
                while b"\r\n\r\n" not in head:
                    piece = connection.recv(4096)
                    if not piece:
                        return
                    head += piece
                self.heads.append(head)
                self._script(connection, head)

    def close(self) -> None:
        self._open = False
        with suppress(OSError):  # wakes the thread that waits in accept()
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()


@contextmanager
def serving(script: Script, context: ssl.SSLContext | None = None) -> Iterator[Loopback]:
    server = Loopback(script, context)
    try:
        yield server
    finally:
        server.close()


def answer(status: int = 200, body: bytes = b"{}", headers: Mapping[str, str] | None = None) -> bytes:
    """A whole answer, with the length of its body unless `headers` say otherwise."""
    lines = {"Content-Type": "application/json", "Content-Length": str(len(body)), **(headers or {})}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"HTTP/1.1 {status} Said\r\n{head}\r\n".encode() + body


def saying(*answers: bytes) -> Script:
    """Gives these answers one after the other, and the last one from then on."""
    waiting = list(answers)

    def script(connection: socket.socket, _head: bytes) -> None:
        connection.sendall(waiting.pop(0) if len(waiting) > 1 else waiting[0])

    return script


def dripping(head: bytes, drop: bytes, every: float, seconds: float = 15) -> Script:
    """Sends `head`, then a drop every so often, for a long while."""

    def script(connection: socket.socket, _head: bytes) -> None:
        connection.sendall(head)
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            connection.sendall(drop)
            time.sleep(every)

    return script


def pouring(head: bytes, flood: bytes, times: int) -> Script:
    """Sends `head`, then the same bytes again and again."""

    def script(connection: socket.socket, _head: bytes) -> None:
        connection.sendall(head)
        for _time in range(times):
            connection.sendall(flood)

    return script


def hanging(connection: socket.socket, _head: bytes) -> None:
    """Takes the question and says nothing."""
    with suppress(OSError):
        connection.recv(1)


class Resolver:
    """Answers in turn, the last one from then on; `asked` counts."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self._answers = [list(one) for one in answers]
        self.asked: list[str] = []

    def __call__(self, host: str) -> Sequence[str]:
        self.asked.append(host)
        return self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]


class Connector:
    """Leads every address to one server on loopback and keeps which addresses it was told to connect to."""

    def __init__(self, port: int) -> None:
        self._port = port
        self.told: list[tuple[str, int]] = []

    def __call__(self, address: str, port: int, seconds: float) -> socket.socket:
        self.told.append((address, port))
        return socket.create_connection(("127.0.0.1", self._port), timeout=seconds)


class Authority:
    """A certificate authority made for one test run; `file` is what its friends are told to trust."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test authority")])
        made = self._made(self._name, self._key, days=30).add_extension(x509.BasicConstraints(True, 0), critical=True)
        self._certificate = made.sign(self._key, hashes.SHA256())
        self.file = folder / "authority.pem"
        self.file.write_bytes(self._certificate.public_bytes(serialization.Encoding.PEM))

    def context_for(self, host: str, *, days: int = 30, self_signed: bool = False) -> ssl.SSLContext:
        """What a server needs to call itself `host`; a negative number of days makes it expired."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
        made = self._made(name, key, days=days, issuer=name if self_signed else self._name)
        made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        certificate = made.sign(key if self_signed else self._key, hashes.SHA256())
        chain = self._folder / f"{host}-{days}-{self_signed}.pem"
        chain.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            + certificate.public_bytes(serialization.Encoding.PEM)
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(chain)
        return context

    def _made(
        self, name: x509.Name, key: ec.EllipticCurvePrivateKey, *, days: int, issuer: x509.Name | None = None
    ) -> x509.CertificateBuilder:
        now = datetime.now(UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(issuer or self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=60))
            .not_valid_after(now + timedelta(days=days))
        )

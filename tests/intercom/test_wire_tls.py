"""The same limits under TLS, and a server that is not who it should be."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from app import wire
from app.deadline import Deadline
from app.intercom.client import Intercom
from app.intercom.errors import TimedOut, Unavailable

USER = "5fb1c2d3e4f5a6b7c8d9e0f1"
LEAD = "66a1f0c2d3e4f5a6b7c8d9e0"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key and a certificate that only itself vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "loopback")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + signed.public_bytes(serialization.Encoding.PEM)
    )
    return path


class SilentTlsServer:
    """Takes a request, and then says nothing until the client closes."""

    def __init__(self, certificate: Path) -> None:
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(certificate)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.received = b""
        self.closed_by_client = threading.Event()
        threading.Thread(target=self._run, daemon=True).start()

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.listener.getsockname()[1]}"

    def _run(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self.listener.accept()
                with connection, suppress(OSError), self.context.wrap_socket(connection, server_side=True) as tls:
                    with suppress(OSError):
                        while piece := tls.recv(65536):
                            self.received += piece
                    self.closed_by_client.set()


@pytest.fixture
def server(certificate: Path) -> Iterator[SilentTlsServer]:
    started = SilentTlsServer(certificate)
    yield started
    started.listener.close()
    wire.close_connections()


def test_a_server_that_proves_to_be_somebody_else_is_told_nothing(server: SilentTlsServer) -> None:
    with pytest.raises(Unavailable) as caught:
        Intercom(server.url, "tok_s3cret").merge(LEAD, USER)
    assert not caught.value.sent
    assert not caught.value.maybe_done
    assert server.received == b""


def test_a_silent_answer_is_cut_off_under_tls_too(
    server: SilentTlsServer, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    new_session = wire._new_session

    def trusting() -> requests.Session:
        session = new_session()
        session.verify = str(certificate)
        return session

    monkeypatch.setattr(wire, "_new_session", trusting)
    started_s = time.monotonic()
    with pytest.raises(TimedOut) as caught:
        Intercom(server.url, "tok", deadline=Deadline.after(0.5)).merge(LEAD, USER)
    assert time.monotonic() - started_s < 5
    assert caught.value.maybe_done
    assert b"POST /contacts/merge" in server.received
    assert server.closed_by_client.wait(20)

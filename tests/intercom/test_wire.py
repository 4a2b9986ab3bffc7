"""The hard time limit and lost connections, against real sockets."""

from __future__ import annotations

import os
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field

import pytest

from app import wire
from app.deadline import Deadline
from app.intercom.client import Intercom
from app.intercom.errors import IntercomError, TimedOut, Unavailable, Unreadable

USER = "5fb1c2d3e4f5a6b7c8d9e0f1"
LEAD = "66a1f0c2d3e4f5a6b7c8d9e0"
BODY = b'{"type": "contact", "id": "%s", "role": "user"}' % USER.encode()
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n" % len(BODY)

Behaviour = Callable[[socket.socket], None]


@dataclass
class Server:
    """Reads each request whole, then lets `behave` do what it likes with the connection."""

    listener: socket.socket
    behave: Behaviour
    requests: list[bytes] = field(default_factory=list)
    connections: int = 0
    closed_by_client: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.listener.getsockname()[1]}"

    def run(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self.listener.accept()
                self.connections += 1
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with closing(connection), suppress(OSError):
            while request := _receive(connection):
                self.requests.append(request)
                try:
                    self.behave(connection)
                except OSError:
                    self.closed_by_client.set()
                    raise


def _receive(connection: socket.socket) -> bytes:
    """One request, also when it comes in pieces; empty when the client has closed."""
    request = b""
    while piece := connection.recv(65536):
        request += piece
        head, blank, body = request.partition(b"\r\n\r\n")
        length = re.search(rb"(?i)content-length: (\d+)", head)
        if blank and len(body) >= (int(length[1]) if length else 0):
            break
    return request


@pytest.fixture
def serve() -> Iterator[Callable[[Behaviour], Server]]:
    listeners: list[socket.socket] = []

    def start(behave: Behaviour) -> Server:
        listener = socket.create_server(("127.0.0.1", 0))
        listeners.append(listener)
        server = Server(listener, behave)
        threading.Thread(target=server.run, daemon=True).start()
        return server

    yield start
    for listener in listeners:
        listener.close()
    wire.close_connections()


def answer(connection: socket.socket) -> None:
    connection.sendall(HEAD + b"\r\n" + BODY)


def drip(data: bytes) -> Behaviour:
    def behave(connection: socket.socket) -> None:
        for byte in data * 50:
            connection.sendall(bytes([byte]))
            time.sleep(0.02)

    return behave


def hang(connection: socket.socket) -> None:
    while connection.recv(1):
        pass
    raise ConnectionResetError


def drop(connection: socket.socket) -> None:
    connection.shutdown(socket.SHUT_RDWR)


def drop_halfway(connection: socket.socket) -> None:
    connection.sendall(HEAD + b"\r\n" + BODY[:10])
    connection.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize(
    "behave",
    [hang, drip(b"HTTP/1.1 200 OK\r\n" + b"X-Slow: 1\r\n" * 20), drip(HEAD + b"\r\n" + b" " * 200)],
    ids=["silent", "dripping headers", "dripping body"],
)
def test_a_slow_answer_cannot_exceed_the_deadline_and_its_connection_is_closed(
    serve: Callable[[Behaviour], Server], behave: Behaviour
) -> None:
    server = serve(behave)
    started_s = time.monotonic()
    with pytest.raises(TimedOut) as caught:
        Intercom(server.url, "tok", deadline=Deadline.after(0.4)).merge(LEAD, USER)
    assert time.monotonic() - started_s < 5
    assert caught.value.sent
    assert caught.value.maybe_done
    assert server.closed_by_client.wait(20)
    assert len(server.requests) == 1


def test_a_call_without_a_deadline_has_its_own_limit(serve: Callable[[Behaviour], Server]) -> None:
    server = serve(hang)
    started_s = time.monotonic()
    with pytest.raises(TimedOut):
        Intercom(server.url, "tok", call_timeout_s=0.3).contact(USER)
    assert time.monotonic() - started_s < 5


@pytest.mark.parametrize("behave", [drop, drop_halfway])
def test_a_lost_connection_leaves_a_write_in_doubt_and_is_not_repeated(
    serve: Callable[[Behaviour], Server], behave: Behaviour
) -> None:
    server = serve(behave)
    with pytest.raises(Unavailable) as caught:
        Intercom(server.url, "tok").merge(LEAD, USER)
    assert caught.value.sent
    assert caught.value.maybe_done
    assert len(server.requests) == 1


def test_a_refused_connection_surely_did_nothing() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(Unavailable) as caught:
        Intercom(f"http://127.0.0.1:{port}", "tok").merge(LEAD, USER)
    assert not caught.value.sent
    assert not caught.value.maybe_done
    assert caught.value.retryable


def test_a_name_that_resolves_too_late_sends_nothing_then_or_later(
    serve: Callable[[Behaviour], Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    server = serve(answer)
    resolve, resolved = socket.getaddrinfo, threading.Event()

    def slow(*args: object, **options: object) -> object:
        time.sleep(0.5)
        found = resolve(*args, **options)  # type: ignore[arg-type]  # handed through as they came
        resolved.set()
        return found

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    with pytest.raises(TimedOut) as caught:
        Intercom(server.url, "tok", deadline=Deadline.after(0.2)).merge(LEAD, USER)
    assert not caught.value.sent
    assert not caught.value.maybe_done
    assert resolved.wait(20)
    time.sleep(0.2)
    assert server.requests == []


def test_one_connection_serves_many_calls(serve: Callable[[Behaviour], Server]) -> None:
    server = serve(answer)
    for _ in range(3):
        assert Intercom(server.url, "tok").contact(USER).id == USER
    assert len(server.requests) == 3
    assert server.connections == 1


def test_cookies_and_redirects_are_not_followed(serve: Callable[[Behaviour], Server]) -> None:
    def with_cookie(connection: socket.socket) -> None:
        connection.sendall(HEAD + b"Set-Cookie: seen=1\r\n\r\n" + BODY)

    server = serve(with_cookie)
    intercom = Intercom(server.url, "tok")
    intercom.contact(USER)
    intercom.contact(USER)
    assert not any(b"cookie:" in request.lower() for request in server.requests)

    def elsewhere(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 302 Found\r\nLocation: /me\r\nContent-Length: 0\r\n\r\n")

    away = serve(elsewhere)
    with pytest.raises(Unreadable):
        Intercom(away.url, "tok").contact(USER)
    assert len(away.requests) == 1


def test_an_endless_answer_is_cut_at_the_size_limit(
    serve: Callable[[Behaviour], Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "MAX_ANSWER_BYTES", 100_000)

    def flood(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 999999999\r\n\r\n")
        while True:
            connection.sendall(b" " * 65536)

    server = serve(flood)
    with pytest.raises(Unreadable) as caught:
        Intercom(server.url, "tok").merge(LEAD, USER)
    assert caught.value.maybe_done
    assert server.closed_by_client.wait(20)


def test_calls_above_the_limit_of_the_process_wait_for_their_turn_or_time_out_unsent(
    serve: Callable[[Behaviour], Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    process = wire._Process()
    process.slots = threading.BoundedSemaphore(1)
    monkeypatch.setattr(wire, "_process", process)
    server = serve(hang)
    blocker = threading.Thread(target=_give_up, args=(server.url, 0.6))
    blocker.start()
    while not server.requests:
        time.sleep(0.01)
    with pytest.raises(TimedOut) as caught:
        Intercom(server.url, "tok", deadline=Deadline.after(0.2)).merge(LEAD, USER)
    assert not caught.value.sent
    blocker.join()
    wire.close_connections()


def _give_up(url: str, after_s: float) -> None:
    with suppress(IntercomError):
        Intercom(url, "tok", deadline=Deadline.after(after_s)).contact(USER)


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")  # forking a threaded process is the point
def test_a_forked_process_opens_connections_of_its_own(serve: Callable[[Behaviour], Server]) -> None:
    server = serve(answer)
    Intercom(server.url, "tok").contact(USER)
    before = wire._process
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        with suppress(BaseException):
            same = Intercom(server.url, "tok").contact(USER).id == USER and wire._process is not before
            os.write(writer, b"ok" if same else b"no")
        os._exit(0)
    os.close(writer)
    with closing(os.fdopen(reader, "rb")) as pipe:
        assert pipe.read() == b"ok"
    os.waitpid(child, 0)

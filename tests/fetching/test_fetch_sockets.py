"""The limits of a fetch, against a real server on loopback that misbehaves."""

from __future__ import annotations

import gzip
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress

import pytest

from app.channels.base import Fetch, MediaPlan
from app.deadline import Deadline
from app.fetching import Fetched, Refused, fetch
from app.wire import close_connections

PLAN = MediaPlan(first=Fetch(url="https://media.example.com/x", hosts=frozenset({"media.example.com"})))
MEGABYTE = 1024 * 1024
Behaviour = Callable[[socket.socket], None]
Serve = Callable[[Behaviour], str]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Answers each connection's first request with what `behave` writes."""
    listener = socket.create_server(("127.0.0.1", 0))

    def start(behave: Behaviour) -> str:
        def run() -> None:
            with suppress(OSError):
                while True:
                    connection, _ = listener.accept()
                    with closing(connection), suppress(OSError):
                        connection.recv(65536)
                        behave(connection)

        threading.Thread(target=run, daemon=True).start()
        return f"http://127.0.0.1:{listener.getsockname()[1]}"

    yield start
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    close_connections()


def head(length: int | str, *more: str) -> bytes:
    lines = ["HTTP/1.1 200 OK", "Content-Type: image/png", f"Content-Length: {length}", *more, "", ""]
    return "\r\n".join(lines).encode()


def got(base: str, *, limit_s: float = 5, max_bytes: int = MEGABYTE) -> Fetched | str:
    """The file, or the reason why there is none."""
    try:
        return fetch(PLAN, provider_url=base, deadline=Deadline.after(limit_s), max_bytes=max_bytes)
    except Refused as refused:
        return refused.reason


def test_a_server_that_drips_is_given_up_in_time(serve: Serve) -> None:
    def drip(connection: socket.socket) -> None:
        connection.sendall(head(1000))
        for _ in range(100):
            connection.sendall(b"x")
            time.sleep(0.05)

    began_s = time.monotonic()
    assert got(serve(drip), limit_s=0.4) == "timeout"
    assert time.monotonic() - began_s < 4


def test_an_announced_giant_is_not_read(serve: Serve) -> None:
    released = threading.Event()

    def announce(connection: socket.socket) -> None:
        connection.sendall(head(10**12))
        released.wait(20)

    began_s = time.monotonic()
    assert got(serve(announce)) == "too_big"
    assert time.monotonic() - began_s < 4
    released.set()


def test_an_endless_body_is_cut_off_at_the_limit(serve: Serve) -> None:
    sent = 0

    def pour(connection: socket.socket) -> None:
        nonlocal sent
        connection.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
        while sent < 200 * MEGABYTE:
            sent += connection.send(b"x" * 65536)

    assert got(serve(pour)) == "too_big"
    assert sent < 20 * MEGABYTE


def test_the_body_of_a_redirect_is_bounded_too(serve: Serve) -> None:
    sent = 0

    def pour(connection: socket.socket) -> None:
        nonlocal sent
        connection.sendall(b"HTTP/1.1 302 Found\r\nLocation: /y\r\nConnection: close\r\n\r\n")
        while sent < 200 * MEGABYTE:
            sent += connection.send(b"x" * 65536)

    assert got(serve(pour)) == "too_big"
    assert sent < 20 * MEGABYTE


def test_a_compressed_bomb_is_cut_off_at_the_limit(serve: Serve) -> None:
    bomb = gzip.compress(b"\x00" * (50 * MEGABYTE))

    def explode(connection: socket.socket) -> None:
        connection.sendall(head(len(bomb), "Content-Encoding: gzip") + bomb)

    assert got(serve(explode)) == "too_big"


def test_a_body_shorter_than_announced_is_no_file(serve: Serve) -> None:
    assert got(serve(lambda connection: connection.sendall(head(1000) + b"x" * 10))) == "unavailable"


def test_a_body_longer_than_announced_ends_where_it_was_said_to(serve: Serve) -> None:
    fetched = got(serve(lambda connection: connection.sendall(head(4) + b"GIF8" + b"x" * 1000)))
    assert isinstance(fetched, Fetched)
    assert fetched.content == b"GIF8"


@pytest.mark.parametrize("length", ["-5", "abc", "9" * 40])
def test_a_senseless_length_harms_nobody(serve: Serve, length: str) -> None:
    answer = got(serve(lambda connection: connection.sendall(head(length, "Connection: close") + b"GIF8")))
    assert isinstance(answer, Fetched) or answer in {"too_big", "unavailable", "unreadable"}


@pytest.mark.parametrize("answer", [b"", b"\x00\xff\x00\xff", b"HTTP/1.1 999999 \r\n\r\n"])
def test_garbage_counts_as_unavailable(serve: Serve, answer: bytes) -> None:
    assert got(serve(lambda connection: connection.sendall(answer))) == "unavailable"


def test_a_server_that_is_not_there_counts_as_unavailable() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        port = listener.getsockname()[1]
    assert got(f"http://127.0.0.1:{port}") == "unavailable"


def test_no_cookie_is_kept_for_the_next_call(serve: Serve) -> None:
    asked: list[bytes] = []

    def answer(connection: socket.socket) -> None:
        connection.sendall(head(4, "Set-Cookie: a=b") + b"GIF8")
        asked.append(connection.recv(65536))
        connection.sendall(head(4) + b"GIF8")

    base = serve(answer)
    assert isinstance(got(base), Fetched)
    assert isinstance(got(base), Fetched)
    assert b"GET /media.example.com/x " in asked[0]
    assert b"cookie" not in asked[0].lower()

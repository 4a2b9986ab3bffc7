"""The load: a process of its own that sends one request again and again over kept-alive sockets.

It uses the standard library only and one thread, so that it takes little of the machine from the server.
"""

from __future__ import annotations

import argparse
import json
import selectors
import socket
import subprocess
import sys
import time
from dataclasses import dataclass

CONNECTIONS = 8
_HEAD_ENDS = b"\r\n\r\n"
_SILENCE_S = 30
REQUESTS_A_CONNECTION = 20
"""So many requests, then a new connection: else the worker that took all connections at first keeps them all."""


@dataclass(frozen=True, kw_only=True)
class Result:
    """What one load saw after its warm-up. `cpu_ms` is what the load itself cost, per request."""

    requests: int
    seconds: float
    p50_ms: float
    p99_ms: float
    answer_bytes: int
    requests_with_warm_up: int
    cpu_ms: float

    @property
    def per_second(self) -> float:
        return self.requests / self.seconds


def http_request(body: bytes, signature: str) -> bytes:
    """A signed initialize as it goes over the wire."""
    head = (
        "POST /canvas/initialize HTTP/1.1\r\nHost: kinbox.example\r\nUser-Agent: kinbox-bench\r\n"
        "Content-Type: application/json; charset=utf-8\r\nAccept: application/json\r\n"
        f"X-Body-Signature: {signature}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def run_load(port: int, request: bytes, *, seconds: float = 0, requests: int = 0, warm_up_s: float = 0) -> Result:
    """Send `request` to a loopback port for so many seconds, or so many times.

    Raises CalledProcessError when an answer is not a 200, or not as long as the first one.
    """
    numbers = [str(number) for number in (port, warm_up_s, seconds, requests)]
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.load", *numbers], input=request, stdout=subprocess.PIPE, check=True
    )
    return Result(**json.loads(done.stdout))


class _Connection:
    """One socket at a time, with one request under way."""

    def __init__(self, port: int, waiting: selectors.BaseSelector, lasts: int) -> None:
        self._port = port
        self._waiting = waiting
        self._left = self._lasts = lasts
        self._received = bytearray()
        self._body_at = 0
        self.body_bytes = 0
        self.began_s = 0.0
        self._connect()

    def _connect(self) -> None:
        self._socket = socket.create_connection(("127.0.0.1", self._port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._waiting.register(self._socket, selectors.EVENT_READ, self)

    def close(self) -> None:
        self._waiting.unregister(self._socket)
        self._socket.close()

    def send(self, request: bytes) -> None:
        if self._left == 0:
            self.close()
            self._connect()
            self._left = self._lasts
        self._left -= 1
        self._received.clear()
        self._body_at = 0
        self.began_s = time.perf_counter()
        self._socket.sendall(request)

    def receive(self) -> bool:
        """Whether the answer is whole now."""
        got = self._socket.recv(65536)
        if not got:
            raise SystemExit("the server closed a connection in the middle of an answer")
        self._received += got
        if not self._body_at and _HEAD_ENDS in self._received:
            head, _, _ = bytes(self._received).partition(_HEAD_ENDS)
            self._body_at = len(head) + len(_HEAD_ENDS)
            self.body_bytes = _content_length(head)
        return bool(self._body_at) and len(self._received) >= self._body_at + self.body_bytes


def _content_length(head: bytes) -> int:
    status, *headers = head.split(b"\r\n")
    if b" 200 " not in status:
        raise SystemExit(f"the server answered {status.decode(errors='replace')}")
    [length] = [line.partition(b":")[2] for line in headers if line.lower().startswith(b"content-length:")]
    return int(length)


class _Load:
    """Keeps CONNECTIONS requests under way until its time is over or its number is sent."""

    def __init__(self, port: int, request: bytes) -> None:
        self._request = request
        self._waiting = selectors.DefaultSelector()
        self._connections = [
            _Connection(port, self._waiting, REQUESTS_A_CONNECTION + number) for number in range(CONNECTIONS)
        ]
        self._answers: list[tuple[float, float]] = []
        self._lengths: set[int] = set()

    def run(self, *, warm_up_s: float, seconds: float, requests: int) -> Result:
        began_s, cpu_began_s = time.perf_counter(), time.process_time()
        until_s = began_s + warm_up_s + seconds if seconds else float("inf")
        left = requests or sys.maxsize
        idle = self._connections
        under_way = 0
        while True:
            if time.perf_counter() > until_s:
                left = 0
            for connection in idle[:left]:
                connection.send(self._request)
            under_way += len(idle[:left])
            left -= len(idle[:left])
            if not under_way:
                break
            idle = self._answered()
            under_way -= len(idle)
        cpu_s = time.process_time() - cpu_began_s
        for connection in self._connections:
            connection.close()
        if len(self._lengths) > 1:
            raise SystemExit(f"answers differ in length: {sorted(self._lengths)}")
        return _summary(self._answers, began_s + warm_up_s, cpu_s, self._lengths.pop())

    def _answered(self) -> list[_Connection]:
        """Those whose answer came; waits for data."""
        ready = self._waiting.select(_SILENCE_S)
        if not ready:
            raise SystemExit(f"the server answered nothing for {_SILENCE_S} s")
        answered = [key.data for key, _ in ready if key.data.receive()]
        now_s = time.perf_counter()
        for connection in answered:
            self._answers.append((now_s, now_s - connection.began_s))
            self._lengths.add(connection.body_bytes)
        return answered


def _summary(answers: list[tuple[float, float]], from_s: float, cpu_s: float, answer_bytes: int) -> Result:
    """`answers` are (when it came, how long it took)."""
    took_s = sorted(took_s for at_s, took_s in answers if at_s >= from_s)
    return Result(
        requests=len(took_s),
        seconds=answers[-1][0] - from_s,
        p50_ms=took_s[len(took_s) // 2] * 1000,
        p99_ms=took_s[int(len(took_s) * 0.99)] * 1000,
        answer_bytes=answer_bytes,
        requests_with_warm_up=len(answers),
        cpu_ms=cpu_s / len(answers) * 1000,
    )


def _main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("warm_up_s", type=float)
    parser.add_argument("seconds", type=float)
    parser.add_argument("requests", type=int)
    asked = parser.parse_args()
    load = _Load(asked.port, sys.stdin.buffer.read())
    json.dump(vars(load.run(warm_up_s=asked.warm_up_s, seconds=asked.seconds, requests=asked.requests)), sys.stdout)


if __name__ == "__main__":
    _main()

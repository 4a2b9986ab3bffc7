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
UPDATE_MARK, SENDER_MARK = b'"NUMBER_OF_UPDATE"', b'"SENDER_NUMBER"'
"""Marks in a request, each as long as what takes its place."""
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


def run_load(
    port: int,
    request: bytes,
    *,
    seconds: float = 0,
    requests: int = 0,
    warm_up_s: float = 0,
    people: int = 1,
    per_second: float = 0,
) -> Result:
    """Send `request` to a loopback port for so many seconds, or so many times.

    UPDATE_MARK in it becomes another number each time, SENDER_MARK that of one of `people`. With `per_second`, requests
    go out at that rate, and the time that one waits for a free connection counts as its answer's.
    Raises CalledProcessError when an answer is not a 200, or not as long as the first one.
    """
    numbers = [str(number) for number in (port, warm_up_s, seconds, requests, people, per_second)]
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

    def send(self, request: bytes, due_s: float | None = None) -> None:
        if self._left == 0:
            self.close()
            self._connect()
            self._left = self._lasts
        self._left -= 1
        self._received.clear()
        self._body_at = 0
        self.began_s = time.perf_counter() if due_s is None else due_s
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

    def __init__(self, port: int, request: bytes, people: int, per_second: float) -> None:
        self._request = request
        self._people = people
        self._gap_s = 1 / per_second if per_second else 0.0
        self._number = time.time_ns() // 100
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
        idle = list(self._connections)
        due_s = began_s
        while left or len(idle) < CONNECTIONS:
            now_s = time.perf_counter()
            if now_s > until_s:
                left = 0
            while idle and left and due_s <= now_s:
                idle.pop(0).send(self._next_request(), due_s if self._gap_s else None)
                left -= 1
                due_s += self._gap_s
            if left and self._gap_s and idle:
                idle += self._answered(max(0.0, due_s - time.perf_counter()))
            elif len(idle) < CONNECTIONS:
                idle += self._answered(_SILENCE_S)
        cpu_s = time.process_time() - cpu_began_s
        for connection in self._connections:
            connection.close()
        if len(self._lengths) > 1:
            raise SystemExit(f"answers differ in length: {sorted(self._lengths)}")
        return _summary(self._answers, began_s + warm_up_s, cpu_s, self._lengths.pop())

    def _next_request(self) -> bytes:
        self._number += 1
        update, sender = b"%18d" % self._number, b"%015d" % (10**14 + self._number % self._people)
        return self._request.replace(UPDATE_MARK, update).replace(SENDER_MARK, sender)

    def _answered(self, limit_s: float) -> list[_Connection]:
        """Those whose answer came; waits for data. Nobody may be silent for _SILENCE_S."""
        ready = self._waiting.select(limit_s)
        if not ready and limit_s >= _SILENCE_S:
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
    parser.add_argument("people", type=int)
    parser.add_argument("per_second", type=float)
    asked = parser.parse_args()
    load = _Load(asked.port, sys.stdin.buffer.read(), asked.people, asked.per_second)
    json.dump(vars(load.run(warm_up_s=asked.warm_up_s, seconds=asked.seconds, requests=asked.requests)), sys.stdout)


if __name__ == "__main__":
    _main()

"""The smallest Intercom that the bridge can work with: it answers each call after the same time and counts it.

One thread serves all connections, so that it takes little of the machine from what is measured. It also stands in for
Telegram's file server.
"""

from __future__ import annotations

import asyncio
import json
import re
import subprocess
import sys
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

ANSWER_S = 0.02
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_ID = re.compile(r"/(contacts|conversations)/(?!search)[^/]+")
_CONTACT: dict[str, Any] = {
    "type": "contact",
    "role": "lead",
    "external_id": None,
    "email": None,
    "phone": None,
    "name": "Ivy",
    "created_at": 1_795_000_000,
    "updated_at": 1_795_000_000,
    "custom_attributes": {},
}


@dataclass(frozen=True)
class StandIn:
    url: str

    def counts(self) -> Counter[str]:
        """The calls so far, such as `POST /contacts/search`."""
        with urllib.request.urlopen(f"{self.url}/_counts", timeout=10) as answer:  # noqa: S310 - our own http URL
            return Counter(json.load(answer))


@contextmanager
def stand_in() -> Iterator[StandIn]:
    """Runs in a process of its own as long as the block lasts."""
    with subprocess.Popen([sys.executable, "-m", "tests.bench.intercom"], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield StandIn(f"http://127.0.0.1:{int(process.stdout.readline())}")
        finally:
            process.terminate()


class _Connection(asyncio.Protocol):
    def __init__(self, counts: Counter[str]) -> None:
        self._counts = counts
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, end, rest = self._received.partition(b"\r\n\r\n")
        length = _LENGTH.search(head)
        wanted = int(length[1]) if length else 0
        if not end or len(rest) < wanted:
            return
        self._received = rest[wanted:]
        method, path, _ = head.split(b"\r\n", 1)[0].decode().split(" ", 2)
        self._answer(method, path.partition("?")[0])

    def _answer(self, method: str, path: str) -> None:
        if path == "/_counts":
            self._transport.write(_http(dict(self._counts)))
            return
        call = "Telegram" if "api.telegram.org" in path else f"{method} " + _ID.sub(r"/\1/ID", path)
        self._counts[call] += 1
        body = _body(call, path, self._counts.total())
        asyncio.get_running_loop().call_later(ANSWER_S, self._write, _http(body))

    def _write(self, answer: bytes) -> None:
        if not self._transport.is_closing():
            self._transport.write(answer)


def _body(call: str, path: str, number: int) -> dict[str, Any] | bytes:
    if call == "Telegram" and "/file/" in path:
        return b"\xff\xd8\xff" + bytes(1000)
    bodies: dict[str, dict[str, Any]] = {
        "Telegram": {"ok": True, "result": {"file_path": "photos/file_1.jpg"}},
        "POST /contacts/search": {"type": "list", "data": [], "total_count": 0},
        "POST /contacts": {**_CONTACT, "id": f"{number:024x}"},
        "GET /contacts/ID": {**_CONTACT, "id": path.rpartition("/")[2]},
        "PUT /contacts/ID": {**_CONTACT, "id": path.rpartition("/")[2]},
        "POST /conversations": {"type": "user_message", "id": str(number), "conversation_id": str(number)},
        "POST /tags": {"type": "tag", "id": "1", "name": "Telegram"},
    }
    return bodies.get(call, {"type": "conversation", "id": "1"})


def _http(body: dict[str, Any] | bytes) -> bytes:
    kind = "image/jpeg" if isinstance(body, bytes) else "application/json"
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {len(data)}\r\n\r\n".encode() + data


async def _serve() -> None:
    counts: Counter[str] = Counter()
    server = await asyncio.get_running_loop().create_server(lambda: _Connection(counts), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve())

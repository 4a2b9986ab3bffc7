"""An Intercom with a rate limit whose contacts are all linked: most are as they should be, some are merged or gone.

In a process of its own and on one thread, so that it takes little of the machine from what is measured. What becomes of
a contact follows from its number, which its id is.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

ANSWER_S = 0.005
LIMIT, WINDOW_S = 1666, 10
"""Intercom's usual limit for an app: a sixth of 10,000 a minute. Source: REST reference, rate limiting."""
MERGED_EVERY, GONE_EVERY, LOST_EVERY = 1_000, 5_000, 2_000
"""Every so manieth contact was merged into another, is served no longer, lost its data attributes."""
_SURVIVOR = "f"
"""How the ids of survivors begin."""


@dataclass(frozen=True)
class LinksIntercom:
    url: str

    def counts(self) -> Counter[str]:
        """`calls`, `repeated` (the same as one before), `refused` for the rate limit, `most_in_a_window`."""
        with urllib.request.urlopen(f"{self.url}/_counts", timeout=10) as answer:  # noqa: S310 - our own http URL
            return Counter(json.load(answer))

    def forget(self) -> None:
        with urllib.request.urlopen(f"{self.url}/_forget", timeout=10):  # noqa: S310 - as above
            pass


@contextmanager
def links_intercom() -> Iterator[LinksIntercom]:
    """Runs as long as the block lasts."""
    command = [sys.executable, "-m", "tests.bench.links_intercom"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield LinksIntercom(f"http://127.0.0.1:{int(process.stdout.readline())}")
        finally:
            process.terminate()


class _Workspace:
    """Its calls so far, and which contacts got their attributes back."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        self.counts = Counter[str]()
        self._seen = set[bytes]()
        self._written = set[str]()
        self._window, self._used = 0, 0

    def answer(self, method: str, path: str, body: bytes) -> tuple[int, dict[str, Any], dict[str, str]]:
        if path == "/_forget":
            self.forget()
        if path.startswith("/_"):
            return 200, dict(self.counts), {}
        self._count(method, path, body)
        limits = {
            "X-RateLimit-Limit": str(LIMIT),
            "X-RateLimit-Remaining": str(max(0, LIMIT - self._used)),
            "X-RateLimit-Reset": str((self._window + 1) * WINDOW_S),
        }
        if self._used > LIMIT:
            self.counts["refused"] += 1
            return 429, _fault("rate_limit_exceeded"), limits
        status, answer, headers = self._contacts(method, path, body)
        return status, answer, {**headers, **limits}

    def _count(self, method: str, path: str, body: bytes) -> None:
        call = hashlib.sha256(b"\0".join((method.encode(), path.encode(), body))).digest()
        self.counts["calls"] += 1
        self.counts["repeated"] += call in self._seen
        self._seen.add(call)
        window = int(time.time()) // WINDOW_S
        self._window, self._used = window, self._used + 1 if window == self._window else 1
        self.counts["most_in_a_window"] = max(self.counts["most_in_a_window"], self._used)

    def _contacts(self, method: str, path: str, body: bytes) -> tuple[int, dict[str, Any], dict[str, str]]:
        contact_id = path.rpartition("/")[2]
        if contact_id == "search":
            asked = json.loads(body)["query"]["value"]
            found = [self._contact(one) for one in asked if self._is_served(one)]
            return 200, {"type": "list", "data": found, "total_count": len(found)}, {}
        if method == "PUT":
            self._written.add(contact_id)
        if self._is_served(contact_id):
            return 200, self._contact(contact_id), {}
        if int(contact_id, 16) % GONE_EVERY == 0:
            return 404, _fault("not_found"), {}
        link = f'</contacts/{_SURVIVOR}{contact_id[1:]}>; rel="canonical"'
        return 410, _fault("contact_merged"), {"Link": link}

    def _is_served(self, contact_id: str) -> bool:
        return contact_id.startswith(_SURVIVOR) or int(contact_id, 16) % MERGED_EVERY != 0

    def _contact(self, contact_id: str) -> dict[str, Any]:
        number = int(contact_id[1:], 16)
        lost = number % LOST_EVERY == 1 and contact_id not in self._written
        kept = {"kinbox_channel": "telegram", "kinbox_telegram_id": "1"}
        return {
            "type": "contact",
            "id": contact_id,
            "role": "lead",
            "name": "Ivy",
            "created_at": 1_795_000_000,
            "updated_at": 1_795_000_000,
            "custom_attributes": {} if lost else kept,
        }


def expected(people: int) -> tuple[int, int]:
    """How many of the people with the numbers from 0 on are to be repaired, and how many cannot be."""
    gone = sum(1 for number in range(0, people, GONE_EVERY))
    merged = sum(1 for number in range(0, people, MERGED_EVERY)) - gone
    lost = sum(1 for number in range(1, people, LOST_EVERY))
    return merged + lost, gone


def _fault(code: str) -> dict[str, Any]:
    return {"type": "error.list", "errors": [{"code": code, "message": code}]}


async def _serve_connection(workspace: _Workspace, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while line := await reader.readline():
            method, path, _ = line.decode().split(" ", 2)
            length = 0
            while (header := await reader.readline()) not in {b"\r\n", b""}:
                name, _, value = header.partition(b":")
                length = int(value) if name.lower() == b"content-length" else length
            body = await reader.readexactly(length)
            status, answer, headers = workspace.answer(method, path.partition("?")[0], body)
            await asyncio.sleep(0 if path.startswith("/_") else ANSWER_S)
            data = json.dumps(answer).encode()
            lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
            head = f"HTTP/1.1 {status} Told\r\n{lines}Content-Type: application/json\r\nContent-Length: {len(data)}\r\n"
            writer.write(head.encode() + b"\r\n" + data)
            await writer.drain()
    except (ConnectionError, asyncio.IncompleteReadError):
        pass  # a killed process says nothing
    finally:
        writer.close()


async def _serve() -> None:
    workspace = _Workspace()
    server = await asyncio.start_server(
        lambda reader, writer: _serve_connection(workspace, reader, writer), "127.0.0.1", 0
    )
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve())

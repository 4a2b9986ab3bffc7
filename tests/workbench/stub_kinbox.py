"""Stands in for Kinbox at its canvas endpoints: answers what a test says, and records what arrived, byte for byte."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Recorded:
    path: str
    headers: dict[str, str]
    raw: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.raw)


@dataclass(frozen=True)
class Reply:
    body: bytes
    status: int = 200
    content_type: str = "application/json"


def canvas(*components: dict[str, Any], **stored: Any) -> Reply:
    """A 200 with a canvas of these components."""
    content = {"content": {"components": list(components)}, "stored_data": stored}
    return Reply(json.dumps({"canvas": content}).encode())


class StubKinbox:
    """Listens on a free port until `stop`. `reply` is called for each request, on that request's thread."""

    def __init__(self) -> None:
        self.calls: list[Recorded] = []
        self.reply: Callable[[Recorded], Reply] = lambda _call: canvas({"type": "text", "text": "Hello"})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def answer(self, reply: Reply) -> None:
        self.reply = lambda _call: reply

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(20)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        stub = self

        class Handler(BaseHTTPRequestHandler):
            def do_HEAD(self) -> None:
                self.send_response(200)
                self.end_headers()

            def do_POST(self) -> None:
                raw = self.rfile.read(int(self.headers["Content-Length"]))
                call = Recorded(self.path, {name.lower(): value for name, value in self.headers.items()}, raw)
                stub.calls.append(call)
                reply = stub.reply(call)
                self.send_response(reply.status)
                self.send_header("Content-Type", reply.content_type)
                self.send_header("Content-Length", str(len(reply.body)))
                self.end_headers()
                self.wfile.write(reply.body)

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class names it so
                pass

        return Handler

"""Around the REST API: records each call, and lets the switched-on faults strike."""

from __future__ import annotations

import json
import socket
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from io import BytesIO
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Request, Response

from app.sandbox.api.context import WORKSPACE, bearer
from app.sandbox.faults import Fault
from app.sandbox.gate import CONTROL, REQUEST_ID, TOKEN_EXCHANGE
from app.sandbox.hub import Hub
from app.sandbox.problems import ApiError
from app.sandbox.workspace import Workspace

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

GARBAGE = b'{"type": "contact", "id": "66a1f0\x00\xff<html><body>upstream'
CODES = {408: "request_timeout", 429: "rate_limit_exceeded", 500: "server_error", 503: "service_unavailable"}


class AnswerLost(ConnectionAbortedError):
    """The connection was closed without an answer, on purpose."""


class Troubles:
    """WSGI middleware. A lost answer is a closed socket, before or after the call was carried out."""

    def __init__(self, app: WSGIApplication, hub: Hub, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self._app = app
        self._hub = hub
        self._sleep = sleep

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        request = Request(environ)
        sent = request.get_data(cache=False)
        environ["wsgi.input"] = BytesIO(sent)
        environ[REQUEST_ID] = str(uuid.uuid4())
        workspace = environ[WORKSPACE] = self._workspace(request)
        if request.path.startswith(CONTROL):
            return self._app(environ, start_response)
        began = time.perf_counter()
        faults = workspace.faults.take(request.method, request.path)
        answer = self._answer(environ, faults)
        self._record(workspace, request, sent, answer, faults, (time.perf_counter() - began) * 1000)
        if answer is None:
            raise _hang_up(environ)
        drips = [fault.delay_s for fault in faults if fault.kind == "drip"]
        if drips:
            answer.response = self._drip(answer.get_data(), sum(drips))
        return answer(environ, start_response)

    def _workspace(self, request: Request) -> Workspace:
        """That of the token; for the sandbox's own routes that of `?workspace=`; the first one for everybody else."""
        named = self._hub.find(request.args.get("workspace")) if request.path.startswith(CONTROL) else None
        return named or self._hub.of_token(bearer(request.headers.get("Authorization"))) or self._hub.first

    def _answer(self, environ: WSGIEnvironment, faults: list[Fault]) -> Response | None:
        """The answer, or nothing when it is to be lost."""
        answer: Response | None = Response(status=204)
        for when in ("before", "after"):
            if when == "after":
                answer = Response.from_app(self._app, environ, buffered=True)
            struck = [fault for fault in faults if fault.when == when]
            for fault in struck:
                if fault.kind == "delay":
                    self._sleep(fault.delay_s)
            for fault in struck:
                if fault.kind == "lost":
                    return None
                if fault.kind == "garbage":
                    return Response(GARBAGE, content_type="application/json; charset=utf-8")
                if fault.kind == "status":
                    return self._error(fault, environ)
        return answer

    def _error(self, fault: Fault, environ: WSGIEnvironment) -> Response:
        workspace: Workspace = environ[WORKSPACE]
        request_id: str = environ[REQUEST_ID]
        code = fault.code or CODES.get(fault.status, "server_error")
        error = ApiError(fault.status, code, fault.message or "Something went wrong")
        answer = Response(json.dumps(error.to_dict(request_id)), fault.status, content_type="application/json")
        answer.headers["X-Request-Id"] = request_id
        if fault.status == 429:
            reset_s = int(workspace.store.now() + fault.reset_s)
            answer.headers.update(workspace.limit.headers(0, reset_s))
        return answer

    def _drip(self, data: bytes, over_s: float) -> Iterator[bytes]:
        """The body in twenty pieces, evenly over so many seconds."""
        size = max(1, len(data) // 20)
        pieces = [data[start : start + size] for start in range(0, len(data), size)]
        for piece in pieces:
            self._sleep(over_s / len(pieces))
            yield piece

    def _record(
        self,
        workspace: Workspace,
        request: Request,
        sent: bytes,
        answer: Response | None,
        faults: list[Fault],
        took_ms: float,
    ) -> None:
        secret = request.path == TOKEN_EXCHANGE
        workspace.call_log.add(
            {
                "at": workspace.store.now(),
                "method": request.method,
                "path": request.path,
                "query": request.query_string.decode("ascii", "replace"),
                "status": answer.status_code if answer else None,
                "ms": round(took_ms, 1),
                "request": None if secret else _read(sent),
                "response": None if secret or answer is None else _read(answer.get_data()),
                "request_id": request.environ[REQUEST_ID],
                "faults": [fault.kind for fault in faults],
            }
        )


def _read(data: bytes) -> Any:
    try:
        return json.loads(data) if data else None
    except ValueError:
        return data.decode("utf-8", "replace")


def _hang_up(environ: WSGIEnvironment) -> AnswerLost:
    """Close the connection, so that the caller gets no answer at all; the error ends the work on it."""
    connection = environ.get("werkzeug.socket")
    if isinstance(connection, socket.socket):
        connection.shutdown(socket.SHUT_RDWR)
    return AnswerLost()

"""The sandbox as a web application, and a small server for tests and for `make run`."""

from __future__ import annotations

import socket
import threading
from typing import TYPE_CHECKING, Any

from flask import Flask, request
from flask.typing import ResponseReturnValue
from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

from app.errors import AppError
from app.sandbox.api import BLUEPRINTS
from app.sandbox.api.context import WORKSPACE
from app.sandbox.consent import consent
from app.sandbox.control import control
from app.sandbox.gate import guard
from app.sandbox.hub import Hub
from app.sandbox.troubles import Troubles
from app.sandbox.workspace import Workspace

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

IDLE_S = 60.0
"""How long a connection may stay silent."""


class _SandboxApp(Flask):
    """One call at a time sees the workspace, whole, and leaves it whole."""

    def dispatch_request(self) -> ResponseReturnValue:
        view = self.view_functions.get(request.endpoint or "")
        if getattr(view, "without_lock", False):
            return super().dispatch_request()
        workspace: Workspace = request.environ[WORKSPACE]
        with workspace.store.change():
            return super().dispatch_request()


def create_sandbox(intercom: Workspace | Hub) -> Flask:
    """REST API and consent page under `/`, the switches under `/_sandbox/`. A bearer token tells the workspace."""
    hub = Hub([intercom]) if isinstance(intercom, Workspace) else intercom
    app = _SandboxApp(__name__, static_folder=None)
    app.extensions["hub"] = hub
    app.json.sort_keys = False  # type: ignore[attr-defined]  # Flask's default provider has it, its base does not
    guard(app)
    for blueprint in (*BLUEPRINTS, consent, control):
        app.register_blueprint(blueprint)
    app.wsgi_app = Troubles(app.wsgi_app, hub)  # type: ignore[method-assign]  # Flask's own way to wrap
    return app


class PortTaken(AppError):
    """Nobody can listen there: another program does, or this machine does not let us."""

    def __init__(self, port: int, why: str) -> None:
        super().__init__(f"Port {port} cannot be used on this machine: {why.lower()}.")


class _Handler(WSGIRequestHandler):
    """Logs nothing: paths may hold emails."""

    protocol_version = "HTTP/1.1"
    timeout = IDLE_S

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 - the base class names it so
        pass


class _Listener(ThreadedWSGIServer):
    """Remembers its open connections, so that stopping leaves none behind."""

    def __init__(self, host: str, port: int, app: WSGIApplication) -> None:
        self._guard = threading.Lock()
        self._open: set[socket.socket] = set()
        super().__init__(host, port, app, _Handler)

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 - the base class names it so
        pass

    def server_bind(self) -> None:
        """Werkzeug ends the process on an OSError, with words of its own."""
        try:
            super().server_bind()
        except OSError as fault:
            self.server_close()
            raise PortTaken(self.server_address[1], fault.strerror or "it was refused") from fault

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._guard:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        super().shutdown_request(request)
        with self._guard:
            self._open.discard(request)

    def hang_up(self) -> None:
        with self._guard:
            for connection in self._open:
                try:
                    connection.shutdown(socket.SHUT_RDWR)
                except OSError:
                    continue  # the other side was faster


class Server:
    """A running server; `url` is its address, `stop` ends it and its connections."""

    def __init__(self, listener: _Listener) -> None:
        self._listener = listener
        self._thread = threading.Thread(target=listener.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://{self._listener.host}:{self._listener.port}"

    def hang_up(self) -> None:
        """Close the connections that are open now, whatever they wait for."""
        self._listener.hang_up()

    def stop(self) -> None:
        self._listener.shutdown()
        self._listener.server_close()
        self._listener.hang_up()
        self._thread.join(5)


def serve(app: Flask, host: str = "127.0.0.1", port: int = 0) -> Server:
    """Serve `app` on threads until `stop`; port 0 takes a free one. Raises PortTaken."""
    server = Server(_Listener(host, port, app))
    hub = app.extensions.get("hub")
    for workspace in hub.workspaces.values() if isinstance(hub, Hub) else ():
        workspace.files.public_url = server.url
    return server

"""`make run`: Kinbox beside an Intercom sandbox, on one port of this machine. No account, no key, no server.

Kinbox is the product as it is in production; it reaches the sandbox over HTTP as it would reach Intercom. Everything
that either keeps is in one folder: remove it to start afresh.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import flask_migrate  # type: ignore[import-untyped]  # it has no types
from cryptography.fernet import Fernet
from flask import Flask

from app import create_app
from app.domain.workspace import Workspace, WorkspaceSettings, read_region
from app.sandbox.links import link_people
from app.sandbox.seed import furnished
from app.sandbox.server import Server, create_sandbox, serve
from app.sandbox.workbench import create_workbench
from app.sandbox.workspace import Account
from app.sandbox.workspace import Workspace as SandboxWorkspace
from app.services import services
from app.settings import Settings
from app.storage.database import transaction

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

HOST = "127.0.0.1"
_KINBOX_PATHS = ("/canvas/", "/channels/", "/intercom/", "/health/", "/metrics")


class Demo:
    """The sandbox's REST API on a free port, and behind `url` the workbench together with Kinbox."""

    def __init__(self, folder: Path, port: int, *, log_level: str = "WARNING") -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._port = port
        self._log_level = log_level
        self._servers: list[Server] = []
        keys = _keys(folder / "keys.json")
        account = Account(token=keys["token"], client_secret=keys["client_secret"])
        self.workspace: SandboxWorkspace = furnished(folder / "intercom.json", account=account)
        self._encryption_key = keys["encryption_key"]

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self._port}"

    def start(self) -> None:
        """Raises OSError when the port is taken."""
        rest = serve(create_sandbox(self.workspace), HOST)
        self._servers.append(rest)
        kinbox = self._kinbox(rest.url)
        workbench = create_workbench(self.workspace, f"http://{HOST}:{self._port}")
        workbench.wsgi_app = _side_by_side(kinbox.wsgi_app, workbench.wsgi_app)  # type: ignore[method-assign]
        self._servers.append(serve(workbench, HOST, self._port))

    def stop(self) -> None:
        for server in reversed(self._servers):
            server.stop()

    def _kinbox(self, intercom_url: str) -> Flask:
        environment = {
            "DATABASE_URL": f"sqlite:///{self._folder / 'kinbox.db'}",
            "INTERCOM_API_URL": intercom_url,
            "INTERCOM_CLIENT_SECRET": self.workspace.client_secret,
            "KINBOX_ENCRYPTION_KEYS": self._encryption_key,
            "KINBOX_LOG_LEVEL": self._log_level,
        }
        app = create_app(Settings.load(environment))
        with app.app_context():
            flask_migrate.upgrade()
            self._connect()
        return app

    def _connect(self) -> None:
        """What `workspaces add` and the first messages would have written, once."""
        account = self.workspace.account
        connected = Workspace(
            id=account.app_id,
            region=read_region(account.region),
            name=account.name,
            timezone=account.timezone,
            token=account.token,
            admin_id=str(self.workspace.admins()[0]["id"]),
            settings=WorkspaceSettings(country="IE"),
        )
        now = datetime.now(UTC)
        with transaction(write=True) as connection:
            known = services().workspaces.get(connection, connected.id) is not None
            services().workspaces.save(connection, connected, now)
            if not known:
                link_people(connection, services().channels, connected.id, lambda: now)


def _keys(path: Path) -> dict[str, str]:
    """The secrets that the sandbox and Kinbox share: made at the first start, readable by their owner only."""
    if not path.exists():
        made = {
            "token": secrets.token_urlsafe(24),
            "client_secret": secrets.token_urlsafe(24),
            "encryption_key": Fernet.generate_key().decode(),
        }
        path.touch(mode=0o600)
        path.write_text(json.dumps(made))
    kept: dict[str, str] = json.loads(path.read_text())
    return kept


def _side_by_side(kinbox: WSGIApplication, workbench: WSGIApplication) -> Callable[..., Iterable[bytes]]:
    """Kinbox's own routes go to Kinbox, everything else to the workbench."""

    def front(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path: Any = environ.get("PATH_INFO", "")
        chosen = kinbox if path.startswith(_KINBOX_PATHS) else workbench
        return chosen(environ, start_response)

    return front

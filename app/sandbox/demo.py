"""`make run`: Kinbox beside an Intercom sandbox, on one port of this machine. No account, no key, no server.

Kinbox is the product as it is in production, its worker included; it reaches the sandbox over HTTP as it would reach
Intercom and the providers. Everything that either keeps is in one folder: remove it to start afresh.
"""

from __future__ import annotations

import json
import secrets
import threading
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import flask_migrate  # type: ignore[import-untyped]  # it has no types
from cryptography.fernet import Fernet
from flask import Flask

from app import create_app
from app.domain.workspace import Workspace, read_region
from app.domain.workspace_settings import WorkspaceSettings
from app.errors import AppError
from app.sandbox.hub import App as IntercomApp
from app.sandbox.hub import Hub
from app.sandbox.links import ACCOUNTS, accounts_of, link_people, open_accounts, writers
from app.sandbox.providers.book import Book
from app.sandbox.providers.registry import PROVIDERS
from app.sandbox.providers.server import create_providers
from app.sandbox.queue import queue_of
from app.sandbox.seed import furnished
from app.sandbox.seed_eu import furnished_in_the_eu
from app.sandbox.server import Server, create_sandbox, serve
from app.sandbox.webhooks.sender import Webhooks
from app.sandbox.workbench import create_workbench
from app.sandbox.workbench.phone import Phone
from app.sandbox.workspace import Account as IntercomAccount
from app.services import services
from app.settings import Settings
from app.storage.database import transaction
from app.worker.base import Worker
from app.worker.engine import worker_of

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

HOST = "127.0.0.1"
COUNTRY = "US"
"""Where the workspace's phones without a country code are from, `(415) 555-0100` for one."""
SEARCH_LAG_S = 20
"""For how long Kinbox expects the search of this Intercom to lag behind at most."""
GRACE_S = 2.0
"""How long an event may take to end once everything stops. One that is cut off goes on with the next start."""
_KINBOX_PATHS = ("/admin", "/canvas/", "/channels/", "/intercom/", "/health/", "/metrics")


class BadFolder(AppError):
    """The sandbox cannot keep anything in its folder, or cannot read what it kept there."""


class Demo:
    """Intercom's REST API and the providers on free ports, and behind `url` the workbench together with Kinbox.

    Intercom has two workspaces: the first is connected from the start unless `connected` is False, the one in the EU by
    whoever presses Connect. Raises BadFolder when `folder` cannot be read or written.
    """

    def __init__(self, folder: Path, port: int, *, log_level: str = "WARNING", connected: bool = True) -> None:
        self._folder = folder
        self._port = port
        self._log_level = log_level
        self._running = ExitStack()
        keys = _kept_keys(folder)
        token = keys["token"] if connected else ""
        account = IntercomAccount(token=token, client_secret=keys["client_secret"])
        webhooks = Webhooks(account.client_secret)
        self.workspace = furnished(folder / "intercom.json", account=account, webhooks=webhooks)
        eu = furnished_in_the_eu(account.client_secret, webhooks, folder / "intercom-eu.json")
        self.hub = Hub([self.workspace, eu], self._app())
        self._encryption_key = keys["encryption_key"]
        self._secrets: Mapping[str, Mapping[str, str]] = keys["channels"]

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self._port}"

    def start(self) -> None:
        """Raises PortTaken."""
        with ExitStack() as starting:
            rest = serve(create_sandbox(self.hub), HOST)
            starting.callback(rest.stop)
            books = self._books()
            providers = serve(create_providers(*books.values()), HOST)
            starting.callback(providers.stop)
            kinbox = self._kinbox(rest.url, providers.url)
            if self.workspace.account.token:
                self._connect_the_first(kinbox)
            for app_id, book in books.items():
                book.follow(accounts_of(kinbox, app_id, self.url))
            phones = {app_id: Phone(book) for app_id, book in books.items()}
            workbench = create_workbench(self.hub, self.url, phones=phones, queue=queue_of(kinbox))
            workbench.wsgi_app = _side_by_side(kinbox.wsgi_app, workbench.wsgi_app)  # type: ignore[method-assign]
            front = serve(workbench, HOST, self._port)
            starting.callback(_working(worker_of(kinbox), rest))
            starting.callback(front.stop)
            self.hub.webhooks.subscribe(f"{self.url}/intercom/webhooks")
            self.hub.webhooks.start()
            starting.callback(self.hub.webhooks.stop)
            self._running = starting.pop_all()

    def stop(self) -> None:
        """Take nothing more in, let the worker end what it began if that is soon, then close Intercom and providers."""
        self._running.close()

    def _app(self) -> IntercomApp:
        """Kinbox as it is entered in the Developer Hub."""
        return IntercomApp(
            redirect_urls=(f"{self.url}/intercom/callback",),
            uninstall_url=f"{self.url}/intercom/uninstall",
            health_url=f"{self.url}/intercom/health",
            home_url=f"{self.url}/",
        )

    def _books(self) -> dict[str, Book]:
        """Who writes to which shop. Nobody knows the second one yet."""
        first, second = self.hub.workspaces
        return {
            first: Book(writers(), self._folder / "phones.json"),
            second: Book((), self._folder / "phones-eu.json"),
        }

    def _kinbox(self, intercom_url: str, provider_url: str) -> Flask:
        environment = {
            "DATABASE_URL": f"sqlite:///{self._folder / 'kinbox.db'}",
            "INTERCOM_API_URL": intercom_url,
            "INTERCOM_APP_URL": intercom_url,
            "INTERCOM_CLIENT_ID": self.hub.app.client_id,
            "INTERCOM_CLIENT_SECRET": self.workspace.client_secret,
            "KINBOX_ENCRYPTION_KEYS": self._encryption_key,
            "KINBOX_LOG_LEVEL": self._log_level,
            "KINBOX_PROVIDER_URL": provider_url,
            "KINBOX_PUBLIC_URL": self.url,
            "KINBOX_SEARCH_LAG_S": str(SEARCH_LAG_S),
        }
        app = create_app(Settings.load(environment))
        with app.app_context():
            flask_migrate.upgrade()
        return app

    def _connect_the_first(self, kinbox: Flask) -> None:
        """What `workspaces add`, `channels add` and the first messages would have written, once."""
        now = datetime.now(UTC)
        workspace = self._workspace()
        with kinbox.app_context(), transaction(write=True) as connection:
            if services().workspaces.get(connection, workspace.id) is None:
                services().workspaces.save(connection, workspace, now)
                opened = open_accounts(connection, services().channels, workspace.id, self._secrets, now)
                link_people(connection, opened, workspace.id, now)

    def _workspace(self) -> Workspace:
        account = self.workspace.account
        return Workspace(
            id=account.app_id,
            region=read_region(account.region),
            name=account.name,
            timezone=account.timezone,
            token=account.token,
            admin_id=str(self.workspace.admins()[0]["id"]),
            settings=WorkspaceSettings(country=COUNTRY),
        )


def _working(worker: Worker, intercom: Server) -> Callable[[], None]:
    """Start the worker. Answers what stops it: what it began ends soon, or with its connection to a slow Intercom."""
    thread = threading.Thread(target=worker.run, name="worker", daemon=True)
    thread.start()

    def stop() -> None:
        worker.stop()
        thread.join(GRACE_S)
        intercom.hang_up()
        thread.join(GRACE_S)

    return stop


def _kept_keys(folder: Path) -> dict[str, Any]:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return _keys(folder / "keys.json")
    except OSError as fault:
        raise BadFolder(
            f"The sandbox cannot keep what it knows in {folder}: {(fault.strerror or 'it was refused').lower()}."
            " Choose another folder: --folder PATH."
        ) from fault
    except ValueError as fault:
        raise BadFolder(
            f"{folder / 'keys.json'} is damaged, so the sandbox cannot read its secrets. Remove the folder to start"
            " afresh, or choose another: --folder PATH."
        ) from fault


def _keys(path: Path) -> dict[str, Any]:
    """The secrets that Kinbox shares with Intercom and the providers: made once, readable by their owner only.

    Raises OSError, and ValueError for a file that we did not write so.
    """
    kept: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {}
    if not isinstance(kept, dict) or not all(
        isinstance(value, dict if name == "channels" else str) for name, value in kept.items()
    ):
        raise ValueError("not what was written there")
    made = {
        "token": secrets.token_urlsafe(24),
        "client_secret": secrets.token_urlsafe(24),
        "encryption_key": Fernet.generate_key().decode(),
        "channels": {slug: PROVIDERS[slug].new_secrets(address) for slug, (address, _name) in ACCOUNTS.items()},
    }
    if kept.keys() != made.keys():
        kept = {**made, **kept}
        path.touch(mode=0o600)
        path.write_text(json.dumps(kept))
    return kept


def _side_by_side(kinbox: WSGIApplication, workbench: WSGIApplication) -> Callable[..., Iterable[bytes]]:
    """Kinbox's own routes go to Kinbox, everything else to the workbench."""

    def front(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path: Any = environ.get("PATH_INFO", "")
        chosen = kinbox if path.startswith(_KINBOX_PATHS) else workbench
        return chosen(environ, start_response)

    return front

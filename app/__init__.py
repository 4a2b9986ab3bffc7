"""Kinbox: matches channel messages to Intercom contacts and merges leads safely."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from typing import Any

from flask import Flask, request
from flask_migrate import Migrate  # type: ignore[import-untyped]  # it has no types

from app.cli import register_commands
from app.domain.workspace import Workspace, read_region
from app.http.access import watch_requests
from app.http.admin.access import protect_sessions
from app.http.admin.pages import admin_blueprint
from app.http.admin.sign_in import door_blueprint
from app.http.canvas import canvas_blueprint
from app.http.channels import channels_blueprint
from app.http.health import health_blueprint
from app.http.intercom_install import install_blueprint
from app.http.intercom_lifecycle import lifecycle_blueprint
from app.http.intercom_webhooks import intercom_webhooks_blueprint
from app.http.metrics import metrics_blueprint
from app.intercom.transport import Transport
from app.logs import configure_logs
from app.metrics import Metrics
from app.services import EXTENSION, Services
from app.settings import ROOT, Settings
from app.storage.channels import ChannelRepository
from app.storage.crypto import SecretBox
from app.storage.database import connect_database, db
from app.storage.inbox_numbers import inbox_numbers
from app.storage.readiness import DatabaseCheck
from app.storage.workspaces import WorkspaceDirectory, WorkspaceRepository
from app.worker.engine import register_work
from app.worker.work import work_of

MAX_BODY_BYTES = 5 * 1024 * 1024
"""Largest request that is read at all."""
MIGRATIONS = ROOT / "migrations"


class Kinbox(Flask):
    """Flask, but a fault in a request is logged with the route's rule instead of the raw path, and nothing is async."""

    def log_exception(self, exc_info: Any) -> None:
        route = request.url_rule.rule if request.url_rule else "none"
        logging.getLogger("kinbox.fault").error(
            "request failed", exc_info=exc_info, extra={"method": request.method, "route": route}
        )

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """As it is: Flask looks at every view and hook anew in each request, and there is none to wrap."""
        return func


def create_app(settings: Settings | None = None) -> Flask:
    """Wire the objects together and register the edges. Raises BadSettings when it reads them itself."""
    settings = settings or Settings.load(os.environ)
    configure_logs(settings.log_level, settings.secrets)
    app = Kinbox("app")
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY_BYTES
    connect_database(app, settings.database_url)
    Migrate(app, db, directory=str(MIGRATIONS))
    objects = _wire(settings)
    app.extensions[EXTENSION] = objects
    Transport.on_call = objects.metrics.count_call
    watch_requests(app, objects.metrics)
    protect_sessions(app, settings)
    _register_edges(app, objects)
    return app


def _register_edges(app: Flask, objects: Services) -> None:
    """Every blueprint and command group of the product."""
    app.register_blueprint(canvas_blueprint(objects))
    app.register_blueprint(channels_blueprint(objects))
    app.register_blueprint(intercom_webhooks_blueprint(objects))
    app.register_blueprint(health_blueprint(objects.database))
    app.register_blueprint(metrics_blueprint(objects.metrics))
    app.register_blueprint(install_blueprint(objects))
    app.register_blueprint(lifecycle_blueprint(objects))
    app.register_blueprint(door_blueprint(objects))
    app.register_blueprint(admin_blueprint(objects))
    objects.metrics.watch_inbox(inbox_numbers)
    register_work(app, work_of(objects))
    register_commands(app)


def _wire(settings: Settings) -> Services:
    box = SecretBox(settings.encryption_keys)
    return Services(
        settings=settings,
        box=box,
        workspaces=WorkspaceDirectory(WorkspaceRepository(box), _private_workspace(settings)),
        channels=ChannelRepository(box),
        database=DatabaseCheck(MIGRATIONS),
        metrics=Metrics(settings.metrics_folder),
    )


def _private_workspace(settings: Settings) -> Workspace | None:
    private = settings.private_app
    if private is None:
        return None
    return Workspace(id=private.workspace_id, region=read_region(private.region), token=private.token)

"""Kinbox: matches channel messages to Intercom contacts and merges leads safely."""

from __future__ import annotations

import os

from flask import Flask
from flask_migrate import Migrate  # type: ignore[import-untyped]  # it has no types

from app.domain.workspace import Workspace
from app.services import EXTENSION, Services
from app.settings import ROOT, Settings
from app.storage.crypto import SecretBox
from app.storage.database import connect_database, db
from app.storage.workspaces import WorkspaceDirectory, WorkspaceRepository

MAX_BODY_BYTES = 5 * 1024 * 1024
"""Largest request that is read at all."""


def create_app(settings: Settings | None = None) -> Flask:
    """Wire the objects together and register the edges. Raises BadSettings when it reads them itself."""
    settings = settings or Settings.load(os.environ)
    app = Flask("app")
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY_BYTES
    connect_database(app, settings.database_url)
    Migrate(app, db, directory=str(ROOT / "migrations"))
    app.extensions[EXTENSION] = _wire(settings)
    return app


def _wire(settings: Settings) -> Services:
    box = SecretBox(settings.encryption_keys)
    return Services(
        settings=settings,
        box=box,
        workspaces=WorkspaceDirectory(WorkspaceRepository(box), _private_workspace(settings)),
    )


def _private_workspace(settings: Settings) -> Workspace | None:
    private = settings.private_app
    if private is None:
        return None
    return Workspace(id=private.workspace_id, region=private.region, token=private.token)

"""Workspaces as they are stored, and the one that the environment may give."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, String, bindparam, cast, select, update

from app.domain import workspace as domain
from app.domain.workspace_settings import WorkspaceSettings
from app.storage.crypto import SecretBox
from app.storage.models import Workspace
from app.storage.prepared import Prepared
from app.storage.upserts import changed_rows, insert_or_ignore

_TABLE = Workspace.__table__.c
_COLUMNS = (
    _TABLE.id,
    _TABLE.region,
    _TABLE.name,
    _TABLE.timezone,
    _TABLE.encrypted_token,
    _TABLE.admin_id,
    cast(_TABLE.settings, String).label("settings"),
)
_ONE = Prepared(select(*_COLUMNS).where(_TABLE.id == bindparam("app_id")))
_SEALED = _COLUMNS.index(_TABLE.encrypted_token)
_ALL = select(*_COLUMNS).order_by(_TABLE.id)


class WorkspaceRepository:
    """Reads and writes workspaces; tokens are encrypted on the way in and readable on the way out."""

    def __init__(self, box: SecretBox) -> None:
        self._box = box

    def get(self, connection: Connection, app_id: str) -> domain.Workspace | None:
        """The workspace with Intercom's `app_id`, in one query. Raises UnreadableSecret."""
        rows = _ONE.rows(connection, app_id=app_id)
        return self._read(rows[0]) if rows else None

    def without_token(self, connection: Connection, app_id: str) -> domain.Workspace | None:
        """The stored workspace as `get` answers it, but with no token: for one that no key opens any more."""
        rows = _ONE.rows(connection, app_id=app_id)
        return _with_token(rows[0], None) if rows else None

    def list(self, connection: Connection) -> tuple[domain.Workspace, ...]:
        """All workspaces, by id. Raises UnreadableSecret."""
        return tuple(self._read(row) for row in connection.execute(_ALL))

    def ids(self, connection: Connection) -> tuple[str, ...]:
        """The ids of all workspaces, for which no token has to be readable."""
        return tuple(connection.execute(select(_TABLE.id).order_by(_TABLE.id)).scalars())

    def add(self, connection: Connection, workspace: domain.Workspace, at: datetime) -> bool:
        """Store a new workspace; False, and nothing changed, when it is stored already."""
        values = {"id": workspace.id, "created_at": at, "updated_at": at, **self._values(workspace)}
        return insert_or_ignore(connection, Workspace, values)

    def set(self, connection: Connection, workspace: domain.Workspace, at: datetime) -> bool:
        """Store the workspace as it now is; False when there is none with its id."""
        values = {"updated_at": at, **self._values(workspace)}
        changed = connection.execute(update(Workspace).where(Workspace.id == workspace.id).values(**values))
        return changed_rows(changed) == 1

    def _values(self, workspace: domain.Workspace) -> dict[str, Any]:
        return {
            "region": workspace.region,
            "name": workspace.name,
            "timezone": workspace.timezone,
            "encrypted_token": None if workspace.token is None else self._box.encrypt(workspace.token),
            "admin_id": workspace.admin_id,
            "settings": workspace.settings.to_json(),
        }

    def _read(self, row: Sequence[Any]) -> domain.Workspace:
        sealed = row[_SEALED]
        return _with_token(row, None if sealed is None else self._box.decrypt(sealed))


class WorkspaceDirectory:
    """Every workspace that Kinbox serves: the stored ones, and the private app's from the environment.

    The environment's token and region win over the stored row, so that a changed variable takes effect at
    once. The environment's token is never stored.
    """

    def __init__(self, repository: WorkspaceRepository, private: domain.Workspace | None = None) -> None:
        self._repository = repository
        self._private = private

    def get(self, connection: Connection, app_id: str) -> domain.Workspace | None:
        """The workspace with Intercom's `app_id`, in one query; None when Kinbox does not serve it."""
        return self._served(app_id, self._repository.get(connection, app_id))

    def list(self, connection: Connection) -> tuple[domain.Workspace, ...]:
        stored = {workspace.id: workspace for workspace in self._repository.list(connection)}
        if self._private is not None:
            stored.setdefault(self._private.id, self._private)
        served = (self._served(app_id, stored[app_id]) for app_id in sorted(stored))
        return tuple(workspace for workspace in served if workspace is not None)

    def ids(self, connection: Connection) -> tuple[str, ...]:
        private = () if self._private is None else (self._private.id,)
        return tuple(sorted({*self._repository.ids(connection), *private}))

    def without_token(self, connection: Connection, app_id: str) -> domain.Workspace | None:
        """The stored workspace, also when its token cannot be read any more."""
        return self._repository.without_token(connection, app_id)

    def is_private(self, app_id: str) -> bool:
        """Whether the environment gives this workspace."""
        return self._private is not None and self._private.id == app_id

    def ensure_row(self, connection: Connection, app_id: str, at: datetime) -> None:
        """Make sure that a row exists for others to refer to. Needs a write transaction."""
        if self._private is not None and self.is_private(app_id):
            self._repository.add(connection, replace(self._private, token=None), at)

    def save(self, connection: Connection, workspace: domain.Workspace, at: datetime) -> None:
        """Store `workspace`, new or changed. Needs a write transaction."""
        stored = replace(workspace, token=None) if self.is_private(workspace.id) else workspace
        if not self._repository.add(connection, stored, at):
            self._repository.set(connection, stored, at)

    def _served(self, app_id: str, stored: domain.Workspace | None) -> domain.Workspace | None:
        if self._private is None or self._private.id != app_id:
            return stored
        if stored is None:
            return self._private
        return replace(stored, token=self._private.token, region=self._private.region)


def _with_token(row: Sequence[Any], token: str | None) -> domain.Workspace:
    app_id, region, name, timezone, _sealed, admin_id, settings = row
    return domain.Workspace(
        id=app_id,
        region=domain.read_region(region),
        name=name,
        timezone=timezone,
        token=token,
        admin_id=admin_id,
        settings=_settings(settings),
    )


@lru_cache(maxsize=1024)
def _settings(stored: str) -> WorkspaceSettings:
    """Read with every request, changed once in a while. Rows that SQLAlchemy read itself come as text too."""
    return WorkspaceSettings.from_json(json.loads(stored))

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
from app.storage.prepared import Prepared, Row
from app.storage.upserts import changed_rows, insert_or_ignore

_TABLE = Workspace.__table__.c
COLUMNS = (
    _TABLE.id,
    _TABLE.region,
    _TABLE.name,
    _TABLE.timezone,
    _TABLE.encrypted_token,
    _TABLE.admin_id,
    cast(_TABLE.settings, String).label("settings"),
    _TABLE.revoked_at,
    _TABLE.uninstalled_at,
)
"""What a row holds that a workspace is read from, in this order."""
_ONE = Prepared(select(*COLUMNS).where(_TABLE.id == bindparam("app_id")))
_SEALED = COLUMNS.index(_TABLE.encrypted_token)
_ALL = select(*COLUMNS).order_by(_TABLE.id)


_NOTHING_CHOSEN: dict[str, Any] = {
    "name": "",
    "timezone": "UTC",
    "admin_id": None,
    "settings": WorkspaceSettings(),
}


class WorkspaceRepository:
    """Reads and writes workspaces; tokens are encrypted on the way in and readable on the way out."""

    def __init__(self, box: SecretBox) -> None:
        self._box = box
        # Read with every page view, changed once in a while.
        self._of_row = lru_cache(maxsize=1024)(self._read)

    def get(self, connection: Connection, app_id: str) -> domain.Workspace | None:
        """The workspace with Intercom's `app_id`, in one query. Raises UnreadableSecret."""
        rows = _ONE.rows(connection, app_id=app_id)
        return self._of_row(rows[0]) if rows else None

    def of_row(self, row: Row) -> domain.Workspace:
        """The workspace in a row that was read together with others: COLUMNS. Raises UnreadableSecret."""
        return self._of_row(row)

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

    def regions(self, connection: Connection) -> tuple[str, ...]:
        """The regions of all workspaces that are not uninstalled."""
        query = select(_TABLE.region).where(_TABLE.uninstalled_at.is_(None)).distinct()
        return tuple(connection.execute(query).scalars())

    def add(self, connection: Connection, workspace: domain.Workspace, at: datetime) -> bool:
        """Store a new workspace; False, and nothing changed, when it is stored already."""
        values = {"id": workspace.id, "created_at": at, "updated_at": at, **self._values(workspace)}
        return insert_or_ignore(connection, Workspace, values)

    def set(self, connection: Connection, workspace: domain.Workspace, at: datetime) -> bool:
        """Store the workspace as it now is; False when there is none with its id."""
        values = {"updated_at": at, **self._values(workspace)}
        changed = connection.execute(update(Workspace).where(Workspace.id == workspace.id).values(**values))
        return changed_rows(changed) == 1

    def token(self, connection: Connection, app_id: str) -> str | None:
        """The stored token, and on PostgreSQL nobody else changes the row until this transaction ends.

        Raises UnreadableSecret.
        """
        sealed = connection.execute(select(_TABLE.encrypted_token).where(_TABLE.id == app_id).with_for_update())
        found = sealed.scalar()
        return None if found is None else self._box.decrypt(found)

    def has_token(self, connection: Connection, app_id: str) -> bool:
        sealed = select(_TABLE.id).where(_TABLE.id == app_id, _TABLE.encrypted_token.is_not(None))
        return connection.execute(sealed).first() is not None

    def mark(self, connection: Connection, app_id: str, at: datetime, **marks: Any) -> None:
        """Change single columns, such as `revoked_at`."""
        connection.execute(update(Workspace).where(_TABLE.id == app_id).values(updated_at=at, **marks))

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

    def of_row(self, app_id: str, row: Row | None) -> domain.Workspace | None:
        """The same from a row that was read together with others; None when there is none."""
        return self._served(app_id, None if row is None else self._repository.of_row(row))

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

    def served(self, connection: Connection, app_id: str) -> domain.Workspace | None:
        """The workspace without its token, which need not be readable; None when it was uninstalled or is unknown."""
        stored = self._repository.without_token(connection, app_id)
        if self._private is not None and self.is_private(app_id):
            return replace(stored or self._private, token=None, region=self._private.region, uninstalled_at=None)
        return stored if stored is not None and stored.uninstalled_at is None else None

    def known(self, connection: Connection, app_id: str) -> domain.Workspace | None:
        """The same, but also one that was uninstalled: as long as its links are kept, so are people."""
        return self.served(connection, app_id) or self.without_token(connection, app_id)

    def is_private(self, app_id: str) -> bool:
        """Whether the environment gives this workspace."""
        return self._private is not None and self._private.id == app_id

    def ensure_row(self, connection: Connection, app_id: str, at: datetime) -> None:
        """Make sure that a row exists for others to refer to. Needs a write transaction."""
        if self._private is not None and self.is_private(app_id):
            self._repository.add(connection, replace(self._private, token=None), at)

    def lock(self, connection: Connection, app_id: str, at: datetime) -> None:
        """Be the only one that changes this workspace until the transaction, which must be for writing, ends."""
        self.ensure_row(connection, app_id, at)
        connection.execute(select(_TABLE.id).where(_TABLE.id == app_id).with_for_update())

    def save(self, connection: Connection, workspace: domain.Workspace, at: datetime) -> None:
        """Store `workspace`, new or changed. Needs a write transaction."""
        stored = replace(workspace, token=None) if self.is_private(workspace.id) else workspace
        if not self._repository.add(connection, stored, at):
            self._repository.set(connection, stored, at)

    def connect(self, connection: Connection, workspace: domain.Workspace, at: datetime) -> None:
        """Store `workspace` with the token that it has just got: it works, and the app is installed."""
        self.save(connection, workspace, at)
        self._repository.mark(connection, workspace.id, at, revoked_at=None, uninstalled_at=None)

    def mark_revoked(self, connection: Connection, app_id: str, token: str, at: datetime) -> bool:
        """Note that Intercom refuses `token`. False when that was known, or when the workspace has another one by now.

        Needs a write transaction. Raises UnreadableSecret.
        """
        self.ensure_row(connection, app_id, at)
        known = self._repository.without_token(connection, app_id)
        if known is None or known.revoked_at is not None or self._token(connection, app_id) != token:
            return False
        self._repository.mark(connection, app_id, at, revoked_at=at)
        return True

    def mark_working(self, connection: Connection, app_id: str, token: str, at: datetime) -> bool:
        """Note that Intercom accepts `token` again. False when nothing else was known. Raises UnreadableSecret."""
        known = self._repository.without_token(connection, app_id)
        if known is None or known.revoked_at is None or self._token(connection, app_id) != token:
            return False
        self._repository.mark(connection, app_id, at, revoked_at=None)
        return True

    def forget_choices(self, connection: Connection, app_id: str, at: datetime) -> bool:
        """What a team chose for an uninstalled workspace, and its name. False when there was nothing any more."""
        known = self._repository.without_token(connection, app_id)
        if known is None or known == replace(known, **_NOTHING_CHOSEN):
            return False
        chosen = {**_NOTHING_CHOSEN, "settings": _NOTHING_CHOSEN["settings"].to_json()}
        self._repository.mark(connection, app_id, at, encrypted_token=None, health=None, revoked_at=None, **chosen)
        return True

    def forget_token(self, connection: Connection, app_id: str, at: datetime) -> bool:
        """The app was uninstalled. False for a workspace that is unknown, uninstalled already, or the environment's."""
        known = self._repository.without_token(connection, app_id)
        if known is None or known.uninstalled_at is not None or self.is_private(app_id):
            return False
        self._repository.mark(connection, app_id, at, encrypted_token=None, uninstalled_at=at)
        return True

    def has_token(self, connection: Connection, app_id: str) -> bool:
        """Whether there is a token, which need not be readable."""
        return self.is_private(app_id) or self._repository.has_token(connection, app_id)

    def regions(self, connection: Connection) -> tuple[domain.Region, ...]:
        """The regions of all workspaces, in the order of REGIONS."""
        found = {*self._repository.regions(connection), *(() if self._private is None else (self._private.region,))}
        return tuple(region for region in domain.REGIONS if region in found)

    def _token(self, connection: Connection, app_id: str) -> str | None:
        if self._private is not None and self.is_private(app_id):
            return self._private.token
        return self._repository.token(connection, app_id)

    def _served(self, app_id: str, stored: domain.Workspace | None) -> domain.Workspace | None:
        if self._private is None or self._private.id != app_id:
            return stored
        if stored is None:
            return self._private
        return replace(stored, token=self._private.token, region=self._private.region, uninstalled_at=None)


def _with_token(row: Sequence[Any], token: str | None) -> domain.Workspace:
    app_id, region, name, timezone, _sealed, admin_id, settings, revoked_at, uninstalled_at = row
    return domain.Workspace(
        id=app_id,
        region=domain.read_region(region),
        name=name,
        timezone=timezone,
        token=token,
        admin_id=admin_id,
        settings=_settings(settings),
        revoked_at=revoked_at,
        uninstalled_at=uninstalled_at,
    )


@lru_cache(maxsize=1024)
def _settings(stored: str) -> WorkspaceSettings:
    """Read with every request, changed once in a while. Rows that SQLAlchemy read itself come as text too."""
    return WorkspaceSettings.from_json(json.loads(stored))

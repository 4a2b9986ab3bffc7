"""Channel accounts: a number, a page or a bot at a provider."""

from __future__ import annotations

import json
import re
import secrets as random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, select, update
from sqlalchemy.exc import IntegrityError

from app.storage.crypto import SecretBox
from app.storage.models import ChannelAccount, Workspace
from app.storage.upserts import changed_rows, insert_or_ignore, upsert

_KEY_BYTES = 24
_KEY_SHAPE = re.compile(r"[A-Za-z0-9_-]{16,64}")
_ACCOUNT = ChannelAccount.__table__.c
_CLOSED = "removed:"
"""How the key of a removed account begins. No webhook's path can: a key has no colon."""
IS_REMOVED = func.substr(_ACCOUNT.webhook_key, 1, len(_CLOSED)) == _CLOSED
_KEPT = ("webhook_key", "created_at")
_ALL = select(*_ACCOUNT, Workspace.settings).join_from(ChannelAccount, Workspace)


@dataclass(frozen=True, kw_only=True)
class StoredAccount:
    """A channel account. `webhook_key` is the secret part of its webhook's path.

    `country` is its own; `region` is that, or else its workspace's: where phones without a country code are from.
    """

    id: int
    workspace_id: str
    slug: str
    name: str
    address: str
    country: str | None
    region: str | None
    webhook_key: str = field(repr=False)
    secrets: Mapping[str, str] = field(repr=False)
    paused_at: datetime | None = None
    """Since when its messages are kept and not brought in."""

    @property
    def webhook_path(self) -> str:
        """Where its provider calls, behind the address of Kinbox."""
        return f"/channels/{self.slug}/{self.webhook_key}"


class ChannelRepository:
    """Reads and writes channel accounts; their secrets are encrypted at rest."""

    def __init__(self, box: SecretBox) -> None:
        self._box = box

    def by_key(self, connection: Connection, slug: str, key: str) -> StoredAccount | None:
        """The account whose webhook this is, in one query. Raises UnreadableSecret."""
        if not _KEY_SHAPE.fullmatch(key):
            return None
        row = connection.execute(_ALL.where(_ACCOUNT.webhook_key == key)).one_or_none()
        return self._read(row) if row is not None and row.slug == slug else None

    def get(self, connection: Connection, account_id: int) -> StoredAccount | None:
        """An account with its secrets. Raises UnreadableSecret."""
        row = connection.execute(_ALL.where(_ACCOUNT.id == account_id)).one_or_none()
        return None if row is None else self._read(row)

    def find(
        self, connection: Connection, workspace_id: str, account_id: int, *, lock: bool = False
    ) -> StoredAccount | None:
        """An account of this workspace that was not removed, without its secrets.

        With `lock` nobody else changes it before this transaction, which must be for writing, ends.
        """
        mine = (_ACCOUNT.id == account_id, _ACCOUNT.workspace_id == workspace_id, ~IS_REMOVED)
        if lock:
            connection.execute(select(_ACCOUNT.id).where(*mine).with_for_update())
        row = connection.execute(_ALL.where(*mine)).one_or_none()
        return None if row is None else _account(row, {})

    def list(
        self, connection: Connection, *, workspace_id: str | None = None, slug: str | None = None
    ) -> tuple[StoredAccount, ...]:
        """The accounts, the oldest first, without their secrets."""
        wanted = _ALL.where(~IS_REMOVED).order_by(_ACCOUNT.id)
        if workspace_id is not None:
            wanted = wanted.where(_ACCOUNT.workspace_id == workspace_id)
        if slug is not None:
            wanted = wanted.where(_ACCOUNT.slug == slug)
        return tuple(_account(row, {}) for row in connection.execute(wanted))

    def add(
        self,
        connection: Connection,
        workspace_id: str,
        *,
        slug: str,
        address: str,
        name: str,
        country: str | None = None,
        secrets: Mapping[str, str],
        at: datetime,
    ) -> StoredAccount | None:
        """A new account, or one that was removed and comes back with a new key. None when the address is taken.

        The workspace needs a row of its own first.
        """
        values = self._values(workspace_id, slug, address, name, country, secrets, at)
        same = (_ACCOUNT.workspace_id == workspace_id, _ACCOUNT.slug == slug, _ACCOUNT.address == address)
        if not insert_or_ignore(connection, ChannelAccount, values):
            back = update(ChannelAccount).where(*same, IS_REMOVED).values(**values)
            if changed_rows(connection.execute(back)) == 0:
                return None
        return self._read(connection.execute(_ALL.where(*same)).one())

    def ensure(
        self,
        connection: Connection,
        workspace_id: str,
        *,
        slug: str,
        address: str,
        name: str,
        country: str | None = None,
        secrets: Mapping[str, str] | None = None,
        at: datetime,
    ) -> StoredAccount:
        """The account with this address, made or brought up to date. It keeps its webhook key for ever.

        The workspace needs a row of its own first.
        """
        values = self._values(workspace_id, slug, address, name, country, secrets, at)
        upsert(connection, ChannelAccount, values, key=("workspace_id", "slug", "address"), keep=_KEPT)
        same = (_ACCOUNT.workspace_id == workspace_id, _ACCOUNT.slug == slug, _ACCOUNT.address == address)
        return self._read(connection.execute(_ALL.where(*same)).one())

    def rename(self, connection: Connection, account_id: int, name: str) -> None:
        connection.execute(update(ChannelAccount).where(_ACCOUNT.id == account_id).values(name=name))

    def set_secrets(self, connection: Connection, account_id: int, secrets: Mapping[str, str]) -> None:
        """Replace all of an account's secrets."""
        changes = {"encrypted_secrets": self._sealed(secrets)}
        connection.execute(update(ChannelAccount).where(_ACCOUNT.id == account_id).values(**changes))

    def set_paused(self, connection: Connection, account_id: int, at: datetime | None) -> None:
        """Pause an account since `at`, or let it go on."""
        connection.execute(update(ChannelAccount).where(_ACCOUNT.id == account_id).values(paused_at=at))

    def remove(self, connection: Connection, account_id: int) -> None:
        """Close an account's webhook and forget its secrets. Its row stays while people are linked to it."""
        same = _ACCOUNT.id == account_id
        try:
            with connection.begin_nested():
                connection.execute(delete(ChannelAccount).where(same))
        except IntegrityError:
            closed = {"webhook_key": f"{_CLOSED}{_new_key()}", "encrypted_secrets": None, "paused_at": None}
            connection.execute(update(ChannelAccount).where(same).values(**closed))

    def _values(
        self,
        workspace_id: str,
        slug: str,
        address: str,
        name: str,
        country: str | None,
        secrets: Mapping[str, str] | None,
        at: datetime,
    ) -> dict[str, Any]:
        return {
            "workspace_id": workspace_id,
            "slug": slug,
            "address": address,
            "name": name,
            "country": country,
            "encrypted_secrets": self._sealed(secrets),
            "webhook_key": _new_key(),
            "created_at": at,
        }

    def _sealed(self, secrets: Mapping[str, str] | None) -> str | None:
        return self._box.encrypt(json.dumps(dict(secrets))) if secrets else None

    def _read(self, row: Row[*tuple[Any, ...]]) -> StoredAccount:
        sealed = row.encrypted_secrets
        return _account(row, json.loads(self._box.decrypt(sealed)) if sealed else {})


def _account(row: Row[*tuple[Any, ...]], secrets: Mapping[str, str]) -> StoredAccount:
    return StoredAccount(
        id=row.id,
        workspace_id=row.workspace_id,
        slug=row.slug,
        name=row.name,
        address=row.address,
        country=row.country,
        region=row.country or row.settings.get("country"),
        webhook_key=row.webhook_key,
        secrets=secrets,
        paused_at=row.paused_at,
    )


def _new_key() -> str:
    return random.token_urlsafe(_KEY_BYTES)

"""Channel accounts: a number, a page or a bot at a provider."""

from __future__ import annotations

import json
import secrets as random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from app.storage.crypto import SecretBox
from app.storage.models import ChannelAccount
from app.storage.upserts import upsert

_KEY_BYTES = 24
_TABLE = ChannelAccount.__table__.c
_KEPT = ("webhook_key", "created_at")


@dataclass(frozen=True, kw_only=True)
class StoredAccount:
    """A channel account. `webhook_key` is the secret part of its webhook's path."""

    id: int
    workspace_id: str
    slug: str
    name: str
    address: str
    country: str | None
    webhook_key: str = field(repr=False)
    secrets: Mapping[str, str] = field(repr=False)


class ChannelRepository:
    """Reads and writes channel accounts; their secrets are encrypted at rest."""

    def __init__(self, box: SecretBox) -> None:
        self._box = box

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
        values = {
            "workspace_id": workspace_id,
            "slug": slug,
            "address": address,
            "name": name,
            "country": country,
            "encrypted_secrets": self._box.encrypt(json.dumps(dict(secrets))) if secrets else None,
            "webhook_key": random.token_urlsafe(_KEY_BYTES),
            "created_at": at,
        }
        upsert(connection, ChannelAccount, values, key=("workspace_id", "slug", "address"), keep=_KEPT)
        same = (_TABLE.workspace_id == workspace_id, _TABLE.slug == slug, _TABLE.address == address)
        return self._read(connection.execute(select(*_TABLE).where(*same)).one())

    def _read(self, row: Row[*tuple[Any, ...]]) -> StoredAccount:
        sealed = row.encrypted_secrets
        return StoredAccount(
            id=row.id,
            workspace_id=row.workspace_id,
            slug=row.slug,
            name=row.name,
            address=row.address,
            country=row.country,
            webhook_key=row.webhook_key,
            secrets=json.loads(self._box.decrypt(sealed)) if sealed else {},
        )

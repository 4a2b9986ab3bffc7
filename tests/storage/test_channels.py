from __future__ import annotations

from datetime import UTC, datetime

import pytest
from cryptography.fernet import Fernet
from flask import Flask
from sqlalchemy import Connection, select
from sqlalchemy.exc import IntegrityError

from app.domain.workspace import Workspace
from app.storage import models
from app.storage.channels import ChannelRepository, StoredAccount
from app.storage.crypto import SecretBox
from app.storage.database import transaction
from app.storage.workspaces import WorkspaceRepository

NOW = datetime(2026, 11, 22, 9, 5, tzinfo=UTC)
BOX = SecretBox([Fernet.generate_key().decode()])


def ensure(connection: Connection, **changes: object) -> StoredAccount:
    account = {"slug": "line", "address": "U123", "name": "Shop", "at": NOW}
    return ChannelRepository(BOX).ensure(connection, "abc12", **(account | changes))  # type: ignore[arg-type]  # a test


def test_an_account_keeps_its_webhook_key_when_it_changes(database: Flask) -> None:
    with transaction(write=True) as connection:
        WorkspaceRepository(BOX).add(connection, Workspace(id="abc12", region="us"), NOW)
        first = ensure(connection, secrets={"channel_secret": "s3cret-of-line"}, country="JP")
        again = ensure(connection, name="Shop Tokyo")
        other = ensure(connection, address="U456")
    assert (again.id, again.webhook_key, again.name) == (first.id, first.webhook_key, "Shop Tokyo")
    assert (again.country, again.secrets) == ("JP", {"channel_secret": "s3cret-of-line"})
    assert other.webhook_key != first.webhook_key


def test_an_accounts_secrets_show_nowhere(database: Flask) -> None:
    with transaction(write=True) as connection:
        WorkspaceRepository(BOX).add(connection, Workspace(id="abc12", region="us"), NOW)
        account = ensure(connection, secrets={"channel_secret": "s3cret-of-line"})
        [row] = connection.execute(select(models.ChannelAccount.__table__)).all()
    assert "s3cret-of-line" not in repr(row) + repr(account)
    assert account.webhook_key not in repr(account)


def test_an_account_needs_its_workspace(database: Flask) -> None:
    with pytest.raises(IntegrityError), transaction(write=True) as connection:
        ensure(connection)

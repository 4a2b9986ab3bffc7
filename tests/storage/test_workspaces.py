from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from cryptography.fernet import Fernet
from flask import Flask
from sqlalchemy import event, insert, select, update

from app.domain.workspace import Workspace
from app.domain.workspace_settings import WorkspaceSettings
from app.storage import models
from app.storage.crypto import SecretBox
from app.storage.database import db, transaction
from app.storage.workspaces import WorkspaceDirectory, WorkspaceRepository

NOW = datetime(2026, 11, 22, 9, 5, tzinfo=UTC)
ACME = Workspace(
    id="abc12",
    region="eu",
    name="Acme",
    timezone="Europe/Dublin",
    token="dG9rOmacme",
    admin_id="814860",
    settings=WorkspaceSettings(priority="user", country="IE", mergers=("814860",), note_after_merge=False),
)
PRIVATE = Workspace(id="prv99", region="au", token="dG9rOmprivate")


@pytest.fixture
def repository() -> WorkspaceRepository:
    return WorkspaceRepository(SecretBox([Fernet.generate_key().decode()]))


def test_a_workspace_comes_back_as_it_was_stored(database: Flask, repository: WorkspaceRepository) -> None:
    with transaction(write=True) as connection:
        assert repository.add(connection, ACME, NOW)
    with transaction() as connection:
        assert repository.get(connection, "abc12") == ACME
        assert repository.get(connection, "other") is None


def test_a_workspace_is_added_once(database: Flask, repository: WorkspaceRepository) -> None:
    with transaction(write=True) as connection:
        assert repository.add(connection, ACME, NOW)
        assert not repository.add(connection, replace(ACME, name="Impostor"), NOW)
        assert repository.list(connection) == (ACME,)


def test_setting_changes_the_stored_workspace_only(database: Flask, repository: WorkspaceRepository) -> None:
    changed = replace(ACME, name="Acme Ltd", token=None)
    with transaction(write=True) as connection:
        assert not repository.set(connection, changed, NOW)
        repository.add(connection, ACME, NOW)
        assert repository.set(connection, changed, NOW)
        assert repository.get(connection, "abc12") == changed


def test_the_token_is_not_readable_in_the_database(database: Flask, repository: WorkspaceRepository) -> None:
    with transaction(write=True) as connection:
        repository.add(connection, ACME, NOW)
        [row] = connection.execute(select(models.Workspace.__table__)).all()
    assert "dG9rOmacme" not in repr(row)
    assert "dG9rOmacme" not in repr(ACME)


def test_settings_of_another_version_are_read(database: Flask, repository: WorkspaceRepository) -> None:
    with transaction(write=True) as connection:
        repository.add(connection, ACME, NOW)
        stored = {"priority": "lead", "from_the_future": True}
        connection.execute(update(models.Workspace).values(settings=stored))
        read = repository.get(connection, "abc12")
    assert read is not None
    assert read.settings == WorkspaceSettings(priority="lead")


def test_one_query_finds_a_workspace(app: Flask, repository: WorkspaceRepository) -> None:
    statements: list[str] = []
    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", lambda *told: statements.append(told[2]))
        with transaction() as connection:
            WorkspaceDirectory(repository, PRIVATE).get(connection, "prv99")
    assert [statement.split()[0] for statement in statements] == ["SELECT"]


def test_the_environments_workspace_needs_no_row(database: Flask, repository: WorkspaceRepository) -> None:
    directory = WorkspaceDirectory(repository, PRIVATE)
    with transaction(write=True) as connection:
        repository.add(connection, ACME, NOW)
    with transaction() as connection:
        assert directory.get(connection, "prv99") == PRIVATE
        assert directory.get(connection, "abc12") == ACME
        assert directory.get(connection, "other") is None
        assert directory.list(connection) == (ACME, PRIVATE)


def test_its_row_keeps_settings_but_never_the_token(database: Flask, repository: WorkspaceRepository) -> None:
    directory = WorkspaceDirectory(repository, PRIVATE)
    with transaction(write=True) as connection:
        directory.ensure_row(connection, "prv99", NOW)
        directory.ensure_row(connection, "prv99", NOW)
        directory.ensure_row(connection, "other", NOW)
        directory.save(connection, PRIVATE.change("priority", "lead"), NOW)
        [row] = connection.execute(select(models.Workspace.id, models.Workspace.encrypted_token)).all()
        assert tuple(row) == ("prv99", None)
        served = directory.get(connection, "prv99")
    assert served == PRIVATE.change("priority", "lead")


def test_a_new_variable_wins_over_the_stored_row(database: Flask, repository: WorkspaceRepository) -> None:
    with transaction(write=True) as connection:
        repository.add(connection, replace(ACME, id="prv99"), NOW)
        served = WorkspaceDirectory(repository, PRIVATE).get(connection, "prv99")
    assert served is not None
    assert (served.token, served.region, served.name) == ("dG9rOmprivate", "au", "Acme")


def test_a_row_of_an_unknown_shape_is_not_lost(database: Flask, repository: WorkspaceRepository) -> None:
    with transaction(write=True) as connection:
        connection.execute(
            insert(models.Workspace).values(
                id="min", region="us", name="", timezone="UTC", settings={}, created_at=NOW, updated_at=NOW
            )
        )
        assert repository.get(connection, "min") == Workspace(id="min", region="us")

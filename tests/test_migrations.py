from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import flask_migrate  # type: ignore[import-untyped]  # it has no types
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import Connection, inspect, text

from app import MIGRATIONS
from app.storage.database import db, transaction
from app.storage.models import Base

Serve = Callable[[Mapping[str, str]], Flask]


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def empty(request: pytest.FixtureRequest, serve: Serve, environment: dict[str, str]) -> Iterator[Flask]:
    """An app on a database without tables, once on each engine."""
    if request.param == "postgres":
        environment["DATABASE_URL"] = request.getfixturevalue("empty_postgres_url")
    app = serve(environment)
    with app.app_context():
        yield app


def tables() -> set[str]:
    with transaction() as connection:
        return set(inspect(connection).get_table_names())


def procrastinate() -> set[str]:
    """What PostgreSQL holds under Procrastinate's name: tables, types and functions."""
    if db.engine.dialect.name == "sqlite":
        return set()
    named = """
        SELECT typname FROM pg_type WHERE typname LIKE 'procrastinate%'
        UNION SELECT proname FROM pg_proc WHERE proname LIKE 'procrastinate%'
    """
    with transaction() as connection:
        return set(connection.execute(text(named)).scalars())


def differences(connection: Connection) -> list[object]:
    options = {"include_name": lambda name, _kind, _parents: not (name or "").startswith("procrastinate_")}
    found: list[object] = compare_metadata(MigrationContext.configure(connection, opts=options), Base.metadata)
    return found


def test_there_is_one_head_and_files_are_numbered() -> None:
    scripts = ScriptDirectory(str(MIGRATIONS))
    assert len(scripts.get_heads()) == 1
    for script in scripts.walk_revisions():
        assert Path(script.path).name.startswith(f"{script.revision}_")
        assert script.revision.isdigit()


def test_migrations_make_what_the_models_say(empty: Flask) -> None:
    flask_migrate.upgrade()
    with transaction() as connection:
        assert differences(connection) == []


def test_the_comparison_would_see_a_missing_index(empty: Flask) -> None:
    flask_migrate.upgrade()
    with transaction(write=True) as connection:
        connection.execute(text("DROP INDEX uq_merge_live_workspace_id_from_id"))
        assert len(differences(connection)) == 1


def test_one_lead_has_one_live_merge_because_of_the_index(empty: Flask) -> None:
    flask_migrate.upgrade()
    with transaction() as connection:
        indexes = inspect(connection).get_indexes("merge")
    [live] = [one for one in indexes if one["name"] == "uq_merge_live_workspace_id_from_id"]
    assert live["unique"]
    where = live["dialect_options"][f"{db.engine.dialect.name}_where"]
    assert all(state in str(where) for state in ("asked", "sent", "in_doubt"))
    assert "done" not in str(where)


def test_up_down_and_up_again_leave_nothing_behind(empty: Flask) -> None:
    flask_migrate.upgrade()
    full, engine = tables(), procrastinate()
    flask_migrate.downgrade(revision="base")
    assert tables() == {"alembic_version"}
    assert procrastinate() == set()
    flask_migrate.upgrade()
    assert (tables(), procrastinate()) == (full, engine)
    assert {one for one in full if not one.startswith("procrastinate_")} == {*Base.metadata.tables, "alembic_version"}


def test_only_postgresql_has_the_engine_of_its_worker(empty: Flask) -> None:
    flask_migrate.upgrade()
    assert ("procrastinate_jobs" in tables()) == (db.engine.dialect.name == "postgresql")

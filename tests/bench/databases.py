"""Databases of the benchmark's own: migrated, furnished, and gone at the end."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import flask_migrate  # type: ignore[import-untyped]  # it has no types
import psycopg
from psycopg import sql
from sqlalchemy.engine import make_url

from tests.bench.scene import Scene, store_rows

_SERVER = os.environ.get("TEST_POSTGRES_URL", "postgresql://postgres@127.0.0.1:5432/postgres")


@contextmanager
def databases(scene: Scene, folder: Path) -> Iterator[dict[str, str]]:
    """The URLs by the engine's name; PostgreSQL only where a server answers."""
    sqlite = {"SQLite": f"sqlite:///{folder / 'kinbox.db'}"}
    with postgres_database() as postgres:
        urls = sqlite | ({} if postgres is None else {"PostgreSQL": postgres})
        for url in urls.values():
            with scene.kinbox(url):
                flask_migrate.upgrade()
                store_rows(scene)
        yield urls


@contextmanager
def postgres_database() -> Iterator[str | None]:
    """The URL of an empty database that is gone at the end; None where no server answers."""
    connection = _connection()
    if connection is None:
        yield None
        return
    name = f"kinbox_bench_{uuid.uuid4().hex}"
    with connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield make_url(_SERVER).set(database=name).render_as_string(hide_password=False)
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _connection() -> psycopg.Connection | None:
    try:
        return psycopg.connect(_SERVER, autocommit=True, connect_timeout=3)
    except psycopg.OperationalError:
        return None

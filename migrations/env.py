"""How Alembic reaches the database of the current app: `flask --app wsgi db ...`."""

from __future__ import annotations

from typing import Literal

from alembic import context
from sqlalchemy import Connection, text

from app.storage.database import writing_engine
from app.storage.models import Base

_ONE_AT_A_TIME = 7_041_776_253
"""Key of the advisory lock that lets one machine migrate while others wait."""


def _render(kind: str, item: object, _context: object) -> str | Literal[False]:
    """Migrations name only SQLAlchemy's own types, so that they run whatever becomes of ours."""
    if kind == "type" and type(item).__name__ == "UtcDateTime":
        return "sa.DateTime(timezone=True)"
    return False


def _is_ours(name: str | None, _kind: str, _parents: object) -> bool:
    """Procrastinate's tables come with its own SQL and are in no model."""
    return not (name or "").startswith("procrastinate_")


def _migrate(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        render_item=_render,
        compare_type=True,
        include_name=_is_ours,
        transactional_ddl=True,
    )
    with context.begin_transaction():
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ONE_AT_A_TIME})
        context.run_migrations()


def _migrate_online() -> None:
    with writing_engine().connect() as connection:
        if connection.dialect.name == "sqlite":
            # A batch change drops and renames whole tables; this must stand before BEGIN.
            connection.connection.cursor().execute("PRAGMA foreign_keys = OFF")
        try:
            _migrate(connection)
        finally:
            if connection.dialect.name == "sqlite":
                connection.invalidate()


_migrate_online()

"""INSERT ... ON CONFLICT, in the dialect of the connection."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, TypeVar, cast

from sqlalchemy import ColumnElement, Connection, CursorResult, Result, func
from sqlalchemy.dialects import postgresql, sqlite

from app.storage.models import Base

Value = TypeVar("Value")


def insert_or_ignore(connection: Connection, model: type[Base], values: Mapping[str, Any]) -> bool:
    """Insert one row; False, and nothing changed, when a unique key is taken."""
    statement = _insert(connection, model).values(**values).on_conflict_do_nothing()
    # SQLAlchemy forgets the count of an INSERT otherwise, on PostgreSQL only.
    inserted = connection.execute(statement, execution_options={"preserve_rowcount": True})
    return changed_rows(inserted) == 1


def insert_returning(
    connection: Connection, model: type[Base], values: Mapping[str, Any], column: ColumnElement[Value]
) -> Value | None:
    """Insert one row and answer a column of it; None, and nothing changed, when a unique key is taken."""
    statement = _insert(connection, model).values(**values).on_conflict_do_nothing().returning(column)
    return connection.execute(statement).scalar()


def upsert(
    connection: Connection,
    model: type[Base],
    values: Mapping[str, Any],
    *,
    key: Collection[str],
    keep: Collection[str] = (),
) -> None:
    """Insert one row, or update the one with the same unique `key`.

    An update leaves the columns in `keep` alone, and no column loses its value to a NULL.
    """
    statement = _insert(connection, model).values(**values)
    columns = model.__table__.c
    changes = {
        name: func.coalesce(statement.excluded[name], columns[name])
        for name in values
        if name not in key and name not in keep
    }
    connection.execute(statement.on_conflict_do_update(index_elements=list(key), set_=changes))


def changed_rows(result: Result[*tuple[Any, ...]]) -> int:
    """How many rows an UPDATE or DELETE touched."""
    return cast("CursorResult[*tuple[Any, ...]]", result).rowcount


def _insert(connection: Connection, model: type[Base]) -> sqlite.Insert | postgresql.Insert:
    if connection.dialect.name == "sqlite":
        return sqlite.insert(model)
    return postgresql.insert(model)

"""Column types that mean the same on SQLite and on PostgreSQL."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import JSON, DateTime
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.types import TypeDecorator

Json = JSON(none_as_null=True)
"""Kept as text on both: PostgreSQL's JSONB refuses the \\u0000 that a customer's name may hold."""


def storable(text: str | None) -> str | None:
    """Foreign text without what a text column refuses: NUL (PostgreSQL) and lone surrogates (both)."""
    if text is None:
        return None
    return text.replace("\x00", "").encode("utf-8", "replace").decode()


class UtcDateTime(TypeDecorator[datetime]):
    """An instant: aware going in, aware UTC coming out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Raises ValueError for a time without its zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without its zone cannot be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)

"""Looks for a person in every column of every table, and in the bytes of an SQLite file."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from flask import Flask
from sqlalchemy import inspect, text

from app.storage.database import db, transaction


def leftovers(app: Flask, words: Iterable[str]) -> list[str]:
    """`table.column: text` for each place where one of these texts is stored, as it is or as JSON spells it."""
    spelt = {spelling for word in words for spelling in (word, json.dumps(word)[1:-1])}
    with app.app_context():
        return [f"{place}: {word}" for place, stored in _everything() for word in spelt if word in stored]


def _everything() -> Iterator[tuple[str, str]]:
    """All that the database has, those tables too of which our models know nothing."""
    tables = inspect(db.engine).get_table_names()
    assert "identity" in tables
    with transaction() as connection:
        for table in tables:
            for row in connection.execute(text(f'SELECT * FROM "{table}"')).mappings():
                for column, value in row.items():
                    yield f"{table}.{column}", value if isinstance(value, str) else json.dumps(value, default=str)


def bytes_left(app: Flask, words: Iterable[str]) -> list[str]:
    """What of these texts stands in the file, or in the journal beside it; nothing for PostgreSQL."""
    with app.app_context():
        path = Path(db.engine.url.database or "")
    if not path.is_file():
        return []
    files = [one for one in (path, path.with_name(f"{path.name}-wal")) if one.is_file()]
    stored = b"".join(one.read_bytes() for one in files)
    assert b"CREATE TABLE" in stored
    return [word for word in words if word.encode() in stored or json.dumps(word)[1:-1].encode() in stored]

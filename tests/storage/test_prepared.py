"""A prepared query answers as SQLAlchemy would."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import bindparam, event, insert, literal, select, text
from sqlalchemy.exc import DBAPIError

from app.storage.database import transaction, writing_engine
from app.storage.models import Merge
from app.storage.prepared import Prepared

AT = datetime(2026, 11, 22, 9, 5, tzinfo=UTC)
_QUERY = select(
    Merge.id, Merge.from_before, Merge.from_before["name"].as_string(), Merge.asked_at, literal("here")
).where(Merge.workspace_id == bindparam("workspace"))


def add_merge() -> None:
    with transaction(write=True) as connection:
        connection.execute(
            insert(Merge).values(
                id="m1",
                workspace_id="w1",
                from_id="a",
                into_id="b",
                state="done",
                consents=[],
                from_before={"name": "ゆき"},
                asked_at=AT,
            )
        )


def test_rows_are_what_sqlalchemy_reads_types_and_all(database: Flask) -> None:
    add_merge()
    with transaction() as connection:
        [expected] = connection.execute(_QUERY, {"workspace": "w1"}).all()
        [row] = Prepared(_QUERY).rows(connection, workspace="w1")
        assert Prepared(_QUERY).rows(connection, workspace="w2") == []
    assert row == tuple(expected) == ("m1", {"name": "ゆき"}, "ゆき", AT, "here")


def test_listeners_see_the_query(database: Flask) -> None:
    seen: list[str] = []

    def listen(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        seen.append(statement)

    engine = writing_engine()
    event.listen(engine, "before_cursor_execute", listen)
    with engine.connect() as connection:
        Prepared(_QUERY).rows(connection, workspace="w1")
    event.remove(engine, "before_cursor_execute", listen)
    assert [statement.split()[0] for statement in seen] == ["SELECT"]


def test_a_fault_is_named_as_sqlalchemy_names_it(database: Flask) -> None:
    with pytest.raises(DBAPIError), writing_engine().connect() as connection:
        Prepared(select(text("nothing FROM nowhere"))).rows(connection)

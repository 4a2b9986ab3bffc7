"""Among many people, finding one sender must not read them all."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, insert, text

from app.domain.workspace import Workspace
from app.services import services
from app.storage.database import db, transaction
from app.storage.lanes import Person, identity_of
from app.storage.models import Identity

MANY = 3000


@pytest.mark.parametrize("phone", [None, "+35315550123"])
def test_a_sender_is_found_through_the_index_of_each_id(database: Flask, phone: str | None) -> None:
    now = datetime.now(UTC)
    with transaction(write=True) as connection:
        services().workspaces.save(connection, Workspace(id="abc12", region="us"), now)
        account = services().channels.ensure(
            connection, "abc12", slug="telegram", address="1", name="Bot", secrets={"secret_token": "s"}, at=now
        )
        people = [{"workspace_id": "abc12", "account_id": account.id, "sender_id": f"p{n}"} for n in range(MANY)]
        connection.execute(insert(Identity), people)
        if connection.dialect.name == "postgresql":  # does so by itself; on SQLite nobody does
            connection.execute(text("ANALYZE identity"))
    asked: list[tuple[str, Any]] = []

    def remember(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        asked.append((statement, parameters))

    event.listen(db.engine, "before_cursor_execute", remember)
    with transaction() as connection:
        person = Person(sender_id="p7", aliases=("b7",), phone=phone)
        assert identity_of(connection, account.id, person) is not None
        event.remove(db.engine, "before_cursor_execute", remember)
        [(statement, parameters)] = asked
        is_sqlite = connection.dialect.name == "sqlite"
        explain = "EXPLAIN QUERY PLAN" if is_sqlite else "EXPLAIN"
        rows = connection.exec_driver_sql(f"{explain} {statement}", parameters)
        plan = "\n".join(str(tuple(row)[-1]) for row in rows)
    assert ("SCAN identity" if is_sqlite else "Seq Scan") not in plan, plan
    assert "(account_id=?)" not in plan, plan

"""Whether a notification concerns anybody: asked for each one, so never by reading a table."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from flask import Flask

from app.storage import concerns, contact_states, known_contacts, redirects
from app.storage.concerns import Concern
from app.storage.database import db, transaction

NOW = datetime(2026, 11, 22, 9, 5, tzinfo=UTC)


def concern(*contact_ids: str, workspace_id: str = "abc12") -> Concern:
    with transaction() as connection:
        return concerns.of_contacts(connection, workspace_id, contact_ids)


def test_who_is_known_concerns_their_own_workspace(database: Flask) -> None:
    with transaction(write=True) as connection:
        redirects.add(connection, "abc12", "lead", "user", at=NOW)
        contact_states.mark(connection, "abc12", "gone", contact_states.ARCHIVED, NOW)
        known_contacts.heard(connection, "abc12", "new", role="lead", phone="+1555", attributes={}, at=NOW)
    assert concern("lead") == concern("gone") == concern("nobody", "lead") == Concern(linked=True, seen=False)
    assert concern("new") == Concern(linked=False, seen=True)
    assert concern("nobody") == concern("lead", "gone", "new", workspace_id="xyz77") == Concern(False, False)


@pytest.mark.parametrize("query", [concerns._CONTACTS, concerns._CONVERSATION], ids=["contacts", "conversation"])
def test_no_table_is_read_for_it(query: object, app: Flask) -> None:
    with app.app_context():
        compiled = query.params(workspace="abc12", ids=["a", "b"]).compile(  # type: ignore[attr-defined]
            db.engine, compile_kwargs={"literal_binds": True}
        )
        with db.engine.connect() as connection:
            plan = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}")]
    assert plan
    assert [step for step in plan if step.startswith("SCAN") and step != "SCAN CONSTANT ROW"] == []

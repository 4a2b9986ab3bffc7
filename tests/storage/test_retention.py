"""What has been kept for long enough is found by index, and goes a few rows at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection, event, insert

from app.domain.merge_record import MergeOrder
from app.domain.teammate import Teammate
from app.domain.workspace import Workspace
from app.services import services
from app.storage import contact_states, identities, known_contacts, merges, redirects, retention
from app.storage.database import transaction
from app.storage.identities import Sender
from app.storage.models import AuditRecord, Base, ContactRedirect, ContactState, KnownContact

APP_ID = "abc12"
NOW = datetime(2026, 11, 22, 9, 5, tzinfo=UTC)
DAY = timedelta(days=1)
KEPT = ("nobody", "linked", "lead", "user", "merging", "into", "known", "lately", "archived", "blocked", "erased")
MERGE = MergeOrder(
    workspace_id=APP_ID,
    lead_id="merging",
    user_id="into",
    teammate=Teammate("8", "Rosa Teammate"),
    conversation_id=None,
    consents=frozenset(),
)
TABLES: tuple[type[Base], ...] = (AuditRecord, ContactRedirect, KnownContact, ContactState)


def add_row(connection: Connection, model: type[Base], app_id: str, number: int) -> None:
    """A row of which nothing is known but the keys."""
    usual = {"UtcDateTime": NOW, "Integer": number, "JSON": {}, "String": f"{app_id} {number}"}
    required = (one for one in model.__table__.columns if not one.nullable)
    values = {one.name: usual[type(one.type).__name__] for one in required}
    connection.execute(insert(model).values({**values, "workspace_id": app_id}))


@contextmanager
def statements(connection: Connection) -> Iterator[list[tuple[str, Any]]]:
    """What is sent to the database meanwhile, with its parameters."""
    seen: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: bool) -> None:
        seen.append((statement, parameters))

    event.listen(connection, "before_cursor_execute", note)
    yield seen
    event.remove(connection, "before_cursor_execute", note)


@pytest.mark.parametrize("whose", [{"workspace_id": APP_ID}, {"others_than": [APP_ID, "xyz77"]}, {}])
def test_old_events_are_found_by_the_index_of_the_ended_in_their_order(whose: dict[str, Any], app: Flask) -> None:
    with app.app_context(), transaction() as connection:
        with statements(connection) as sent:
            retention.old_events(connection, NOW, **whose)
        [(query, parameters)] = sent
        plan = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}", parameters)]
    assert plan == ["SEARCH inbound_event USING INDEX ix_inbound_event_ended_finished_at (finished_at<?)"]


@pytest.mark.parametrize("model", TABLES)
def test_no_table_of_a_workspace_that_left_goes_in_one_piece(
    model: type[Base], database: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A writer would wait for it."""
    monkeypatch.setattr(retention, "AT_ONCE", 2)
    with transaction(write=True) as connection:
        for number in range(5):
            add_row(connection, model, APP_ID, number)
        add_row(connection, model, "xyz77", 5)
        assert [retention.drop_some_of(connection, APP_ID) for _ in range(4)] == [2, 2, 1, 0]
        assert retention.drop_some_of(connection, "xyz77") == 1


def test_who_was_deleted_is_forgotten_when_nothing_refers_to_them(database: Flask) -> None:
    """Whoever was erased stays so, and what happened since then is kept."""
    with transaction(write=True) as connection:
        for contact_id in ("nobody", "linked", "lead", "user", "merging", "into", "known", "twin"):
            contact_states.mark(connection, APP_ID, contact_id, contact_states.DELETED, NOW - DAY)
        contact_states.mark(connection, APP_ID, "lately", contact_states.DELETED, NOW)
        for state in (contact_states.ARCHIVED, contact_states.BLOCKED, contact_states.ERASED):
            contact_states.mark(connection, APP_ID, state, state, NOW - DAY)
        contact_states.mark(connection, "xyz77", "nobody", contact_states.DELETED, NOW - DAY)
        services().workspaces.save(connection, Workspace(id=APP_ID, region="eu", token="dG9r"), NOW)
        account = services().channels.ensure(
            connection, APP_ID, slug="telegram", address="77", name="Shop", secrets={"bot_token": "s"}, at=NOW
        )
        sender = Sender(account_id=account.id, sender_id="5201")
        identities.link(connection, APP_ID, sender, "linked", match={"rule": "new_lead"}, at=NOW)
        redirects.add(connection, APP_ID, "lead", "user", at=NOW)
        redirects.add(connection, "xyz77", "twin", "elsewhere", at=NOW)
        merges.claim(connection, MERGE, NOW)
        known_contacts.saw(connection, APP_ID, "known", role="lead", phone=None, attributes={}, at=NOW)

        found = retention.deleted_strangers(connection, APP_ID, NOW)
        assert sorted(found) == ["nobody", "twin"]
        redirects.add(connection, APP_ID, "nobody", "user", at=NOW)
        kept = [one for one in KEPT if contact_states.get(connection, APP_ID, one)]
        assert retention.drop_strangers(connection, APP_ID, NOW, [*found, *KEPT]) == 1
        assert contact_states.get(connection, APP_ID, "twin") is None
        assert [one for one in KEPT if contact_states.get(connection, APP_ID, one)] == kept == [*KEPT]
        assert contact_states.get(connection, "xyz77", "nobody") is not None


def test_strangers_are_told_by_index(app: Flask) -> None:
    with app.app_context(), transaction() as connection:
        with statements(connection) as sent:
            retention.deleted_strangers(connection, APP_ID, NOW)
        [(query, parameters)] = sent
        plan = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}", parameters)]
    assert [step for step in plan if step.startswith("SCAN")] == []
